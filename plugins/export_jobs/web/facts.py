"""What is known of a job from its definition alone, worked out once for each version of it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from threading import Lock

from sqlalchemy import Engine

from export_jobs.core.catalogue import Catalogue
from export_jobs.core.issue import errors
from export_jobs.core.job import ExportJob, Schedule
from export_jobs.core.schedule_text import schedule_text
from export_jobs.core.validation import check_stored_job, parse_stored_job
from export_jobs.core.window import Delivery, next_delivery
from export_jobs.store.definitions import StoredJob
from export_jobs.store.overview import Overview, Pulse
from export_jobs.web.state import Stamped


@dataclass
class Facts:
    """One version of one definition, as a list shows it. A row that cannot be read as a job has no ``schedule``."""

    job_id: int
    version: int
    dag_id: str
    name: str
    changed_at: datetime
    fault: str
    description: str = ""
    owner: str = ""
    destination: str = ""
    enabled: bool = False
    frequency: str = ""
    schedule: Schedule | None = None
    text: str = ""
    searched: str = ""
    _coming: tuple[datetime | None, Delivery | None] | None = field(default=None, repr=False)

    @classmethod
    def of(cls, row: StoredJob, changed_at: datetime, catalogue: Catalogue) -> Facts:
        """Validates the row; this is the part that takes time."""
        whole = {**row.definition, "version": row.version}
        job, issues = check_stored_job(whole, catalogue=catalogue)
        found = errors(issues)
        fault = f"The definition does not hold: {found[0]}" if found else ""
        facts = cls(row.job_id, row.version, row.dag_id, row.name, changed_at, fault)
        readable = job or parse_stored_job(whole)[0]
        if readable is not None:
            facts._fill(readable)
        facts.searched = "\n".join((facts.name, facts.description, facts.owner)).lower()
        return facts

    def _fill(self, job: ExportJob) -> None:
        self.description, self.owner, self.destination = job.description, job.owner, job.destination
        self.enabled, self.frequency = job.enabled, job.schedule.frequency.value
        if not self.fault:
            self.schedule, self.text = job.schedule, schedule_text(job.schedule)

    def coming(self, made_until: datetime | None) -> Delivery | None:
        """The window after the last one that was made; None when there is none, or the definition does not hold."""
        if self._coming is None or self._coming[0] != made_until:
            self._coming = (made_until, next_delivery(self.schedule, made_until) if self.schedule else None)
        return self._coming[1]


class FactsOfAll:
    """Facts by job, kept while their version and the catalogue stay the same. One of these a process."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._stamp = ""
        self._held: dict[int, Facts] = {}

    def of(self, pulses: Iterable[Pulse], engine: Engine, stamped: Stamped) -> dict[int, Facts]:
        """The facts of these jobs; only those that are new or have changed are read and validated."""
        wanted = {pulse.job_id: pulse.version for pulse in pulses}
        with self._lock:
            if self._stamp != stamped.stamp:
                self._held, self._stamp = {}, stamped.stamp
            held = self._held
            stale = [job_id for job_id, version in wanted.items() if _version(held.get(job_id)) != version]
            for row, changed_at in Overview(engine).jobs(stale) if stale else ():
                held[row.job_id] = Facts.of(row, changed_at, stamped.catalogue)
            return {job_id: held[job_id] for job_id in wanted if job_id in held}


def _version(facts: Facts | None) -> int | None:
    return facts.version if facts else None
