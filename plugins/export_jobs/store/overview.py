"""The progress of every job, in a few queries however many jobs there are, for a list of ten thousand jobs.

Each job's newest entries are found by index, so the ledger's length does not matter.
"""

from __future__ import annotations

from collections.abc import Collection
from datetime import UTC, datetime, timedelta
from typing import Any, NamedTuple

from sqlalchemy import Engine, text

from export_jobs.store.database.engine import transaction
from export_jobs.store.executions.reader import READ_AFTER_ITS_END
from export_jobs.store.stored_job import StoredJob

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)

_PULSES = f"""
    SELECT j.id, j.version, date_part('epoch', j.created_at), date_part('epoch', made.window_end), newest.id,
        coalesce((newest.window_start, newest.window_end) = (delivered.window_start, delivered.window_end), false),
        delivered.id, date_part('epoch', delivered.published_at), coalesce(ending.kind = 'run failed', false),
        date_part('epoch', coalesce(ending.at, newest.opened_at))
    FROM export_jobs.job j
    LEFT JOIN LATERAL (SELECT e.window_end FROM export_jobs.execution e
        WHERE e.job_id = j.id AND e.run_type = 'scheduled' ORDER BY e.window_end DESC LIMIT 1) made ON true
    LEFT JOIN LATERAL (SELECT e.id, e.window_start, e.window_end, e.opened_at FROM export_jobs.execution e
        WHERE e.job_id = j.id ORDER BY e.window_start DESC LIMIT 1) newest ON true
    LEFT JOIN LATERAL (SELECT e.id, e.window_start, e.window_end, p.published_at
        FROM export_jobs.execution e JOIN export_jobs.publication p ON p.execution_id = e.id
        WHERE e.job_id = j.id AND {READ_AFTER_ITS_END} ORDER BY e.window_start DESC LIMIT 1) delivered ON true
    LEFT JOIN LATERAL (SELECT v.kind, v.at
        FROM export_jobs.execution e JOIN export_jobs.execution_event v ON v.execution_id = e.id
        WHERE e.job_id = j.id AND e.window_start = newest.window_start
            AND newest.window_start IS DISTINCT FROM delivered.window_start AND (v.kind = 'run failed'
                OR (v.kind = 'started' AND v.step IS DISTINCT FROM 'notify_owner'))
        ORDER BY v.id DESC LIMIT 1) ending ON true
    WHERE j.deleted_at IS NULL
"""
_JOBS = """
    SELECT j.id AS job_id, j.dag_id, j.name, j.version, v.definition, v.created_at, first.created_by
    FROM export_jobs.job j JOIN export_jobs.job_version v ON v.job_id = j.id AND v.version = j.version
        LEFT JOIN export_jobs.job_version first ON first.job_id = j.id AND first.version = 1
    WHERE j.deleted_at IS NULL AND j.id = ANY(:ids)
"""
_LAST_SCHEDULED_ENDS = """
    SELECT job_id, max(window_end) AS until FROM export_jobs.execution WHERE run_type = 'scheduled' GROUP BY job_id
"""
_UNDELIVERED = f"""
    SELECT DISTINCT e.job_id FROM export_jobs.execution e
    WHERE e.job_id = ANY(:job_ids) AND NOT EXISTS (
        SELECT FROM export_jobs.execution same JOIN export_jobs.publication p ON p.execution_id = same.id
        WHERE same.job_id = e.job_id AND same.window_start = e.window_start AND same.window_end = e.window_end
            AND {READ_AFTER_ITS_END})
"""
_SIZES = """
    SELECT e.id, e.window_start, e.window_end, coalesce(sum(d.rows), 0)::bigint, coalesce(sum(d.bytes), 0)::bigint,
        count(d.template)
    FROM export_jobs.execution e LEFT JOIN (
        SELECT execution_id, template, rows, bytes FROM export_jobs.delivery
        WHERE (execution_id, template, stage, coalesce(destination, '')) IN (
            SELECT DISTINCT ON (execution_id, template) execution_id, template, stage, coalesce(destination, '')
            FROM export_jobs.delivery WHERE execution_id = ANY(:ids)
            ORDER BY execution_id, template, id DESC)) d ON d.execution_id = e.id
    WHERE e.id = ANY(:ids) GROUP BY e.id
"""
_FAILURES = """
    SELECT DISTINCT ON (newest.id) newest.id, v.message
    FROM export_jobs.execution newest
    JOIN export_jobs.execution e ON e.job_id = newest.job_id AND e.window_start = newest.window_start
    JOIN export_jobs.execution_event v ON v.execution_id = e.id
    WHERE newest.id = ANY(:ids) AND v.kind IN ('failed', 'interrupted') AND v.message IS NOT NULL
    ORDER BY newest.id, v.id DESC
"""


