"""Two attempts of one step alive at once, on two connections: exactly one makes its file visible."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor

import pytest
from sqlalchemy import event

from demo.postgres import Postgres
from export_jobs.errors import ExportError, SupersededError, TransientError
from export_jobs.store.database.engine import create_store_engine
from export_jobs.store.executions.records import Execution
from export_jobs.store.ledger import AlreadyDelivered, Ledger
from export_jobs.store.stored_job import StoredJob
from tests.integration.store.samples import Store, administrator, delivery, publication

pytestmark = pytest.mark.integration

STEP = "upload"
SESSIONS = "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database()"


@pytest.fixture
def execution(store: Store, job: StoredJob) -> Execution:
    return store.run(job)


@pytest.fixture
def other(store: Store) -> Iterator[Ledger]:
    """The same ledger as another machine sees it."""
    engine = create_store_engine(store.dsn)
    yield Ledger(engine)
    engine.dispose()


@pytest.fixture
def beside() -> Iterator[Callable[..., Future[object]]]:
    """Run something at the same time."""
    with ThreadPoolExecutor() as pool:
        yield pool.submit


def start(ledger: Ledger, execution: Execution, attempt: str, template: str = "rows") -> None:
    ledger.record_event(execution.id, "started", step=STEP, template=template, attempt=attempt)


def claim(ledger: Ledger, execution: Execution, attempt: str, template: str = "rows") -> None:
    ledger.claim(execution.id, template, STEP, attempt)


def test_without_a_claim_nothing_is_delivered(store: Store, execution: Execution) -> None:
    with pytest.raises(SupersededError), store.ledger.fence_delivery(delivery(execution), STEP, "first"):
        pytest.fail("the fence let it through")


def test_the_newest_claim_holds(store: Store, other: Ledger, execution: Execution) -> None:
    claim(store.ledger, execution, "first")
    store.ledger.require_current(execution.id, "rows", STEP, "first")
    claim(other, execution, "second")
    with pytest.raises(SupersededError, match="newer attempt of upload of rows has taken over"):
        store.ledger.require_current(execution.id, "rows", STEP, "first")
    with pytest.raises(SupersededError), store.ledger.fence_delivery(delivery(execution), STEP, "first"):
        pytest.fail("the fence let it through")
    with other.fence_delivery(delivery(execution, attempt="second"), STEP, "second"):
        pass
    found = store.ledger.delivery(execution.id, "rows", "stage-1")
    assert found is not None
    assert found.attempt == "second"


def test_claims_of_other_steps_and_templates_are_their_own(store: Store, execution: Execution) -> None:
    claim(store.ledger, execution, "first")
    claim(store.ledger, execution, "second", template="totals")
    store.ledger.claim(execution.id, "rows", "extract", "third")
    store.ledger.require_current(execution.id, "rows", STEP, "first")


def test_s03_an_orphan_that_wakes_before_its_claim_does_not_take_over(
    store: Store, other: Ledger, execution: Execution
) -> None:
    """Frozen between its first word and its claim, thawed when the next attempt is at work."""
    start(store.ledger, execution, "orphan")
    start(other, execution, "next")
    start(other, execution, "elsewhere", template="totals")
    claim(other, execution, "next")
    with pytest.raises(SupersededError):
        claim(store.ledger, execution, "orphan")
    other.require_current(execution.id, "rows", STEP, "next")


def test_an_orphan_that_waits_for_the_lease_does_not_take_over_from_who_starts_meanwhile(
    store: Store, other: Ledger, execution: Execution, beside: Callable[..., Future[object]]
) -> None:
    claim(store.ledger, execution, "first")
    start(store.ledger, execution, "orphan")
    with store.ledger.fence_delivery(delivery(execution), STEP, "first"):
        waiting = beside(claim, other, execution, "orphan")
        while store.hand(f"{SESSIONS} AND wait_event_type = 'Lock'") != [(1,)]:
            assert not waiting.done()
        start(store.ledger, execution, "second")
    with pytest.raises(SupersededError):
        waiting.result(timeout=60)
    claim(store.ledger, execution, "second")


def test_d12_of_two_attempts_at_once_exactly_one_delivers(
    store: Store, other: Ledger, execution: Execution, beside: Callable[..., Future[object]]
) -> None:
    both_ready = threading.Barrier(2)
    renamed: list[str] = []

    def attempt(ledger: Ledger, name: str) -> str:
        start(ledger, execution, name)
        both_ready.wait(10)
        try:
            claim(ledger, execution, name)
            with ledger.fence_delivery(delivery(execution, attempt=name), STEP, name):
                renamed.append(name)
                time.sleep(0.05)
        except ExportError as error:
            return type(error).__name__
        return "delivered"

    outcomes = [beside(attempt, store.ledger, "first"), beside(attempt, other, "second")]
    results = sorted(str(outcome.result(timeout=30)) for outcome in outcomes)
    assert results in (["SupersededError", "delivered"], ["AlreadyDelivered", "delivered"])
    assert len(renamed) == 1
    assert store.hand("SELECT attempt FROM export_jobs.delivery") == [(renamed[0],)]


def test_a_claim_waits_for_a_rename_in_progress(
    store: Store, other: Ledger, execution: Execution, beside: Callable[..., Future[object]]
) -> None:
    claim(store.ledger, execution, "first")
    with store.ledger.fence_delivery(delivery(execution), STEP, "first"):
        waiting = beside(claim, other, execution, "second")
        while store.hand(f"{SESSIONS} AND wait_event_type = 'Lock'") != [(1,)]:
            assert not waiting.done()
    waiting.result(timeout=10)
    with (
        pytest.raises(AlreadyDelivered),
        other.fence_delivery(delivery(execution, attempt="second"), STEP, "second"),
    ):
        pytest.fail("the same file was delivered twice")


def test_a_claim_does_not_wait_for_ever(store: Store, execution: Execution, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("export_jobs.store.database.engine.LOCK_TIMEOUT_MS", 200)
    engine = create_store_engine(store.dsn)
    impatient = Ledger(engine)
    claim(store.ledger, execution, "first")
    with (
        store.ledger.fence_delivery(delivery(execution), STEP, "first"),
        pytest.raises(TransientError, match="Another process has locked"),
    ):
        claim(impatient, execution, "second")
    claim(impatient, execution, "second")
    engine.dispose()


def test_a_rename_that_fails_leaves_no_record(store: Store, execution: Execution) -> None:
    claim(store.ledger, execution, "first")
    with pytest.raises(TransientError), store.ledger.fence_delivery(delivery(execution), STEP, "first"):
        raise TransientError("The server went away.")
    assert store.ledger.delivery(execution.id, "rows", "stage-1") is None
    with store.ledger.fence_delivery(delivery(execution), STEP, "first"):
        pass
    assert store.ledger.delivery(execution.id, "rows", "stage-1") is not None


def test_s01_a_fence_whose_process_died_is_open_again_at_once(
    store: Store, other: Ledger, execution: Execution, postgres: Postgres
) -> None:
    """The server sees the connection of a killed process close, and takes its transaction back."""
    claim(store.ledger, execution, "first")
    with (
        pytest.raises(TransientError, match="cannot be reached"),
        store.ledger.fence_delivery(delivery(execution), STEP, "first"),
        administrator(postgres) as session,
    ):
        idle = "state = 'idle in transaction' AND datname = %s"
        session.execute(f"SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE {idle}", [store.dsn["dbname"]])
    assert other.delivery(execution.id, "rows", "stage-1") is None
    claim(other, execution, "second")


def test_a_fence_whose_process_hangs_is_ended_by_the_server(
    store: Store, other: Ledger, execution: Execution, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("export_jobs.store.executions.leases.FENCE_IDLE_TIMEOUT_MS", 200)
    claim(store.ledger, execution, "first")
    with (
        pytest.raises(TransientError),
        store.ledger.fence_delivery(delivery(execution), STEP, "first"),
    ):
        while store.hand(f"{SESSIONS} AND state = 'idle in transaction'") != [(0,)]:
            pass  # pytest's own timeout ends this
        claim(other, execution, "second")
    assert store.ledger.delivery(execution.id, "rows", "stage-1") is None


def test_a_fence_needs_one_connection_at_a_time(store: Store, execution: Execution) -> None:
    """Else two attempts could hold each other up in a store that is short of connections."""
    claim(store.ledger, execution, "first")
    held = [0, 0]

    def count(step: int) -> None:
        held[0] += step
        held[1] = max(held)

    event.listen(store.engine, "checkout", lambda *_: count(1))
    event.listen(store.engine, "checkin", lambda *_: count(-1))
    with store.ledger.fence_delivery(delivery(execution), STEP, "first"):
        pass
    assert held == [0, 1]


def test_the_manifest_is_fenced_as_the_files_are(store: Store, other: Ledger, execution: Execution) -> None:
    store.ledger.claim(execution.id, "", "publish", "first")
    with store.ledger.fence_publication(publication(execution), "publish", "first"):
        pass
    other.claim(execution.id, "", "publish", "second")
    with pytest.raises(SupersededError), store.ledger.fence_publication(publication(execution), "publish", "first"):
        pytest.fail("the fence let it through")
    with pytest.raises(AlreadyDelivered), other.fence_publication(publication(execution), "publish", "second"):
        pytest.fail("the same manifest was published twice")


def test_older_rows_that_wait_for_a_name_do_not_replace_later_ones(
    store: Store, other: Ledger, job: StoredJob, beside: Callable[..., Future[object]]
) -> None:
    earlier, later = store.run(job), store.run(job, run_id="manual", run_type="manual")
    for ledger, execution, stage in ((other, earlier, "read first"), (store.ledger, later, "read last")):
        ledger.record_event(execution.id, "started", step="extract", attempt=stage)
        claim(ledger, execution, "upload")

    def deliver_earlier() -> None:
        with other.fence_delivery(delivery(earlier, stage="read first", sha256="old"), STEP, "upload"):
            pytest.fail("older rows replaced later ones")

    with store.ledger.fence_delivery(delivery(later, stage="read last", sha256="new"), STEP, "upload"):
        waiting = beside(deliver_earlier)
        while store.hand(f"{SESSIONS} AND wait_event_type = 'Lock'") != [(1,)]:
            assert not waiting.done()
    with pytest.raises(SupersededError, match="rows that were read later"):
        waiting.result(timeout=60)
