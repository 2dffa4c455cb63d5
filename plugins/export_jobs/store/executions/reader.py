"""Turn rows of the ledger's tables into frozen records, for the whole history and for a page of it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import groupby
from typing import Any

from sqlalchemy import RowMapping

from export_jobs.store.database.access import StoreAccess
from export_jobs.store.executions.records import (
    DeliveryEntry,
    ExecutionEvent,
    ExecutionRecord,
    Notification,
    PublicationEntry,
)

EXECUTION_COLUMNS = "id, job_id, dag_id, run_id, run_type, window_start, window_end, version, opened_at"
EVENT_COLUMNS = "execution_id, at, kind, step, template, attempt, try_number, message, detail"
DELIVERY_COLUMNS = """execution_id, template, stage, revision, path, url, rows, bytes, sha256, columns, version,
    definition_hash, attempt, delivered_at, verification, part, destination"""
PUBLICATION_COLUMNS = "execution_id, stage, revision, path, url, bytes, sha256, published_at"
NOTIFICATION_COLUMNS = "execution_id, kind, key, recipient, state, reply, at"

READ_AFTER_ITS_END = """NOT EXISTS (
    SELECT FROM export_jobs.execution_event early
    WHERE early.execution_id = p.execution_id AND early.kind = 'started' AND early.step = 'extract'
        AND early.at < least(e.window_end, p.published_at) AND NOT EXISTS (
            SELECT FROM export_jobs.execution_event again
            WHERE again.execution_id = early.execution_id AND again.kind = 'started' AND again.step = 'extract'
                AND (again.template IS NULL OR again.template = early.template)
                AND again.at > early.at AND again.at <= p.published_at))"""
"""Of a publication ``p`` of an execution ``e``: no template was read, for the last time before it, within its window.

Rows that came into the window later are missing then, so such a window does not count as delivered. Releases before
0.2.0 took any window that a person asked for. An extraction without a template has read those of all.
"""

IS_OPEN_ARRIVAL = """p.placed_at > coalesce(
    (SELECT max(q.published_at) FROM export_jobs.publication q WHERE q.execution_id = p.execution_id), '-infinity')"""
"""Of a manifest's placement ``p`` at one of several destinations: not all of them have had theirs since."""


class ExecutionReader(StoreAccess):
    """Executions with all that belongs to them, in four queries, however many executions there are."""

    def _execution_records(self, executions: Sequence[Mapping[Any, Any]]) -> list[ExecutionRecord]:
        """The records of rows of ``EXECUTION_COLUMNS``, in their order."""
        ids = [row["id"] for row in executions]
        # Publications first: what is delivered meanwhile then shows as not yet published, never as a window of no file.
        publications = self._rows_by_execution("publication", PUBLICATION_COLUMNS, ids)
        deliveries = self._rows_by_execution("delivery", DELIVERY_COLUMNS, ids)
        events = self._rows_by_execution("execution_event", EVENT_COLUMNS, ids)
        notifications = self._rows_by_execution("notification", NOTIFICATION_COLUMNS, ids)
        return [
            ExecutionRecord(
                **row,
                events=tuple(ExecutionEvent(**event) for event in events.get(row["id"], ())),
                deliveries=tuple(delivery_entry(delivery) for delivery in deliveries.get(row["id"], ())),
                publications=tuple(PublicationEntry(**publication) for publication in publications.get(row["id"], ())),
                notifications=tuple(Notification(**mail) for mail in notifications.get(row["id"], ())),
            )
            for row in executions
        ]

    def _rows_by_execution(self, table: str, columns: str, ids: Sequence[int]) -> dict[int, list[RowMapping]]:
        rows = self._rows(
            f"SELECT {columns} FROM export_jobs.{table} WHERE execution_id = ANY(:ids) ORDER BY execution_id, id",
            ids=list(ids),
        )
        return {key: list(group) for key, group in groupby(rows, key=lambda row: row["execution_id"])}


def delivery_entry(row: RowMapping) -> DeliveryEntry:
    """A row of ``DELIVERY_COLUMNS``."""
    return DeliveryEntry(**{**row, "columns": tuple(row["columns"])})
