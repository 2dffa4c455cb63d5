"""The auditor on a real store, a real mail server and an API that answers as Airflow's: one alarm a job and cause."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import Engine, event

from tests.integration.orchestration.auditing import (
    OWNER,
    audit,
    backdate,
    interval,
    old,
    raise_as_killed,
    sent,
)
from tests.integration.store.samples import Store
from tests.servers.airflow_api import AirflowState
from tests.servers.smtp_script import Script

pytestmark = pytest.mark.integration


def test_m3_a_broken_daily_job_of_a_month_is_one_mail(connected: Store, mails: Script, airflow: AirflowState) -> None:
    (job,) = old(connected, "sales")
    airflow.dag(job.dag_id)
    said = audit()
    assert "Job 'sales': 31 windows (2026-01-01T00:00:00+00:00 to " in said and "and 28 more) have no run" in said
    assert audit() == said
    ((recipient, text),) = sent(mails)
    assert recipient == OWNER and "Airflow creates no runs" in text


def test_m3_a_cause_that_changes_is_told_and_one_that_ends_is_forgotten(
    connected: Store, mails: Script, airflow: AirflowState
) -> None:
    (job,) = old(connected, "sales")
    airflow.dag(job.dag_id, is_paused=True)
    assert "its Dag is paused in Airflow. Unpause it there" in audit()
    airflow.dags.clear()
    assert "Airflow has no current Dag for it" in audit()
    airflow.dag(job.dag_id, tags=["invalid"])
    assert "its definition is invalid" in audit()
    airflow.dags.clear()
    airflow.dag(job.dag_id, is_paused=True)
    assert audit()
    assert [text.count("paused in Airflow") for _, text in sent(mails)] == [1, 0, 0, 1]


def test_a_zone_that_does_not_exist_is_told_to_the_owner_and_stops_no_other_audit(
    connected: Store, mails: Script, airflow: AirflowState
) -> None:
    """Typed into the table, or gone from the zone database: no window can be computed, and none is exported."""
    mars, sales = old(connected, "mars", "sales")
    airflow.dag(sales.dag_id)
    connected.hand(f"UPDATE export_jobs.job SET time_zone = 'Mars/Olympus' WHERE id = {mars.job_id}")
    assert "mars" not in audit(), "somebody may be about to correct it"
    backdate(connected)
    said = audit().splitlines()
    assert said[0].startswith("Job 'mars': none of its windows is exported, because its definition is invalid.")
    assert said[1].startswith("Job 'sales': 31 windows")
    assert [("mars" in text, "sales" in text) for _, text in sent(mails)] == [(False, True), (True, False)]
    connected.hand(f"UPDATE export_jobs.job SET enabled = false WHERE id = {mars.job_id}")
    assert "mars" not in audit()


def test_m3_a_job_that_is_a_minute_old_is_no_alarm(connected: Store, mails: Script, airflow: AirflowState) -> None:
    connected.create("sales")
    assert audit() == ""
    backdate(connected)
    assert "have no run" in audit()


def test_m3_a_job_that_was_just_changed_has_its_grace(connected: Store, mails: Script, airflow: AirflowState) -> None:
    (job,) = old(connected, "sales", enabled=False)
    assert audit() == ""
    connected.hand(f"UPDATE export_jobs.job SET enabled = true WHERE id = {job.job_id}")
    assert audit() == ""


@pytest.mark.parametrize(
    "breakage",
    [
        "'{\"schedule\": {}}'",
        "definition - 'schedule'",
        "jsonb_set(definition, '{schedule,time_zone}', '\"No/Where\"')",
    ],
)
def test_w1_a_row_that_cannot_be_read_keeps_no_alarm_from_another(
    connected: Store, mails: Script, airflow: AirflowState, breakage: str, caplog: pytest.LogCaptureFixture
) -> None:
    bad, good = old(connected, "a-bad", "good", owner=OWNER)
    connected.hand(
        "ALTER TABLE export_jobs.job_version DISABLE TRIGGER USER",
        f"UPDATE export_jobs.job_version SET definition = {breakage} WHERE job_id = {bad.job_id}",
        "ALTER TABLE export_jobs.job_version ENABLE TRIGGER USER",
    )
    airflow.dag(good.dag_id)
    said = audit()
    assert "Job 'good': 31 windows" in said
    assert "a-bad" in said + caplog.text, "what is skipped is named"


@pytest.mark.parametrize("status", [401, 503])
def test_m3_without_airflows_word_what_is_overdue_is_found_all_the_same(
    connected: Store, mails: Script, airflow: AirflowState, status: int
) -> None:
    old(connected, "sales")
    airflow.status = status
    said = audit()
    assert "31 windows" in said and "Runs cannot be compared with the ledger" in said


def questions(airflow: AirflowState) -> tuple[int, int]:
    """Calls to Airflow and statements to the store of one look."""
    statements = 0

    def count(*_: Any) -> None:
        nonlocal statements
        statements += 1

    airflow.asked.clear()
    event.listen(Engine, "before_cursor_execute", count)
    try:
        audit()
    finally:
        event.remove(Engine, "before_cursor_execute", count)
    return len(airflow.asked), statements


def test_the_auditor_asks_no_more_of_a_hundred_jobs_than_of_ten(
    connected: Store, mails: Script, airflow: AirflowState
) -> None:
    days = {"from": "2030-01-01", "until": "2030-01-31"}
    for number in range(10):
        airflow.dag(old(connected, f"job-{number}", schedule=days)[0].dag_id)
    audit()
    of_ten = questions(airflow)
    for job in old(connected, *(f"job-{number}" for number in range(10, 100)), schedule=days):
        airflow.dag(job.dag_id)
    assert questions(airflow) == of_ten


def test_a_hundred_late_jobs_are_told_in_as_many_statements_as_ten(
    connected: Store, mails: Script, airflow: AirflowState
) -> None:
    """Airflow is asked about fifty Dags in a call."""
    for job in old(connected, *(f"job-{number}" for number in range(10))):
        airflow.dag(job.dag_id)
    audit()
    calls, statements = questions(airflow)
    for job in old(connected, *(f"job-{number}" for number in range(10, 100))):
        airflow.dag(job.dag_id)
    audit()
    assert questions(airflow) == (calls + 2, statements)


def test_w1_a_job_that_could_not_be_audited_once_is_looked_at_whole_the_next_time(
    connected: Store, mails: Script, airflow: AirflowState, monkeypatch: pytest.MonkeyPatch
) -> None:
    (job,) = old(connected, "sales", schedule={"from": "2030-01-01", "until": "2030-01-31"})
    airflow.run(job.dag_id, "green", "success", **interval(0), updated_at="2026-01-02T00:00:00+00:00")
    with monkeypatch.context() as failing:
        failing.setattr("export_jobs.orchestration.auditor.find_discrepancies", raise_as_killed)
        assert "1 jobs (sales) could not be audited" in audit()
    assert "successful in Airflow but delivered nothing" in audit()
    airflow.runs.clear()
    assert audit() == ""
