"""How every job stands, in a handful of queries however many jobs there are: what a list of ten thousand needs.

Each job's newest entries are found by index, so that the ledger's length does not matter.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Engine, text

from export_jobs.core.window import Window
from export_jobs.store.definitions import StoredJob
from export_jobs.store.engine import transaction

_PULSES = """
    SELECT j.id AS job_id, j.version, made.window_end AS made_until,
        newest.id AS execution_id, newest.window_start, newest.window_end, newest.opened_at,
        delivered.id AS delivered_id, delivered.window_start AS delivered_start,
        delivered.window_end AS delivered_end, delivered.publication_id, delivered.published_at,
        ending.kind AS last_kind, ending.at AS last_at
    FROM export_jobs.job j
    LEFT JOIN LATERAL (SELECT e.window_end FROM export_jobs.execution e
        WHERE e.job_id = j.id AND e.run_type = 'scheduled' ORDER BY e.window_end DESC LIMIT 1) made ON true
    LEFT JOIN LATERAL (SELECT e.id, e.window_start, e.window_end, e.opened_at FROM export_jobs.execution e
        WHERE e.job_id = j.id ORDER BY e.window_start DESC, e.id DESC LIMIT 1) newest ON true
    LEFT JOIN LATERAL (SELECT e.id, e.window_start, e.window_end, p.id AS publication_id, p.published_at
        FROM export_jobs.execution e JOIN export_jobs.publication p ON p.execution_id = e.id
        WHERE e.job_id = j.id ORDER BY e.window_start DESC, e.id DESC, p.id DESC LIMIT 1) delivered ON true
    LEFT JOIN LATERAL (SELECT v.kind, v.at FROM export_jobs.execution_event v
        WHERE v.execution_id = newest.id AND newest.id IS DISTINCT FROM delivered.id
        ORDER BY v.id DESC LIMIT 1) ending ON true
    WHERE j.deleted_at IS NULL
"""
_JOBS = """
    SELECT j.id AS job_id, j.dag_id, j.name, j.version, v.definition, v.created_at
    FROM export_jobs.job j JOIN export_jobs.job_version v ON v.job_id = j.id AND v.version = j.version
    WHERE j.deleted_at IS NULL AND j.id = ANY(:ids)
"""
_UNDELIVERED = """
    SELECT DISTINCT e.job_id FROM export_jobs.execution e
    WHERE e.job_id = ANY(:job_ids) AND NOT EXISTS (
        SELECT FROM export_jobs.execution same JOIN export_jobs.publication p ON p.execution_id = same.id
        WHERE same.job_id = e.job_id AND same.window_start = e.window_start AND same.window_end = e.window_end)
"""
_FILES = """
    SELECT execution_id, sum(rows)::bigint AS rows, sum(bytes)::bigint AS bytes, count(*) AS files FROM (
        SELECT DISTINCT ON (execution_id, template) execution_id, rows, bytes FROM export_jobs.delivery
        WHERE execution_id = ANY(:ids) ORDER BY execution_id, template, id DESC) AS newest
    GROUP BY execution_id
"""
_FAILURES = """
    SELECT DISTINCT ON (execution_id) execution_id, message FROM export_jobs.execution_event
    WHERE execution_id = ANY(:ids) AND kind IN ('failed', 'interrupted') AND message IS NOT NULL
    ORDER BY execution_id, id DESC
"""


@dataclass(frozen=True, slots=True)
class Pulse:
    """How far one job has got. ``newest``: its newest window that a run has begun; ``delivered``: that has been.

    ``made_until``: where the next scheduled window starts. ``last_kind``, ``last_at``: the newest event of the newest
    window's run, when that run has not delivered.
    """

    job_id: int
    version: int
    made_until: datetime | None
    execution_id: int | None
    window_start: datetime | None
    window_end: datetime | None
    opened_at: datetime | None
    delivered_id: int | None
    delivered_start: datetime | None
    delivered_end: datetime | None
    publication_id: int | None
    published_at: datetime | None
    last_kind: str | None
    last_at: datetime | None

    @property
    def is_delivered(self) -> bool:
        """Whether the newest window that a run has begun is delivered, by whichever run."""
        return self.execution_id is not None and (self.window_start, self.window_end) == (
            self.delivered_start,
            self.delivered_end,
        )

    @property
    def delivered(self) -> Window | None:
        """The newest delivered window."""
        first, last = self.delivered_start, self.delivered_end
        return Window(first, last) if first and last else None


@dataclass(frozen=True)
class Sizes:
    """What one execution has delivered: rows and bytes of its files, and how many they are."""

    rows: int
    bytes: int
    files: int


class Overview:
    """All jobs of one store at a glance. Raises ``TransientError`` while the store is out of reach."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def pulses(self, job_id: int | None = None) -> list[Pulse]:
        """Every live job, or the one, in no particular order."""
        query = f"{_PULSES} AND j.id = :job_id" if job_id is not None else _PULSES
        with transaction(self._engine) as connection:
            # Compiling so long a query to machine code takes longer than to run it.
            connection.execute(text("SET LOCAL jit = off"))
            return [Pulse(*row) for row in connection.execute(text(query), {"job_id": job_id})]

    def jobs(self, job_ids: Collection[int]) -> list[tuple[StoredJob, datetime]]:
        """The definitions of some live jobs, each with the time of its newest version."""
        with transaction(self._engine) as connection:
            rows = connection.execute(text(_JOBS), {"ids": list(job_ids)})
            return [(StoredJob(*row[:5]), row.created_at) for row in rows]

    def undelivered(self, job_ids: Collection[int]) -> set[int]:
        """Those of ``job_ids`` of which a window that was begun is not delivered."""
        with transaction(self._engine) as connection:
            return set(connection.execute(text(_UNDELIVERED), {"job_ids": list(job_ids)}).scalars())

    def sizes(self, execution_ids: Collection[int]) -> dict[int, Sizes]:
        """What executions have delivered; one without files is absent."""
        with transaction(self._engine) as connection:
            rows = connection.execute(text(_FILES), {"ids": list(execution_ids)})
            return {row.execution_id: Sizes(row.rows, row.bytes, row.files) for row in rows}

    def failures(self, execution_ids: Collection[int]) -> dict[int, str]:
        """The newest sentence that says why an execution's step failed."""
        with transaction(self._engine) as connection:
            rows = connection.execute(text(_FAILURES), {"ids": list(execution_ids)})
            return {row.execution_id: row.message for row in rows}
