"""What the auditor and the tasks make of runs that come through Airflow's own doors, on a running Airflow."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from export_jobs.store.findings.processes import Processes
from export_jobs.store.findings.refusals import Refusals
from tests.airflow.live import Live, plain_text
from tests.airflow.test_live_failures import _audited, text_of

pytestmark = [pytest.mark.integration, pytest.mark.live]

DAY = ("2026-01-05", "2026-01-05")


def test_m4_a_run_without_an_interval_leaves_its_reason_at_the_job(live: Live) -> None:
    job = live.create("no-interval", days=DAY)
    live.wait_for_runs(job, 1)
    client = live.client
    client.post(f"/api/v2/dags/{job.dag_id}/dagRuns", json={"logical_date": None}).raise_for_status()
    since = datetime.now(UTC) - timedelta(minutes=5)
    found = live.wait_until("the reason", lambda: Refusals(live.engine).newest(since).get(job.dag_id))
    assert found is not None
    assert "has no data interval" in found.message


def test_l6_a_run_of_the_future_is_deleted_and_its_owner_is_told(live: Live) -> None:
    """It brings its own id and interval, so that nothing refuses it before it waits."""
    job = live.create("later", days=DAY)
    live.wait_for_runs(job, 1)
    body = {
        "dag_run_id": "wait-for-me",
        "logical_date": "2030-01-01T00:00:00Z",
        "data_interval_start": "2026-01-05T00:00:00Z",
        "data_interval_end": "2026-01-06T00:00:00Z",
    }
    live.client.post(f"/api/v2/dags/{job.dag_id}/dagRuns", json=body).raise_for_status()
    assert "wait-for-me" in {run.run_id for run in live.runs(job)}
    _audited(live)
    assert "wait-for-me" not in {run.run_id for run in live.runs(job)}
    assert "the auditor has deleted run 'wait-for-me'" in text_of(live, "owner-of-later@example.com")
    kinds = {found.kind for found in Processes(live.engine).seen(timedelta(hours=1))}
    assert "scheduler" in kinds, "it has started a run of the auditor"


def test_m3_a_paused_dag_is_named_as_the_cause(live: Live) -> None:
    """Airflow is asked for its word on the Dag, and a job that was just made has its grace.

    One of its runs may be queued at that moment, whose time to run was in January.
    """
    job = live.create("resting", days=("2026-01-05", "2026-01-09"))
    live.wait_until("the Dag", lambda: live.api.dag(job.dag_id))
    assert live.api.dag(job.dag_id)["is_paused"] is False
    live.api.pause(job.dag_id)
    assert live.api.dag(job.dag_id)["is_paused"] is True
    _audited(live)
    assert [text for mail in live.mails("owner-of-resting@example.com") if (text := plain_text(mail))] == []
