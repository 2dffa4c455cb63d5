"""The windows of a job and its executions, from the ledger and Airflow's runs."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from tests.integration.store.samples import Store, delivery, publication
from tests.integration.web.samples import JOBS, body, dag, instant, past, run

if TYPE_CHECKING:
    from tests.integration.web.conftest import Ask

pytestmark = pytest.mark.integration
FILE = {"rows": 7, "bytes": 70, "sha256": "ab" * 32}


@pytest.fixture
def job(web_store: Store) -> Any:
    from export_jobs.core.definitions.job import JobSpec

    return web_store.definitions.create(JobSpec.model_validate(body("daily", schedule=past(4, 0))), "anna")


def execute(store: Store, job: Any, days_ago: int, **changes: Any) -> Any:
    start, end = instant(days_ago), instant(days_ago - 1)
    execution = store.run(job, window_start=start, window_end=end, run_id=f"scheduled__{days_ago}", **changes)
    store.ledger.record_event(execution.id, "started", step="extract", template="rows", try_number=1)
    return execution


def deliver(store: Store, execution: Any) -> None:
    for template in ("rows", "totals"):
        store.ledger.claim(execution.id, template, "upload", "first")
        with store.ledger.fence_delivery(delivery(execution, template=template, **FILE), "upload", "first"):
            pass
    store.ledger.claim(execution.id, "", "publish", "first")
    with store.ledger.fence_publication(publication(execution), "publish", "first"):
        pass


def test_files_stand_in_one_order_whichever_arrived_first(ask: Ask, web_store: Store, job: Any) -> None:
    execution = execute(web_store, job, 4)
    for template in ("totals", "rows"):
        web_store.ledger.claim(execution.id, template, "upload", "first")
        with web_store.ledger.fence_delivery(delivery(execution, template=template, **FILE), "upload", "first"):
            pass
    (row,) = ask().get(f"{JOBS}/{job.dag_id}/executions").json()["executions"]
    assert [file["template"] for file in row["files"]] == ["rows", "totals"]


def fail(store: Store, execution: Any, try_number: int = 3) -> None:
    said = "The partner refuses the login. Correct the password under Admin > Connections."
    place: dict[str, Any] = {"step": "upload", "template": "totals", "try_number": try_number}
    store.ledger.record_event(execution.id, "failed", message=said, **place)
    store.ledger.record_event(execution.id, "run failed", step="notify_owner")


def test_every_window_has_its_state(ask: Ask, web_store: Store, job: Any, airflow_tables: Any) -> None:
    deliver(web_store, execute(web_store, job, 4))
    fail(web_store, execute(web_store, job, 3))
    execute(web_store, job, 2)
    airflow_tables(dag(job.dag_id), run(job.dag_id, "scheduled__2"))
    result = ask("viewer").get(f"{JOBS}/{job.dag_id}/windows").json()
    begun, yesterday, today = result["windows"][:3], result["windows"][3], result["windows"][4]
    assert [(one["state"], one["rows"]) for one in begun] == [("delivered", 14), ("failed", None), ("running", None)]
    assert yesterday["state"] in {"due", "future"}, "it is due at two in the morning"
    assert today["state"] == "future"
    assert result["windows"][0]["template_states"] == {"rows": "delivered", "totals": "delivered"}
    assert result["windows"][0]["run_id"] == "scheduled__4"
    assert result["windows"][0]["template_rows"] == {"rows": 7, "totals": 7}
    assert (result["time_zone"], result["gaps"], sum(result["counts"].values())) == ("UTC", [], 5)
    few = ask("viewer").get(f"{JOBS}/{job.dag_id}/windows?past=1&future=0").json()
    assert len(few["windows"]) == 1 and few["counts"] == result["counts"]
    assert ask("viewer").get(f"{JOBS}/{job.dag_id}/windows?past=-1").status_code == 422
    assert ask(None).get(f"{JOBS}/{job.dag_id}/windows").status_code == 401


def test_executions_come_with_tries_files_and_the_reason(ask: Ask, web_store: Store, job: Any) -> None:
    deliver(web_store, execute(web_store, job, 4))
    fail(web_store, execute(web_store, job, 3))
    result = ask("viewer").get(f"{JOBS}/{job.dag_id}/executions").json()
    failed, delivered = result["executions"]
    assert (result["total"], failed["state"], failed["tries"], failed["files"]) == (2, "failed", 3, [])
    assert failed["error"]["message"].startswith("The partner refuses the login.")
    assert (failed["error"]["step"], failed["error"]["template"]) == ("upload", "totals")
    assert failed["links"]["log"] == f"/dags/{job.dag_id}/runs/scheduled__3/tasks/totals.upload"
    assert (delivered["state"], delivered["error"], delivered["version"]) == ("delivered", None, 1)
    assert [(file["template"], file["rows"], file["sha256"]) for file in delivered["files"]] == [
        ("rows", 7, "ab" * 32),
        ("totals", 7, "ab" * 32),
    ]
    assert delivered["ended_at"] >= delivered["started_at"] and delivered["seconds"] >= 0


def test_executions_are_paged_newest_window_first(ask: Ask, web_store: Store, job: Any) -> None:
    for days_ago in (4, 3, 2):
        deliver(web_store, execute(web_store, job, days_ago))
    address = f"{JOBS}/{job.dag_id}/executions"
    pages = [ask().get(f"{address}?limit=2&offset={offset}").json() for offset in (0, 2, 4)]
    assert [[one["run_id"] for one in page["executions"]] for page in pages] == [
        ["scheduled__2", "scheduled__3"],
        ["scheduled__4"],
        [],
    ]
    assert {page["total"] for page in pages} == {3}


def test_the_executions_cost_the_same_queries_however_many_there_are(ask: Ask, web_store: Store, job: Any) -> None:
    from sqlalchemy import event

    from export_jobs.web.http import dependencies as state

    sent: list[str] = []
    event.listen(state.engine(), "before_cursor_execute", lambda *values: sent.append(values[2]))
    counts = []
    for days_ago in (4, 3, 2):
        deliver(web_store, execute(web_store, job, days_ago))
        sent.clear()
        assert len(ask().get(f"{JOBS}/{job.dag_id}/executions").json()["executions"]) == 5 - days_ago
        counts.append(len(sent))
    assert len(set(counts)) == 1 and counts[0] < 10, counts


def test_an_error_that_nobody_foresaw_is_a_sentence_too(ask: Ask, web_store: Store, job: Any) -> None:
    execution = execute(web_store, job, 3)
    place: dict[str, Any] = {"step": "extract", "template": "rows", "try_number": 1}
    web_store.ledger.record_event(execution.id, "interrupted", message="unexpected KeyError", **place)
    web_store.ledger.record_event(execution.id, "run failed", step="notify_owner")
    (row,) = ask().get(f"{JOBS}/{job.dag_id}/executions").json()["executions"]
    said = "The step was stopped by an unexpected KeyError. See its task log, then rerun the job."
    assert (row["state"], row["error"]["message"]) == ("failed", said)


def test_a_row_that_does_not_hold_keeps_its_history(ask: Ask, web_store: Store) -> None:
    from export_jobs.core.definitions.job import JobSpec

    spec = JobSpec.model_validate(body("bad", schedule={**past(4, 0), "time_zone": "Europe/Atlantis"}))
    job = web_store.definitions.create(spec, "anna")
    deliver(web_store, execute(web_store, job, 4))
    result = ask().get(f"{JOBS}/{job.dag_id}/windows").json()
    assert (result["time_zone"], [one["state"] for one in result["windows"]]) == ("UTC", ["delivered"])
    (row,) = ask().get(f"{JOBS}/{job.dag_id}/executions").json()["executions"]
    assert (row["state"], row["days"]) == ("delivered", result["windows"][0]["days"])


def test_a_rerun_that_is_chosen_shows_the_version_it_uses(ask: Ask, web_store: Store, job: Any) -> None:
    execution = execute(web_store, job, 3)
    ask().patch(f"{JOBS}/{job.dag_id}", json={"description": "New"}, headers={"If-Match": "*"})
    web_store.ledger.rebind(execution.id, 2, "ben")
    (row,) = ask().get(f"{JOBS}/{job.dag_id}/executions").json()["executions"]
    assert row["version"] == 2


def states(answer: dict[str, Any]) -> list[str]:
    return [one["state"] for one in answer["windows"]]


def test_what_was_just_created_is_due_and_has_nothing_to_repeat(ask: Ask, web_store: Store) -> None:
    from export_jobs.core.definitions.job import JobSpec

    job = web_store.definitions.create(JobSpec.model_validate(body("new", schedule=past(5, 2))), "anna")
    result = ask("viewer").get(f"{JOBS}/{job.dag_id}/windows").json()
    assert (states(result), result["counts"]["missing"], result["rerunnable"]) == (["due"] * 4, 0, 0)
    row = ask("viewer").get(f"{JOBS}/{job.dag_id}").json()
    assert (row["state"], row["reason"]) == ("yet_to_execute", "")


def test_between_two_runs_of_a_catch_up_the_rest_is_due_and_the_job_not_done(ask: Ask, web_store: Store) -> None:
    from export_jobs.core.definitions.job import JobSpec

    job = web_store.definitions.create(JobSpec.model_validate(body("new", schedule=past(5, 2))), "anna")
    deliver(web_store, execute(web_store, job, 5))
    result = ask("viewer").get(f"{JOBS}/{job.dag_id}/windows").json()
    assert (states(result), result["rerunnable"]) == (["delivered", "due", "due", "due"], 0)
    assert ask("viewer").get(f"{JOBS}/{job.dag_id}").json()["state"] == "in_progress"


@pytest.mark.parametrize("by", ["the job", "airflow"])
def test_a_paused_job_misses_nothing_and_has_nothing_to_repeat(
    ask: Ask, web_store: Store, airflow_tables: Any, by: str
) -> None:
    from export_jobs.core.definitions.job import JobSpec

    spec = body("held", schedule=past(5, 2), enabled=by != "the job")
    job = web_store.definitions.create(JobSpec.model_validate(spec), "anna")
    fail(web_store, execute(web_store, job, 5))
    ended = run(job.dag_id, "scheduled__5", "failed")
    ended.data_interval_start, ended.data_interval_end = instant(5), instant(4)
    airflow_tables(dag(job.dag_id, is_paused=by == "airflow"), ended)
    result = ask("viewer").get(f"{JOBS}/{job.dag_id}/windows").json()
    assert (states(result), result["rerunnable"]) == (["failed", "due", "due", "due"], 0)


def test_only_what_a_run_has_left_undone_can_be_repeated(
    ask: Ask, web_store: Store, job: Any, airflow_tables: Any
) -> None:
    airflow_tables(dag(job.dag_id))
    for days_ago in (4, 3):
        made = run(job.dag_id, f"scheduled__{days_ago}", "failed")
        made.logical_date = made.data_interval_start = instant(days_ago)
        made.data_interval_end = instant(days_ago - 1)
        airflow_tables(made)
    fail(web_store, execute(web_store, job, 4))
    result = ask("viewer").get(f"{JOBS}/{job.dag_id}/windows").json()
    assert states(result)[:3] == ["failed", "missing", "due"], "the second run has ended without one word"
    assert result["rerunnable"] == 2
    plan = ask("user").post(f"{JOBS}/{job.dag_id}/rerun?dry_run=true", json={}).json()
    assert len(plan["windows"]) == 2


def test_a_run_that_waits_to_go_again_shows_nothing_of_its_last_round(
    ask: Ask, web_store: Store, job: Any, airflow_tables: Any
) -> None:
    from datetime import UTC, datetime, timedelta

    first, second = execute(web_store, job, 4), execute(web_store, job, 3)
    for execution in (first, second):
        fail(web_store, execution)
        note: dict[str, Any] = {"recipient": "owner@example.com", "state": "sent", "reply": "250 ok", "clear_number": 0}
        web_store.ledger.record_notification(execution.id, "failure", "clear 0", **note)
    airflow_tables(dag(job.dag_id))
    cleared = datetime.now(UTC) + timedelta(milliseconds=5)
    for days_ago, state in ((4, "running"), (3, "queued")):
        again = run(job.dag_id, f"scheduled__{days_ago}", state)
        again.logical_date = again.data_interval_start = instant(days_ago)
        again.data_interval_end = instant(days_ago - 1)
        again.queued_at = cleared
        airflow_tables(again)
    result = ask("viewer").get(f"{JOBS}/{job.dag_id}/windows").json()
    assert states(result)[:2] == ["running", "due"]
    assert [set(one["template_states"].values()) for one in result["windows"][:2]] == [{"running"}, {"due"}]
    queued, running = ask("viewer").get(f"{JOBS}/{job.dag_id}/executions").json()["executions"]
    assert (queued["state"], queued["started_at"], queued["seconds"], queued["error"]) == ("queued", None, None, None)
    assert (queued["notifications"], queued["tries"]) == ([], 1)
    assert (running["state"], running["seconds"], running["notifications"]) == ("running", None, [])
    assert datetime.fromisoformat(running["started_at"]) >= cleared
