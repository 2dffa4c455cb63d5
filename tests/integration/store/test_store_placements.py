"""What may be replaced at a destination: what this job has put under that path, or was about to, and nothing else."""

from __future__ import annotations

import pytest
from sqlalchemy import event

from export_jobs.core.files.placed_file import KnownFile
from export_jobs.errors import TransientError
from export_jobs.store.database.engine import create_store_engine
from export_jobs.store.executions.records import DeliveryRecord, Execution
from export_jobs.store.ledger import Ledger
from export_jobs.store.stored_job import StoredJob
from tests.integration.store.samples import Store, delivery, publication

pytestmark = pytest.mark.integration

PATH = delivery(Execution(0, 1)).path


def deliver(ledger: Ledger, record: DeliveryRecord, *, modified: int | None = None, etag: str | None = None) -> None:
    ledger.claim(record.execution_id, record.template, "upload", record.attempt)
    with ledger.fence_delivery(record, "upload", record.attempt) as placed:
        placed.modified, placed.etag = modified, etag


def revision(store: Store, record: DeliveryRecord) -> int:
    found = store.ledger.delivery(record.execution_id, record.template, record.stage)
    assert found is not None
    return found.revision


def test_what_was_delivered_is_known_with_what_the_server_said(store: Store, job: StoredJob) -> None:
    execution = store.run(job)
    assert store.ledger.known_files(execution.id, PATH) == ()
    deliver(store.ledger, delivery(execution), modified=1_700_000_000, etag='"abc"')
    known = store.ledger.known_files(execution.id, PATH)
    assert KnownFile(100, "aa", 1_700_000_000, '"abc"') in known
    assert {(one.bytes, one.sha256) for one in known} == {(100, "aa")}
    again = store.run(job, run_id="manual", run_type="manual")
    assert store.ledger.known_files(again.id, PATH) == known
    assert store.ledger.known_files(again.id, "other.zip") == ()


def test_what_was_announced_and_found_its_name_taken_is_known_as_that(store: Store, job: StoredJob) -> None:
    """Where nobody may look, an announced file counts as a part of ours that may be replaced."""
    execution = store.run(job)
    store.ledger.claim(execution.id, "rows", "upload", "first")
    with (
        pytest.raises(TransientError, match="taken"),
        store.ledger.fence_delivery(delivery(execution), "upload", "first"),
    ):
        raise TransientError("The name is taken")
    (announced,) = store.ledger.known_files(execution.id, PATH)
    assert (announced.stands, announced.was_refused) == (False, False)
    store.ledger.record_refusal(delivery(execution, path="other.zip"), "upload", "first")
    store.ledger.record_refusal(delivery(execution, sha256="bb"), "upload", "first")
    store.ledger.record_refusal(delivery(execution, destination="another"), "upload", "first")
    assert not store.ledger.known_files(execution.id, PATH)[0].was_refused
    store.ledger.record_refusal(delivery(execution), "upload", "first")
    (refused,) = store.ledger.known_files(execution.id, PATH)
    assert (refused.stands, refused.was_refused) == (False, True)


def test_a_file_whose_record_never_came_is_known(store: Store, job: StoredJob) -> None:
    """The process died between the rename and the commit."""
    execution = store.run(job)
    store.ledger.claim(execution.id, "rows", "upload", "first")
    with (
        pytest.raises(TransientError, match="died here"),
        store.ledger.fence_delivery(delivery(execution), "upload", "first"),
    ):
        raise TransientError("The process died here")
    assert store.ledger.delivery(execution.id, "rows", "stage-1") is None
    assert store.ledger.known_files(execution.id, PATH) == (KnownFile(100, "aa"),)
    store.ledger.claim(execution.id, "", "publish_manifest", "first")
    manifest = publication(execution)
    with store.ledger.fence_publication(manifest, "publish_manifest", "first"):
        assert store.ledger.known_files(execution.id, manifest.path) == (KnownFile(10, "bb"),)


def test_other_bytes_after_such_a_file_carry_a_higher_revision(store: Store, job: StoredJob) -> None:
    """A receiver may have seen the first ones."""
    execution = store.run(job)
    store.ledger.claim(execution.id, "rows", "upload", "first")
    with (
        pytest.raises(TransientError),
        store.ledger.fence_delivery(delivery(execution), "upload", "first"),
    ):
        raise TransientError("The process died here")
    other = delivery(execution, sha256="cc", stage="stage-2", attempt="second")
    deliver(store.ledger, other)
    assert revision(store, other) == 2


def test_l2_a_job_made_again_under_its_name_does_not_know_the_old_ones_files(store: Store, job: StoredJob) -> None:
    old = store.run(job)
    deliver(store.ledger, delivery(old))
    store.definitions.delete("sales", "anna")
    again = store.create()
    new = store.run(again)
    assert store.ledger.known_files(new.id, PATH) == ()
    deliver(store.ledger, delivery(new, sha256="other"))
    assert revision(store, delivery(new)) == 2, "a revision counts the contents of a path, whoever delivers"


def test_another_destination_counts_for_itself(store: Store, job: StoredJob) -> None:
    deliver(store.ledger, delivery(store.run(job)))
    store.hand("INSERT INTO export_jobs.destination VALUES ('elsewhere', 'sftp', 'c', '/in', '')")
    elsewhere = store.run(store.create("moved", destination="elsewhere"))
    deliver(store.ledger, delivery(elsewhere, sha256="other"))
    assert revision(store, delivery(elsewhere)) == 1


def test_of_two_runs_that_publish_one_name_the_later_one_wins_and_the_other_tries_again(
    store: Store, job: StoredJob
) -> None:
    """Else a lower revision could replace a higher one."""
    scheduled, manual = store.run(job), store.run(job, run_id="manual", run_type="manual")
    store.ledger.claim(scheduled.id, "rows", "upload", "first")
    announced: list[bool] = []

    def once(*_: object) -> None:
        if not announced:
            announced.append(True)
            deliver(Ledger(create_store_engine(store.dsn)), delivery(manual, sha256="other"))

    event.listen(store.engine, "checkin", once)
    with (
        pytest.raises(TransientError, match="Another run is publishing"),
        store.ledger.fence_delivery(delivery(scheduled), "upload", "first"),
    ):
        pytest.fail("a lower revision was published over a higher one")
    deliver(store.ledger, delivery(scheduled))
    assert (revision(store, delivery(manual)), revision(store, delivery(scheduled))) == (2, 3)


def test_placements_are_only_added(store: Store, job: StoredJob) -> None:
    deliver(store.ledger, delivery(store.run(job)))
    assert "append-only" in store.refusal("UPDATE export_jobs.placement SET sha256 = 'x'")
    assert "append-only" in store.refusal("DELETE FROM export_jobs.placement")


def test_a_file_of_another_window_is_not_known_although_it_has_the_same_path(store: Store, job: StoredJob) -> None:
    """Names of a job's own may repeat when its schedule has changed; no window's file replaces another's."""
    deliver(store.ledger, delivery(store.run(job)))
    assert store.ledger.known_files(store.run(job, day=1).id, PATH) == ()
