"""Allow one user action on a job at a time, over all API servers and command lines."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy import Engine, text

from export_jobs.errors import ConflictError
from export_jobs.store.database.engine import transaction

_ACTIONS = 5_739_201
"""The first half of the advisory lock's key; the second is the job's id."""


class BusyError(ConflictError):
    """Somebody else is acting on the job at this moment."""


@contextmanager
def action_lock(engine: Engine, job_id: int, name: str) -> Iterator[None]:
    """Hold the job's lock while its runs are read and started; raise ``BusyError`` when it is taken."""
    with transaction(engine) as connection:
        query = text("SELECT pg_try_advisory_xact_lock(:actions, :job_id)")
        if not connection.execute(query, {"actions": _ACTIONS, "job_id": job_id}).scalar_one():
            raise BusyError(
                f"Somebody else is starting or clearing runs of the job {name!r} at this moment",
                "Look at its execution log, then decide whether to try again",
            )
        yield
