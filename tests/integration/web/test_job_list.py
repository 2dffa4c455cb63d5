"""The list: who sees what, in which state, in which order."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from tests.integration.store.samples import Store, delivery, publication
from tests.integration.web.samples import JOBS, body, dag, instant, past, run

if TYPE_CHECKING:
    from tests.integration.web.conftest import Ask

pytestmark = pytest.mark.integration


def make(store: Store, name: str, **changes: Any) -> Any:
    from export_jobs.core.definitions.job import JobSpec

    return store.definitions.create(JobSpec.model_validate(body(name, **changes)), "anna")


def execute(store: Store, job: Any, days_ago: int, *, delivers: bool, **changes: Any) -> Any:
    start, end = instant(days_ago), instant(days_ago - 1)
    execution = store.run(job, window_start=start, window_end=end, run_id=f"scheduled__{days_ago}", **changes)
    store.ledger.record_event(execution.id, "started", step="extract")
    if delivers:
        store.ledger.claim(execution.id, "rows", "upload", "first")
        with store.ledger.fence_delivery(delivery(execution, rows=7, bytes=70), "upload", "first"):
            pass
        publish(store, execution)
    return execution


def publish(store: Store, execution: Any) -> None:
    store.ledger.claim(execution.id, "", "publish", "first")
    with store.ledger.fence_publication(publication(execution), "publish", "first"):
        pass


def fail(store: Store, execution: Any, message: str) -> None:
    store.ledger.record_event(execution.id, "failed", step="upload", message=message)
    store.ledger.record_event(execution.id, "run failed", step="notify_owner")
    store.ledger.record_event(execution.id, "succeeded", step="notify_owner")  # the owner's mail is sent


def listed(client: Any, query: str = "") -> dict[str, dict[str, Any]]:
    answer = client.get(f"{JOBS}{query}")
    assert answer.status_code == 200, answer.text
    return {row["name"]: row for row in answer.json()["jobs"]}


def test_a_new_job_waits_for_its_first_window(ask: Ask, web_store: Store) -> None:
    make(web_store, "later")
    row = listed(ask("viewer"))["later"]
    assert (row["state"], row["status"], row["reason"]) == ("yet_to_execute", "active", "")
    assert row["schedule_text"] == "Weekly: Monday to Sunday, delivered on Mondays at 02:00 Europe/Berlin"
    assert row["next_delivery"].endswith("Z") and row["next_window"]["end"] <= row["next_delivery"]
    assert row["last_delivery"] is None
    assert row["may"] == {"edit": False, "delete": False, "rerun": False, "run": False}
    assert listed(ask("user"))["later"]["may"] == {"edit": True, "delete": True, "rerun": True, "run": True}


def test_a_dag_that_is_parsed_while_the_list_is_made_hides_no_job(
    ask: Ask, web_store: Store, airflow_tables: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The auth manager did not know the Dag yet, but Airflow did a moment later."""
    from tests.integration.web.auth_manager import AuthManagerOfDags

    job = make(web_store, "fresh")
    asked = AuthManagerOfDags.get_authorized_dag_ids

    def parsed_right_after(manager: Any, **who: Any) -> set[str]:
        seen: set[str] = asked(manager, **who)
        airflow_tables(dag(job.dag_id))
        return seen

    monkeypatch.setattr(AuthManagerOfDags, "get_authorized_dag_ids", parsed_right_after)
    assert "fresh" in listed(ask("viewer"))


def test_a_failed_newest_window_is_red_with_its_reason(ask: Ask, web_store: Store) -> None:
    job = make(web_store, "daily", schedule=past(3, 0))
    execute(web_store, job, 3, delivers=True)
    fail(web_store, execute(web_store, job, 2, delivers=False), "The partner refuses the login. Correct it.")
    row = listed(ask())["daily"]
    assert (row["state"], row["reason"]) == ("unable_to_execute", "The partner refuses the login. Correct it.")
    assert (row["last_delivery"]["rows"], row["last_delivery"]["bytes"], row["last_delivery"]["files"]) == (7, 70, 1)
    assert row["last_delivery"]["window"]["start"] == instant(3).isoformat().replace("+00:00", "Z")


def test_a_failed_window_that_another_run_has_delivered_is_green(ask: Ask, web_store: Store) -> None:
    job = make(web_store, "daily", schedule=past(1, 0))
    fail(web_store, execute(web_store, job, 1, delivers=False), "No.")
    again = web_store.run(job, window_start=instant(1), window_end=instant(0), run_id="manual__1", run_type="manual")
    publish(web_store, again)
    row = listed(ask())["daily"]
    assert row["state"] == "success"
    assert row["last_delivery"]["files"] == 0, "its policy was to send nothing for no rows"


