"""Rerun, re-export and run now, asked for over the API of a running Airflow: what it clears and makes is delivered."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import pytest

from export_jobs.store.stored_job import StoredJob
from tests.airflow.live import Live
from tests.servers.sftp_faults import PASSWORD

pytestmark = [pytest.mark.integration, pytest.mark.live]

DAYS = ("2026-01-05", "2026-01-06")
FIRST, SECOND, END = "2026-01-05T00:00:00Z", "2026-01-06T00:00:00Z", "2026-01-07T00:00:00Z"


class Api:
    """The routes of one job, in the administrator's name."""

    def __init__(self, live: Live, job: StoredJob) -> None:
        self.client = live.client
        self.path = f"/export-jobs/api/jobs/{job.dag_id}"

    def get(self, noun: str) -> Any:
        return self.client.get(f"{self.path}/{noun}").raise_for_status().json()

    def post(self, verb: str, **body: Any) -> Any:
        answer = self.client.post(f"{self.path}/{verb}", json=body)
        assert answer.status_code == 200, answer.text
        return answer.json()

    def refusal(self, verb: str, **body: Any) -> tuple[int, str]:
        answer = self.client.post(f"{self.path}/{verb}", json=body)
        return answer.status_code, answer.json()["errors"][0]["what"]

    def states(self) -> list[str]:
        return [window["state"] for window in self.get("windows")["windows"]]


def test_a_rerun_delivers_exactly_what_it_has_shown(live: Live) -> None:
    live.partner.faults.password_changed = True
    job = live.create("again", days=DAYS)
    live.wait_for_runs(job, 2, state="failed")
    api = Api(live, job)
    assert api.states() == ["failed", "failed"]
    failed = api.get("executions")["executions"]
    assert [one["window"]["start"] for one in failed] == [SECOND, FIRST], "newest first"
    assert "password" in failed[0]["error"]["message"] and PASSWORD not in failed[0]["error"]["message"]
    assert failed[0]["links"]["log"].endswith("/tasks/validate_destination")

    shown = api.post("rerun?dry_run=true")
    assert [(one["start"], one["why"]) for one in shown["windows"]] == [(FIRST, "failed"), (SECOND, "failed")]
    assert shown["blocked"] == "" and live.states(job) == ["failed", "failed"]

    live.partner.heal()
    done = api.post("rerun")
    assert [one["run_id"] for one in done["windows"]] == [one["run_id"] for one in shown["windows"]]
    live.wait_until("both runs to succeed", lambda: set(live.states(job)) == {"success"})
    assert api.states() == ["delivered", "delivered"] and len(live.files("again__*.zip")) == 2
    assert api.post("rerun?dry_run=true")["windows"] == []
    recorded = api.client.get("/api/v2/eventLogs", params={"dag_id": job.dag_id, "event": "export_jobs.rerun"}).json()
    (row,) = recorded["event_logs"]
    assert row["owner"] == "admin" and all(run["run_id"] in row["extra"] for run in done["windows"])


def test_a_past_window_and_the_last_one_are_exported_besides_the_schedule(live: Live) -> None:
    job = live.create("besides", days=DAYS)
    live.wait_for_runs(job, 2)
    api = Api(live, job)
    both = api.post("reexport", start=FIRST, end=END)
    assert both["window"] == {"start": FIRST, "end": END}
    live.wait_for_runs(job, 3)
    last = api.post("run")
    assert last["window"] == {"start": SECOND, "end": END}
    live.wait_for_runs(job, 4)
    made = {one["run_id"]: one for one in api.get("executions")["executions"]}
    assert [made[one["run_id"]]["window"] for one in (both, last)] == [both["window"], last["window"]]
    assert {made[one["run_id"]]["run_type"] for one in (both, last)} == {"manual"}
    assert [made[one["run_id"]]["files"][0]["rows"] for one in (both, last)] == [48, 24]
    for run_id in (both["run_id"], last["run_id"]):
        run = api.client.get(f"/api/v2/dags/{job.dag_id}/dagRuns/{run_id}").raise_for_status().json()
        assert datetime.fromisoformat(run["logical_date"]).microsecond, "no window of the schedule begins there"


def test_nothing_is_cleared_under_a_run_in_progress(live: Live) -> None:
    job = live.create("busy", days=(DAYS[0], DAYS[0]), templates=[{"template": "slow"}])
    live.wait_for_step(job, "extract")
    api = Api(live, job)
    assert "in progress" in api.post("rerun?dry_run=true")["blocked"]
    status, what = api.refusal("rerun")
    assert status == 409 and "in progress" in what
    assert api.states() == ["running"]
    live.wait_for_runs(job, 1)
    assert api.states() == ["delivered"] and len(live.records(job)) == 1
