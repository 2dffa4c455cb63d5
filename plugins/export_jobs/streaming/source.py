"""Sources of rows: PostgreSQL by ``COPY``, any other database through a cursor. Both give the same bytes."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Any, Protocol

import psycopg

from export_jobs.core.definitions.job import FileOptions
from export_jobs.core.sql.compiled import CompiledExport
from export_jobs.core.sql.dialect import quote_identifier
from export_jobs.errors import TerminalError, TransientError
from export_jobs.streaming.base.read_options import ReadOptions
from export_jobs.streaming.base.sink import ByteSink
from export_jobs.streaming.csv.sink import ExtractResult
from export_jobs.streaming.cursor.extract import extract_by_cursor, open_cursor_snapshot
from export_jobs.streaming.cursor.sessions import CursorSession
from export_jobs.streaming.postgres.settle import wait_until_settled
from export_jobs.streaming.postgres.snapshot import extract_by_copy, open_snapshot

# These have no LIMIT; only fewer of their rows are read.
_WITHOUT_LIMIT = {"tsql", "fabric", "oracle"}


class Snapshot(Protocol):
    """A transaction in which exports are read one after the other, all as of one instant.

    This holds only for databases in ``ONE_INSTANT``: in any other, each export is read as of the time it is read.
    """

    def extract(self, export: CompiledExport, options: FileOptions, sink: ByteSink) -> ExtractResult:
        """Write the rows of ``export`` to ``sink`` as CSV; returns only if the file is complete."""


class Source(Protocol):
    """An open connection that can be read once; its opener closes it."""

    def settle(self, window_end: datetime) -> None:
        """Return if no row dated before ``window_end`` can still appear; raises ``TransientError`` if one can."""

    def snapshot(
        self, exports: Sequence[CompiledExport], read_options: ReadOptions
    ) -> AbstractContextManager[Snapshot]:
        """Open one transaction to read ``exports``; their columns are checked before any row is read."""

    def extract(
        self, export: CompiledExport, options: FileOptions, sink: ByteSink, read_options: ReadOptions
    ) -> ExtractResult:
        """Read one export in its own transaction; this also uses ``max_rows`` of ``read_options``."""


@dataclass(frozen=True)
class PostgresSource:
    """A session on PostgreSQL."""

    connection: psycopg.Connection[Any]

    def settle(self, window_end: datetime) -> None:
        """Wait for the open transactions; see :mod:`export_jobs.streaming.postgres.settle`."""
        wait_until_settled(self.connection, window_end)

    def snapshot(
        self, exports: Sequence[CompiledExport], read_options: ReadOptions
    ) -> AbstractContextManager[Snapshot]:
        """See :func:`export_jobs.streaming.postgres.snapshot.open_snapshot`."""
        return open_snapshot(self.connection, exports, read_options)

    def extract(
        self, export: CompiledExport, options: FileOptions, sink: ByteSink, read_options: ReadOptions
    ) -> ExtractResult:
        """See :func:`export_jobs.streaming.postgres.snapshot.extract_by_copy`."""
        limited = limit_rows(export, read_options.max_rows)
        return extract_by_copy(self.connection, limited, options, sink, read_options)


@dataclass(frozen=True)
class CursorSource:
    """A session on any other database. ``settle_delay_s``: how long after a window's end late rows may appear."""

    session: CursorSession
    settle_delay_s: int

    def settle(self, window_end: datetime) -> None:
        """Wait for time to pass: only PostgreSQL reports which transactions are open."""
        ready = window_end + timedelta(seconds=self.settle_delay_s)
        if datetime.now(UTC) < ready:
            raise TransientError(
                f"The window ended at {window_end.isoformat()} and is read from {ready.isoformat()} on, when rows "
                "that were committed late have arrived",
                "This task is retried automatically; EXPORT_JOBS_SETTLE_DELAY_S sets how long to wait",
            )

    def snapshot(
        self, exports: Sequence[CompiledExport], read_options: ReadOptions
    ) -> AbstractContextManager[Snapshot]:
        """See :func:`export_jobs.streaming.cursor.extract.open_cursor_snapshot`."""
        return open_cursor_snapshot(self.session, exports, read_options)

    def extract(
        self, export: CompiledExport, options: FileOptions, sink: ByteSink, read_options: ReadOptions
    ) -> ExtractResult:
        """See :func:`export_jobs.streaming.cursor.extract.extract_by_cursor`."""
        limited = limit_rows(export, read_options.max_rows)
        return extract_by_cursor(self.session, limited, options, sink, read_options)


def limit_rows(export: CompiledExport, max_rows: int | None) -> CompiledExport:
    """Return ``export`` limited to its first rows by the database itself, if it supports LIMIT."""
    if max_rows is None or export.dialect in _WITHOUT_LIMIT:
        return export
    # Line breaks keep a comment at the end of the query from swallowing the rest.
    return replace(export, sql=f"SELECT * FROM (\n{export.sql}\n) AS preview LIMIT {max_rows}")  # noqa: S608


def mask_columns(export: CompiledExport, references: Collection[str], names: Sequence[str]) -> CompiledExport:
    """Return ``export`` with NULL of the same type instead of the cells of some columns, in every row.

    ``names``: the catalogue's names of the statement's columns, in order. Raises ``TerminalError`` for a database that
    does not allow an ordered query within another one.
    """
    if not references:
        return export
    if export.dialect in _WITHOUT_LIMIT:
        raise TerminalError(
            f"Template {export.template!r} has personal columns, and they cannot be masked for this database",
            "Ask an administrator of Airflow for access to the connection of the warehouse",
        )
    quoted = [(name in references, quote_identifier(name, export.dialect)) for name in names]
    cells = ", ".join(f"CASE WHEN 1 = 0 THEN {name} END AS {name}" if hidden else name for hidden, name in quoted)
    return replace(export, sql=f"SELECT {cells} FROM (\n{export.sql}\n) AS masked")  # noqa: S608
