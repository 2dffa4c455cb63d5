"""Turn a database error into a message for the person who can act; never its statement, parameters or a login."""

from __future__ import annotations

import psycopg
from psycopg import errors
from sqlalchemy.exc import DBAPIError

from export_jobs.errors import ConflictError, ExportError, TerminalError, TransientError, UserError
from export_jobs.store.database.constraints import CONSTRAINT_MESSAGES

GUARD_SQLSTATE = "EXJ01"
"""SQLSTATE of the errors that the store's own triggers raise."""

_TROUBLES: dict[type[psycopg.Error], tuple[str, str]] = {
    errors.ReadOnlySqlTransaction: (
        "The store of the export jobs can only be read now",
        "Point the connection export_jobs_store at its primary server, not at a standby; if it is the primary, check "
        "whether default_transaction_read_only is set for its login or database",
    ),
    errors.DiskFull: ("The disk of the store's PostgreSQL is full", "Free some space there"),
}
"""Errors that may pass or be fixed while the server keeps answering."""
_OUT_OF_DATE = (errors.UndefinedTable, errors.UndefinedColumn, errors.UndefinedFunction, errors.InvalidSchemaName)


def translate_error(error: DBAPIError | psycopg.Error) -> ExportError:
    """Return the error to raise instead of ``error``."""
    cause = error.orig if isinstance(error, DBAPIError) else error
    if not isinstance(cause, psycopg.Error):
        return TransientError("The store of the export jobs does not answer", "Try again in a moment")
    refusal = _refusal(cause)
    if refusal is None:
        return _connection_error(cause)
    return (ConflictError if isinstance(cause, errors.UniqueViolation) else UserError)(*refusal)


def _refusal(cause: psycopg.Error) -> tuple[str, str] | None:
    """Return why the store refuses a statement, and what to do next; None when the error is about the connection."""
    if cause.diag.sqlstate == GUARD_SQLSTATE:
        return _guard_message(cause)
    if isinstance(cause, psycopg.IntegrityError):
        return _constraint_message(cause)
    if isinstance(cause, _OUT_OF_DATE):
        return f"The store does not fit this version ({_kind(cause)})", "Run `export-jobs db upgrade`"
    if isinstance(cause, errors.InsufficientPrivilege):
        return (
            "The login to the store of the export jobs may not do this",
            "Grant it the role that fits: export_jobs_page for the page and commands, export_jobs_tasks for tasks, "
            "export_jobs_editor for people; `export-jobs db upgrade` is only for the owner",
        )
    return _value_message(cause) if isinstance(cause, psycopg.DataError) else None


def _guard_message(cause: psycopg.Error) -> tuple[str, str]:
    """Return what a trigger refuses, and what to do next: its MESSAGE and its HINT."""
    return cause.diag.message_primary or "", cause.diag.message_hint or ""


def _constraint_message(cause: psycopg.IntegrityError) -> tuple[str, str]:
    """Return what a constraint refuses; a NOT NULL column has no named constraint, so it is described here."""
    diag = cause.diag
    if isinstance(cause, errors.NotNullViolation):
        return f"{diag.column_name!r} of {diag.table_name!r} has no value", "Give it one"
    name = diag.constraint_name or ""
    return CONSTRAINT_MESSAGES.get(name, (f"The store refuses this: {name.replace('_', ' ')}", ""))


def _value_message(cause: psycopg.DataError) -> tuple[str, str]:
    if isinstance(cause, errors.UntranslatableCharacter) or "NUL" in str(cause):
        return (
            "A text contains the character NUL, which no database stores",
            "Type the text again, without that character",
        )
    return f"The store cannot save one of these values ({_kind(cause)})", "Correct the definition"


def _connection_error(cause: psycopg.Error) -> ExportError:
    if isinstance(cause, errors.LockNotAvailable | errors.DeadlockDetected | errors.SerializationFailure):
        return TransientError("Another process has locked what this needs in the store", "Try again in a moment")
    if "authentication failed" in str(cause):  # a refused login comes without an SQLSTATE
        return TerminalError(
            "The store of the export jobs refuses the login of the connection export_jobs_store",
            "Correct its user and password",
        )
    for kind, trouble in _TROUBLES.items():
        if isinstance(cause, kind):
            return TransientError(*trouble)
    return TransientError(
        f"The store of the export jobs cannot be reached ({_kind(cause)})",
        "Check that its PostgreSQL runs and that the connection export_jobs_store points at it",
    )


def _kind(cause: psycopg.Error) -> str:
    return type(cause).__name__
