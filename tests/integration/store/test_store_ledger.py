"""The ledger: a run is bound to the version it first ran with, and everything that happened can be read back."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from export_jobs.core.windows.coverage import CoverageState
from export_jobs.errors import TerminalError, UserError
from export_jobs.store.executions.records import Execution
from export_jobs.store.overview import JobOverview
from export_jobs.store.stored_job import StoredJob
from tests.integration.store.samples import DAY_ONE, Store, delivery, publication, spec

pytestmark = pytest.mark.integration


def deliver(store: Store, execution: Execution, **changes: object) -> None:
    record = delivery(execution, **changes)
    store.ledger.claim(execution.id, record.template, "upload", "first")
    with store.ledger.fence_delivery(record, "upload", "first"):
        pass


def publish(store: Store, execution: Execution, **changes: object) -> None:
    store.ledger.claim(execution.id, "", "publish", "first")
    with store.ledger.fence_publication(publication(execution, **changes), "publish", "first"):
        pass


def test_s13_a_run_keeps_the_version_it_first_ran_with(store: Store, job: StoredJob) -> None:
    first = store.run(job)
    changed = store.definitions.update(spec(description="New"), "ben")
    assert changed.version == 2
    assert store.run(changed) == first == Execution(first.id, 1)
    assert store.run(changed, day=1).version == 2


def test_s13_todays_definition_is_used_when_somebody_asks_for_it(store: Store, job: StoredJob) -> None:
    execution = store.run(job)
    changed = store.definitions.update(spec(description="New"), "ben")
    store.ledger.rebind(execution.id, 2, "ben")
    assert store.run(changed) == Execution(execution.id, 2)
    store.ledger.rebind(execution.id, 1, "carl")
    assert store.run(changed) == Execution(execution.id, 1)
    (record,) = store.ledger.executions(job.job_id)
    assert [event.message for event in record.events] == ["to version 2 by ben", "to version 1 by carl"]
    assert record.version == 1, "what it first ran with is never overwritten"


def test_a_run_cannot_be_bound_to_a_version_that_is_not(store: Store, job: StoredJob) -> None:
    execution = store.run(job)
    with pytest.raises(UserError, match="There is no version 9 of this run's job"):
        store.ledger.rebind(execution.id, 9, "ben")
    with pytest.raises(UserError, match="lost this job or this version of it"):
        store.run(job, day=1, version=9)


def test_a_run_has_one_window(store: Store, job: StoredJob) -> None:
    store.run(job)
    with pytest.raises(TerminalError, match="with the window 2026-01-01T00:00:00"):
        store.run(job, days=2)
    berlin = DAY_ONE.astimezone(tz=None)
    assert store.run(job, window_start=berlin), "the same instant in other words"


def test_a_deleted_jobs_run_can_go_on_and_be_recorded(store: Store, job: StoredJob) -> None:
    """Its tasks may be at work while somebody deletes it."""
    execution = store.run(job)
    store.definitions.delete("sales", "ben")
    assert store.run(job) == execution
    deliver(store, execution)
    publish(store, execution)
    (record,) = store.ledger.executions(job.job_id)
    assert record.publication is not None


def test_everything_of_a_run_is_read_back(store: Store, job: StoredJob) -> None:
    execution = store.run(job)
    said: dict[str, Any] = {"step": "upload", "template": "rows", "attempt": "first", "try_number": 1}
    store.ledger.record_event(execution.id, "started", **said, detail={"host": "a", "pid": 1})
    deliver(store, execution)
    publish(store, execution)
    store.ledger.record_notification(
        execution.id, "success", "stage-1", recipient="a@example.com", state="refused", reply="550"
    )
    (record,) = store.ledger.executions(job.job_id)
    assert (record.run_id, record.run_type, record.window_start) == ("scheduled__0", "scheduled", DAY_ONE)
    assert (record.events[0].kind, record.events[0].detail) == ("started", {"host": "a", "pid": 1})
    assert record.deliveries[0] == store.ledger.delivery(execution.id, "rows", "stage-1")
    assert record.deliveries[0].columns == ("id", "amount")
    assert record.publications == (store.ledger.publication(execution.id, "stage-1"),)
    assert record.notifications[0].reply == "550"
    assert store.ledger.notification_states(execution.id, "success", "stage-1") == {"a@example.com": "refused"}
    assert store.ledger.delivery(execution.id, "rows", "other") is None
    assert store.ledger.publication(execution.id, "other") is None


def test_nobody_is_recorded_as_told_twice(store: Store, job: StoredJob) -> None:
    execution = store.run(job)
    for state in ("sent", "refused"):
        store.ledger.record_notification(execution.id, "failure", "k", recipient="a@x", state=state, reply="")
    assert store.ledger.notification_states(execution.id, "failure", "k") == {"a@x": "sent"}
    assert store.ledger.notification_states(execution.id, "success", "k") == {}


def test_a_revision_counts_contents_of_a_path_over_all_runs(store: Store, job: StoredJob) -> None:
    scheduled, again = store.run(job), store.run(job, run_id="manual", run_type="manual")
    contents = [
        (scheduled, "s1", "aa", 1),
        (scheduled, "s2", "aa", 1),
        (scheduled, "s3", "bb", 2),
        (again, "s1", "bb", 2),
        (again, "s2", "aa", 3),
    ]
    for execution, stage, sha256, _ in contents:
        deliver(store, execution, stage=stage, sha256=sha256)
    deliver(store, scheduled, template="totals", path="other.zip")
    found = [store.ledger.delivery(execution.id, "rows", stage) for execution, stage, _, _ in contents]
    assert [one.revision for one in found if one] == [revision for *_, revision in contents]
    newest = store.ledger.latest_deliveries(scheduled.id)
    assert [(one.template, one.stage, one.revision) for one in newest] == [("rows", "s3", 2), ("totals", "stage-1", 1)]


def test_publications_of_a_window_by_whichever_run(store: Store, job: StoredJob) -> None:
    scheduled, again, other = store.run(job), store.run(job, run_id="manual", run_type="manual"), store.run(job, day=1)
    publish(store, scheduled)
    publish(store, scheduled, stage="stage-2")
    publish(store, again)
    publish(store, other)
    found = store.ledger.publications_of(job.job_id, DAY_ONE, DAY_ONE + timedelta(days=1))
    assert [(one.execution_id, one.stage, one.revision) for one in found] == [
        (scheduled.id, "stage-1", 1),
        (scheduled.id, "stage-2", 2),
        (again.id, "stage-1", 1),
    ]


def test_failures_are_those_that_no_later_attempt_has_mended(store: Store, job: StoredJob) -> None:
    execution = store.run(job)
    told = [
        ("extract", "rows", "interrupted"),
        ("extract", "rows", "succeeded"),
        ("extract", "totals", "interrupted"),
        ("extract", "totals", "failed"),
        ("validate_destination", None, "failed"),
        ("validate_destination", None, "succeeded"),
    ]
    for step, template, kind in told:
        store.ledger.record_event(execution.id, kind, step=step, template=template, message=f"{step} {template} {kind}")
    assert [event.message for event in store.ledger.failures(execution.id)] == ["extract totals failed"]


def test_the_outcome_of_a_run_follows_its_newest_word(store: Store, job: StoredJob) -> None:
    execution = store.run(job)

    def state(template: str = "rows") -> CoverageState:
        (record,) = store.ledger.executions(job.job_id)
        return record.outcome(template).state

    assert state() is CoverageState.RUNNING
    store.ledger.record_event(execution.id, "run failed")
    assert state() is CoverageState.FAILED
    store.ledger.record_event(execution.id, "started", step="extract", attempt="second")
    assert state() is CoverageState.RUNNING
    deliver(store, execution)
    assert state() is CoverageState.RUNNING, "a file without its manifest is not delivered"
    publish(store, execution)
    assert (state(), state("totals")) == (CoverageState.DELIVERED, CoverageState.EMPTY)


def test_what_the_schedule_has_made(store: Store, job: StoredJob) -> None:
    assert store.ledger.last_scheduled_end(job.job_id) is None
    assert JobOverview(store.engine).last_scheduled_ends() == {}
    store.run(job, day=3)
    store.run(job, day=0)
    store.run(job, day=9, run_type="manual", run_id="manual")
    end = datetime(2026, 1, 5, tzinfo=UTC)
    assert store.ledger.last_scheduled_end(job.job_id) == end
    assert JobOverview(store.engine).last_scheduled_ends() == {job.job_id: end}


def test_the_number_of_queries_does_not_grow(store: Store, job: StoredJob, queries: Callable[[], int]) -> None:
    def asked() -> int:
        before = queries()
        assert store.ledger.executions(job.job_id)
        return queries() - before

    store.run(job)
    few = asked()
    for day in range(1, 20):
        store.ledger.record_event(store.run(job, day=day).id, "started")
    assert asked() == few == 5
