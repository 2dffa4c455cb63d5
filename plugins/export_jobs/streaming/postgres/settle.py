"""A window on the *updated* date is read only once no transaction can still add to it; see docs/explanation/windows.md.

A row has the time at which its transaction wrote it, and becomes visible only when that transaction commits. A
transaction that is still open after the end of the window may have such rows, whether it has written yet or not. Every
open transaction, also one that has not written, has a lock on its own virtual id that all roles can see: we record
those ids once, and wait until they are gone. (A comparison of ``pg_current_snapshot()`` alone would miss a transaction
that writes its first row later.)
"""

from __future__ import annotations

import time
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import psycopg

from export_jobs.errors import TerminalError, TransientError
from export_jobs.streaming.base.limits import QueryLimits
from export_jobs.streaming.postgres.errors import translate_postgres_errors

READER_NAME = "export-jobs "
"""Sessions whose application_name starts with this are our own readers. They are READ ONLY: no need to wait."""
SETTLE_TIMEOUT_S = 1800
SETTLE_POLL_S = 1.0
GRACE_S = 1

_OPEN_TRANSACTIONS = """
SELECT held.virtualtransaction,
       format('process %%s (%%s, user %%s, open since %%s)', held.pid,
              coalesce(nullif(session.application_name, ''), 'unnamed'), coalesce(session.usename, '?'),
              coalesce(to_char(session.xact_start, 'YYYY-MM-DD HH24:MI:SS TZ'), 'an unknown time'))
FROM pg_locks AS held
LEFT JOIN pg_stat_activity AS session USING (pid)
WHERE held.locktype = 'virtualxid' AND held.mode = 'ExclusiveLock' AND held.granted
  AND held.pid <> pg_backend_pid()
  AND coalesce(session.datname, current_database()) = current_database()
  AND NOT starts_with(coalesce(session.application_name, ''), %(reader)s)
  AND (session.xact_start IS NULL OR session.xact_start < %(window_end)s)
UNION ALL
SELECT 'prepared ' || transaction, format('prepared transaction %%s of user %%s', quote_literal(gid), owner)
FROM pg_prepared_xacts
WHERE database = current_database()
"""


@dataclass(frozen=True)
class SettleResult:
    """How long a window took to settle, in seconds, and for how many transactions it waited."""

    waited_s: float
    transactions: int


def wait_until_settled(
    connection: psycopg.Connection[Any],
    window_end: datetime,
    *,
    timeout_s: float = SETTLE_TIMEOUT_S,
    poll_s: float = SETTLE_POLL_S,
) -> SettleResult:
    """Return once no open transaction can still write a row dated before ``window_end``.

    Start the transaction that reads the window only after this. Raises ``TransientError``, which names what is open,
    after ``timeout_s`` seconds; ``TerminalError`` on a standby, which does not know what is open on its primary.
    """
    began = time.monotonic()
    with translate_postgres_errors(QueryLimits("(waiting for the window to settle)", int(timeout_s), int(timeout_s))):
        connection.rollback()
        connection.autocommit = True  # each look must see the current state
        _refuse_standby(connection)
        deadline = began + timeout_s
        while not _has_ended(connection, window_end):
            _wait(deadline, poll_s, f"the database's clock to reach the window's end, {window_end.isoformat()}")
        noted = _open_transactions(connection, window_end)
        still_open = noted
        while still_open:
            _wait(deadline, poll_s, "; ".join(sorted(still_open.values())[:5]))
            now_open = _open_transactions(connection, window_end)
            still_open = {key: text for key, text in still_open.items() if key in now_open}
    return SettleResult(time.monotonic() - began, len(noted))


def _refuse_standby(connection: psycopg.Connection[Any]) -> None:
    if _fetch_value(connection, "SELECT pg_is_in_recovery()", {}):
        raise TerminalError(
            "This warehouse connection leads to a standby, which does not know which transactions are open on its "
            "primary, so rows that are committed late would be lost",
            "Use a connection to the primary for templates on the updated date, or choose the event date",
        )


def _has_ended(connection: psycopg.Connection[Any], window_end: datetime) -> bool:
    # A transaction gets its time a moment before its virtual id is visible; the grace period covers that moment.
    query = "SELECT clock_timestamp() >= %(window_end)s + make_interval(secs => %(grace)s)"
    return bool(_fetch_value(connection, query, {"window_end": window_end, "grace": GRACE_S}))


def _fetch_value(connection: psycopg.Connection[Any], query: str, values: dict[str, Any]) -> Any:
    row = connection.execute(query, values).fetchone()
    return row[0] if row else None


def _open_transactions(connection: psycopg.Connection[Any], window_end: datetime) -> dict[str, str]:
    values = {"window_end": window_end, "reader": READER_NAME}
    return dict(connection.execute(_OPEN_TRANSACTIONS, values).fetchall())


def _wait(deadline: float, poll_s: float, what: str) -> None:
    if time.monotonic() + poll_s > deadline:
        raise TransientError(
            f"The window has not settled: still waiting for {what}. Rows that are committed later would be lost, so "
            "nothing is read yet",
            "This task is retried automatically; if this continues, ask the database's owner to end that transaction",
        )
    time.sleep(poll_s)
