"""What the auditor reads from the ledger: a few queries, however many jobs and runs there are."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime
from typing import NamedTuple

from sqlalchemy import text

from export_jobs.core.windows.window import Window
from export_jobs.store.database.access import StoreAccess
from export_jobs.store.executions.reader import READ_AFTER_ITS_END

_PROGRESS = """
    SELECT j.id, v.created_at, made.window_end, spoke.at
    FROM export_jobs.job j
    JOIN export_jobs.job_version v ON v.job_id = j.id AND v.version = j.version
    LEFT JOIN LATERAL (SELECT e.window_end FROM export_jobs.execution e
        WHERE e.job_id = j.id AND e.run_type = 'scheduled' ORDER BY e.window_end DESC LIMIT 1) made ON true
    LEFT JOIN LATERAL (SELECT max(newest.at) AS at FROM (
        SELECT e.id FROM export_jobs.execution e WHERE e.job_id = j.id ORDER BY e.window_start DESC LIMIT 3) last
        JOIN LATERAL (SELECT x.at FROM export_jobs.execution_event x
            WHERE x.execution_id = last.id ORDER BY x.id DESC LIMIT 1) newest ON true) spoke ON true
    WHERE j.deleted_at IS NULL
"""
_RUNS = """
    SELECT asked.dag_id, asked.run_id, e.id IS NOT NULL, EXISTS (
            SELECT FROM export_jobs.publication p WHERE p.execution_id = e.id), EXISTS (
            SELECT FROM export_jobs.execution same JOIN export_jobs.publication p ON p.execution_id = same.id
            WHERE same.job_id = asked.job_id AND same.window_start = asked.window_start
                AND same.window_end = asked.window_end),
        newest.at, EXISTS (SELECT FROM export_jobs.execution_event v
            WHERE v.execution_id = e.id AND v.kind = 'run failed')
    FROM unnest(CAST(:job_ids AS bigint[]), CAST(:dag_ids AS text[]), CAST(:run_ids AS text[]),
        CAST(:starts AS timestamptz[]), CAST(:ends AS timestamptz[]))
        AS asked (job_id, dag_id, run_id, window_start, window_end)
    LEFT JOIN export_jobs.execution e ON e.dag_id = asked.dag_id AND e.run_id = asked.run_id
    LEFT JOIN LATERAL (SELECT v.at FROM export_jobs.execution_event v
        WHERE v.execution_id = e.id ORDER BY v.id DESC LIMIT 1) newest ON true
"""
_EARLY = f"""
    SELECT DISTINCT ON (e.job_id, e.window_start, e.window_end) e.job_id, e.window_start, e.window_end, e.run_id
    FROM export_jobs.execution e
    JOIN export_jobs.job j ON j.id = e.job_id AND j.deleted_at IS NULL
    JOIN export_jobs.publication p ON p.execution_id = e.id
    WHERE e.opened_at < e.window_end AND NOT ({READ_AFTER_ITS_END}) AND NOT EXISTS (
        SELECT FROM export_jobs.execution other JOIN export_jobs.publication again ON again.execution_id = other.id
        WHERE other.job_id = e.job_id AND other.window_start = e.window_start AND other.window_end = e.window_end
            AND again.id > p.id)
    ORDER BY e.job_id, e.window_start, e.window_end, p.id DESC
"""

# A window that starts after the end of all earlier windows; a job's first window has none before it.
_HOLES = """
    WITH opened AS (
        SELECT e.job_id, e.window_start,
            max(e.window_end) FILTER (WHERE e.run_type = 'scheduled') OVER (PARTITION BY e.job_id) AS made,
            max(e.window_end) OVER (
                PARTITION BY e.job_id ORDER BY e.window_start ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING
            ) AS reached
        FROM export_jobs.execution e
        JOIN export_jobs.job j ON j.id = e.job_id AND j.deleted_at IS NULL
    )
    SELECT job_id, window_start AS until, reached AS since
    FROM opened
    WHERE window_start < made AND (reached IS NULL OR reached < window_start)
    ORDER BY job_id, window_start
"""


class JobProgressNote(NamedTuple):
    """When a job's definition last changed, where its last scheduled window ended, when its runs last had an event."""

    changed_at: datetime
    last_window_end: datetime | None
    last_activity: datetime | None


class RunLookup(NamedTuple):
    """A run of Airflow to look up in the ledger."""

    job_id: int
    dag_id: str
    run_id: str
    start: datetime | None
    end: datetime | None


class RunNote(NamedTuple):
    """What the ledger knows of a run: whether it has started or delivered, whether any run delivered its window, …"""

    is_known: bool
    delivered: bool
    window_delivered: bool
    last_event: datetime | None
    owner_notified: bool


class AuditView(StoreAccess):
    """The store as the auditor sees it. Raises ``TransientError`` while it is out of reach."""

    def progress(self) -> dict[int, JobProgressNote]:
        """Return the progress of every live job, by id."""
        with self._begin() as connection:
            rows = connection.exec_driver_sql(_PROGRESS).all()
        return {row[0]: JobProgressNote(*row[1:]) for row in rows}

    def runs(self, asked: Collection[RunLookup]) -> dict[tuple[str, str], RunNote]:
        """Return what the ledger knows of each run, by Dag id and run id."""
        columns = [list(column) for column in zip(*asked, strict=True)] or [[]] * 5
        values = dict(zip(("job_ids", "dag_ids", "run_ids", "starts", "ends"), columns, strict=True))
        with self._begin() as connection:
            rows = connection.execute(text(_RUNS), values).all()
        return {(row[0], row[1]): RunNote(*row[2:]) for row in rows}

    def early_windows(self) -> dict[int, list[tuple[Window, str]]]:
        """Return, by job id, windows whose newest delivery was read before their end, with the run that read them."""
        found: dict[int, list[tuple[Window, str]]] = {}
        for row in self._rows(_EARLY):
            window = Window(row["window_start"], row["window_end"])
            found.setdefault(row["job_id"], []).append((window, row["run_id"]))
        return found

    def holes(self) -> dict[int, list[tuple[datetime | None, datetime]]]:
        """Return, by job id, spans without a run although the schedule has continued after them, in order.

        The first span of each job starts at None and ends where its first window starts.
        """
        found: dict[int, list[tuple[datetime | None, datetime]]] = {}
        for row in self._rows(_HOLES):
            found.setdefault(row["job_id"], []).append((row["since"], row["until"]))
        return found
