"""Translate errors of PostgreSQL by who can act on them. Messages name the template, never the SQL or a value."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import psycopg

from export_jobs.errors import ExportError, TerminalError, TransientError
from export_jobs.streaming.base.limits import QueryLimits, QueryTimeoutError
from export_jobs.streaming.postgres.sqlstates import CONNECTION_LOST, sqlstate_meaning

LOCK_NOT_AVAILABLE = "55P03"
QUERY_CANCELED = "57014"


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
        return TransientError(start + CONNECTION_LOST.what, CONNECTION_LOST.remedy)
    if code == QUERY_CANCELED:
        return _cancel_error(limits)
    if code == LOCK_NOT_AVAILABLE:
        return TransientError(
            f"{start}another session has locked a table that the query reads for more than {limits.lock_timeout_s} s",
            "This task is retried automatically; if this continues, ask the database's owner which session that is",
        )
    answer = sqlstate_meaning(code)
    kind = TransientError if answer.may_pass else TerminalError
    return kind(f"{start}{answer.what} ({_details(error, code)})", answer.remedy)


def _cancel_error(limits: QueryLimits) -> TerminalError:
    """Return the error for a cancelled query. The clock decides the cause: the server's text may be in any language."""
    if limits.remaining_s <= 0:
        return QueryTimeoutError.after(limits.statement_timeout_s, limits.template)
    return TerminalError(
        f"Template {limits.template!r}: somebody cancelled the query on the database, so it is not retried "
        "automatically",
        "Ask the database's owner why, then clear this task",
    )


def _details(error: psycopg.Error, code: str) -> str:
    # The texts of these classes name only tables, columns and functions; others may quote a cell of a row.
    is_safe = code.startswith(("3D", "3F", "42")) and error.diag.message_primary
    return f"{code}, {error.diag.message_primary if is_safe else type(error).__name__}"
