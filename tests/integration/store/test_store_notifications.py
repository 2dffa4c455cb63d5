"""Who has had which mail: once each, over retries and clears, and a refusal counts only until the run is cleared."""

from __future__ import annotations

import pytest

from export_jobs.store.overview import JobOverview, JobProgress
from export_jobs.store.stored_job import StoredJob
from tests.integration.store.samples import Store

pytestmark = pytest.mark.integration
STAGE = "stage-1"
BOB, EVE = "bob@example.com", "eve@example.com"


def record(store: Store, execution: int, recipient: str, state: str, clear_number: int = 0) -> None:
    store.ledger.record_notification(
        execution, "success", STAGE, recipient=recipient, state=state, reply="", clear_number=clear_number
    )


def test_m2_a_clear_forgets_who_was_refused_and_nobody_who_was_mailed(store: Store, job: StoredJob) -> None:
    execution = store.run(job).id
    record(store, execution, BOB, "refused")
    record(store, execution, EVE, "sent")
    assert store.ledger.notification_states(execution, "success", STAGE) == {BOB: "refused", EVE: "sent"}
    assert store.ledger.notification_states(execution, "success", STAGE, 1) == {EVE: "sent"}
    record(store, execution, BOB, "sent", 1)
    for clear_number in (0, 1, 2):
        states = store.ledger.notification_states(execution, "success", STAGE, clear_number)
        assert states == {BOB: "sent", EVE: "sent"}, "who has had the mail gets it never again"
    assert store.ledger.refused_recipients(execution) == {BOB}


def test_m2_another_stage_is_another_mail(store: Store, job: StoredJob) -> None:
    execution = store.run(job).id
    record(store, execution, BOB, "sent", 1)
    assert store.ledger.notification_states(execution, "success", "stage-2", 1) == {}
    assert store.ledger.notification_states(execution, "success", "stage-", 1) == {}


def test_m2_a_run_fails_once_for_each_time_it_is_cleared(store: Store, job: StoredJob) -> None:
    execution = store.run(job).id
    for clear_number in (0, 0, 1, 1, 1):
        store.ledger.record_failed_run(execution, clear_number, step="notify_owner", attempt="a", try_number=1)
    (found,) = store.ledger.executions(job.job_id)
    failed = [event for event in found.events if event.kind == "run failed"]
    assert [event.detail for event in failed] == [{"clear_number": 0}, {"clear_number": 1}]


def test_m2_a_second_try_of_the_owners_mail_leaves_the_run_failed(store: Store, job: StoredJob) -> None:
    execution = store.run(job).id
    for try_number in (1, 2):
        store.ledger.record_event(execution, "started", step="notify_owner", try_number=try_number)
        store.ledger.record_failed_run(execution, 0, step="notify_owner", attempt="a", try_number=try_number)
    store.ledger.record_event(execution, "started", step="notify_owner", try_number=3)
    (found,) = store.ledger.executions(job.job_id)
    assert found.has_failed
    (row,) = JobOverview(store.engine).progress_rows()
    assert JobProgress._make(row).has_failed


def test_two_stores_never_share_an_identity(store: Store, job: StoredJob) -> None:
    """The id of an execution is small and comes again in another installation; the moment does not."""
    first, second = store.run(job, 0).id, store.run(job, 1).id
    assert store.ledger.opened_at(first) < store.ledger.opened_at(second)
