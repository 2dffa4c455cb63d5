"""The base of every part of the store's API: an engine, and optionally a transaction that the caller ends."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any, Self

from sqlalchemy import Connection, Engine, RowMapping, text

from export_jobs.store.database.engine import transaction


class StoreAccess:
    """Reads and writes of one store: each in its own transaction, or all in that of ``connection`` if given.

    ``actor`` is recorded as the author; inside ``transaction`` it is that block's actor. Every method raises
    ``TransientError`` while the store is out of reach and ``UserError`` for what it refuses.
    """

    def __init__(self, engine: Engine, connection: Connection | None = None) -> None:
        self._engine = engine
        self._connection = connection

    @contextmanager
    def transaction(self, actor: str | None = None) -> Iterator[Self]:
        """Open one transaction on the same store: everything is saved on leaving, or nothing."""
        with transaction(self._engine, actor) as connection:
            yield type(self)(self._engine, connection)

    @contextmanager
    def dry_run(self) -> Iterator[Self]:
        """Open a transaction that is rolled back on leaving: it shows what the store refuses and saves nothing."""
        with self._begin() as connection, connection.begin_nested() as trial:
            yield type(self)(self._engine, connection)
            trial.rollback()

    @contextmanager
    def _begin(self, actor: str | None = None) -> Iterator[Connection]:
        if self._connection is not None:
            yield self._connection
            return
        with transaction(self._engine, actor) as connection:
            yield connection

    def _rows(self, query: str, **values: Any) -> Sequence[RowMapping]:
        with self._begin() as connection:
            return connection.execute(text(query), values).mappings().all()
