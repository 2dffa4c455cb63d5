"""Late rows of delivered windows: which windows to check, and the results, stored beside the alarms."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import text

from export_jobs.core.windows.window import Window
from export_jobs.store.database.access import StoreAccess
from export_jobs.store.executions.reader import READ_AFTER_ITS_END

LATE_ROWS_KEY_PREFIX = "late rows of job "
"""The prefix of the keys of these rows."""

_WINDOWS = f"""
    SELECT newest.window_start, newest.window_end, newest.version, (SELECT min(last.at) FROM (
        SELECT DISTINCT ON (v.template) v.at FROM export_jobs.execution_event v
        WHERE v.execution_id = newest.id AND v.kind = 'started' AND v.step = 'extract' AND v.at <= newest.published_at
            AND (v.template IS NULL OR NOT EXISTS (SELECT FROM export_jobs.execution_event whole
                WHERE whole.execution_id = v.execution_id AND whole.kind = 'started' AND whole.step = 'extract'
                    AND whole.template IS NULL AND whole.id > v.id AND whole.at <= newest.published_at))
        ORDER BY v.template, v.id DESC) last) AS read_at
    FROM (
        SELECT DISTINCT ON (e.window_start, e.window_end) e.id, e.window_start, e.window_end, e.version, p.published_at
        FROM export_jobs.execution e JOIN export_jobs.publication p ON p.execution_id = e.id
        WHERE e.job_id = :job_id AND {READ_AFTER_ITS_END}
        ORDER BY e.window_start DESC, e.window_end, p.id DESC) newest
    ORDER BY newest.window_start DESC LIMIT :at_most
"""


@dataclass(frozen=True)
class DeliveredWindow:
    """A window, and when the rows of its newest delivery were read: not later than ``read_at``."""

    window: Window
    read_at: datetime


class LateRows(StoreAccess):
    """The late rows that one store knows."""

    def delivered(self, job_id: int, at_most: int) -> list[DeliveredWindow]:
        """Return the newest delivered windows of a job."""
        rows = self._rows(_WINDOWS, job_id=job_id, at_most=at_most)
        return [
            DeliveredWindow(Window(row["window_start"], row["window_end"]), row["read_at"])
            for row in rows
            if row["read_at"] is not None
        ]

    def asked_at(self) -> dict[int, datetime]:
        """Return, by job id, when its windows were last checked."""
        rows = self._rows(
            "SELECT key, told_at FROM export_jobs.alarm WHERE starts_with(key, :prefix)", prefix=LATE_ROWS_KEY_PREFIX
        )
        return {int(row["key"].removeprefix(LATE_ROWS_KEY_PREFIX)): row["told_at"] for row in rows}

    def record(self, job_id: int, job: str, found: Sequence[tuple[Window, int]], now: datetime) -> None:
        """Store the result for a job at ``now``, replacing the previous one."""
        upsert = """INSERT INTO export_jobs.alarm (key, job, message, told_at) VALUES (:key, :job, :message, :now)
            ON CONFLICT (key) DO UPDATE SET message = excluded.message, told_at = excluded.told_at"""
        counts = [[window.start.isoformat(), window.end.isoformat(), count] for window, count in found]
        values = {"key": f"{LATE_ROWS_KEY_PREFIX}{job_id}", "job": job, "message": json.dumps(counts), "now": now}
        with self._begin() as connection:
            connection.execute(text(upsert), values)

    def found(self) -> dict[int, list[tuple[Window, int]]]:
        """Return, by job id, windows with late rows and their count, without windows delivered again since."""
        query = """SELECT a.key, entry ->> 0 AS start, entry ->> 1 AS stop, (entry ->> 2)::bigint AS count
            FROM export_jobs.alarm a CROSS JOIN LATERAL jsonb_array_elements(a.message::jsonb) entry
            WHERE starts_with(a.key, :prefix) AND NOT EXISTS (
                SELECT FROM export_jobs.execution e JOIN export_jobs.publication p ON p.execution_id = e.id
                WHERE e.job_id = substr(a.key, length(:prefix) + 1)::bigint
                    AND e.window_start = (entry ->> 0)::timestamptz AND e.window_end = (entry ->> 1)::timestamptz
                    AND p.published_at > a.told_at)"""
        found: dict[int, list[tuple[Window, int]]] = {}
        for row in self._rows(query, prefix=LATE_ROWS_KEY_PREFIX):
            window = Window(datetime.fromisoformat(row["start"]), datetime.fromisoformat(row["stop"]))
            found.setdefault(int(row["key"].removeprefix(LATE_ROWS_KEY_PREFIX)), []).append((window, row["count"]))
        return found
