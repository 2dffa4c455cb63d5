"""The runs that a real scheduler makes are exactly the windows of the job, whatever happens around it."""

from __future__ import annotations

import csv
import io
import itertools
import zipfile
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from export_jobs.core.windows.window import Window, scheduled_windows
from export_jobs.store.findings.refusals import Refusals
from export_jobs.store.stored_job import StoredJob
from tests.airflow.live import Live, plain_text

pytestmark = [pytest.mark.integration, pytest.mark.live]


def windows_of(job: StoredJob) -> list[Window]:
    return [delivery.window for delivery in scheduled_windows(job.parse().schedule)]


def windows_made(live: Live, job: StoredJob) -> list[Window]:
    return [run.window for run in live.runs(job) if run.window]


def event_ids(archive: Path) -> list[int]:
    with zipfile.ZipFile(archive) as opened:
        (member,) = opened.namelist()
        return [int(row["event_id"]) for row in csv.DictReader(io.StringIO(opened.read(member).decode()))]


def test_catch_up_makes_every_window_once_and_every_row_arrives_once(live: Live) -> None:
    """Weekly with execute-on Sunday from a Wednesday, over a change of clocks, delivered long after."""
    days = ("2026-01-07", "2026-01-25")
    schedule = {"frequency": "weekly", "execute_on": "sunday", "time_zone": "America/New_York"}
    job = live.create("weekly", days=days, schedule=schedule)
    live.wait_for_runs(job, 3)
    assert windows_made(live, job) == windows_of(job)
    ids = [event_id for archive in live.files("weekly__*.zip") for event_id in event_ids(archive)]
    first = (datetime(2026, 1, 7, 5, tzinfo=UTC) - datetime(2026, 1, 1, 0, 30, tzinfo=UTC)).total_seconds() / 3600
    assert sorted(ids) == list(range(int(first) + 1, int(first) + 1 + 19 * 24))
    assert [len(live.mails("weekly@example.com"))] == [3]


def test_scheduler_down_for_days_pause_manual_run_and_a_past_window_again(live: Live) -> None:
    """One job through what happens to a job; slow to set up, so the acts follow one another."""
    live.airflow.component("scheduler").stop()
    job = live.create("busy", days=("2026-01-01", "2026-01-06"))
    live.airflow.start_component("scheduler")
    live.wait_for_runs(job, 2)

    client = live.client
    client.patch(f"/api/v2/dags/{job.dag_id}", json={"is_paused": True}).raise_for_status()
    made = windows_made(live, job)
    live.wait_for_scheduler()  # the run in progress may wait, and no further one is made
    assert windows_made(live, job) == made
    client.patch(f"/api/v2/dags/{job.dag_id}", json={"is_paused": False}).raise_for_status()
    live.wait_for_runs(job, 6)
    assert windows_made(live, job) == windows_of(job)

    # A manual run takes the last complete window; it is explicit, so it is delivered again and says so.
    body = {"logical_date": "2026-02-01T00:00:00.000001+00:00"}
    client.post(f"/api/v2/dags/{job.dag_id}/dagRuns", json=body).raise_for_status()
    live.wait_for_runs(job, 7)
    assert windows_made(live, job)[-1] == windows_of(job)[-1]
    assert "replace" in plain_text(live.mails("busy@example.com")[-1])

    # So is a past interval given explicitly; the same content keeps its revision.
    live.api.trigger(job.dag_id, windows_of(job)[0].start, windows_of(job)[0].end)
    live.wait_for_runs(job, 8)
    first = [record for record in live.records(job) if record.window_start == windows_of(job)[0].start]
    assert [record.deliveries[-1].revision for record in first] == [1, 1]
    assert len({record.deliveries[-1].sha256 for record in first}) == 1

    # A logical date that the schedule needs is refused with a sentence, and so is a run without an interval.
    answer = client.post(f"/api/v2/dags/{job.dag_id}/dagRuns", json={"logical_date": "2026-01-03T00:00:00+00:00"})
    assert answer.status_code in {400, 409}


