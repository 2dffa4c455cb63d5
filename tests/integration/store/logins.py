"""A login of its own at the store, what is refused to it, and all that the store holds."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import psycopg

from tests.integration.store.samples import Store

PASSWORD = "of a test"
TABLES = "SELECT tablename FROM pg_tables WHERE schemaname = 'export_jobs' ORDER BY 1"


@contextmanager
def connect(dsn: dict[str, Any]) -> Iterator[psycopg.Connection[Any]]:
    with psycopg.connect(**dsn, autocommit=True) as session:
        yield session


def everything(store: Store) -> dict[str, object]:
    return {
        name: store.hand(f"SELECT t::text FROM export_jobs.{name} AS t ORDER BY 1") for (name,) in store.hand(TABLES)
    }


def refusal(session: psycopg.Connection[Any], statement: str) -> str:
    try:
        session.execute(statement.encode())
    except psycopg.Error as error:
        return str(error.diag.message_primary)
    return f"done: {statement}"
