"""The executions of a job a page at a time: a job of years must not be read whole to show its last fifty runs."""

from __future__ import annotations

from dataclasses import dataclass

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
        """How many executions there are in all, and one page of them; five queries, however many there are."""
        with self.transaction() as within:
            return within._page(job_id, offset, limit)

    def runs(self, job_id: int) -> list[LedgerRun]:
        """Every run of a job and whether it has delivered, in no particular order; one query."""
        return [LedgerRun(**row) for row in self._rows(_RUNS, job_id=job_id)]

    def windows(self, job_id: int) -> set[Window]:
        """Every window that some run of a job has begun; one query."""
        query = "SELECT DISTINCT window_start, window_end FROM export_jobs.execution WHERE job_id = :job_id"
        return {Window(row["window_start"], row["window_end"]) for row in self._rows(query, job_id=job_id)}

    def windows_by_version(self, job_id: int) -> dict[int, VersionUse]:
        """By version of the definition, the windows of which a file was delivered by it; one query."""
        query = """SELECT d.version, count(DISTINCT (e.window_start, e.window_end)) AS count,
                       min(e.window_start) AS start, max(e.window_end) AS end
                   FROM export_jobs.delivery d JOIN export_jobs.execution e ON e.id = d.execution_id
                   WHERE e.job_id = :job_id GROUP BY d.version"""
        return {
            row["version"]: VersionUse(row["count"], Window(row["start"], row["end"]))
            for row in self._rows(query, job_id=job_id)
        }

    def _page(self, job_id: int, offset: int, limit: int) -> tuple[int, list[ExecutionRecord]]:
        rows = self._rows(_PAGE, job_id=job_id, offset=offset, limit=limit)
        shown = [{key: row[key] for key in row if key != "total"} for row in rows if row["id"] is not None]
        return rows[0]["total"], self._execution_records(shown) if shown else []
