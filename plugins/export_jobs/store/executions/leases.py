"""Fencing: only the newest attempt of a step may make its result visible, even if older ones are still alive."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy import Connection, Engine, text

from export_jobs.errors import SupersededError
from export_jobs.store.database.engine import transaction

FENCE_IDLE_TIMEOUT_MS = 120_000
"""The server ends a fence whose process hangs for so long, so that others can continue."""


def claim(engine: Engine, execution_id: int, template: str, step: str, attempt: str) -> None:
    """Make ``attempt`` the current one of its step.

    Wait for a fence in progress; raise ``TransientError`` when that takes too long. Raise ``SupersededError`` when
    another attempt of the step has started after this one: an orphan that was delayed before its claim must not take
    over from the attempt that Airflow has started instead. This is checked once the lease is locked: an attempt that
    has claimed it meanwhile has recorded its start before.
    """
    take = """INSERT INTO export_jobs.lease (execution_id, template, step, attempt)
        VALUES (:execution_id, :template, :step, :attempt)
        ON CONFLICT (execution_id, template, step) DO UPDATE
        SET attempt = excluded.attempt, taken_at = clock_timestamp()"""
    newer_attempt = """SELECT FROM export_jobs.execution_event mine
        JOIN export_jobs.execution_event newer ON newer.execution_id = mine.execution_id AND newer.id > mine.id
            AND newer.kind = 'started' AND newer.step = mine.step AND newer.attempt <> mine.attempt
            AND newer.template IS NOT DISTINCT FROM mine.template
        WHERE mine.execution_id = :execution_id AND mine.kind = 'started' AND mine.attempt = :attempt LIMIT 1"""
    values = {"execution_id": execution_id, "template": template, "step": step, "attempt": attempt}
    with transaction(engine) as connection:
        connection.execute(text(take), values)
        if connection.execute(text(newer_attempt), values).first() is not None:
            raise _superseded_error(template, step)


@contextmanager
def hold_lease(engine: Engine, execution_id: int, template: str, step: str, attempt: str) -> Iterator[Connection]:
    """Open a transaction in which ``attempt`` stays the current one; raise ``SupersededError`` when it is not."""
    query = """SELECT attempt FROM export_jobs.lease
        WHERE execution_id = :execution_id AND template = :template AND step = :step FOR UPDATE"""
    values = {"execution_id": execution_id, "template": template, "step": step}
    with transaction(engine) as connection:
        connection.execute(text(f"SET LOCAL idle_in_transaction_session_timeout = {FENCE_IDLE_TIMEOUT_MS}"))
        current = connection.execute(text(query), values).scalar_one_or_none()
        if current != attempt:
            raise _superseded_error(template, step)
        yield connection


def _superseded_error(template: str, step: str) -> SupersededError:
    return SupersededError(
        f"A newer attempt of {step}{f' of {template}' if template else ''} has taken over; "
        "this one leaves everything as it is",
        "There is nothing to do",
    )
