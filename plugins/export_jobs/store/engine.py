"""A connection to the metadata store, and its failures as errors that say who can act."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

import psycopg
from sqlalchemy import Connection, Engine, create_engine, text
from sqlalchemy.exc import DBAPIError, IntegrityError, InternalError, OperationalError

from export_jobs.errors import TransientError, UserError

REFUSED = "EXJ01"
"""SQLSTATE of the sentences that the store's own triggers raise."""

CONNECT_TIMEOUT_S = 5
LOCK_TIMEOUT_MS = 30_000

CONSTRAINTS = {
    "destination_tag_is_plain": "The destination's tag takes letters, digits, - and _, at most 64.",
    "job_name_is_plain": "The job's name takes letters, digits, - and single _, at most 64.",
    "job_name_of_live_jobs": "There is a job of this name already (capitals do not tell names apart). Choose another.",
    "job_destination_fkey": "There is no destination of this tag. Create it first.",
    "job_template_template_fkey": "There is no template of this name. Create it first.",
    "template_pkey": "There is a template of this name already. Choose another; templates are never edited.",
    "job_validity_is_at_most_a_year": "The validity is longer than a year. Choose at most one year.",
    "job_validity_has_a_day": "The validity ends before it begins. Choose an `until` that is not before `from`.",
}


def connect(parts: Mapping[str, Any]) -> Engine:
    """An engine with a small pool. ``parts`` are libpq's keywords: host, port, user, password, dbname, sslmode …"""
    given = {key: value for key, value in parts.items() if value is not None}
    return create_engine(
        "postgresql+psycopg://",
        connect_args={
            **given,
            "connect_timeout": CONNECT_TIMEOUT_S,
            "application_name": "export-jobs store",
            "options": f"-c lock_timeout={LOCK_TIMEOUT_MS} -c timezone=UTC",
        },
        pool_size=2,
        pool_pre_ping=True,
        pool_recycle=600,
    )


@contextmanager
def transaction(engine: Engine, actor: str | None = None) -> Iterator[Connection]:
    """One transaction, committed on leaving. ``actor`` is recorded as the author of what it changes.

    Raises ``TransientError`` when the store cannot be reached or a lock is held too long, ``UserError`` for what its
    constraints and triggers refuse.
    """
    try:
        with engine.begin() as connection:
            if actor:
                connection.execute(text("SELECT set_config('export_jobs.actor', :actor, true)"), {"actor": actor})
            yield connection
    except DBAPIError as error:
        raise explained(error) from None


def explained(error: DBAPIError) -> Exception:
    """The sentence for a database error; never its statement or its parameters."""
    cause = error.orig
    diagnostic = cause.diag if isinstance(cause, psycopg.Error) else None
    if diagnostic and diagnostic.sqlstate == REFUSED:
        return UserError(str(diagnostic.message_primary))
    if isinstance(error, IntegrityError):
        name = (diagnostic.constraint_name if diagnostic else None) or "a constraint"
        return UserError(CONSTRAINTS.get(name, f"The store refuses this: {name.replace('_', ' ')}."))
    if isinstance(cause, psycopg.errors.LockNotAvailable):
        return TransientError("Another process holds what this needs in the store. Try again in a moment.")
    if isinstance(error, OperationalError | InternalError):
        return TransientError(
            f"The store of the export jobs cannot be reached ({type(cause).__name__}). "
            "See that its PostgreSQL runs and that the connection export_jobs_store names it."
        )
    return UserError(f"The store does not fit this version ({type(cause).__name__}). Run `export-jobs db upgrade`.")
