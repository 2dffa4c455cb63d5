"""Limits on how often and how many at once may do something, over all API servers: counted in the store."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import text

from export_jobs.store.database.access import StoreAccess

_PERMITS = 5_739_203
"""The first half of the advisory lock's key; the second is the subject. It is held for three short statements."""
_LOCK = "SELECT pg_advisory_xact_lock(:permits, hashtext(:subject))"
_FORGET = "DELETE FROM export_jobs.permit WHERE subject = :subject AND ends_at <= clock_timestamp()"
_TAKE = """
    INSERT INTO export_jobs.permit (subject, ends_at)
    SELECT :subject, clock_timestamp() + make_interval(secs => :seconds)
    WHERE (SELECT count(*) FROM export_jobs.permit WHERE subject = :subject) < :at_most
    RETURNING id"""
_WAIT = """SELECT greatest(1, ceil(extract(epoch FROM min(ends_at) - clock_timestamp())))::integer
    FROM export_jobs.permit WHERE subject = :subject"""


@dataclass(frozen=True)
class Permit:
    """``id``: None if no permit was left; one is then free after at most ``wait_s`` seconds, which is at least 1."""

    id: int | None
    wait_s: int = 0


class Permits(StoreAccess):
    """Permits of one store. Raises ``TransientError`` while it is out of reach."""

    def take(self, subject: str, at_most: int, seconds: float) -> Permit:
        """Take one of ``at_most`` permits for ``subject``; it ends after ``seconds``, or when it is returned."""
        values = {"subject": subject, "at_most": at_most, "seconds": seconds}
        with self._begin() as connection:
            connection.execute(text(_LOCK), {"permits": _PERMITS, "subject": subject})
            connection.execute(text(_FORGET), {"subject": subject})
            taken = connection.execute(text(_TAKE), values).scalar_one_or_none()
            if taken is not None:
                return Permit(taken)
            return Permit(None, connection.execute(text(_WAIT), {"subject": subject}).scalar_one())

    def give_back(self, permit: Permit) -> None:
        """Return one before it ends."""
        with self._begin() as connection:
            connection.execute(text("DELETE FROM export_jobs.permit WHERE id = :id"), {"id": permit.id})
