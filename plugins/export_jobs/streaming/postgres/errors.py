"""An error of PostgreSQL -> who can act on it: its message names the template and never the SQL or a value."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import psycopg

from export_jobs.errors import ExportError, TerminalError, TransientError
from export_jobs.streaming.base.limits import QueryLimits, QueryTimeoutError

LOCK_NOT_AVAILABLE = "55P03"
QUERY_CANCELED = "57014"
INSUFFICIENT_PRIVILEGE = "42501"
# Classes and codes of https://www.postgresql.org/docs/current/errcodes-appendix.html
TRANSIENT_SQLSTATES = {
    "08": "the connection to the database was lost",
    "25P03": "the database ended the transaction because it was idle",
    "40": "the query collided with other work on the database (a conflict with recovery or a serialization failure)",
    "53": "the database is short of connections, memory or disk",
    "55006": "the database is busy with what the query needs",
    "57P": "the database is shutting down or restarting, or its administrator ended this session",
    "58": "the database had trouble with its own disk or system",
}
TRY_AGAIN = "Nothing is delivered; this task tries again"


@contextmanager
def translate_postgres_errors(limits: QueryLimits) -> Iterator[None]:
    """Turn every ``psycopg.Error`` into a ``TransientError`` or a ``TerminalError``."""
    try:
        yield
    except psycopg.Error as error:
        raise _export_error(error, limits) from None


def _export_error(error: psycopg.Error, limits: QueryLimits) -> ExportError:
    code = error.sqlstate
    start = f"Template {limits.template!r}: "
    if code is None:
        return TransientError(f"{start}{TRANSIENT_SQLSTATES['08']}", TRY_AGAIN)
    if code == QUERY_CANCELED:
        return _cancel_error(limits)
    if code == LOCK_NOT_AVAILABLE:
        return TransientError(
            f"{start}another session holds a lock on a table it reads for more than {limits.lock_timeout_s} s",
            "This task tries again; if it goes on, ask the database's owner which session that is",
        )
    for prefix, what in TRANSIENT_SQLSTATES.items():
        if code.startswith(prefix):
            return TransientError(f"{start}{what} ({code})", TRY_AGAIN)
    what, remedy = _refusal(error, code)
    return TerminalError(start + what, remedy)


def _cancel_error(limits: QueryLimits) -> TerminalError:
    """Which of two causes it was is seen by the clock: the server's own words are in its operator's language."""
    if limits.remaining_s <= 0:
        return QueryTimeoutError.after(limits.statement_timeout_s, limits.template)
    return TerminalError(
        f"Template {limits.template!r}: somebody cancelled the query on the database, so it is not tried again by "
        "itself",
        "Ask the database's owner why, then clear this task",
    )


def _refusal(error: psycopg.Error, code: str) -> tuple[str, str]:
    """What happened, and what to do next."""
    # Only class 42 names nothing but tables, columns and functions; the text of others may quote a cell of a row.
    detail = f", {error.diag.message_primary}" if code.startswith("42") and error.diag.message_primary else ""
    if code == INSUFFICIENT_PRIVILEGE:
        return (
            f"the database denies reading{detail}",
            "Grant SELECT to the connection's user, then clear this task",
        )
    if code.startswith("42"):
        return (
            f"the catalogue does not fit the database ({code}{detail})",
            "Correct the fact, KPI or dimension under include/sql, then clear this task",
        )
    if code.startswith("22"):
        return (
            f"a value in the data made the query fail ({code}, {type(error).__name__})",
            "Find the row with `export-jobs sql`, or make the expression in the catalogue safe against it",
        )
    return (
        f"the database refuses the query ({code}, {type(error).__name__})",
        "Run it by hand, as `export-jobs sql` prints it, with the connection's user",
    )
