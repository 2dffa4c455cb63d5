"""The same rows in PostgreSQL, DuckDB and SQLite, compiled and read as a run does, give the same file."""

from __future__ import annotations

import io
import sqlite3
from contextlib import closing
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import duckdb
import psycopg
import pytest

from export_jobs.core.catalogue.catalogue import Catalogue, Fact
from export_jobs.core.definitions.job import ExportJob, FileOptions
from export_jobs.core.sql.compiled import CompiledExport
from export_jobs.core.sql.compiler import compile_export
from export_jobs.core.windows.window import Window
from export_jobs.orchestration.airflow.connections import open_source
from export_jobs.streaming.base.read_options import ReadOptions
from export_jobs.streaming.formats.format_writer import format_writer
from export_jobs.streaming.formats.staged_table import StagedTable, staged_dialect
from tests.integration.streaming.conftest import DATABASE, Warehouse
from tests.integration.streaming.three_databases import as_sqlite, connect

pytestmark = pytest.mark.integration
FORMATS = ("jsonl", "parquet", "xlsx", "fixed")
ROWS: list[tuple[Any, ...]] = [
    (9007199254740993, 'say "hi"', Decimal("1234.5"), 0.1 + 0.2, True, date(2024, 7, 1), datetime(2024, 7, 1, 13)),
    (-2, "two\r\nlines, =1+1", Decimal("-0.05"), 1e23, False, date(2024, 7, 2), datetime(2024, 2, 29, 0, 0, 0, 250000)),
    (3, "Größe; 東京 😀", Decimal("99999999.99"), -1e-7, None, date(2024, 7, 3), None),
    (4, None, None, None, True, date(2024, 7, 4), datetime(1900, 1, 1)),
    (5, "", Decimal("0"), -0.5, False, date(2024, 7, 5), datetime(9999, 12, 31, 23, 59, 59)),
]
TABLES = {
    "postgres": "id bigint, name text, amount numeric, ratio float8, ok boolean, day date, at timestamp, "
    "seen timestamptz",
    "duckdb": 'id BIGINT, name VARCHAR, amount DECIMAL(14, 4), ratio DOUBLE, ok BOOLEAN, day DATE, "at" TIMESTAMP, '
    "seen TIMESTAMPTZ",
    "sqlite": "id INTEGER, name TEXT, amount REAL, ratio REAL, ok INTEGER, day TEXT, at TEXT, seen TEXT",
}
WEEK = Window(datetime(2024, 6, 30, 22, tzinfo=UTC), datetime(2024, 7, 7, 22, tzinfo=UTC))


def with_instant(row: tuple[Any, ...]) -> tuple[Any, ...]:
    return (*row, datetime(2024, 7, 1, 13, 30, tzinfo=UTC))


@pytest.fixture
def shops(warehouse_database: Warehouse, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The rows in three databases, known to Airflow as ``in_postgres``, ``in_duckdb`` and ``in_sqlite``."""
    rows = [with_instant(row) for row in ROWS]
    dsn = warehouse_database.server.dsn(DATABASE, "warehouse_owner")
    with psycopg.connect(**dsn) as session:
        session.execute(f"DROP TABLE IF EXISTS shop_rows; CREATE TABLE shop_rows ({TABLES['postgres']})".encode())
        session.cursor().executemany("INSERT INTO shop_rows VALUES (%s, %s, %s, %s, %s, %s, %s, %s)", rows)
    with duckdb.connect(tmp_path / "shop.duckdb") as database:
        database.execute(f"CREATE TABLE shop_rows ({TABLES['duckdb']})")
        database.executemany("INSERT INTO shop_rows VALUES (?, ?, ?, ?, ?, ?, ?, ?)", rows)
    with closing(sqlite3.connect(tmp_path / "shop.db")) as file, file:
        file.execute(f"CREATE TABLE shop_rows ({TABLES['sqlite']})")
        file.executemany(
            "INSERT INTO shop_rows VALUES (?, ?, ?, ?, ?, ?, ?, ?)", [tuple(map(as_sqlite, row)) for row in rows]
        )
    parts = {"host": dsn["host"], "port": dsn["port"], "login": dsn["user"], "password": dsn.get("password")}
    for name, connection in {
        "postgres": {"conn_type": "postgres", "schema": DATABASE, **parts},
        "duckdb": {"conn_type": "duckdb", "host": str(tmp_path / "shop.duckdb")},
        "sqlite": {"conn_type": "sqlite", "host": str(tmp_path / "shop.db")},
    }.items():
        connect(monkeypatch, name, **connection)


def compiled(dialect: str, options: FileOptions) -> CompiledExport:
    columns = {
        **{"id": "integer", "name": "text", "amount": {"type": "number", "decimals": 2}, "ratio": "number"},
        **{"ok": "boolean", "day": "date", "at": "timestamp", "seen": "timestamptz"},
    }
    fact = {
        **{"key": "shop_rows", "title": "X", "connection": f"in_{dialect}", "dialect": dialect, "columns": columns},
        **{"event_date": {"column": "day", "type": "date"}, "order_by": ["id"], "sql": "SELECT * FROM shop_rows"},
    }
    job = ExportJob.model_validate(
        {
            **{"name": "j", "owner": "o", "destination": "d", "job_id": 1, "version": 1, "dag_id": "j"},
            "schedule": {"frequency": "weekly", "from": "2024-07-01", "until": "2024-07-07"},
            "file": options.model_dump(exclude_unset=True),
            "templates": [{"template": "t"}],
            "template_definitions": [{"name": "t", "kind": "standard", "fact": "shop_rows"}],
        }
    )
    return compile_export(job, "t", Catalogue({"shop_rows": Fact.model_validate(fact)}, {}, {}), WEEK)


def file_of(dialect: str, options: FileOptions) -> bytes:
    export = compiled(dialect, options)
    staged, sink = io.BytesIO(), io.BytesIO()
    stage = staged_dialect(options)
    with open_source(f"in_{dialect}", dialect) as source:
        source.extract(export, stage, staged, ReadOptions("Europe/Berlin", "export-jobs test", 60))
    table = StagedTable("t", export.columns, [staged.getvalue()], options, stage.delimiter)
    format_writer(options.format)(table, sink)
    return sink.getvalue()


@pytest.mark.usefixtures("shops")
@pytest.mark.parametrize("name", FORMATS)
def test_each_database_gives_the_same_file(name: str) -> None:
    options = FileOptions.model_validate({"format": name, **({"line_breaks": "blank"} if name == "fixed" else {})})
    expected = file_of("postgres", options)
    assert len(expected) > 100
    for dialect in ("duckdb", "sqlite"):
        assert file_of(dialect, options) == expected, dialect
