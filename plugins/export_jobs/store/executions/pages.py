"""Read the executions of a job page by page: showing the last fifty runs must not read years of them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import RowMapping

from export_jobs.core.files.column_numbers import ColumnNumbers
from export_jobs.core.files.comparison import DeliveredNumbers, combine_parts
from export_jobs.core.windows.window import Window
from export_jobs.store.executions.reader import READ_AFTER_ITS_END, ExecutionReader
from export_jobs.store.executions.records import ExecutionRecord

_PAGE = """
    SELECT counted.total, e.id, e.job_id, e.dag_id, e.run_id, e.run_type, e.window_start, e.window_end, e.version,
        e.opened_at
    FROM (SELECT count(*) AS total FROM export_jobs.execution WHERE job_id = :job_id) counted
    LEFT JOIN LATERAL (SELECT * FROM export_jobs.execution WHERE job_id = :job_id
        ORDER BY window_start DESC, id DESC LIMIT :limit OFFSET :offset) e ON true
    ORDER BY e.window_start DESC, e.id DESC
"""
_RUNS = f"""
    SELECT e.run_id, e.id, EXISTS (SELECT FROM export_jobs.publication p WHERE p.execution_id = e.id
        AND {READ_AFTER_ITS_END}) AS is_delivered
    FROM export_jobs.execution e WHERE e.job_id = :job_id
"""
# Of several destinations one: each has the same bytes.
_DELIVERED = """
    SELECT * FROM (
        SELECT DISTINCT ON (d.execution_id, d.stage) min(d.id) AS id, e.window_start, e.window_end,
            max(d.revision) AS revision, max(d.delivered_at) AS delivered_at, d.version,
            sum(d.rows)::bigint AS rows, sum(d.bytes)::bigint AS bytes, count(*)::integer AS parts
        FROM export_jobs.delivery d JOIN export_jobs.execution e ON e.id = d.execution_id
        WHERE e.job_id = :job_id AND d.template = :template
        GROUP BY d.execution_id, d.stage, d.destination, d.version, e.window_start, e.window_end
        ORDER BY d.execution_id, d.stage, d.destination) sent
    ORDER BY window_start DESC, window_end DESC, delivered_at DESC LIMIT :limit
"""
_DELIVERED_PARTS = """
    SELECT d.template, e.window_start, e.window_end, d.revision, d.delivered_at, d.version, d.rows, d.bytes, d.sha256,
        d.columns, d.column_numbers
    FROM export_jobs.delivery chosen JOIN export_jobs.execution e ON e.id = chosen.execution_id
    JOIN export_jobs.delivery d ON (d.execution_id, d.template, d.stage)
            = (chosen.execution_id, chosen.template, chosen.stage)
        AND d.destination IS NOT DISTINCT FROM chosen.destination
    WHERE chosen.id = :id AND e.job_id = :job_id ORDER BY d.part
"""


@dataclass(frozen=True)
class Delivered:
    """One delivery of a template, all its parts together; ``id`` is that of its first file."""

    id: int
    window_start: datetime
    window_end: datetime
    revision: int
    delivered_at: datetime
    version: int
    rows: int
    bytes: int
    parts: int


@dataclass(frozen=True)
class DeliveredFigures:
    """The same with what the ledger says of its content: ``sha256`` of each part, and the numbers of its columns."""

    sent: Delivered
    template: str
    sha256: tuple[str, ...]
    figures: DeliveredNumbers


@dataclass(frozen=True)
class LedgerRun:
    """One run of a job as the ledger knows it; ``is_delivered``: from rows that were read after its window's end."""

    run_id: str
    id: int
    is_delivered: bool


@dataclass(frozen=True)
class VersionUse:
    """Of how many windows one version of a definition has made files, and from the first to the last of their days."""

    windows: int
    span: Window


class ExecutionPages(ExecutionReader):
    """Executions of one store, newest window first. Raises ``TransientError`` while the store is out of reach."""

    def page(self, job_id: int, offset: int, limit: int) -> tuple[int, list[ExecutionRecord]]:
        """Return the total number of executions, and one page of them; five queries, however many there are."""
        with self.transaction() as within:
            return within._page(job_id, offset, limit)

    def runs(self, job_id: int) -> list[LedgerRun]:
        """Every run of a job and whether it has delivered, in no particular order; one query."""
        return [LedgerRun(**row) for row in self._rows(_RUNS, job_id=job_id)]

    def windows(self, job_id: int) -> set[Window]:
        """Return every window that has a run of the job; one query."""
        query = "SELECT DISTINCT window_start, window_end FROM export_jobs.execution WHERE job_id = :job_id"
        return {Window(row["window_start"], row["window_end"]) for row in self._rows(query, job_id=job_id)}

    def version_use(self, job_id: int, version: int) -> VersionUse | None:
        """The windows of which a file was delivered by one version of the definition; None for none; one query."""
        query = """SELECT count(DISTINCT (e.window_start, e.window_end)) AS count, min(e.window_start) AS start,
                       max(e.window_end) AS end
                   FROM export_jobs.delivery d JOIN export_jobs.execution e ON e.id = d.execution_id
                   WHERE e.job_id = :job_id AND d.version = :version"""
        (row,) = self._rows(query, job_id=job_id, version=version)
        return VersionUse(row["count"], Window(row["start"], row["end"])) if row["count"] else None

    def delivered(self, job_id: int, template: str, limit: int) -> list[Delivered]:
        """What was delivered of a template, every revision, newest window first; one query."""
        return [Delivered(**row) for row in self._rows(_DELIVERED, job_id=job_id, template=template, limit=limit)]

    def figures(self, job_id: int, delivery_id: int) -> DeliveredFigures | None:
        """One of them by its id; None when the job has delivered no such file."""
        rows = self._rows(_DELIVERED_PARTS, job_id=job_id, id=delivery_id)
        if not rows:
            return None
        found = combine_parts([_numbers(row) for row in rows])
        sent = Delivered(
            id=delivery_id,
            window_start=rows[0]["window_start"],
            window_end=rows[0]["window_end"],
            revision=max(row["revision"] for row in rows),
            delivered_at=max(row["delivered_at"] for row in rows),
            version=rows[0]["version"],
            rows=found.rows,
            bytes=found.bytes,
            parts=len(rows),
        )
        return DeliveredFigures(sent, rows[0]["template"], tuple(row["sha256"] for row in rows), found)

    def _page(self, job_id: int, offset: int, limit: int) -> tuple[int, list[ExecutionRecord]]:
        rows = self._rows(_PAGE, job_id=job_id, offset=offset, limit=limit)
        shown = [{key: row[key] for key in row if key != "total"} for row in rows if row["id"] is not None]
        return rows[0]["total"], self._execution_records(shown) if shown else []


def _numbers(row: RowMapping) -> DeliveredNumbers:
    numbers = [ColumnNumbers.model_validate(column) for column in row["column_numbers"] or ()]
    return DeliveredNumbers(row["rows"], row["bytes"], tuple(row["columns"]), tuple(numbers))
