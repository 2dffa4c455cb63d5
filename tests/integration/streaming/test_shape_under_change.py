"""Somebody alters or rewrites a table while it is looked at and read: they wait, or it is read again."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from typing import Any

import pytest

from export_jobs.core.sql.compiled import CompiledExport
from export_jobs.errors import TransientError
from export_jobs.streaming.source import PostgresSource
from tests.integration.streaming.conftest import Warehouse
from tests.integration.streaming.shop import ROWS, catalogue, compiled, delivered

pytestmark = pytest.mark.integration


def test_what_was_looked_at_cannot_change_before_it_is_read(postgres_tables: Warehouse) -> None:
    """The look locks the table: whoever alters it waits until the file is written."""
    export = compiled(catalogue("postgres"), ROWS)
    order: list[str] = []

    def alter() -> None:
        postgres_tables.run("ALTER TABLE purchases ALTER amount TYPE varchar")
        order.append("altered")

    changer = threading.Thread(target=alter)

    def check(of: CompiledExport, shape: Any) -> None:
        changer.start()
        wait_for_a_lock(postgres_tables)
        order.append("read on")

    content = delivered_with(postgres_tables, export, check)
    order.append("written")
    changer.join(30)
    assert order[0] == "read on" and b"120.00" in content


@pytest.mark.parametrize("statement", ["ALTER TABLE purchases ALTER amount TYPE numeric(12, 4)", "TRUNCATE purchases"])
def test_a_table_that_was_rewritten_behind_our_snapshot_is_read_again_and_not_as_empty(
    postgres_tables: Warehouse, statement: str
) -> None:
    """PostgreSQL shows an older snapshot no row of a rewritten table: the file would be empty, and green."""
    export = compiled(catalogue("postgres"), ROWS)
    postgres_tables.run("ALTER TABLE purchases ADD filler text")
    changing = postgres_tables.session()
    changing.execute(statement.encode())  # not committed: whoever reads waits, with a snapshot from before
    found: list[object] = []

    def read() -> None:
        try:
            found.append(delivered(PostgresSource(postgres_tables.session()), export)[0])
        except TransientError as error:
            found.append(error)

    reader = threading.Thread(target=read)
    reader.start()
    wait_for_a_lock(postgres_tables)
    changing.commit()
    reader.join(30)
    [answer] = found
    assert isinstance(answer, TransientError), answer
    assert "ALTER TABLE or TRUNCATE just before it was read" in str(answer)
    assert delivered(PostgresSource(postgres_tables.session()), export)[0]


def wait_for_a_lock(warehouse: Warehouse) -> None:
    """Until some session of the database waits for another one; pytest's own timeout ends this."""
    waiting = "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'"
    while not warehouse.scalar(waiting):
        time.sleep(0.02)


def delivered_with(warehouse: Warehouse, export: CompiledExport, check: Callable[..., None]) -> bytes:
    import io

    from export_jobs.core.definitions.job import FileOptions
    from export_jobs.streaming.base.read_options import ReadOptions

    sink = io.BytesIO()
    options = ReadOptions("UTC", "export-jobs test", 60, check_shape=check)
    PostgresSource(warehouse.session()).extract(export, FileOptions(), sink, options)
    return sink.getvalue()
