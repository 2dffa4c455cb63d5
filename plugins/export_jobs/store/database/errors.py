"""A database error -> a message for whoever can act on it; never its statement, its parameters or a login."""

from __future__ import annotations

import psycopg
from psycopg import errors
from sqlalchemy.exc import DBAPIError

from export_jobs.core.definitions.filter import Operator
from export_jobs.errors import ExportError, TerminalError, TransientError, UserError

GUARD_SQLSTATE = "EXJ01"
"""SQLSTATE of what the store's own triggers raise."""

_NAME_REMEDY = "Use letters, digits, - and single _, at most 64"
CONSTRAINT_MESSAGES = {
    "destination_tag_is_plain": ("The destination's tag is invalid", _NAME_REMEDY),
    "template_name_is_plain": ("The template's name is invalid", _NAME_REMEDY),
    "template_pkey": ("There is a template of this name already", "Choose another; templates are never edited"),
    "template_has_at_most_five_dimensions": ("A template has at most five dimensions", "Leave some out"),
    "job_name_is_plain": ("The job's name is invalid", _NAME_REMEDY),
    "job_name_of_live_jobs": (
        "There is a job of this name already (names that differ in capitals only are the same)",
        "Choose another",
    ),
    "job_destination_fkey": ("There is no destination of this tag", "Create it first"),
    "job_template_template_fkey": ("There is no template of this name", "Create it first"),
    "job_template_pkey": ("The job names a template twice", "Leave one out"),
    "job_template_has_a_heading_for_each_column": (
        "A template has more or fewer headings than columns",
        "Give each column a heading; '' keeps the column's own",
    ),
    "job_template_audience_has_at_most_10000_customers": (
        "An audience holds at most 10000 customers",
        "Split it over several jobs, or use a filter",
    ),
    "job_filter_operator_is_known": ("The operator of a filter is unknown", f"Use one of {', '.join(Operator)}"),
    "job_filter_has_at_most_10000_values": ("A filter holds at most 10000 values", "Filter by what they share"),
    "job_filter_is_of_a_template_of_its_job": (
        "A filter names a template that its job does not use",
        "Correct its name",
    ),
    "job_execute_on_fits_frequency": (
        "Execute-on does not fit the frequency",
        "Give a weekday for weekly, 1 to 31 or `last` for monthly, and nothing for the others",
    ),
    "job_validity_is_at_most_a_year": ("The validity is longer than a year", "Choose at most one year"),
    "job_validity_has_a_day": (
        "The validity ends before it begins",
        "Choose an `until` that is not before `from`",
    ),
    "execution_job_id_version_fkey": (
        "The store has lost this job or this version of it",
        "Restore it from a backup",
    ),
    "execution_job_id_fkey": ("The store has lost the row of this job", "Restore it from a backup"),
}
"""By constraint: what is wrong, and what to do next."""

_OUT_OF_DATE = (errors.UndefinedTable, errors.UndefinedColumn, errors.UndefinedFunction, errors.InvalidSchemaName)


def translate_error(error: DBAPIError) -> ExportError:
    """What to raise in place of ``error``."""
    cause = error.orig
    if not isinstance(cause, psycopg.Error):
        return TransientError("The store of the export jobs does not answer", "Try again in a moment")
    refusal = _refusal(cause)
    return UserError(*refusal) if refusal else _connection_error(cause)


def _refusal(cause: psycopg.Error) -> tuple[str, str] | None:
    """Why the store refuses a statement, and what to do next; None when it did not get that far."""
    if cause.diag.sqlstate == GUARD_SQLSTATE:
        return _guard_message(cause)
    if isinstance(cause, psycopg.IntegrityError):
        name = cause.diag.constraint_name or f"{cause.diag.column_name} is missing"
        other = (f"The store refuses this: {name.replace('_', ' ')}", "")
        return CONSTRAINT_MESSAGES.get(name, other)
    if isinstance(cause, _OUT_OF_DATE):
        return f"The store does not fit this version ({_kind(cause)})", "Run `export-jobs db upgrade`"
    if isinstance(cause, errors.InsufficientPrivilege):
        return (
            "The login of the connection export_jobs_store may not do this",
            "Let its database role own the schema export_jobs, or name that role in the connection",
        )
    if isinstance(cause, psycopg.DataError):
        return f"The store cannot hold one of these values ({_kind(cause)})", "Correct the definition"
    return None


def _guard_message(cause: psycopg.Error) -> tuple[str, str]:
    """What a trigger refuses, and what to do next: its MESSAGE and its HINT.

    The triggers of the first two migrations give no HINT: the last sentence of their MESSAGE is the remedy. No name
    in it can hold a full stop, so this is the only place where a text is split. A new trigger gives a HINT.
    """
    message, hint = cause.diag.message_primary or "", cause.diag.message_hint
    if hint:
        return message, hint
    what, separator, remedy = message.removesuffix(".").rpartition(". ")
    return (what, remedy) if separator else (message, "")


def _connection_error(cause: psycopg.Error) -> ExportError:
    if isinstance(cause, errors.LockNotAvailable | errors.DeadlockDetected | errors.SerializationFailure):
        return TransientError("Another process holds what this needs in the store", "Try again in a moment")
    if "authentication failed" in str(cause):  # a refused login comes without an SQLSTATE
        return TerminalError(
            "The store of the export jobs refuses the login of the connection export_jobs_store",
            "Correct its user and password",
        )
    return TransientError(
        f"The store of the export jobs cannot be reached ({_kind(cause)})",
        "Check that its PostgreSQL runs and that the connection export_jobs_store names it",
    )


def _kind(cause: psycopg.Error) -> str:
    return type(cause).__name__
