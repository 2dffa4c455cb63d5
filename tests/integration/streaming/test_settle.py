"""A window on the updated date is read only when nobody can add to it any more, shown with real transactions."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta

import psycopg
import pytest
from psycopg.pq import TransactionStatus

from export_jobs.errors import TransientError
from export_jobs.streaming.postgres.settle import GRACE_S, wait_until_settled
from tests.integration.streaming.conftest import Warehouse

pytestmark = pytest.mark.integration


@pytest.fixture
def changes(warehouse_database: Warehouse) -> Warehouse:
    """A table whose rows carry the time at which their transaction began, as a trigger with now() would set it."""
    for session in warehouse_database.sessions:
        session.close()
    warehouse_database.run(
        "DROP TABLE IF EXISTS changes", "CREATE TABLE changes (id int, updated_at timestamptz DEFAULT now())"
    )
    return warehouse_database


class Waiter:
    """Settles a window in another thread."""

    def __init__(self, warehouse: Warehouse, window_end: datetime, role: str) -> None:
        self.warehouse, self.session = warehouse, warehouse.session(role)
        self.settled = ThreadPoolExecutor(1).submit(
            wait_until_settled, self.session, window_end, timeout_s=30, poll_s=0.05
        )

    def looks_again(self) -> None:
        """Until it has asked twice what is open, and goes on waiting; what it asks before that does not count."""
        seen: set[datetime] = set()
        while len(seen) < 2:
            assert not self.settled.done()
            query = f"""SELECT CASE WHEN query LIKE '%pg_prepared_xacts%' THEN query_start END
                FROM pg_stat_activity WHERE pid = {self.session.info.backend_pid}"""
            seen |= {self.warehouse.scalar(query)} - {None}

    def transactions(self) -> int:
        """How many transactions it has waited for, once it has returned."""
        return self.settled.result(40).transactions


def waiting(warehouse: Warehouse, window_end: datetime, role: str = "warehouse_owner") -> Waiter:
    waiter = Waiter(warehouse, window_end, role)
    waiter.looks_again()
    return waiter


def window_end(warehouse: Warehouse) -> datetime:
    """The end of a window that is over by now, by the database's clock."""
    end: datetime = warehouse.scalar("SELECT clock_timestamp()")
    warehouse.scalar(f"SELECT pg_sleep_until('{end.isoformat()}'::timestamptz + interval '{GRACE_S} s')")
    return end


def rows_before(warehouse: Warehouse, end: datetime) -> int:
    count: int = warehouse.scalar(f"SELECT count(*) FROM changes WHERE updated_at < '{end.isoformat()}'")
    return count


def test_a_quiet_database_is_settled_at_once(changes: Warehouse) -> None:
    """The first look is enough, unless PostgreSQL itself tidies up at that moment."""
    end = datetime.now(UTC) - timedelta(days=1)
    assert 0 in [wait_until_settled(changes.session(), end, timeout_s=60, poll_s=0.1).transactions for _ in range(5)]


def test_a_late_commit_is_waited_for_and_then_in_the_window(changes: Warehouse) -> None:
    writer = changes.session()
    writer.execute("INSERT INTO changes VALUES (1)")
    end = window_end(changes)
    waiter = waiting(changes, end)
    assert rows_before(changes, end) == 0
    writer.commit()
    assert waiter.transactions() >= 1
    assert rows_before(changes, end) == 1


def test_a_transaction_that_has_not_written_yet_is_waited_for_too(changes: Warehouse) -> None:
    """It has no transaction id, so a comparison of snapshots does not see it; its now() lies before the end."""
    writer = changes.session()
    writer.execute("SELECT now()")
    end = window_end(changes)
    waiter = waiting(changes, end)
    writer.execute("INSERT INTO changes VALUES (1)")
    writer.commit()
    assert waiter.transactions() >= 1
    assert rows_before(changes, end) == 1


def test_a_role_that_may_not_see_others_activity_waits_all_the_same(changes: Warehouse) -> None:
    writer = changes.session("postgres")
    writer.execute("INSERT INTO changes VALUES (1)")
    end = window_end(changes)
    waiter = waiting(changes, end, role="warehouse_owner")
    writer.rollback()
    assert waiter.transactions() >= 1


def test_a_prepared_transaction_is_waited_for(changes: Warehouse) -> None:
    changes.scalar("ALTER SYSTEM SET max_prepared_transactions = 10")
    changes.server.restart()
    changes.run("BEGIN", "INSERT INTO changes VALUES (1)", "PREPARE TRANSACTION 'late'")
    end = window_end(changes)
    waiter = waiting(changes, end)
    changes.run("COMMIT PREPARED 'late'")
    assert waiter.transactions() >= 1
    assert rows_before(changes, end) == 1
    changes.scalar("ALTER SYSTEM RESET max_prepared_transactions")
    changes.server.restart()


def test_transactions_that_began_after_the_window_hold_nobody_up(changes: Warehouse) -> None:
    end = window_end(changes)
    writer = changes.session()
    writer.execute("INSERT INTO changes VALUES (1)")
    wait_until_settled(changes.session(), end, timeout_s=30)  # it raises while one that it waits for is open
    writer.rollback()


def test_our_own_readers_hold_nobody_up(changes: Warehouse) -> None:
    reader = changes.session(application_name="export-jobs another job")
    reader.execute("SELECT count(*) FROM changes")
    wait_until_settled(changes.session(), window_end(changes), timeout_s=30)
    assert reader.info.transaction_status is TransactionStatus.INTRANS


def test_other_databases_hold_nobody_up(changes: Warehouse) -> None:
    with psycopg.connect(**changes.server.dsn("postgres", "postgres")) as other:
        other.execute("SELECT 1")
        wait_until_settled(changes.session(), window_end(changes), timeout_s=30)
        assert other.info.transaction_status is TransactionStatus.INTRANS


def test_patience_ends_with_a_sentence_that_names_what_is_open(changes: Warehouse) -> None:
    writer = changes.session(application_name="nightly load")
    writer.execute("INSERT INTO changes VALUES (1)")
    end = window_end(changes)
    with pytest.raises(
        TransientError, match=rf"process {writer.info.backend_pid} \(nightly load, user warehouse_owner"
    ):
        wait_until_settled(changes.session(), end, timeout_s=0.3, poll_s=0.1)


def test_a_window_that_has_not_ended_by_the_databases_clock_is_not_read(changes: Warehouse) -> None:
    end = changes.scalar("SELECT clock_timestamp() + interval '1 hour'")
    with pytest.raises(TransientError, match="the database's clock to reach the window's end"):
        wait_until_settled(changes.session(), end, timeout_s=0.3, poll_s=0.1)


def test_a_lost_connection_is_tried_again(changes: Warehouse) -> None:
    session = changes.session()
    session.close()
    with pytest.raises(TransientError):
        wait_until_settled(session, datetime.now(UTC))
