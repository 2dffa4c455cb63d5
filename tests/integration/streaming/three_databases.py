"""The same rows in PostgreSQL, DuckDB and SQLite, and how a job reads them through Airflow's connections."""

from __future__ import annotations

import io
import json
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import pytest

from export_jobs.core.definitions.job import DateBasis, FileOptions
from export_jobs.core.sql.compiled import Column, CompiledExport
from export_jobs.orchestration.airflow.connections import open_source
from export_jobs.streaming.base.read_options import ReadOptions
from export_jobs.streaming.csv.sink import ExtractResult

DIALECTS = ("postgres", "duckdb", "sqlite")
OTHERS = ("duckdb", "sqlite")
ROWS = [
    (1, "plain", Decimal("1234.50"), 0.1 + 0.2, True, date(1997, 1, 2), datetime(1997, 1, 2, 13), 13),
    (2, 'say "hi", twice', Decimal("-0.005"), 1e23, False, date(1, 1, 1), datetime(2024, 2, 29, 0, 0, 0, 250000), 14),
    (3, "two\r\nlines", Decimal("99999999.99"), -1e-7, None, date(9999, 12, 31), datetime(1999, 12, 31, 23, 59), 23),
    (4, "", None, 1e15, True, None, None, None),
    (5, None, Decimal("0"), None, False, date(1997, 1, 2), datetime(1900, 1, 1), 0),
    (6, "=1+1", Decimal("2.345"), 12.0, True, date(1997, 1, 2), datetime(1997, 7, 2), 22),
    (7, "NULL", Decimal("2.5"), -0.5, True, date(1997, 1, 2), datetime(1997, 7, 2), 1),
    (8, "Größe; 東京 | 😀 100%", Decimal("1"), 3.0, True, date(1997, 1, 2), datetime(1997, 7, 2), 2),
]
COLUMNS = (
    Column("Nummer", "integer"),
    Column('=Name, "lang" und länger als dreiundsechzig Zeichen, wie es in der Datenbank nicht ginge', "text"),
    Column("amount", "number", 2),
    Column("ratio", "number"),
    Column("is refund", "boolean"),
    Column("day", "date"),
    Column("at", "timestamp"),
    Column("seen", "timestamptz"),
)
TABLES = {
    "postgres": "id int, name text, amount numeric, ratio float8, refund boolean, day date, at timestamp, "
    "seen timestamptz",
    "duckdb": "id INTEGER, name VARCHAR, amount DECIMAL(14, 4), ratio DOUBLE, refund BOOLEAN, day DATE, "
    '"at" TIMESTAMP, seen TIMESTAMPTZ',
    "sqlite": "id INTEGER, name TEXT, amount REAL, ratio REAL, refund INTEGER, day TEXT, at TEXT, seen TEXT",
}
ESCAPED = "CASE WHEN name ~ '^[=+@\\t\\r-]' THEN '''' || name ELSE name END"


def seen(hour: int | None) -> datetime | None:
    return None if hour is None else datetime(2024, 7, 1, hour, 30, tzinfo=UTC)


def as_sqlite(value: Any) -> Any:
    if isinstance(value, datetime):
        return (value.astimezone(UTC).replace(tzinfo=None) if value.tzinfo else value).isoformat(" ")
    if isinstance(value, Decimal):
        return float(value)
    return value.isoformat() if isinstance(value, date) else value


def connect(monkeypatch: pytest.MonkeyPatch, name: str, **parts: Any) -> None:
    monkeypatch.setenv(f"AIRFLOW_CONN_IN_{name.upper()}", json.dumps(parts))


def export(dialect: str, sql: str, columns: tuple[Column, ...], **more: Any) -> CompiledExport:
    values = {"parameters": {}, "date_basis": DateBasis.NONE, **more}
    return CompiledExport(
        template="sales", connection=f"in_{dialect}", dialect=dialect, sql=sql, columns=columns, **values
    )


def facts(dialect: str, options: FileOptions) -> CompiledExport:
    """What the compiler gives for all rows: finished cells for ``COPY``, bare columns for everybody else."""
    name = ESCAPED if options.escape_formulas and dialect == "postgres" else "name"
    amount, refund = ("round(amount, 2)", "refund::text") if dialect == "postgres" else ("amount", "refund")
    sql = (
        f'-- 100%% of it\nSELECT id, {name}, {amount}, ratio, {refund}, day, "at", seen\nFROM facts\nORDER BY id -- all'
    )
    return export(dialect, sql, COLUMNS)


def read(
    found: CompiledExport, *, zone: str = "UTC", timeout_s: int = 60, **options: Any
) -> tuple[bytes, ExtractResult]:
    sink = io.BytesIO()
    with open_source(found.connection, found.dialect) as source:
        extracted = source.extract(
            found, FileOptions(**options), sink, ReadOptions(zone, "export-jobs test", timeout_s)
        )
    return sink.getvalue(), extracted


LONG = {
    "postgres": "SELECT count(*) FROM generate_series(1, 100000000000)",
    "duckdb": "SELECT count(*) FROM range(1000000) a(i), range(10000000) b(j) WHERE i * j %% 7 = 3",
    "sqlite": "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT count(*) FROM n",
}
