"""Rows that come into a delivered window, or change in it, are counted in the warehouse and told once a job."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from airflow.sdk.exceptions import AirflowFailException

from export_jobs.core.definitions.job import Template
from export_jobs.orchestration.audit.late_rows import count_late_rows
from export_jobs.orchestration.auditor import CompareWithLedger
from export_jobs.store.findings.late_rows import LateRows
from export_jobs.store.stored_job import StoredJob
from tests.integration.store.samples import DAY_ONE, Store, publication
from tests.servers.airflow_api import AirflowState
from tests.servers.smtp_script import Script

pytestmark = pytest.mark.integration
DAY = timedelta(days=1)
NOW = datetime.now(UTC) + timedelta(hours=1)
"""Later than everything that a test delivers."""
FACT = """/*
title: Visits
connection: late_warehouse
event_date: {{column: happened_at, type: timestamptz}}
{updated}
order_by: [visit_id]
columns: {{visit_id: integer, shop: text}}
*/
SELECT visit_id, shop, happened_at, changed_at, {local} AS local_at FROM late.visits
"""
KPI = """/*
title: Number of visits
fact: visits
type: integer
*/
count(*)
"""


@pytest.fixture
def warehouse(connected: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[..., None]:
    """A table of visits, five a day, that were written when they happened; the function adds one."""
    for kind in ("facts", "kpis", "dimensions"):
        (tmp_path / "sql" / kind).mkdir(parents=True)
    catalogue(tmp_path, "updated_at: {column: changed_at, type: timestamptz}")
    (tmp_path / "sql" / "kpis" / "visits_made.sql").write_text(KPI)
    monkeypatch.setenv("EXPORT_JOBS_CATALOGUE", str(tmp_path / "sql"))
    dsn = connected.dsn
    login = {"login": dsn["user"], "password": dsn.get("password"), "schema": dsn["dbname"]}
    connection = {"conn_type": "postgres", "host": dsn["host"], "port": dsn["port"], **login}
    monkeypatch.setenv("AIRFLOW_CONN_LATE_WAREHOUSE", json.dumps(connection))
    connected.hand(
        "DROP SCHEMA IF EXISTS late CASCADE",
        "CREATE SCHEMA late",
        "CREATE TABLE late.visits (visit_id int, shop text, happened_at timestamptz, changed_at timestamptz)",
        "INSERT INTO late.visits SELECT n, 'north', t, t FROM (SELECT n, timestamptz '2026-01-01 01:00+00' "
        "+ n * interval '4 hours' AS t FROM generate_series(0, 59) n) made",
    )

    def add(day: int, shop: str = "north", changed_at: str = "now()") -> None:
        connected.hand(
            f"INSERT INTO late.visits VALUES (99, '{shop}', timestamptz '2026-01-01 05:00+00' "
            f"+ {day} * interval '1 day', {changed_at})"
        )

    return add


def catalogue(folder: Path, updated: str, local: str = "changed_at AT TIME ZONE 'UTC'") -> None:
    (folder / "sql" / "facts" / "visits.sql").write_text(FACT.format(updated=updated, local=local))


@pytest.fixture
def delivered(connected: Store, warehouse: Any) -> StoredJob:
    """A job of which three days have been delivered."""
    with connected.definitions.transaction("anna") as within:
        within.create_template(Template(name="visits", kind="standard", fact="visits"))
        within.create_template(Template(name="counts", kind="custom", kpis=("visits_made",)))
    return deliver(connected, make(connected, "sales"))


def make(store: Store, name: str, template: str = "visits", **use: Any) -> StoredJob:
    return store.create(name, templates=[{"template": template, **use}], schedule={"until": "2026-01-03"})


def deliver(store: Store, job: StoredJob, days: int = 3) -> StoredJob:
    for day in range(days):
        deliver_day(store, job, day)
    return job


def deliver_day(store: Store, job: StoredJob, day: int, **run: Any) -> None:
    execution = store.run(job, day, **{"run_id": f"scheduled__{job.job_id}_{day}", **run})
    store.ledger.record_event(execution.id, "started", step="extract", template="visits", attempt="a")
    store.ledger.claim(execution.id, "", "publish", "first")
    with store.ledger.fence_publication(publication(execution), "publish", "first"):
        pass


def counted(store: Store, now: datetime = NOW) -> dict[int, list[tuple[datetime, int]]]:
    count_late_rows(store.engine, now)
    return {
        job_id: [(window.start, count) for window, count in sorted(found)]
        for job_id, found in LateRows(store.engine).found().items()
    }


def test_l7_what_is_as_it_was_read_is_no_late_row(connected: Store, delivered: StoredJob) -> None:
    assert counted(connected) == {}


def test_l7_rows_that_came_and_rows_that_changed_are_counted_by_window(
    connected: Store, delivered: StoredJob, warehouse: Any
) -> None:
    warehouse(0)
    warehouse(2)
    connected.hand("UPDATE late.visits SET changed_at = now() WHERE visit_id IN (13, 14)")
    assert counted(connected) == {delivered.job_id: [(DAY_ONE, 1), (DAY_ONE + 2 * DAY, 3)]}


@pytest.mark.parametrize("template", ["visits", "counts"])
def test_l7_only_rows_of_the_jobs_own_filters_count(
    connected: Store, delivered: StoredJob, warehouse: Any, template: str
) -> None:
    filters = [{"column": "shop", "op": "equals", "values": ["south"]}]
    job = deliver(connected, make(connected, "south", template, filters=filters))
    warehouse(1)
    warehouse(1, "south")
    assert counted(connected)[job.job_id] == [(DAY_ONE + DAY, 1)]


def test_l7_a_job_on_the_updated_date_has_no_late_rows(connected: Store, delivered: StoredJob, warehouse: Any) -> None:
    job = deliver(connected, make(connected, "changes", date_basis="updated"))
    warehouse(1)
    assert job.job_id not in counted(connected)


@pytest.mark.parametrize(
    ("updated", "is_counted"),
    [
        ("", False),
        ("updated_at: {column: changed_at, type: date}", False),
        ("updated_at: {column: local_at, type: timestamp, time_zone: UTC}", True),
    ],
)
def test_l7_only_where_the_catalogue_says_when_a_row_changed(
    delivered: StoredJob, warehouse: Any, connected: Store, tmp_path: Path, *, updated: str, is_counted: bool
) -> None:
    catalogue(tmp_path, updated)
    warehouse(1)
    assert (delivered.job_id in counted(connected)) == is_counted


def test_l7_a_job_is_asked_about_once_a_day(connected: Store, delivered: StoredJob, warehouse: Any) -> None:
    assert counted(connected) == {}
    warehouse(1)
    assert counted(connected, NOW + timedelta(hours=23)) == {}
    assert delivered.job_id in counted(connected, NOW + timedelta(hours=24))


def test_l7_only_the_newest_windows_are_asked_about(connected: Store, delivered: StoredJob, warehouse: Any) -> None:
    for day in (3, 4):
        deliver_day(connected, delivered, day)
    warehouse(1)
    assert counted(connected) == {}


def test_l7_each_job_has_its_turn_when_time_is_short(connected: Store, delivered: StoredJob, warehouse: Any) -> None:
    other = deliver(connected, make(connected, "other"))
    warehouse(1)
    for _ in range(2):
        count_late_rows(connected.engine, NOW, clock=iter([0.0, 0.0, 1e9]).__next__)
    assert set(LateRows(connected.engine).found()) == {delivered.job_id, other.job_id}


def test_w1_a_job_that_cannot_be_counted_stops_no_other(
    connected: Store, delivered: StoredJob, warehouse: Any, caplog: pytest.LogCaptureFixture
) -> None:
    broken = deliver(connected, make(connected, "broken", template="rows"))  # of a fact that is not there
    last = deliver(connected, make(connected, "last"))
    warehouse(1)
    assert set(counted(connected)) == {delivered.job_id, last.job_id} and broken.name in caplog.text


def test_l7_late_rows_are_told_once_and_no_more_once_the_window_is_exported_again(
    connected: Store, delivered: StoredJob, warehouse: Any, mails: Script, airflow: AirflowState
) -> None:
    airflow.dag(delivered.dag_id)
    warehouse(1)
    counted(connected, datetime.now(UTC))
    for _ in range(2):
        try:
            CompareWithLedger(task_id="compare").execute({})
        except AirflowFailException as failure:
            assert "late" not in str(failure) and "came or changed" not in str(failure), "a warning fails nothing"
    ((_, content),) = mails.contents
    text = content.decode().replace("=\r\n", "")
    assert "1 rows of delivered windows came or changed after they were read (1 in 2026-01-02T00:00:00+00:00" in text
    deliver_day(connected, delivered, 1, run_id="manual__1", run_type="manual")
    assert LateRows(connected.engine).found() == {}
