"""Fencing: of all attempts of one step that are alive, only the newest may make its result visible."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy import Connection, Engine, text

from export_jobs.errors import SupersededError
from export_jobs.store.engine import transaction

FENCE_IDLE_TIMEOUT_MS = 120_000
"""A fence whose process hangs between its first and last word is ended by the server, so that others may pass."""


def claim(engine: Engine, execution_id: int, template: str, step: str, attempt: str) -> None:
    """Make ``attempt`` the current one. Waits for a fence in progress; ``TransientError`` when that takes too long."""
    query = """INSERT INTO export_jobs.lease (execution_id, template, step, attempt)
        VALUES (:execution_id, :template, :step, :attempt)
        ON CONFLICT (execution_id, template, step) DO UPDATE
        SET attempt = excluded.attempt, taken_at = clock_timestamp()"""
    values = {"execution_id": execution_id, "template": template, "step": step, "attempt": attempt}
    with transaction(engine) as connection:
        connection.execute(text(query), values)


@contextmanager
def held(engine: Engine, execution_id: int, template: str, step: str, attempt: str) -> Iterator[Connection]:
    """A transaction in which ``attempt`` is, and stays, the current one; raises ``SupersededError`` when it is not."""
    query = """SELECT attempt FROM export_jobs.lease
        WHERE execution_id = :execution_id AND template = :template AND step = :step FOR UPDATE"""
    values = {"execution_id": execution_id, "template": template, "step": step}
    with transaction(engine) as connection:
        connection.execute(text(f"SET LOCAL idle_in_transaction_session_timeout = {FENCE_IDLE_TIMEOUT_MS}"))
        current = connection.execute(text(query), values).scalar_one_or_none()
        if current != attempt:
            raise SupersededError(
                f"A newer attempt of {step}{f' of {template}' if template else ''} has taken over; "
                "this one leaves everything as it is. There is nothing to do."
            )
        yield connection
