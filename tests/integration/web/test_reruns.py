"""Rerun, re-export and run now: what is refused before Airflow is called. tests/browser has them on a live Airflow."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from tests.integration.store.samples import Store
from tests.integration.web.samples import JOBS, body, dag, instant, past, run

if TYPE_CHECKING:
    from tests.integration.web.conftest import Ask

pytestmark = pytest.mark.integration


@pytest.fixture
def job(web_store: Store) -> Any:
    from export_jobs.core.definitions.job import JobSpec

    return web_store.definitions.create(JobSpec.model_validate(body("daily", schedule=past(4, 1))), "anna")


def ended(job: Any, days_ago: int, state: str) -> Any:
    """A finished run in Airflow for the window of that day."""
    made = run(job.dag_id, f"scheduled__{days_ago}", state)
    made.logical_date = made.data_interval_start = instant(days_ago)
    made.data_interval_end = instant(days_ago - 1)
    return made


def said(answer: Any) -> str:
    error = answer.json()["errors"][0]
    return f"{error['what']}. {error['remedy']}."


def test_a_dry_run_of_a_rerun_lists_its_windows_and_is_not_recorded(
    ask: Ask, job: Any, airflow_tables: Any, audit: Any
) -> None:
    airflow_tables(dag(job.dag_id), ended(job, 4, "failed"))
    answer = ask("user").post(f"{JOBS}/{job.dag_id}/rerun?dry_run=true", json={})
    result = answer.json()
    assert answer.status_code == 200, result
    assert [(one["run_id"], one["why"]) for one in result["windows"]] == [("scheduled__4", "never started")]
    assert (result["blocked"], result["gaps"], result["heal"], result["dry_run"]) == ("", [], [], True)
    assert audit() == []


def test_a_rerun_says_why_each_window_runs_again(ask: Ask, web_store: Store, job: Any, airflow_tables: Any) -> None:
    airflow_tables(dag(job.dag_id))
    for days_ago, state in ((4, "failed"), (3, "success"), (2, "failed")):
        made = ended(job, days_ago, state)
        airflow_tables(made)
        if days_ago > 2:
            span = {"window_start": made.data_interval_start, "window_end": made.data_interval_end}
            web_store.run(job, run_id=f"scheduled__{days_ago}", **span)
    result = ask("user").post(f"{JOBS}/{job.dag_id}/rerun?dry_run=true", json={}).json()
    assert [(one["run_id"], one["why"]) for one in result["windows"]] == [
        ("scheduled__4", "failed"),
        ("scheduled__3", "ended without delivering"),
        ("scheduled__2", "never started"),
    ]


def test_what_airflow_refuses_is_recorded_with_what_was_cleared_before(
    ask: Ask, job: Any, airflow_tables: Any, audit: Any
) -> None:
    airflow_tables(dag(job.dag_id), ended(job, 4, "failed"))  # Airflow has its row, and has never parsed its tasks
    refused = ask("user").post(f"{JOBS}/{job.dag_id}/rerun", json={})
    assert refused.status_code == 404 and "did not find" in said(refused)
    event, user, dag_id, extra = audit()[-1]
    assert (event, user, dag_id) == ("export_jobs.rerun", "user", job.dag_id)
    assert (extra["status"], extra["runs"], extra["cleared"]) == (404, 1, [])


def test_an_invalid_definition_is_not_rerun(ask: Ask, web_store: Store, airflow_tables: Any) -> None:
    from export_jobs.core.definitions.job import JobSpec

    days = {**past(4, 1), "time_zone": "Europe/Atlantis", "deliver_after_days": 2}
    spec = JobSpec.model_validate(body("bad", schedule=days))
    job = web_store.definitions.create(spec, "anna")
    airflow_tables(dag(job.dag_id), ended(job, 4, "failed"))
    result = ask("user").post(f"{JOBS}/{job.dag_id}/rerun?dry_run=true", json={}).json()
    assert [one["run_id"] for one in result["windows"]] == ["scheduled__4"]
    assert "there is no time zone 'Europe/Atlantis'" in result["blocked"]
    refused = ask("user").post(f"{JOBS}/{job.dag_id}/rerun", json={})
    assert refused.status_code == 409 and "is invalid: " in said(refused)


def test_why_a_rerun_is_refused_is_kept_whole(ask: Ask, web_store: Store, airflow_tables: Any) -> None:
    from export_jobs.core.definitions.job import JobSpec

    spec = JobSpec.model_validate(body("bad", schedule={**past(4, 1), "time_zone": "St. Kitts. West"}))
    job = web_store.definitions.create(spec, "anna")
    airflow_tables(dag(job.dag_id), ended(job, 4, "failed"))
    [error] = ask("user").post(f"{JOBS}/{job.dag_id}/rerun", json={}).json()["errors"]
    assert error["what"] == "The definition of the job 'bad' is invalid: there is no time zone 'St. Kitts. West'"
    assert error["remedy"] == "Correct it, then try again"


def test_no_rerun_while_a_run_is_in_progress(ask: Ask, job: Any, airflow_tables: Any, audit: Any) -> None:
    airflow_tables(dag(job.dag_id), run(job.dag_id, "scheduled__4"))
    address = f"{JOBS}/{job.dag_id}/rerun"
    assert "has an execution in progress" in ask("user").post(f"{address}?dry_run=true", json={}).json()["blocked"]
    refused = ask("user").post(address, json={})
    assert refused.status_code == 409 and "has an execution in progress" in said(refused)
    assert (audit()[-1][0], audit()[-1][3]["status"]) == ("export_jobs.rerun", 409)


def test_nothing_is_started_that_would_wait_for_good(ask: Ask, job: Any, airflow_tables: Any) -> None:
    airflow_tables(dag(job.dag_id, is_paused=True))
    for verb in ("rerun", "run"):
        refused = ask("user").post(f"{JOBS}/{job.dag_id}/{verb}", json={})
        assert refused.status_code == 409 and "is paused" in said(refused) and "Resume it" in said(refused)


def test_a_job_without_a_window_yet_is_not_run(ask: Ask, web_store: Store, airflow_tables: Any) -> None:
    dag_id = ask().post(JOBS, json=body()).json()["dag_id"]
    airflow_tables(dag(dag_id))
    refused = ask("user").post(f"{JOBS}/{dag_id}/run", json={})
    assert refused.status_code == 409 and "no window of the job 'weekly-sales' is complete yet" in said(refused)
    assert web_store.definitions.jobs()


def test_only_whole_past_days_are_exported_again(ask: Ask, job: Any, airflow_tables: Any) -> None:
    airflow_tables(dag(job.dag_id))
    address = f"{JOBS}/{job.dag_id}/reexport"
    future = {"start": instant(-1).isoformat(), "end": instant(-2).isoformat()}
    assert "not over yet" in said(ask("user").post(address, json=future))
    odd = {"start": instant(3).replace(hour=1).isoformat(), "end": instant(2).isoformat()}
    assert "not the beginning of a day" in said(ask("user").post(address, json=odd))
    naive = ask("user").post(address, json={"start": "2024-01-01T00:00:00", "end": "2024-01-02T00:00:00"})
    assert naive.status_code == 422 and {error["path"] for error in naive.json()["errors"]} == {"start", "end"}
    for first, last in (
        ("0001-01-01T00:01:01Z", "0001-01-01T20:49:00Z"),
        ("0001-01-01T00:00:00+09:00", "9999-12-31T23:00:00-09:00"),
    ):
        ends = ask("user").post(address, json={"start": first, "end": last})
        assert ends.status_code == 422 and "the year must be between 1901 and 2199" in ends.text, ends.text


@pytest.mark.parametrize("verb", ["rerun", "reexport", "run"])
def test_a_viewer_may_do_none_of_it(ask: Ask, job: Any, verb: str) -> None:
    assert ask("viewer").post(f"{JOBS}/{job.dag_id}/{verb}", json={}).status_code == 403
    assert ask(None).post(f"{JOBS}/{job.dag_id}/{verb}", json={}).status_code == 401


@pytest.mark.parametrize("action", ["run", "reexport", "rerun"])
def test_nothing_is_started_while_a_run_is_in_progress(
    ask: Ask, web_store: Store, job: Any, airflow_tables: Any, action: str
) -> None:
    """A second click or a second person gets a 409; no second run waits behind the first."""
    airflow_tables(dag(job.dag_id), ended(job, 4, "failed"), run(job.dag_id, "manual__1", "running"))
    bodies = {"reexport": {"start": instant(4).isoformat(), "end": instant(3).isoformat()}}
    answer = ask("user").post(f"{JOBS}/{job.dag_id}/{action}", json=bodies.get(action, {}))
    assert answer.status_code == 409
    assert "in progress" in said(answer)


def test_of_several_actions_at_the_same_moment_one_is_done(ask: Ask, web_store: Store, job: Any) -> None:
    from export_jobs.store.action_lock import action_lock

    with action_lock(web_store.engine, job.job_id, job.name):
        refused = ask("user").post(f"{JOBS}/{job.dag_id}/run", json={})
    assert refused.status_code == 409
    assert "at this moment" in said(refused)
