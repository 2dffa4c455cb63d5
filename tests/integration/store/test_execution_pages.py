"""Executions a page at a time, and what has become of each of them."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from export_jobs.core.windows.coverage import CoverageState
from export_jobs.store.executions.pages import ExecutionPages
from export_jobs.store.executions.records import Execution, ExecutionRecord
from export_jobs.store.executions.state import (
    AirflowRuns,
    ExecutionState,
    bound_version,
    latest_failures,
    newest_files,
    run_outcome,
    run_times,
    state_of,
)
from export_jobs.store.stored_job import StoredJob
from tests.integration.store.samples import Store, delivery, publication, spec

pytestmark = pytest.mark.integration
NOW = datetime.now(UTC)
LATER = AirflowRuns(frozenset(), NOW + timedelta(hours=1))


def begin(store: Store, execution: Execution) -> None:
    store.ledger.record_event(execution.id, "started", step="extract", template="rows", try_number=1)


def deliver(store: Store, execution: Execution, **changes: object) -> None:
    record = delivery(execution, **changes)
    store.ledger.claim(execution.id, record.template, "upload", "first")
    with store.ledger.fence_delivery(record, "upload", "first"):
        pass


def publish(store: Store, execution: Execution, **changes: object) -> None:
    store.ledger.claim(execution.id, "", "publish", "first")
    with store.ledger.fence_publication(publication(execution, **changes), "publish", "first"):
        pass


def fail(store: Store, execution: Execution) -> None:
    store.ledger.record_event(
        execution.id, "failed", step="upload", template="rows", message="It is full.", try_number=2
    )
    store.ledger.record_event(execution.id, "run failed", step="notify_owner")


def only(store: Store, job: StoredJob) -> ExecutionRecord:
    ((_, (record,)),) = (ExecutionPages(store.engine).page(job.job_id, 0, 10),)
    return record


def test_pages_hold_what_the_whole_history_holds(store: Store, job: StoredJob) -> None:
    for day in range(5):
        execution = store.run(job, day)
        begin(store, execution)
        deliver(store, execution, path=f"daily/{day}.zip")
        publish(store, execution, path=f"daily/{day}.json")
    pages = ExecutionPages(store.engine)
    found = [pages.page(job.job_id, offset, 2) for offset in (0, 2, 4, 6)]
    assert {total for total, _ in found} == {5}
    assert [record for _, page in found for record in page] == store.ledger.executions(job.job_id)[::-1]
    assert pages.page(job.job_id + 1, 0, 2) == (0, [])
    assert all(run.is_delivered for run in pages.runs(job.job_id)) and len(pages.runs(job.job_id)) == 5


def test_a_run_that_says_nothing_more_has_failed(store: Store, job: StoredJob) -> None:
    begin(store, store.run(job))
    record = only(store, job)
    assert state_of(record) is ExecutionState.RUNNING, "without Airflow nobody knows"
    assert state_of(record, AirflowRuns(frozenset(), NOW)) is ExecutionState.RUNNING, "it spoke a moment ago"
    assert state_of(record, AirflowRuns({record.run_id}, LATER.now)) is ExecutionState.RUNNING
    assert state_of(record, LATER) is ExecutionState.FAILED
    assert run_outcome(record, ["rows"], LATER).states == {"rows": CoverageState.FAILED}


def test_a_failure_is_told_until_a_later_try_succeeds(store: Store, job: StoredJob) -> None:
    execution = store.run(job)
    begin(store, execution)
    fail(store, execution)
    record = only(store, job)
    assert state_of(record, LATER) is ExecutionState.FAILED
    assert [(event.step, event.message) for event in latest_failures(record)] == [("upload", "It is full.")]
    assert run_times(record)[1] is not None
    begin(store, execution)
    store.ledger.record_event(execution.id, "succeeded", step="upload", template="rows")
    deliver(store, execution)
    publish(store, execution)
    record = only(store, job)
    assert (state_of(record, LATER), latest_failures(record)) == (ExecutionState.DELIVERED, [])
    start, end = run_times(record)
    assert end and start > record.events[0].at, "the second round alone is timed"


def test_a_failure_after_the_delivery_leaves_it_delivered(store: Store, job: StoredJob) -> None:
    execution = store.run(job)
    begin(store, execution)
    deliver(store, execution)
    publish(store, execution)
    fail(store, execution)
    assert state_of(only(store, job), LATER) is ExecutionState.DELIVERED_THEN_FAILED


def test_without_a_file_it_is_empty(store: Store, job: StoredJob) -> None:
    execution = store.run(job)
    begin(store, execution)
    publish(store, execution)
    record = only(store, job)
    assert state_of(record, LATER) is ExecutionState.EMPTY
    assert run_outcome(record, ["rows"]).rows == 0


def test_the_newest_file_of_a_template_counts(store: Store, job: StoredJob) -> None:
    execution = store.run(job)
    begin(store, execution)
    for stage, rows in (("one", 3), ("two", 4)):
        deliver(store, execution, stage=stage, rows=rows)
        publish(store, execution, stage=stage)
    record = only(store, job)
    assert [file.rows for file in newest_files(record)] == [4]
    assert run_outcome(record, ["rows"]).rows == 4


def test_the_version_is_the_one_that_was_chosen_last(store: Store, job: StoredJob) -> None:
    execution = store.run(job)
    store.definitions.update(spec(description="New"), "ben")
    assert bound_version(only(store, job)) == 1
    store.ledger.rebind(execution.id, 2, "ben")
    assert bound_version(only(store, job)) == 2
