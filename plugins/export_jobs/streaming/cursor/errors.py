"""Translate errors of a DB-API driver by who can act on them. Messages name the template, never the SQL or a value.

PEP 249 only names the kinds of errors. A driver's own text is shown only if it names nothing but tables, columns and
functions.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from export_jobs.core.base.deadline import Deadline
from export_jobs.errors import ExportError, TerminalError, TransientError
from export_jobs.streaming.base.limits import QueryTimeoutError

# https://www.sqlite.org/rescode.html: SQLite has one class, OperationalError, for a lock and for an unknown column.
_SQLITE_TRANSIENT = {5: "another session holds a lock", 6: "another session holds a lock", 10: "reading failed"}
_SQLITE_READONLY = 8
_SQLITE_NAMES = ("no such table: ", "no such column: ", "no such function: ", "ambiguous column name: ")
_DUCKDB_NAMES = frozenset({"BinderException", "CatalogException"})
_NOT_UTF8 = "Could not decode to UTF-8"
"""The start of a message of sqlite3; the text follows."""
_PSYCOPG_TIMES = ("date too ", "timestamp too ")
"""The start of psycopg's messages about a time that is too large or too small for Python."""
_READONLY_WORDS = ("read-only", "read only", "readonly")

_LOGIN = ("refuses the login", "Correct its login and password under Admin > Connections")
_REFUSALS = (
    ("password authentication failed", *_LOGIN),
    ("no password supplied", *_LOGIN),
    (
        "permission denied for database",
        "does not accept its role",
        "Ask its administrator to GRANT CONNECT to that role",
    ),
    ("is not permitted to log in", "does not accept its role", "Ask its administrator to give that role LOGIN"),
    ("does not exist", "has no such database or role", "Correct its schema and login under Admin > Connections"),
)
"""PostgreSQL's English words when it refuses a session (without a SQLSTATE, and with names of roles and hosts); what
they mean; and what to do next."""


@contextmanager
def translate_driver_errors(template: str, deadline: Deadline) -> Iterator[None]:
    """Turn any error of a driver into a ``TransientError`` or a ``TerminalError``."""
    try:
        yield
    except ExportError:
        raise
    except Exception as error:
        raise _export_error(error, template, deadline) from None


@contextmanager
def translate_connect_errors(connection_id: str) -> Iterator[None]:
    """Do the same while the Airflow connection ``connection_id`` is opened; a driver's text may quote its password."""
    try:
        yield
    except ExportError:
        raise
    except Exception as error:
        place = f"The database of the connection {connection_id!r}"
        for words, reason, remedy in _REFUSALS:
            if words in str(error):
                raise TerminalError(f"{place} {reason}", remedy) from None
        raise TransientError(
            f"{place} cannot be opened ({type(error).__name__})",
            "It is retried automatically; if this continues, check the host, path and password under "
            "Admin > Connections",
        ) from None


def _export_error(error: Exception, template: str, deadline: Deadline) -> ExportError:
    kinds = {kind.__name__ for kind in type(error).__mro__}
    if deadline.has_passed:
        return QueryTimeoutError.after(deadline.seconds, template)
    start = f"Template {template!r}: "
    passing = _transient_reason(error, kinds)
    if passing:
        return TransientError(f"{start}{passing}", "Nothing is delivered; this task is retried automatically")
    what, remedy = _refusal(error, kinds)
    return TerminalError(start + what, remedy)


def _refusal(error: Exception, kinds: set[str]) -> tuple[str, str]:
    """Return what happened, and what to do next."""
    name = type(error).__name__
    if "DataError" in kinds and str(error).startswith(_PSYCOPG_TIMES):
        return (
            "a date or time is infinite, or outside the years 1 to 9999",
            "Leave out such rows in the catalogue's SQL, replace the value there, or cast it to text",
        )
    if "DataError" in kinds:
        return (
            f"a value in the data made the query fail ({name})",
            "Find the row with `export-jobs sql`, or make the expression in the catalogue handle such values",
        )
    if str(error).startswith(_NOT_UTF8):
        return (
            "a text in the data is not UTF-8",
            "Correct it in the database, or read the column with hex() in the catalogue's SQL",
        )
    if _is_write(error):
        return (
            "the statement tries to write, and an export only reads",
            "Correct the SQL under include/sql",
        )
    detail = _safe_detail(error, kinds)
    if detail or "ProgrammingError" in kinds:
        return (
            f"the catalogue does not match the database ({name}{detail})",
            "Correct the fact, KPI or dimension under include/sql, then clear this task",
        )
    return (
        f"the database refuses the query ({name})",
        "Run the SQL that `export-jobs sql` prints by hand, as the connection's user",
    )


def _transient_reason(error: Exception, kinds: set[str]) -> str:
    """Return why a retry may help; "" if it cannot."""
    if type(error).__module__ == "sqlite3":
        return _SQLITE_TRANSIENT.get((getattr(error, "sqlite_errorcode", None) or 0) & 0xFF, "")
    if "TransactionException" in kinds:
        return ""
    if kinds & {"OperationalError", "InterfaceError", "OSError"}:
        return f"the database is busy, or the connection to it was lost ({type(error).__name__})"
    return ""


def _is_write(error: Exception) -> bool:
    if type(error).__module__ == "sqlite3":
        return (getattr(error, "sqlite_errorcode", None) or 0) & 0xFF == _SQLITE_READONLY
    return any(words in str(error) for words in _READONLY_WORDS)


def _safe_detail(error: Exception, kinds: set[str]) -> str:
    text = str(error).partition("\n")[0]
    is_safe = text.startswith(_SQLITE_NAMES) or bool(kinds & _DUCKDB_NAMES)
    return f", {text}" if is_safe else ""