def test_an_edited_schedule_takes_over_where_the_last_window_ended(live: Live) -> None:
    """Daily becomes weekly in another zone half way: no gap, no overlap, and every row once."""
    job = live.create("edited", days=("2026-01-01", "2026-01-12"))
    live.wait_for_runs(job, 2)
    spec = job.parse().model_dump(by_alias=True, exclude={"job_id", "version", "dag_id", "template_definitions"})
    schedule = {**spec["schedule"], "frequency": "weekly", "execute_on": "sunday", "time_zone": "Asia/Tokyo"}
    from export_jobs.core.definitions.job import JobSpec

    live.definitions.update(JobSpec.model_validate({**spec, "schedule": {**schedule, "anchor": None}}), "live test")
    live.api.parse_now()
    end = datetime(2026, 1, 12, 15, tzinfo=UTC)
    live.wait_until("the new schedule to reach its end", lambda: max(w.end for w in windows_made(live, job)) == end)
    live.wait_until("all runs to end", lambda: set(live.states(job)) == {"success"})
    windows = windows_made(live, job)
    assert all(before.end == after.start for before, after in itertools.pairwise(windows))
    ids = [event_id for archive in live.files("edited__*.zip") for event_id in event_ids(archive)]
    assert sorted(ids) == list(range(11 * 24 + 15))


def test_a_changed_and_a_deleted_row_reach_airflow_within_seconds(live: Live) -> None:
    job = live.create("quick", days=("2026-01-01", "2026-01-01"))
    client = live.client

    def known() -> bool:
        return client.get(f"/api/v2/dags/{job.dag_id}").status_code == 200

    def stale() -> bool:
        answer = client.get(f"/api/v2/dags/{job.dag_id}")
        return answer.status_code == 404 or answer.json()["is_stale"]

    live.wait_until("the new Dag", known)
    live.wait_for_runs(job, 1)
    live.definitions.delete("quick", "live test")
    live.api.parse_now()
    live.wait_until("the deleted Dag to be gone", stale)
    for file in live.files("quick__*"):
        file.unlink()  # as long as the partner keeps them, the new job of that name refuses to replace them
    again = live.create("quick", days=("2026-01-01", "2026-01-01"))
    assert again.dag_id == "export__quick__2"
    live.wait_for_runs(again, 1)
    assert len(live.records(job)) == len(live.records(again)) == 1


def test_l6_a_run_that_takes_the_next_logical_date_does_not_stall_the_schedule(live: Live) -> None:
    """Posted while the scheduler is down, so that it stands there first; with a date to step over twice."""
    live.airflow.component("scheduler").stop()
    job = live.create("taken", days=("2026-01-01", "2026-01-04"))
    first, _, third, _ = windows_of(job)
    client = live.client
    live.wait_until("the Dag to be known", lambda: live.api.dag(job.dag_id))
    for shift in (0, 1):
        body = {
            "logical_date": (third.start + timedelta(microseconds=shift)).isoformat(),
            "data_interval_start": first.start.isoformat(),
            "data_interval_end": first.end.isoformat(),
        }
        client.post(f"/api/v2/dags/{job.dag_id}/dagRuns", json=body).raise_for_status()
    live.airflow.start_component("scheduler")
    live.wait_for_runs(job, 6)
    scheduled = [run.window for run in live.runs(job) if run.run_type == "scheduled"]
    assert scheduled == windows_of(job)


def test_l1_a_window_that_is_not_over_is_not_exported_through_airflows_own_door(live: Live) -> None:
    job = live.create("early", days=("2026-01-01", "2026-01-01"))
    live.wait_for_runs(job, 1)
    now = datetime.now(UTC).replace(microsecond=1)
    body = {
        "logical_date": now.isoformat(),
        "data_interval_start": (now - timedelta(days=1)).isoformat(),
        "data_interval_end": (now + timedelta(days=1)).isoformat(),
    }
    client, runs = live.client, f"/api/v2/dags/{job.dag_id}/dagRuns"
    refused = client.post(runs, json=body)
    assert refused.status_code == 400 and "There is no complete window" in refused.text
    # With an id of its own nobody asks the timetable; the first task does.
    client.post(runs, json={**body, "dag_run_id": "too_early"}).raise_for_status()
    live.wait_until(
        "the run to fail",
        lambda: [run for run in live.runs(job) if (run.run_id, run.state) == ("too_early", "failed")],
    )
    refusal = Refusals(live.engine).newest(now - timedelta(minutes=1))[job.dag_id]
    assert refusal.run_id == "too_early" and "is not over yet" in refusal.message
    assert len(live.records(job)) == 1, "the ledger holds the scheduled run alone"
    assert len(live.files("early__*.zip")) == 1
