"""What a job's definition alone says about it, computed once per version."""

from __future__ import annotations

import logging
from collections.abc import Collection
from dataclasses import dataclass, field, replace
from threading import Lock

from export_jobs.core.base.issue import errors
from export_jobs.core.catalogue.catalogue import Catalogue
from export_jobs.core.definitions.job import ExportJob, Schedule
from export_jobs.core.windows.schedule_text import schedule_text
from export_jobs.core.windows.window import ScheduledWindow, next_scheduled_window
from export_jobs.store.overview import JobOverview, JobProgress, LastChange, from_epoch
from export_jobs.store.stored_job import StoredJob
from export_jobs.web.http.dependencies import StampedCatalogue

log = logging.getLogger(__name__)

REPORT = "See the log of Airflow's API server, and report what it says"


@dataclass
class DefinitionSummary:
    """One version of one definition, as a list shows it. An unreadable definition has no ``schedule``."""

    job_id: int
    version: int
    dag_id: str
    name: str
    created_at: float
    fault: str
    description: str = ""
    owner: str = ""
    destinations: tuple[str, ...] = ()
    enabled: bool = False
    frequency: str = ""
    schedule: Schedule | None = None
    schedule_text: str = ""
    search_text: str = ""
    sort_key: str = ""
    changed_at: float = 0.0
    people: frozenset[str] = frozenset()
    _upcoming: tuple[float | None, ScheduledWindow | None, float | None] | None = field(default=None, repr=False)

    @classmethod
    def of(cls, row: StoredJob, created_at: float, change: LastChange, catalogue: Catalogue) -> DefinitionSummary:
        """Validate the row and summarize it; validation is the slow part."""
        job, issues = row.check(catalogue=catalogue)
        found = errors(issues)
        fault = f"The definition is invalid: {found[0]}" if found else ""
        summary = cls(row.job_id, row.version, row.dag_id, row.name, created_at, fault)
        readable = job or row.read()[0]
        if readable is not None:
            summary._fill(readable)
        summary.changed_at = change.at.timestamp()
        # An owner is a mail address. Many Airflow installations name users by the part before the @.
        owner = summary.owner.lower()
        summary.people = frozenset({owner, owner.partition("@")[0], change.created_by.lower()}) - {""}
        summary.sort_key = summary.name.lower()
        summary.search_text = "\n".join((summary.name, summary.description, summary.owner)).lower()
        return summary

    def as_faulty(self) -> DefinitionSummary:
        """Return the summary without its schedule, for a job that cannot be shown because of an error."""
        fault = self.fault or f"The definition cannot be shown. {REPORT}."
        return replace(self, fault=fault, schedule=None, schedule_text="", _upcoming=None)

    def _fill(self, job: ExportJob) -> None:
        self.description, self.owner, self.destinations = job.description, job.owner, job.destination_tags
        self.enabled, self.frequency = job.enabled, job.schedule.frequency.value
        if not self.fault:
            self.schedule, self.schedule_text = job.schedule, schedule_text(job.schedule)

    def upcoming_delivery(self, last_window_end: float | None) -> ScheduledWindow | None:
        """Return the window after the last one that ran; None if there is none or the definition is invalid."""
        return self._upcoming_after(last_window_end)[1]

    def due(self, last_window_end: float | None) -> float | None:
        """Return when the upcoming window is due, in seconds since 1970."""
        return self._upcoming_after(last_window_end)[2]

    def _upcoming_after(
        self, last_window_end: float | None
    ) -> tuple[float | None, ScheduledWindow | None, float | None]:
        if self._upcoming is None or self._upcoming[0] != last_window_end:
            after = None if last_window_end is None else from_epoch(last_window_end)
            found = next_scheduled_window(self.schedule, after) if self.schedule else None
            self._upcoming = (last_window_end, found, found.due.timestamp() if found else None)
        return self._upcoming


class DefinitionSummaries:
    """Summaries by job, cached while version and catalogue stay the same."""

    def __init__(self, overview: JobOverview) -> None:
        self._overview = overview
        self._lock = Lock()
        self._stamp = ""
        self._summaries: dict[int, DefinitionSummary] = {}

    def of(self, progress_rows: Collection[JobProgress], stamped: StampedCatalogue) -> dict[int, DefinitionSummary]:
        """Return the summaries of these jobs. Only new and changed jobs are read and validated."""
        with self._lock:
            if self._stamp != stamped.stamp:
                self._summaries, self._stamp = {}, stamped.stamp
            held = self._summaries
            stale = {
                progress.job_id: progress.created_at
                for progress in progress_rows
                if (summary := held.get(progress.job_id)) is None
                or summary.version != progress.version
                or summary.created_at != progress.created_at
            }
            for row, change in self._overview.jobs(stale) if stale else ():
                held[row.job_id] = _summary_of(row, stale[row.job_id], change, stamped.catalogue)
            return {progress.job_id: held[progress.job_id] for progress in progress_rows if progress.job_id in held}


def _summary_of(row: StoredJob, created_at: float, change: LastChange, catalogue: Catalogue) -> DefinitionSummary:
    """Summarize one row. An unexpected error in one row must not break the list of all others."""
    try:
        return DefinitionSummary.of(row, created_at, change, catalogue)
    except Exception as error:
        log.exception("Job %r cannot be validated", row.name)
        fault = f"The definition cannot be validated ({type(error).__name__}). {REPORT}."
        return DefinitionSummary(
            row.job_id,
            row.version,
            row.dag_id,
            row.name,
            created_at,
            fault,
            search_text=row.name.lower(),
            sort_key=row.name.lower(),
            changed_at=change.at.timestamp(),
            people=frozenset({change.created_by.lower()}),
        )
