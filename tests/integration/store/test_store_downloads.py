"""Which files for download have been kept long enough, by what the ledger knows of them."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from export_jobs.core.files.placed_file import PlacedFile
from export_jobs.store.executions.downloads import Downloads
from export_jobs.store.executions.records import DeliveryRecord
from export_jobs.store.stored_job import StoredJob
from tests.integration.store.samples import Store, delivery

pytestmark = pytest.mark.integration


def deliver(store: Store, record: DeliveryRecord) -> PlacedFile:
    store.ledger.claim(record.execution_id, record.template, "upload", record.attempt)
    with store.ledger.fence_delivery(record, "upload", record.attempt) as placed:
        return placed


def test_a_file_that_was_exported_again_with_the_same_content_is_kept_from_then_on(
    store: Store, job: StoredJob
) -> None:
    """Its object in the bucket is as old as it was: the same bytes are not sent twice."""
    downloads, tag = Downloads(store.engine), job.destination_tags[0]
    first = delivery(store.run(job))
    deliver(store, first)
    between = datetime.now(UTC)
    known = downloads.paths_placed_before(tag, between, [first.path, "somebody-elses.zip"])
    assert known == {first.path}
    again = store.run(job, run_id="manual", run_type="manual")
    deliver(store, delivery(again, attempt="second", stage="stage-2"))
    assert downloads.paths_placed_before(tag, between, [first.path]) == set()
    assert downloads.paths_placed_before(tag, datetime.now(UTC) + timedelta(seconds=1), [first.path]) == {first.path}
