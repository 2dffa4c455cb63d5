"""Airflow's runs beside the ledger: green without a delivery, passed over, of the future, or waiting for no pool."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from export_jobs.core.definitions.job import DestinationSpec
from tests.integration.orchestration.auditing import (
    DAY,
    audit,
    backdate,
    deliver,
    interval,
    old,
    sent,
)
from tests.integration.store.samples import DAY_ONE, Store
from tests.servers.airflow_api import AirflowState
from tests.servers.smtp_script import Script

pytestmark = pytest.mark.integration


def test_m3_green_without_a_delivery_red_with_one_and_red_in_silence(
    connected: Store, mails: Script, airflow: AirflowState
) -> None:
    """Until 2026-01-04: four windows, of which the first is as it should be."""
    (job,) = old(connected, "sales", schedule={"until": "2026-01-04"})
    airflow.dag(job.dag_id)
    for day, state in enumerate(("success", "success", "failed", "failed")):
        airflow.run(job.dag_id, f"scheduled__{day}", state, **interval(day))
    for day in (0, 2):
        deliver(connected, connected.run(job, day))
    said = audit().splitlines()
    assert len(said) == 3
    assert (
        "'scheduled__1' for 2026-01-02T00:00:00+00:00" in said[0] and "successful in Airflow but delivered" in said[0]
    )
    assert "'scheduled__2'" in said[1] and "although its files are delivered" in said[1]
    assert "'scheduled__3'" in said[2] and "nobody was notified" in said[2]
    connected.ledger.record_failed_run(connected.run(job, 3).id, 0, step="notify_owner", attempt="a", try_number=1)
    assert len(audit().splitlines()) == 2


def test_l1_a_window_that_was_read_before_its_end_is_found(
    connected: Store, mails: Script, airflow: AirflowState
) -> None:
    """Delivered by a release that took an open window, and exported again since for one of the two."""
    today = datetime.now(UTC).replace(hour=0, minute=0, second=0, microsecond=0)
    days = {"from": f"{today:%Y-%m-%d}", "until": f"{today + 9 * DAY:%Y-%m-%d}"}
    (job,) = old(connected, "sales", schedule=days)
    airflow.dag(job.dag_id)
    for number in range(2):
        window: dict[str, Any] = {"window_start": today + number * DAY, "window_end": today + (number + 1) * DAY}
        execution = connected.run(job, run_id=f"manual__{number}", run_type="manual", **window)
        connected.ledger.record_event(execution.id, "started", step="extract", template="rows", attempt="first")
        deliver(connected, execution)
    (said,) = audit().splitlines()
    assert "2 windows" in said and "read before the window was over" in said
    assert len(sent(mails)) == 1
    connected.hand(
        "ALTER TABLE export_jobs.execution DISABLE TRIGGER USER",
        "UPDATE export_jobs.execution SET window_start = window_start - interval '9 days', "
        "window_end = window_end - interval '9 days'",
        "ALTER TABLE export_jobs.execution ENABLE TRIGGER USER",
    )
    assert audit() == ""


def test_windows_that_the_schedule_has_passed_over_are_an_alarm_until_they_are_exported(
    connected: Store, mails: Script, airflow: AirflowState
) -> None:
    """As a backfill of later days has left them: a release that allowed one let the schedule go on behind it."""
    (job,) = old(connected, "sales", schedule={"until": "2026-01-10"})
    airflow.dag(job.dag_id)
    for day in (2, 3, 9):
        connected.run(job, day)
    connected.run(job, 8, run_id="backfill__8", run_type="backfill")
    connected.run(job, 3, run_id="manual__part", run_type="manual", window_end=DAY_ONE + 3.5 * DAY)
    (said,) = audit().splitlines()
    assert "2 windows (2026-01-01T00:00:00+00:00 to 2026-01-03T00:00:00+00:00, 2026-01-05T00:00:00+00:00 to " in said
    assert "2026-01-09T00:00:00+00:00) have had no run, and the schedule has continued" in said
    for day in (0, 1, 4, 5, 7):
        connected.run(job, day, run_id=f"manual__{day}", run_type="manual")
    (said,) = audit().splitlines()
    assert "the window 2026-01-07T00:00:00+00:00 to 2026-01-08T00:00:00+00:00 has had no run" in said
    connected.run(job, 6, run_id="manual__6", run_type="manual")
    assert audit() == ""


@pytest.mark.parametrize("state", ["queued", "running"])
def test_l6_a_run_of_the_future_is_deleted_and_that_is_told(
    connected: Store, mails: Script, airflow: AirflowState, state: str
) -> None:
    (job,) = old(connected, "sales")
    airflow.dag(job.dag_id)
    later = {"logical_date": "2030-01-01T00:00:00+00:00", "run_after": "2030-01-01T00:00:00+00:00"}
    airflow.run(job.dag_id, "later", state, **{**interval(0), **later, "run_type": "manual"})
    assert audit() == "", "what it kept waiting is on its way"
    assert airflow.runs == []
    ((_, text),) = sent(mails)
    assert "the auditor has deleted run 'later'" in text
    assert "have no run" in audit()


def test_l6_a_run_of_the_future_that_has_begun_something_stays_and_is_named(
    connected: Store, mails: Script, airflow: AirflowState
) -> None:
    (job,) = old(connected, "sales")
    airflow.dag(job.dag_id)
    later = {"logical_date": "2030-01-01T00:00:00+00:00", "run_after": "2030-01-01T00:00:00+00:00"}
    airflow.run(job.dag_id, "later", "queued", **{**interval(0), **later, "run_type": "manual", "start_date": None})
    execution = connected.run(job, run_id="later", run_type="manual")
    connected.ledger.record_event(execution.id, "started", step="extract")
    assert "run 'later' waits until 2030-01-01T00:00:00+00:00 and blocks all windows before it" in audit()
    assert len(airflow.runs) == 1


def test_an_alarm_stands_although_its_run_has_not_changed_since_the_last_look(
    connected: Store, mails: Script, airflow: AirflowState
) -> None:
    days = {"from": "2030-01-01", "until": "2030-01-31"}
    (job,) = old(connected, "sales", schedule=days)
    airflow.run(job.dag_id, "green", "success", **interval(0), updated_at="2026-01-02T00:00:00+00:00")
    said = audit()
    assert "successful in Airflow but delivered nothing" in said
    assert [audit(), audit()] == [said, said]
    assert sum("updated_at_gte" in asked for asked in airflow.asked) == 2, "and only what has changed is asked for"


def test_m3_an_alarm_outlives_a_look_at_which_airflow_could_not_be_asked(
    connected: Store, mails: Script, airflow: AirflowState
) -> None:
    """What Airflow says changes only when a run does: forgotten once, an old green run is never found again."""
    green, paused = old(connected, "green", schedule={"until": "2026-01-01"})[0], connected.create("paused")
    backdate(connected)
    airflow.dag(green.dag_id)
    airflow.run(green.dag_id, "green", "success", **interval(0), updated_at="2026-01-02T00:00:00+00:00")
    airflow.dag(paused.dag_id, is_paused=True)
    said = audit()
    assert "successful in Airflow but delivered nothing" in said and "its Dag is paused in Airflow" in said
    airflow.status = 503
    assert "Runs cannot be compared with the ledger" in audit()
    airflow.status = 0
    assert audit() == said
    assert len(sent(mails)) == 1, "and nobody is told twice, nor that a cause is unknown for ten minutes"


def test_a_run_whose_pool_is_not_there_is_an_alarm(connected: Store, mails: Script, airflow: AirflowState) -> None:
    days = {"from": "2030-01-01", "until": "2030-01-31"}
    (job,) = old(connected, "sales", schedule=days)
    since = (datetime.now(UTC) - timedelta(minutes=20)).isoformat()
    airflow.run(job.dag_id, "waits", "running", **interval(0), start_date=since, run_after=since)
    assert audit() == ""
    airflow.pools.clear()
    assert "no task of run 'waits' starts, because Airflow has no pool 'export_jobs' with a slot" in audit()
    airflow.pools["export_jobs"] = 0
    assert "airflow pools set" in audit()
    airflow.pools["export_jobs"] = -1
    assert audit() == "", "which is as many as there are"


def test_the_pool_of_each_of_several_destinations_is_looked_for(
    connected: Store, mails: Script, airflow: AirflowState, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("EXPORT_JOBS_DESTINATION_SLOTS", "2")
    connected.definitions.save_destination(
        DestinationSpec(tag="second", kind="sftp", connection="second_sftp", folder="in"), "anna"
    )
    days = {"from": "2030-01-01", "until": "2030-01-31"}
    (job,) = old(connected, "sales", schedule=days, destination=None, destinations=["partner", "second"])
    since = (datetime.now(UTC) - timedelta(minutes=20)).isoformat()
    airflow.run(job.dag_id, "waits", "running", **interval(0), start_date=since, run_after=since)
    airflow.pools |= {"export_jobs to partner": 2}
    assert "no pool 'export_jobs to second' with a slot" in audit()
    airflow.pools |= {"export_jobs to second": 2}
    assert audit() == ""
