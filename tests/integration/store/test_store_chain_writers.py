"""Writers of one chain at once, and of many: none forks it, and none waits for good."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from typing import Any

import psycopg
import pytest

from export_jobs.store.ledger import Ledger
from export_jobs.store.stored_job import StoredJob
from tests.integration.store.chains import JOB, faults
from tests.integration.store.samples import Store, delivery, spec

pytestmark = pytest.mark.integration


def test_tasks_of_one_job_at_once_neither_fork_the_chain_nor_wait_for_good(store: Store, job: StoredJob) -> None:
    """Events, deliveries, opened runs and edits of the job, from eight sessions: one chain, no deadlock."""

    def work(number: int) -> None:
        execution = store.run(job, day=number % 3)
        for step in range(10):
            store.ledger.record_event(execution.id, "progress", step=f"{number} {step}")
        record = delivery(execution, template=f"t{number}", path=f"p{number}")
        store.ledger.claim(execution.id, record.template, "upload", "first")
        with store.ledger.fence_delivery(record, "upload", "first"):
            store.ledger.record_event(execution.id, "inside the fence")
        if number % 2:
            store.definitions.update(spec(description=f"by {number}"), "ben")

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(work, range(8)))
    assert faults(store) == []
    ((events,),) = store.hand("SELECT count(*) FROM export_jobs.execution_event")
    assert events == 8 * 11
    assert store.ledger.verify(JOB).head.sequence == 1 + 3 + events + 8 + 4


def test_writers_of_other_jobs_do_not_wait(store: Store, job: StoredJob) -> None:
    other = store.create("other")
    first, second = store.run(job), store.run(other)
    holder = store.session()
    holder.execute("INSERT INTO export_jobs.execution_event (execution_id, kind) VALUES (%s, 'held')", [first.id])
    store.ledger.record_event(second.id, "passes")
    waiting = "SELECT count(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND datname = current_database()"
    with ThreadPoolExecutor(1) as pool:
        waits = pool.submit(store.ledger.record_event, first.id, "waits")
        while store.hand(waiting) != [(1,)]:  # pytest's own timeout ends this
            assert not waits.done()
        holder.commit()
        waits.result()
    assert faults(store) == [] and faults(store, chain=f"job {other.job_id}") == []


def test_a_transaction_that_is_undone_leaves_no_gap(store: Store, job: StoredJob) -> None:
    execution = store.run(job)
    holder = store.session()
    holder.execute("INSERT INTO export_jobs.execution_event (execution_id, kind) VALUES (1, 'undone')")
    holder.rollback()
    store.ledger.record_event(execution.id, "stays")
    assert faults(store) == []


def test_many_runs_written_in_one_transaction_are_proven(store: Store, job: StoredJob) -> None:
    start = datetime(2026, 1, 1, tzinfo=UTC)
    values: list[Any] = [(start + timedelta(hours=number)) for number in range(200)]
    with psycopg.connect(**store.dsn) as session:
        session.cursor().executemany(
            "INSERT INTO export_jobs.execution (job_id, dag_id, run_id, run_type, window_start, window_end, version) "
            "VALUES (1, 'd', %s::text, 'manual', %s, %s::timestamptz + interval '1 hour', 1)",
            [(str(value), value, value) for value in values],
        )
    report = Ledger(store.engine).verify(JOB)
    assert (report.head.sequence, report.faults, report.name) == (201, (), "job sales")
