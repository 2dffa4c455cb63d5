"""The same rows in PostgreSQL, DuckDB and SQLite, read through real Airflow connections, give the same bytes."""

from __future__ import annotations

import io
import itertools
import os
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import duckdb
import psycopg
import pytest

from export_jobs.core.definitions.job import FileOptions
from export_jobs.core.sql.compiled import Column, Precondition
from export_jobs.errors import TerminalError, TransientError
from export_jobs.orchestration.airflow.connections import open_source
from export_jobs.streaming.base.read_options import ReadOptions
from export_jobs.streaming.cursor.sessions import session_for
from export_jobs.streaming.source import CursorSource, Source
from tests.integration.streaming.conftest import DATABASE, Warehouse
from tests.integration.streaming.three_databases import (
    COLUMNS,
    DIALECTS,
    LONG,
    OTHERS,
    ROWS,
    export,
    facts,
    read,
)

pytestmark = pytest.mark.integration


CHOICES: dict[str, list[Any]] = {
    "delimiter": [",", ";"],
    "quoting": ["minimal", "all"],
    "header": [True, False],
    "null_text": ["", "NULL"],
    "bom": [False, True],
    "line_ending": ["crlf", "lf"],
    "escape_formulas": [False, True],
}


@pytest.mark.slow
@pytest.mark.parametrize("dialect", OTHERS)
def test_every_option_gives_the_bytes_that_postgresql_gives(connections: Path, dialect: str) -> None:
    for values in itertools.product(*CHOICES.values()):
        options = dict(zip(CHOICES, values, strict=True))
        expected = read(facts("postgres", FileOptions(**options)), **options)
        assert read(facts(dialect, FileOptions(**options)), **options) == expected, options
    assert expected[1].rows == len(ROWS)


@pytest.mark.parametrize("dialect", OTHERS)
@pytest.mark.parametrize("zone", ["Europe/Berlin", "Asia/Kathmandu", "America/St_Johns"])
def test_times_are_written_in_the_jobs_zone(connections: Path, dialect: str, zone: str) -> None:
    expected = read(facts("postgres", FileOptions()), zone=zone)
    assert read(facts(dialect, FileOptions()), zone=zone) == expected
    assert b"+00" not in expected[0]


BY_DAY = {
    "postgres": "SELECT (seen AT TIME ZONE %(zone)s)::date, count(*) FROM facts WHERE seen >= %(start)s "
    "AND name <> ALL(%(names)s) AND name NOT LIKE '100%%%%' GROUP BY 1 ORDER BY 1",
    "duckdb": "SELECT CAST(seen AT TIME ZONE %(zone)s AS DATE), count(*) FROM facts WHERE seen >= %(start)s "
    "AND name NOT IN (%(name_1)s, %(name_2)s) AND name NOT LIKE '100%%%%' GROUP BY 1 ORDER BY 1",
    "sqlite": "SELECT date(seen, '+2 hours'), count(*) FROM facts WHERE seen >= %(start)s "
    "AND name NOT IN (%(name_1)s, %(name_2)s) AND name NOT LIKE '100%%%%' GROUP BY 1 ORDER BY 1",
}


@pytest.mark.parametrize("dialect", DIALECTS)
def test_values_are_bound_and_stay_values(connections: Path, dialect: str) -> None:
    start = datetime(2024, 7, 1, 1, tzinfo=UTC)
    values = {
        "zone": "Europe/Berlin",
        "start": "2024-07-01 01:00:00" if dialect == "sqlite" else start,
        "names": ["'; DROP TABLE facts; --", "100%"],
        "name_1": "'; DROP TABLE facts; --",
        "name_2": "100%",
    }
    days = export(dialect, BY_DAY[dialect], (Column("day", "date"), Column("rows", "integer")), parameters=values)
    assert read(days)[0] == b"day,rows\r\n2024-07-01,4\r\n2024-07-02,2\r\n"


@pytest.mark.parametrize("dialect", DIALECTS)
def test_a_precondition_that_fails_delivers_nothing_and_says_its_sentence(connections: Path, dialect: str) -> None:
    holds = Precondition("SELECT 1 FROM facts WHERE name = '100%%' LIMIT 1", "This holds", "Nothing")
    fails = Precondition(
        "SELECT 1 FROM facts GROUP BY day HAVING count(*) > 1 LIMIT 1", "Two rows have one day", "Remove one"
    )
    one = (Column("id", "integer"),)
    assert read(export(dialect, "SELECT max(id) FROM facts", one, preconditions=(holds,)))[0] == b"id\r\n8\r\n"
    sink = io.BytesIO()
    broken = export(dialect, "SELECT max(id) FROM facts", one, preconditions=(holds, fails))
    with (
        open_source(broken.connection, dialect) as source,
        pytest.raises(TerminalError, match=r"^Two rows have one day\. Remove one\.$"),
    ):
        source.extract(broken, FileOptions(), sink, ReadOptions("UTC", "t", 60))
    assert sink.getvalue() == b""


