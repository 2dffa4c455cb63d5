from __future__ import annotations

import json
import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import psycopg
import pytest

from export_jobs.catalogue_check.check import ConnectionCheck, check_connection
from export_jobs.core.catalogue.catalogue import Catalogue
from export_jobs.core.catalogue.files import load_catalogue
from export_jobs.core.validation.catalogue import validate_catalogue
from export_jobs.orchestration.airflow.catalogue_session import open_catalogue_session
from tests.unit.core.invalid_catalogues import SOUND

if TYPE_CHECKING:
    from demo.postgres import Postgres

TABLES = """
CREATE SCHEMA IF NOT EXISTS shop;
CREATE TABLE shop.towns (town_id integer, town_name text);
CREATE TABLE shop.stores (store_id integer, store_name varchar(50), town_id integer);
CREATE TABLE shop.orders (
    order_id bigint, buyer_id text, store_id integer, is_gift boolean, ordered_at timestamptz, changed_on date,
    amount numeric(12, 2), items smallint
);
INSERT INTO shop.towns VALUES (1, 'Aachen'), (2, 'Bonn');
INSERT INTO shop.stores VALUES (1, 'North', 1), (2, 'South', 1), (3, 'West', 2);
INSERT INTO shop.orders VALUES
    (1, 'a', 1, false, '2024-01-01 10:00+00', '2024-01-02', 10, 1),
    (2, 'b', 3, true, '2024-01-01 11:00+00', '2024-01-02', 20.50, 2)
"""


@dataclass
class Shop:
    """The sound catalogue of ``tests/invalid_catalogue`` in a folder of its own, and a database that it describes."""

    folder: Path
    dsn: dict[str, object]

    def write(self, place: str, text: str) -> None:
        (self.folder / place).write_text(text, encoding="utf-8")

    def change(self, place: str, old: str, new: str) -> None:
        text = (self.folder / place).read_text("utf-8")
        assert old in text, f"{place} does not hold {old!r}, so the test would prove nothing"
        self.write(place, text.replace(old, new))

    def execute(self, sql: str) -> None:
        with psycopg.connect(**self.dsn, autocommit=True) as session:  # type: ignore[arg-type]
            session.execute(sql.encode())

    def catalogue(self) -> Catalogue:
        return load_catalogue(self.folder)

    def check(self) -> ConnectionCheck:
        catalogue = self.catalogue()
        [checked] = check_connection("shop_warehouse", catalogue, validate_catalogue(catalogue), open_catalogue_session)
        return checked

    def said(self) -> list[str]:
        """What the live check finds, the database's own words left out."""
        return [str(issue) for issue in self.check().issues]


@pytest.fixture
def shop(postgres: Postgres, fresh_database: object, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Shop]:
    dsn = fresh_database("warehouse_owner")  # type: ignore[operator]
    login = {"login": dsn["user"], "password": dsn["password"], "host": dsn["host"], "port": dsn["port"]}
    as_airflow = {"conn_type": "postgres", "schema": dsn["dbname"], **login}
    monkeypatch.setenv("AIRFLOW_CONN_SHOP_WAREHOUSE", json.dumps(as_airflow))
    folder = tmp_path / "catalogue"
    shutil.copytree(SOUND, folder)
    found = Shop(folder, dsn)
    found.execute(TABLES)
    yield found
