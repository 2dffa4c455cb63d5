"""`export-jobs preview` on the demo's warehouse: what a person sees before a job runs."""

from __future__ import annotations

import json

import pytest

from demo.postgres import Postgres
from tests.integration.cli.commands import SAMPLES, Run

pytestmark = pytest.mark.integration
JANUARY = ("--window", "1997-01-01..1997-01-31")


@pytest.fixture
def samples(run: Run, warehouse: Postgres, monkeypatch: pytest.MonkeyPatch) -> Run:
    dsn = warehouse.dsn("warehouse", "warehouse_reader")
    parts = {"host": dsn["host"], "port": dsn["port"], "login": dsn["user"], "password": dsn.get("password")}
    found = {"conn_type": "postgres", "schema": "warehouse", **parts}
    monkeypatch.setenv("AIRFLOW_CONN_EXPORT_JOBS_WAREHOUSE", json.dumps(found))
    assert run("apply", "-f", SAMPLES, "--yes")[0] == 0
    return run


def test_a_table_for_people(samples: Run) -> None:
    code, out, _ = samples("preview", "monthly-1997", *JANUARY, "--rows", "3")
    assert code == 0
    lines = out.splitlines()
    assert lines[0] == "purchases: the first 3 rows; there are more"
    assert lines[1].split()[:2] == ["purchase_id", "customer_id"]
    assert len(lines) == 5


def test_json_for_machines(samples: Run) -> None:
    code, out, _ = samples("preview", "year-1997", *JANUARY, "--template", "sales-total", "--format", "json")
    assert code == 0
    [found] = json.loads(out)
    assert found["template"] == "sales-total"
    assert found["columns"][0] == {"name": "gross_sales", "type": "number"}
    assert len(found["rows"]) == 1 and not found["truncated"]
    assert all(isinstance(cell, str) for cell in found["rows"][0])


def test_a_template_that_the_job_does_not_use(samples: Run) -> None:
    code, _, error = samples("preview", "monthly-1997", *JANUARY, "--template", "purchase")
    assert code == 1 and "does not use the template 'purchase'. Perhaps you mean 'purchases'." in error


def test_a_connection_that_airflow_does_not_have(samples: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("AIRFLOW_CONN_EXPORT_JOBS_WAREHOUSE")
    code, out, error = samples("preview", "monthly-1997", *JANUARY)
    assert code == 1 and "Airflow has no connection 'export_jobs_warehouse'" in error and not out
