"""One job, one catalogue, three databases with the same rows: the files are the same, byte for byte."""

from __future__ import annotations

import io
import json
import random
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import duckdb
import psycopg
import pytest

from export_jobs.core.base.issue import errors
from export_jobs.core.catalogue.catalogue import Catalogue
from export_jobs.core.catalogue.files import load_catalogue
from export_jobs.core.definitions.job import ExportJob
from export_jobs.core.sql.compiler import compile_export
from export_jobs.core.validation.definitions import validate_job
from export_jobs.core.windows.window import Window
from export_jobs.streaming.base.read_options import ReadOptions
from tests.unit.core.samples import job

pytestmark = pytest.mark.integration

CATALOGUE = Path(__file__).parent / "catalogue"
DIALECTS = {"postgres": "shop.", "duckdb": "shop.", "sqlite": ""}
MARCH = Window(datetime(2024, 3, 1, tzinfo=UTC), datetime(2024, 4, 1, tzinfo=UTC))
SHOPS = [(1, "Äpfel & Söhne", "Köln"), (2, "a Market", None), (3, 'Zoo; "best"', "Köln"), (4, "Market", "Bonn")]
NOTES = [None, "", "plain", "two\nlines", 'a "quote"', "semi;colon, comma", "=1+1", "日本", "\\N", "100%"]
Row = tuple[Any, ...]

JOBS: dict[str, dict[str, Any]] = {
    "rows": {"template": {"kind": "standard", "fact": "sales"}},
    "rows with attributes, filtered and in an order": {
        "template": {
            "kind": "standard",
            "fact": "sales",
            "columns": ["sale_id", "shop.town", "shop", "note", "amount"],
        },
        "use": {
            "filters": [
                {"column": "amount", "op": "greater_than", "values": ["3.5"]},
                {"column": "shop", "op": "not_equals", "values": ["Market"]},
                {"column": "sold_at", "op": "at_least", "values": ["2024-03-05T12:00"]},
                {"column": "is_gift", "op": "equals", "values": [False]},
            ],
            "order_by": ["-shop", "note"],
        },
    },
    "text searched": {
        "template": {"kind": "standard", "fact": "sales", "columns": ["sale_id", "note"]},
        "use": {"filters": [{"column": "note", "op": "contains", "values": ["%"]}]},
    },
    "text that begins": {
        "template": {"kind": "standard", "fact": "sales", "columns": ["note", "sale_id"]},
        "use": {"filters": [{"column": "shop", "op": "starts_with", "values": ["Ä"]}]},
        "file": {"escape_formulas": True, "quoting": "all", "null_text": "NULL", "delimiter": ";"},
    },
    "two facts by day": {"template": {"kind": "custom", "kpis": ["turnover", "return_count"], "dimensions": ["day"]}},
    "two facts by week and shop, renamed": {
        "template": {"kind": "custom", "kpis": ["sale_count", "return_count"], "dimensions": ["week", "shop"]},
        "use": {
            "columns": [{"column": "shop", "as": 'Laden; "Ort"'}, "week", "return_count", "sale_count"],
            "order_by": ["-return_count", "sale_count"],
            "audience": list(range(1, 12)),
        },
    },
    "ratios by month and town": {
        "template": {"kind": "custom", "kpis": ["turnover_a_sale", "buyers"], "dimensions": ["month", "shop.town"]},
        "use": {"filters": [{"column": "shop.town", "op": "not_in", "values": ["Bonn"]}]},
    },
    "rows in the spelling of a German spreadsheet": {
        "template": {"kind": "standard", "fact": "sales"},
        "use": {"order_by": ["amount", "-sold_at"]},
        "file": {
            "preset": "excel-german",
            "bom": False,
            "encoding": "windows-1252",
            "unencodable": "transliterate",
            "thousands_mark": ".",
            "timestamptz_format": "%d.%m.%Y %H:%M:%S.%f%:z",
        },
    },
    "KPIs of two facts in another spelling, put in order by their values": {
        "template": {"kind": "custom", "kpis": ["turnover", "return_count"], "dimensions": ["day"]},
        "use": {"order_by": ["-turnover"], "columns": [{"column": "return_count", "thousands_mark": "'"}, "turnover"]},
        "file": {"decimal_mark": ",", "thousands_mark": ".", "encoding": "utf-16", "date_format": "%d/%m/%y"},
    },
    "ratios in another spelling, put in order by their values": {
        "template": {"kind": "custom", "kpis": ["turnover_a_sale", "turnover"], "dimensions": ["month", "shop"]},
        "use": {"order_by": ["turnover", "-turnover_a_sale"]},
        "file": {"preset": "unix", "decimal_mark": ",", "thousands_mark": " "},
    },
    "one row of totals": {"template": {"kind": "custom", "kpis": ["turnover", "buyers", "return_count"]}},
    "a dimension": {
        "template": {"kind": "dimension", "dimensions": ["shop"]},
        "use": {"order_by": ["town", "-name"], "date_basis": "none"},
    },
}


@pytest.fixture(scope="module")
def rows() -> dict[str, list[Row]]:
    chance = random.Random(7)
    start = datetime(2024, 2, 27, tzinfo=UTC)
    sales = []
    for number in range(1, 1501):
        at = start + timedelta(minutes=chance.randrange(0, 60 * 24 * 38), microseconds=chance.choice([0, 250_000]))
        amount = None if number % 50 == 0 else Decimal(chance.randrange(-500, 2000)) / 100
        shop, weight = chance.choice([None, 1, 2, 3, 4, 9]), chance.choice([None, 0.1, 12.0, 1e-7, 2.5e20])
        note = chance.choice(NOTES)
        sales.append((number, chance.randrange(1, 40), shop, at, at.date(), number % 7 == 0, note, amount, weight))
    returns = [
        (
            n,
            chance.randrange(1, 40),
            chance.choice([None, 1, 2]),
            date(2024, 2, 28) + timedelta(days=chance.randrange(36)),
        )
        for n in range(1, 120)
    ]
    return {"shops": [*SHOPS], "sales": sales, "returns": returns}


