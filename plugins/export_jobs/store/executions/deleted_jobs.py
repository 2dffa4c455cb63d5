"""Deleted jobs: their rows remain as tombstones, and their deliveries remain in the ledger."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import RowMapping

from export_jobs.core.base.text import storable_text
from export_jobs.store.executions.reader import ExecutionReader
from export_jobs.store.stored_job import StoredJob

_TOMBSTONES = """
    SELECT j.id AS job_id, j.dag_id, j.name, j.version, v.definition, j.deleted_at, j.deleted_by
    FROM export_jobs.job j JOIN export_jobs.job_version v ON v.job_id = j.id AND v.version = j.version
    WHERE j.deleted_at IS NOT NULL
"""
_FOUND = """
    SELECT j.id AS job_id, j.dag_id FROM export_jobs.job j
    WHERE j.deleted_at IS NOT NULL AND NOT EXISTS (SELECT FROM unnest(CAST(:words AS text[])) AS word
        WHERE position(word IN lower(concat_ws(' ', j.name, j.description, j.owner))) = 0)
    ORDER BY j.deleted_at DESC, j.id DESC
"""
_DELIVERED = """
    SELECT e.job_id, count(DISTINCT (e.window_start, e.window_end)) AS windows, max(d.delivered_at) AS last
    FROM export_jobs.delivery d JOIN export_jobs.execution e ON e.id = d.execution_id
    WHERE e.job_id = ANY(:job_ids) GROUP BY e.job_id
"""


@dataclass(frozen=True)
class DeletedJob:
    """A job at its last version, and who deleted it when."""

    stored: StoredJob
    deleted_at: datetime
    deleted_by: str


@dataclass(frozen=True)
class DeliveredWindows:
    """Of how many windows a job has delivered files, and when the last one arrived; None where it has none."""

    windows: int = 0
    last: datetime | None = None


class DeletedJobs(ExecutionReader):
    """The deleted jobs of one store. Raises ``TransientError`` while the store is out of reach."""

    def find(self, words: Sequence[str]) -> dict[str, int]:
        """Id by Dag of those whose name, description or owner holds every word, deleted last first; one query.

        ``words`` are compared without regard to capitals. No definition is read.
        """
        rows = self._rows(_FOUND, words=[storable_text(word.lower()) for word in words])
        return {row["dag_id"]: row["job_id"] for row in rows}

    def of(self, job_ids: Sequence[int]) -> list[DeletedJob]:
        """These in full, deleted last first; one query."""
        query = f"{_TOMBSTONES} AND j.id = ANY(:job_ids) ORDER BY j.deleted_at DESC, j.id DESC"
        return [_deleted_job(row) for row in self._rows(query, job_ids=list(job_ids))]

    def by_dag_id(self, dag_id: str) -> DeletedJob | None:
        """The deleted job whose Dag was ``dag_id``; no job after it gets the same one."""
        rows = self._rows(f"{_TOMBSTONES} AND j.dag_id = :dag_id", dag_id=dag_id)
        return _deleted_job(rows[0]) if rows else None

    def delivered(self, job_ids: list[int]) -> dict[int, DeliveredWindows]:
        """By job, what it has delivered; one query."""
        rows = self._rows(_DELIVERED, job_ids=job_ids)
        return {row["job_id"]: DeliveredWindows(row["windows"], row["last"]) for row in rows}


def _deleted_job(row: RowMapping) -> DeletedJob:
    stored = {name: row[name] for name in ("job_id", "dag_id", "name", "version", "definition")}
    return DeletedJob(StoredJob(**stored), row["deleted_at"], row["deleted_by"] or "")