class JobProgress(NamedTuple):
    """The progress of one job. Times are seconds since 1970: ten thousand of them are read faster than datetimes.

    ``last_window_end``: where the next scheduled window starts. ``execution_id``: a run of the newest window that has
    a run; ``is_delivered``: whether any run has delivered that window. ``delivered_id``: the run that has delivered
    the newest delivered window. ``has_failed``, ``last_at``: whether and when the newest event that starts a step or
    ends a run, of an undelivered newest window, is a failure; the owner's mail does not count.
    """

    job_id: int
    version: int
    created_at: float
    last_window_end: float | None
    execution_id: int | None
    is_delivered: bool
    delivered_id: int | None
    published_at: float | None
    has_failed: bool
    last_at: float | None


class LastChange(NamedTuple):
    """When a definition last changed, and who created the job."""

    at: datetime
    created_by: str


class ExecutionSizes(NamedTuple):
    """What one execution has delivered: its window, and the rows, bytes and number of its files."""

    execution_id: int
    window_start: datetime
    window_end: datetime
    rows: int
    bytes: int
    files: int


def from_epoch(seconds: float) -> datetime:
    """Convert a time of a job's progress to a datetime in UTC, exact to the microsecond."""
    return _EPOCH + timedelta(microseconds=round(seconds * 1_000_000))


class JobOverview:
    """All jobs of one store at a glance. Raises ``TransientError`` while the store is out of reach."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def progress_rows(self, job_id: int | None = None) -> list[tuple[Any, ...]]:
        """Return the values of a ``JobProgress`` for every live job, or only one, in no particular order.

        They are the driver's own tuples, so that a caller can keep the ``JobProgress`` of an unchanged job.
        """
        query = f"{_PULSES} AND j.id = %(job_id)s" if job_id is not None else _PULSES
        with transaction(self._engine) as connection:
            # Compiling so long a query to machine code takes longer than to run it.
            connection.execute(text("SET LOCAL jit = off"))
            values = {"job_id": job_id} if job_id is not None else {}
            return list(connection.exec_driver_sql(query, values).cursor.fetchall())

    def last_scheduled_ends(self) -> dict[int, datetime]:
        """Return, by job id, the end of the last scheduled window with a run; a job without one is absent."""
        with transaction(self._engine) as connection:
            return {row.job_id: row.until for row in connection.execute(text(_LAST_SCHEDULED_ENDS))}

    def jobs(self, job_ids: Collection[int]) -> list[tuple[StoredJob, LastChange]]:
        """Return the definitions of some live jobs, each with the time of its newest version and its creator."""
        with transaction(self._engine) as connection:
            rows = connection.execute(text(_JOBS), {"ids": list(job_ids)})
            return [(StoredJob(*row[:5]), LastChange(row.created_at, row.created_by or "")) for row in rows]

    def with_undelivered_windows(self, job_ids: Collection[int]) -> set[int]:
        """Return those of ``job_ids`` that have a window with a run but without a delivery."""
        with transaction(self._engine) as connection:
            return set(connection.execute(text(_UNDELIVERED), {"job_ids": list(job_ids)}).scalars())

    def sizes(self, execution_ids: Collection[int]) -> dict[int, ExecutionSizes]:
        """Return what executions have delivered, by execution id."""
        with transaction(self._engine) as connection:
            rows = connection.execute(text(_SIZES), {"ids": list(execution_ids)})
            return {row[0]: ExecutionSizes(*row) for row in rows}

    def failures(self, execution_ids: Collection[int]) -> dict[int, str]:
        """Return, by execution id, the newest message that says why a run of its window failed."""
        with transaction(self._engine) as connection:
            rows = connection.execute(text(_FAILURES), {"ids": list(execution_ids)})
            return {row.id: row.message for row in rows}
