"""The live check on databases without PostgreSQL's ways: DuckDB says types, SQLite says none."""

from __future__ import annotations

import json
import shutil
import sqlite3
from pathlib import Path

import duckdb
import pytest

from export_jobs.catalogue_check.check import ConnectionCheck, check_connection
from export_jobs.core.catalogue.files import load_catalogue
from export_jobs.core.validation.catalogue import validate_catalogue
from export_jobs.orchestration.airflow.catalogue_session import open_catalogue_session
from tests.integration.catalogue.conftest import TABLES
from tests.unit.core.invalid_catalogues import SOUND

pytestmark = pytest.mark.integration


class Elsewhere:
    """The sound catalogue in another dialect, and a database in a file."""

    def __init__(self, kind: str, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        self.kind, self.folder, self.database = kind, folder / "catalogue", folder / f"database.{kind}"
        shutil.copytree(SOUND, self.folder)
        monkeypatch.setenv("AIRFLOW_CONN_SHOP_WAREHOUSE", json.dumps({"conn_type": kind, "host": str(self.database)}))
        for file in self.folder.glob("*/*.sql"):
            text = file.read_text("utf-8").replace(
                "connection: shop_warehouse", f"connection: shop_warehouse\ndialect: {kind}"
            )
            file.write_text(text if kind == "duckdb" else text.replace("shop.", ""), encoding="utf-8")

    def execute(self, sql: str) -> None:
        if self.kind == "duckdb":
            with duckdb.connect(str(self.database)) as session:
                session.execute(sql)
            return
        with sqlite3.connect(self.database) as session:
            session.executescript(sql.replace("CREATE SCHEMA IF NOT EXISTS shop;", "").replace("shop.", ""))

    def check(self) -> ConnectionCheck:
        catalogue = load_catalogue(self.folder)
        [checked] = check_connection("shop_warehouse", catalogue, validate_catalogue(catalogue), open_catalogue_session)
        return checked

    def said(self) -> list[str]:
        return [str(issue) for issue in self.check().issues]


@pytest.fixture
def on_duckdb(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Elsewhere:
    shop = Elsewhere("duckdb", tmp_path, monkeypatch)
    shop.execute(TABLES)
    return shop


@pytest.fixture
def on_sqlite(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Elsewhere:
    shop = Elsewhere("sqlite", tmp_path, monkeypatch)
    shop.execute(TABLES)
    return shop


def test_duckdb_says_types(on_duckdb: Elsewhere) -> None:
    checked = on_duckdb.check()
    assert checked.issues == () and checked.types_checked and checked.questions == 19
    on_duckdb.execute("ALTER TABLE shop.orders ALTER items TYPE varchar")
    on_duckdb.execute("ALTER TABLE shop.towns ALTER town_name TYPE varchar[] USING [town_name]")
    items, town = on_duckdb.said()
    assert items.startswith(
        "facts/orders.sql:20: measures.items: 'items' is declared integer, but the database returns VARCHAR. "
    )
    assert "'town_name' is declared text, but the database returns VARCHAR[]. Cast it in the SQL" in town


def test_duckdb_refuses_and_finds_twins(on_duckdb: Elsewhere) -> None:
    on_duckdb.execute("INSERT INTO shop.stores VALUES (3, 'West again', 2)")
    on_duckdb.execute("ALTER TABLE shop.orders RENAME COLUMN amount TO total")
    orders, store = on_duckdb.said()
    assert orders.startswith("facts/orders.sql:24: the database refuses the query: Binder Error")
    assert store.startswith("dimensions/store.sql:5: id: 1 values of 'store_id' occur more than once")


def test_sqlite_says_no_types_and_that_is_said_aloud(on_sqlite: Elsewhere) -> None:
    checked = on_sqlite.check()
    [issue] = checked.issues
    assert str(issue).startswith(
        "facts/orders.sql:5: connection: types are NOT checked: a database of the dialect sqlite"
    )
    assert issue.level == "warning" and not checked.types_checked and checked.questions == 19


def test_sqlite_refuses_and_finds_twins(on_sqlite: Elsewhere) -> None:
    on_sqlite.execute("INSERT INTO shop.stores VALUES (3, 'West again', 2)")
    (on_sqlite.folder / "kpis" / "bad.sql").write_text("/*\ntitle: Bad\nfact: orders\n*/\nour_sum(amount)")
    _, bad, store = on_sqlite.said()
    assert bad.startswith("kpis/bad.sql:5: the database refuses the expression: no such function: our_sum.")
    assert store.startswith("dimensions/store.sql:5: id: 1 values of 'store_id' occur more than once")


def test_duckdb_is_read_only(on_duckdb: Elsewhere) -> None:
    on_duckdb.execute("CREATE SEQUENCE shop.numbers")
    town = on_duckdb.folder / "dimensions" / "town.sql"
    town.write_text(town.read_text().replace("SELECT town_id,", "SELECT nextval('shop.numbers') AS town_id,"))
    [said] = on_duckdb.said()
    assert "transaction is launched in read-only mode" in said
