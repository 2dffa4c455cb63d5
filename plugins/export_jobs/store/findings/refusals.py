"""Why runs without a window, which the ledger cannot contain, were refused; stored beside the auditor's alarms."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import text

from export_jobs.core.base.text import storable_text
from export_jobs.store.database.access import StoreAccess

REFUSAL_KEY_PREFIX = "refused run "
"""The prefix of the keys of these rows."""
KEPT_FOR = timedelta(days=30)
_SEPARATOR = "\n"


@dataclass(frozen=True)
class Refusal:
    """The newest refused run of a Dag."""

    dag_id: str
    run_id: str
    message: str
    at: datetime


class Refusals(StoreAccess):
    """Refused runs of one store, by Dag."""

    def record(self, job_id: int, dag_id: str, run_id: str, message: str) -> None:
        """Store the newest sentence of a run, and delete sentences that are too old."""
        upsert = """INSERT INTO export_jobs.alarm (key, job, message)
            SELECT :key, coalesce((SELECT name FROM export_jobs.job WHERE id = :job_id), :dag_id), :message
            ON CONFLICT (key) DO UPDATE SET message = excluded.message, told_at = clock_timestamp()"""
        forget = """DELETE FROM export_jobs.alarm
            WHERE starts_with(key, :prefix) AND told_at < clock_timestamp() - :kept_for"""
        values = {
            "key": storable_text(f"{REFUSAL_KEY_PREFIX}{dag_id}{_SEPARATOR}{run_id}"),
            "job_id": job_id,
            "dag_id": dag_id,
            "message": storable_text(message),
        }
        with self._begin() as connection:
            connection.execute(text(upsert), values)
            connection.execute(text(forget), {"prefix": REFUSAL_KEY_PREFIX, "kept_for": KEPT_FOR})

    def newest(self, since: datetime) -> dict[str, Refusal]:
        """Return, by Dag id, the newest refused run after ``since``; one query, however many jobs there are."""
        rows = self._rows(
            """SELECT key, message, told_at FROM export_jobs.alarm
            WHERE starts_with(key, :prefix) AND told_at > :since ORDER BY told_at""",
            prefix=REFUSAL_KEY_PREFIX,
            since=since,
        )
        found: dict[str, Refusal] = {}
        for row in rows:
            dag_id, _, run_id = row["key"].removeprefix(REFUSAL_KEY_PREFIX).partition(_SEPARATOR)
            found[dag_id] = Refusal(dag_id, run_id, row["message"], row["told_at"])
        return found