TABLES = {
    "shops": "shop_id integer, name {text}, town {text}",
    "sales": "sale_id integer, customer_id integer, shop_id integer, sold_at {instant}, sold_on {date}, "
    "is_gift {flag}, note {text}, amount {money}, weight {float}",
    "returns": "return_id integer, customer_id integer, shop_id integer, returned_on {date}",
}
TYPES = {"text": "text", "instant": "timestamptz", "date": "date", "flag": "boolean", "money": "numeric(10, 2)"}
SQLITE_TYPES = {"text": "text", "instant": "text", "date": "text", "flag": "integer", "money": "real", "float": "real"}


@pytest.fixture(scope="module")
def connections(
    rows: dict[str, list[Row]], fresh_shop: dict[str, Any], tmp_path_factory: pytest.TempPathFactory
) -> Iterator[None]:
    """The three databases with the same rows, known to Airflow as ``shop_<dialect>``."""
    folder = tmp_path_factory.mktemp("shop")
    with closing(sqlite3.connect(folder / "data.sqlite")) as lite, lite:
        for table, columns in TABLES.items():
            lite.execute(f"CREATE TABLE {table} ({columns.format(**SQLITE_TYPES)})")
            lite.executemany(_insert(table, rows[table], "?"), [[_sqlite(v) for v in row] for row in rows[table]])
    with closing(duckdb.connect(str(folder / "data.duckdb"))) as duck:
        duck.execute("CREATE SCHEMA shop")
        for table, columns in TABLES.items():
            duck.execute(f"CREATE TABLE shop.{table} ({columns.format(**TYPES, float='double')})")
            duck.executemany(_insert(f"shop.{table}", rows[table], "?"), rows[table])
    with psycopg.connect(**fresh_shop) as session:
        session.execute("CREATE SCHEMA shop")
        for table, columns in TABLES.items():
            session.execute(f"CREATE TABLE shop.{table} ({columns.format(**TYPES, float='float8')})".encode())
            session.cursor().executemany(_insert(f"shop.{table}", rows[table], "%s").encode(), rows[table])
    server = {"host": fresh_shop["host"], "port": fresh_shop["port"], "schema": fresh_shop["dbname"]}
    login = {"login": fresh_shop["user"], "password": fresh_shop["password"]}
    known = {
        "postgres": {"conn_type": "postgres", **server, **login},
        "duckdb": {"conn_type": "duckdb", "host": str(folder / "data.duckdb")},
        "sqlite": {"conn_type": "sqlite", "host": str(folder / "data.sqlite")},
    }
    with pytest.MonkeyPatch.context() as patch:
        for dialect, connection in known.items():
            patch.setenv(f"AIRFLOW_CONN_SHOP_{dialect.upper()}", json.dumps(connection))
        yield


@pytest.fixture(scope="module")
def fresh_shop(postgres: Any) -> Iterator[dict[str, Any]]:
    postgres.create_database("same_bytes", "warehouse_owner")
    yield postgres.dsn("same_bytes", "warehouse_owner")
    postgres.drop_database("same_bytes")


@pytest.mark.usefixtures("connections")
@pytest.mark.parametrize("name", JOBS)
def test_three_databases_give_the_same_bytes(name: str) -> None:
    files = {dialect: _file(JOBS[name], dialect) for dialect in DIALECTS}
    assert files["duckdb"] == files["postgres"]
    assert files["sqlite"] == files["postgres"]
    assert files["postgres"].count(b"\n") > 1, "a file without rows proves nothing"


def _file(asked: dict[str, Any], dialect: str) -> bytes:
    """The file of a job in UTC, since SQLite tells the day of a time in no other zone."""
    from export_jobs.orchestration.airflow.connections import open_source

    catalogue = load_catalogue(CATALOGUE, {"dialect": dialect, "schema": DIALECTS[dialect]})
    using = _job(asked, catalogue)
    export = compile_export(using, "t", catalogue, MARCH)
    written = io.BytesIO()
    with open_source(export.connection, export.dialect) as opened:
        opened.extract(export, using.file, written, ReadOptions("UTC", "export-jobs test", 60))
    return written.getvalue()


def _job(asked: dict[str, Any], catalogue: Catalogue) -> ExportJob:
    using = job(
        "t",
        template_definitions=[{"name": "t", **asked["template"]}],
        templates=[{"template": "t", **asked.get("use", {})}],
        file=asked.get("file", {}),
        schedule={"frequency": "once", "from": "2024-03-01", "until": "2024-03-31", "time_zone": "UTC"},
    )
    assert not catalogue.issues
    assert errors(validate_job(using, catalogue=catalogue)) == []
    return using


def _insert(table: str, rows: list[Row], place: str) -> str:
    return f"INSERT INTO {table} VALUES ({', '.join([place] * len(rows[0]))})"


def _sqlite(value: Any) -> Any:
    """As SQLite's users keep them: times in UTC as text, decimals as floats."""
    if isinstance(value, datetime):
        return value.astimezone(UTC).replace(tzinfo=None).isoformat(" ")
    if isinstance(value, date):
        return value.isoformat()
    return float(value) if isinstance(value, Decimal) else value