def test_a_run_in_progress_is_known_from_airflow_and_from_the_ledger(
    ask: Ask, web_store: Store, airflow_tables: Any
) -> None:
    queued, alive = make(web_store, "queued", schedule=past(2, 0)), make(web_store, "alive", schedule=past(2, 0))
    airflow_tables(dag(queued.dag_id), run(queued.dag_id, "scheduled__1", "queued"))
    execute(web_store, alive, 2, delivers=False)
    states = {name: row["state"] for name, row in listed(ask()).items()}
    assert states == {"queued": "in_progress", "alive": "in_progress"}


def test_a_job_of_which_everything_is_delivered_is_completed(ask: Ask, web_store: Store) -> None:
    done, gap = make(web_store, "done", schedule=past(2, 1)), make(web_store, "gap", schedule=past(2, 1))
    for job in (done, gap):
        execute(web_store, job, 2, delivers=job is done)
        execute(web_store, job, 1, delivers=True)
    assert {name: row["status"] for name, row in listed(ask()).items()} == {"done": "completed", "gap": "active"}
    assert set(listed(ask(), "?status=completed")) == {"done"}
    assert listed(ask())["done"]["next_delivery"] is None
    repaired = web_store.run(gap, window_start=instant(2), window_end=instant(1), run_id="manual__9", run_type="manual")
    publish(web_store, repaired)
    assert listed(ask())["gap"]["status"] == "completed"


def test_a_row_that_does_not_hold_is_red_and_hides_no_other(ask: Ask, web_store: Store) -> None:
    make(web_store, "good")
    make(web_store, "bad", schedule={"time_zone": "Europe/Atlantis"})
    rows = listed(ask())
    assert rows["bad"]["is_broken"] and rows["bad"]["state"] == "unable_to_execute"
    assert "there is no time zone 'Europe/Atlantis'" in rows["bad"]["reason"]
    assert not rows["good"]["is_broken"]


