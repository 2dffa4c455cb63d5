from __future__ import annotations

import io
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import duckdb
import psycopg
import pytest

from demo.postgres import Postgres
from export_jobs.core.definitions.job import DateBasis, FileOptions
from export_jobs.core.sql.compiled import Column, CompiledExport
from export_jobs.streaming.base.read_options import ReadOptions
from export_jobs.streaming.csv.sink import ExtractResult
from export_jobs.streaming.postgres.snapshot import extract_by_copy
from tests.integration.streaming.shop import TABLES as SHOP_TABLES
from tests.integration.streaming.three_databases import ROWS, TABLES, as_sqlite, connect, seen

DATABASE = "streaming"


@dataclass
class Warehouse:
    """A database of these tests' own, owned by ``warehouse_owner``; ``warehouse_reader`` has no right in it."""

    server: Postgres
    sessions: list[psycopg.Connection[Any]] = field(default_factory=list)

    def session(self, role: str = "warehouse_owner", **options: Any) -> psycopg.Connection[Any]:
        session = psycopg.connect(**self.server.dsn(DATABASE, role), **options)
        self.sessions.append(session)
        return session

    def run(self, *statements: str) -> None:
        with psycopg.connect(**self.server.dsn(DATABASE, "warehouse_owner"), autocommit=True) as session:
            for statement in statements:
                session.execute(statement.encode())

    def scalar(self, query: str, role: str = "postgres") -> Any:
        with psycopg.connect(**self.server.dsn(DATABASE, role), autocommit=True) as session:
            cursor = session.execute(query.encode())
            row = cursor.fetchone() if cursor.description else None
        return row[0] if row else None


@pytest.fixture(scope="module")
def warehouse_database(postgres: Postgres) -> Iterator[Warehouse]:
    postgres.create_database(DATABASE, "warehouse_owner")
    found = Warehouse(postgres)
    yield found
    for session in found.sessions:
        session.close()
    postgres.drop_database(DATABASE)


def export(query: str, *headings: str, **parameters: Any) -> CompiledExport:
    columns = tuple(Column(heading, "text") for heading in headings)
    return CompiledExport("sales", "warehouse", "postgres", query, parameters, columns, DateBasis.NONE)


def column_names(warehouse: Warehouse, query: str, parameters: dict[str, Any]) -> list[str]:
    """The names that the database itself gives to the columns of ``query``; none when it refuses the query."""
    with psycopg.connect(**warehouse.server.dsn(DATABASE, "warehouse_owner")) as session, suppress(psycopg.Error):
        session.read_only = True
        described = session.execute(f"SELECT * FROM (\n{query}\n) AS described LIMIT 0".encode(), parameters)
        return [column.name for column in described.description or ()]
    return []


@pytest.fixture(scope="module")
def csv_of(warehouse_database: Warehouse) -> Callable[..., tuple[bytes, ExtractResult]]:
    """Extract a query with given file options; returns the bytes and what the extraction says of them."""

    def run(
        query: str, *, time_zone: str = "UTC", parameters: Any = None, **options: Any
    ) -> tuple[bytes, ExtractResult]:
        sink = io.BytesIO()
        values = parameters or {}
        names = column_names(warehouse_database, query, values)
        found = extract_by_copy(
            warehouse_database.session(),
            export(query, *names, **values),
            FileOptions(**options),
            sink,
            ReadOptions(time_zone, "export-jobs test", 60),
        )
        return sink.getvalue(), found

    return run


@pytest.fixture
def connections(warehouse_database: Warehouse, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The rows in three databases, known to Airflow as ``in_postgres``, ``in_duckdb`` and ``in_sqlite``."""
    rows = [(*row[:-1], seen(row[-1])) for row in ROWS]
    dsn = warehouse_database.server.dsn(DATABASE, "warehouse_owner")
    with psycopg.connect(**dsn) as session:
        session.execute(f"DROP TABLE IF EXISTS facts; CREATE TABLE facts ({TABLES['postgres']})".encode())
        session.cursor().executemany("INSERT INTO facts VALUES (%s, %s, %s, %s, %s, %s, %s, %s)", rows)
    with duckdb.connect(tmp_path / "shop.duckdb") as database:
        database.execute(f"CREATE TABLE facts ({TABLES['duckdb']})")
        database.executemany("INSERT INTO facts VALUES (?, ?, ?, ?, ?, ?, ?, ?)", rows)
    with sqlite3.connect(tmp_path / "shop.db") as file:
        file.execute(f"CREATE TABLE facts ({TABLES['sqlite']})")
        file.executemany(
            "INSERT INTO facts VALUES (?, ?, ?, ?, ?, ?, ?, ?)", [tuple(map(as_sqlite, row)) for row in rows]
        )
    file.close()
    parts = {"host": dsn["host"], "port": dsn["port"], "login": dsn["user"], "password": dsn.get("password")}
    connect(monkeypatch, "postgres", conn_type="postgres", schema=DATABASE, **parts)
    connect(monkeypatch, "duckdb", conn_type="duckdb", host=str(tmp_path / "shop.duckdb"))
    connect(monkeypatch, "sqlite", conn_type="sqlite", host=str(tmp_path / "shop.db"))
    return tmp_path


@pytest.fixture
def postgres_tables(warehouse_database: Warehouse) -> Warehouse:
    """The shop's tables, made anew in PostgreSQL."""
    warehouse_database.run("DROP TABLE IF EXISTS purchases CASCADE", "DROP TABLE IF EXISTS stores", *SHOP_TABLES)
    return warehouse_database