@pytest.mark.parametrize("dialect", DIALECTS)
def test_an_empty_result_is_its_header(connections: Path, dialect: str) -> None:
    nothing = export(dialect, "SELECT id FROM facts WHERE 1 = 0", (Column("id", "integer"),))
    content, found = read(nothing)
    assert (content, found.rows) == (b"id\r\n", 0)


def test_a_cursor_of_postgresqls_protocol_gives_the_same_bytes_and_reads_only(
    connections: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Redshift and others speak it and have no COPY to the client."""
    monkeypatch.setenv("AIRFLOW_CONN_IN_REDSHIFT", os.environ["AIRFLOW_CONN_IN_POSTGRES"])
    assert read(facts("redshift", FileOptions())) == read(facts("postgres", FileOptions()))
    days = export("redshift", "SELECT id FROM facts WHERE name = %(name)s", COLUMNS[:1], parameters={"name": "plain"})
    assert read(days, header=False)[0] == b"1\r\n"
    for statement in ("DELETE FROM facts RETURNING id", "SELECT nextval('made')"):
        with pytest.raises(TerminalError):
            read(export("redshift", statement, COLUMNS[:1]))
    with pytest.raises(TerminalError, match="more than 1 s"):
        read(export("redshift", LONG["postgres"], COLUMNS[:1]), timeout_s=1)


@pytest.mark.parametrize("dialect", DIALECTS)
def test_all_that_is_read_in_one_snapshot_is_of_one_instant(
    connections: Path, warehouse_database: Warehouse, dialect: str
) -> None:
    """Somebody adds rows while the files are read."""
    counted = export(dialect, "SELECT count(*) AS id FROM facts", (Column("id", "integer"),))
    if dialect == "sqlite":  # else the writer would have to wait
        add_row(connections, warehouse_database, dialect, "PRAGMA journal_mode = WAL")
    found = []
    with (
        writable_source(connections, dialect) as source,
        source.snapshot([counted, counted], ReadOptions("UTC", "t", 60)) as snapshot,
    ):
        for _ in range(2):
            sink = io.BytesIO()
            snapshot.extract(counted, FileOptions(header=False), sink)
            found.append(sink.getvalue())
            add_row(connections, warehouse_database, dialect)
    assert found == [b"8\r\n", b"8\r\n"]
    with open_source(f"in_{dialect}", dialect) as source:
        sink = io.BytesIO()
        source.extract(counted, FileOptions(header=False), sink, ReadOptions("UTC", "t", 60))
    assert sink.getvalue() == b"10\r\n", "nobody has added a row, so nothing is proven"


@contextmanager
def writable_source(folder: Path, dialect: str) -> Iterator[Source]:
    """Airflow's hook opens DuckDB's file read only, and then nobody can write to it at all."""
    if dialect == "duckdb":
        with duckdb.connect(folder / "shop.duckdb") as database:
            yield CursorSource(session_for(database, "?"), 0)
    else:
        with open_source(f"in_{dialect}", dialect) as source:
            yield source


def add_row(
    folder: Path, warehouse: Warehouse, dialect: str, statement: str = "INSERT INTO facts (id) VALUES (99)"
) -> None:
    """In a session of its own, committed."""
    if dialect == "postgres":
        with psycopg.connect(**warehouse.server.dsn(DATABASE, "warehouse_owner")) as session:
            session.execute(statement.encode())
    elif dialect == "duckdb":
        with duckdb.connect(folder / "shop.duckdb") as database:
            database.execute(statement)
    else:
        with closing(sqlite3.connect(folder / "shop.db")) as file, file:
            file.execute(statement)


def test_without_a_view_of_open_transactions_only_time_settles_a_window(
    connections: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("EXPORT_JOBS_SETTLE_DELAY_S", "3600")
    with open_source("in_sqlite", "sqlite") as source:
        source.settle(datetime.now(UTC) - timedelta(seconds=3601))
        with pytest.raises(TransientError, match="EXPORT_JOBS_SETTLE_DELAY_S"):
            source.settle(datetime.now(UTC) - timedelta(seconds=3500))