def test_a_window_that_airflow_never_ran_is_red(ask: Ask, web_store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    from export_jobs.web.jobs import state as standing

    make(web_store, "stuck", schedule=past(2, 0))
    assert listed(ask())["stuck"]["state"] == "yet_to_execute", "it was saved a moment ago"
    monkeypatch.setattr(standing, "OVERDUE_S", -60.0)
    row = listed(ask())["stuck"]
    assert row["state"] == "unable_to_execute"
    assert "Airflow has created no run for it" in row["reason"]


def test_a_pause_on_airflows_own_page_counts(ask: Ask, web_store: Store, airflow_tables: Any) -> None:
    job = make(web_store, "job")
    airflow_tables(dag(job.dag_id, is_paused=True))
    row = listed(ask())["job"]
    assert (row["is_paused"], row["enabled"], row["next_delivery"]) == (True, True, None)


def test_search_filters_order_pages_and_totals(ask: Ask, web_store: Store) -> None:
    make(web_store, "Alpha", description="Shoes of the north")
    make(web_store, "beta", owner="shoe-team@example.com", schedule=past(2, 1))
    make(web_store, "gamma", destination="archive")
    client = ask("viewer")
    assert list(listed(client)) == ["Alpha", "beta", "gamma"]
    assert list(listed(client, "?sort=-name")) == ["gamma", "beta", "Alpha"]
    assert next(iter(listed(client, "?sort=next"))) == "beta"
    assert set(listed(client, "?search=SHOE")) == {"Alpha", "beta"}
    make(web_store, "delta", destination=None, destinations=["partner", "archive"])
    both = listed(client, "?destination=archive")
    assert set(both) == {"delta", "gamma"}
    assert (both["delta"]["destination"], both["delta"]["destinations"]) == ("partner, archive", ["partner", "archive"])
    web_store.definitions.delete("delta", "anna")
    assert set(listed(client, "?frequency=daily")) == {"beta"}
    page = client.get(f"{JOBS}?limit=1&offset=1&state=yet_to_execute").json()
    assert ([row["name"] for row in page["jobs"]], page["total"]) == (["beta"], 3)
    assert page["totals"]["yet_to_execute"] == 3
    assert page["destinations"] == ["archive", "partner"]
    totals = client.get(f"{JOBS}?search=shoe&state=success").json()
    assert (totals["total"], totals["totals"]["active"]) == (0, 2)


@pytest.mark.parametrize(
    "query", ["?sort=colour", "?limit=0", "?limit=501", "?offset=-1", "?stat=active", "?state=red"]
)
def test_an_invalid_query_is_refused_with_its_path(ask: Ask, web_store: Store, query: str) -> None:
    answer = ask().get(f"{JOBS}{query}")
    assert answer.status_code == 422
    (error,) = answer.json()["errors"]
    assert error["path"] == query[1:].partition("=")[0]


def test_the_list_costs_the_same_queries_however_long_it_is(ask: Ask, web_store: Store) -> None:
    from sqlalchemy import event

    from export_jobs.web.http import dependencies as state

    client, sent = ask(), []

    def note(*args: Any) -> None:
        sent.append(args[2])

    def count() -> int:
        sent.clear()
        assert client.get(JOBS).status_code == 200
        return len(sent)

    engine = None
    for name in ("one", "two", "three", "four"):
        make(web_store, name, schedule=past(2, 0))
        client.get(JOBS)
        if engine is None:
            engine = state.engine()
            event.listen(engine, "before_cursor_execute", note)
            of_one = count()
    assert count() == of_one


def test_m4_a_run_without_a_window_shows_its_reason_until_another_run_begins(ask: Ask, web_store: Store) -> None:
    from export_jobs.store.findings.refusals import Refusals

    job = make(web_store, "daily", schedule=past(1, 0))
    Refusals(web_store.engine).record(job.job_id, job.dag_id, "manual__1", "Run 'manual__1' has no data interval.")
    row = listed(ask())["daily"]
    assert (row["state"], row["reason"]) == ("unable_to_execute", "Run 'manual__1' has no data interval.")
    execute(web_store, job, 1, delivers=True)
    row = listed(ask())["daily"]
    assert (row["state"], row["reason"]) == ("success", "")


def test_l6_what_the_auditor_has_found_is_the_jobs_reason(ask: Ask, web_store: Store, airflow_tables: Any) -> None:
    """For Airflow a run of the year 2030 is in progress, and nothing of this job runs before it."""
    from export_jobs.core.windows.discrepancy import Finding
    from export_jobs.store.findings.alarms import Alarms

    job, other = (make(web_store, name, schedule=past(1, 0)) for name in ("daily", "other"))
    for one in (job, other):
        execute(web_store, one, 1, delivers=True)
        airflow_tables(dag(one.dag_id), run(one.dag_id, "later", "running"))
    assert {row["state"] for row in listed(ask()).values()} == {"in_progress"}
    alarms = Alarms(web_store.engine)
    alarms.record([Finding("daily run in the future", "daily", "Job 'daily': run 'later' waits until 2030.")])
    rows = listed(ask())
    assert (rows["daily"]["state"], rows["daily"]["reason"]) == (
        "unable_to_execute",
        "Job 'daily': run 'later' waits until 2030.",
    )
    assert rows["other"]["state"] == "in_progress"
    alarms.keep_only([])
    assert listed(ask())["daily"]["state"] == "in_progress"


@pytest.mark.parametrize("where", ["validated", "summarized", "shown"])
def test_w1_a_job_that_causes_an_error_does_not_break_the_list(
    ask: Ask, web_store: Store, monkeypatch: pytest.MonkeyPatch, where: str
) -> None:
    """If one row causes an unexpected error, all jobs are listed, and this one says that it cannot be shown."""
    from export_jobs.store.stored_job import StoredJob
    from export_jobs.web.jobs import rows
    from export_jobs.web.jobs.definition_summary import DefinitionSummary

    def failing(real: Any) -> Any:
        def checked(first: Any, *args: Any, **kwargs: Any) -> Any:
            name = getattr(first, "name", "") or first.definition.name
            healthy = getattr(getattr(first, "definition", None), "schedule", "") is None
            if name == "odd" and not healthy:
                raise RecursionError("Nobody has foreseen this.")
            return real(first, *args, **kwargs)

        return checked

    for name in ("first", "odd", "last"):
        make(web_store, name, schedule=past(3, 0))
    match where:
        case "validated":
            monkeypatch.setattr(StoredJob, "check", failing(StoredJob.check))
        case "summarized":
            due = DefinitionSummary.due
            monkeypatch.setattr(
                DefinitionSummary,
                "due",
                lambda self, end: 1 / 0 if self.name == "odd" and self.schedule else due(self, end),
            )
        case "shown":
            monkeypatch.setattr(rows, "_row", failing(rows._row))
    found = listed(ask())
    assert set(found) == {"first", "odd", "last"}
    assert found["odd"]["state"] == "unable_to_execute" and "cannot be" in found["odd"]["reason"]
    assert found["first"]["reason"] == found["last"]["reason"] == ""
