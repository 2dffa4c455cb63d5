"""What the ledger keeps of a delivered file's columns, and how a delivery is found again to be compared."""

from __future__ import annotations

import psycopg
import pytest

from demo.postgres import Postgres
from export_jobs.core.files.column_numbers import MAX_KEPT_BYTES, ColumnNumbers
from export_jobs.store.executions.pages import ExecutionPages
from export_jobs.store.executions.records import Execution
from export_jobs.store.stored_job import StoredJob
from tests.integration.store.samples import Store, administrator, delivery

pytestmark = pytest.mark.integration

NUMBERS = (
    ColumnNumbers(name="id", type="integer", nulls=0, min="1", max="3", sum="6"),
    ColumnNumbers(name="amount", type="number", decimals=2, nulls=1, min="-1.50", max="2.00", sum="0.50"),
)


def deliver(store: Store, execution: Execution, stage: str = "stage-1", **changes: object) -> None:
    record = delivery(execution, stage=stage, **{"column_numbers": NUMBERS, **changes})
    store.ledger.claim(execution.id, record.template, "upload", stage)
    with store.ledger.fence_delivery(record, "upload", stage):
        pass


def test_numbers_stay_with_the_delivery_and_the_chain_proves_them(
    store: Store, job: StoredJob, postgres: Postgres
) -> None:
    deliver(store, store.run(job))
    pages = ExecutionPages(store.engine)
    (sent,) = pages.delivered(job.job_id, "rows", 10)
    found = pages.figures(job.job_id, sent.id)
    assert found is not None and found.sent == sent and found.template == "rows"
    assert found.figures.numbers == NUMBERS and found.figures.columns == ("id", "amount")
    report = store.ledger.verify(f"job {job.job_id}")
    assert report.faults == () and report.head.sequence > 0
    with administrator(postgres, store.dsn["dbname"]) as session:
        session.execute("SET session_replication_role = replica")
        session.execute(
            """UPDATE export_jobs.delivery SET column_numbers = jsonb_set(column_numbers, '{0,sum}', '"7"')"""
        )
    assert [fault.entry for fault in store.ledger.verify(f"job {job.job_id}").faults] == [f"delivery {sent.id}"]


def test_endless_numbers_are_left_out_and_the_file_is_delivered(store: Store, job: StoredJob) -> None:
    endless = ColumnNumbers(name="amount", type="number", nulls=0, sum="9" * MAX_KEPT_BYTES)
    deliver(store, store.run(job), column_numbers=(endless,))
    pages = ExecutionPages(store.engine)
    found = pages.figures(job.job_id, pages.delivered(job.job_id, "rows", 1)[0].id)
    assert found is not None and found.figures.numbers == () and not found.figures.is_counted


@pytest.mark.parametrize("column_numbers", ['{"a": 1}', '"text"'])
def test_numbers_are_a_list_whoever_writes_them(store: Store, job: StoredJob, column_numbers: str) -> None:
    deliver(store, store.run(job))
    copy = """INSERT INTO export_jobs.delivery (execution_id, template, stage, revision, path, url, rows, bytes, sha256,
            columns, version, definition_hash, attempt, column_numbers)
        SELECT execution_id, template, 'by hand', revision, path, url, rows, bytes, sha256, columns, version,
            definition_hash, attempt, %s::jsonb FROM export_jobs.delivery LIMIT 1"""
    with psycopg.connect(**store.dsn) as session, pytest.raises(psycopg.errors.CheckViolation, match="are_a_list"):
        session.execute(copy, [column_numbers])


def test_every_revision_is_listed_once_and_parts_are_one_delivery(store: Store, job: StoredJob) -> None:
    first, second = store.run(job), store.run(job, day=1)
    for stage, sha256 in (("stage-1", "aa"), ("stage-2", "bb")):
        deliver(store, first, stage, sha256=sha256)
    for number in (1, 2):
        deliver(store, second, part=number, path=f"p{number}", rows=number, sha256=f"p{number}")
    pages = ExecutionPages(store.engine)
    found = pages.delivered(job.job_id, "rows", 10)
    assert [(one.window_start.day, one.revision, one.parts, one.rows) for one in found] == [
        (2, 1, 2, 3), (1, 2, 1, 3), (1, 1, 1, 3),
    ]  # fmt: skip
    assert pages.delivered(job.job_id, "rows", 1) == found[:1]
    together = pages.figures(job.job_id, found[0].id)
    assert together is not None and together.sent == found[0]
    assert together.sha256 == ("p1", "p2") and together.figures.numbers[0].sum == "12"
    assert pages.delivered(job.job_id, "totals", 10) == [] == pages.delivered(job.job_id + 1, "rows", 10)
    assert pages.figures(job.job_id + 1, found[0].id) is None
