"""All jobs with their state, from definitions, ledger and Airflow; for the list and for a single job."""

from __future__ import annotations

import logging
import time
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from threading import Lock
from typing import Any
from weakref import WeakKeyDictionary

from sqlalchemy import Engine

from export_jobs.core.windows.window import ScheduledWindow
from export_jobs.store.findings.alarms import Alarms, OpenAlarm
from export_jobs.store.findings.refusals import Refusal, Refusals
from export_jobs.store.overview import JobOverview, JobProgress
from export_jobs.web.airflow import tables as airflow_tables
from export_jobs.web.http.dependencies import StampedCatalogue
from export_jobs.web.jobs.definition_summary import DefinitionSummaries, DefinitionSummary
from export_jobs.web.jobs.state import REFUSED_FOR_S, derive_job_state
from export_jobs.web.models.job import Cause, JobState

log = logging.getLogger(__name__)

MAX_ALARM_AGE = timedelta(minutes=30)
"""Three rounds of the auditor. An older alarm may no longer apply."""


@dataclass(frozen=True, slots=True)
class JobSummary:
    """One job with its state. ``message``: why its run was refused, or what the auditor has found."""

    definition: DefinitionSummary
    progress: JobProgress
    state: JobState
    cause: Cause
    is_paused: bool
    is_completed: bool
    message: str = ""

    def as_faulty(self) -> JobSummary:
        """Return the summary of a job that cannot be shown correctly."""
        definition = self.definition.as_faulty()
        return replace(self, definition=definition, state=JobState.UNABLE_TO_EXECUTE, cause=Cause.BROKEN)

    @property
    def upcoming_delivery(self) -> ScheduledWindow | None:
        """The next window that will run; None also for a paused job."""
        return None if self.is_paused else self.definition.upcoming_delivery(self.progress.last_window_end)


@dataclass(frozen=True)
class _Snapshot:
    """The state of Airflow and the store when the board is read. ``now``: seconds since 1970."""

    running: set[str]
    paused: set[str]
    completed: set[int]
    refused: dict[str, Refusal]
    alarms: dict[str, OpenAlarm]
    now: float


class JobBoard:
    """The jobs of one store. One instance per process, because it caches what has not changed since the last read.

    Cached objects are replaced and never changed, so threads can read them concurrently. The cache matters: ten
    thousand new objects per answer would start a full run of Python's garbage collector at every other answer.
    """

    def __init__(self, engine: Engine) -> None:
        self._overview = JobOverview(engine)
        self._refusals, self._alarms = Refusals(engine), Alarms(engine)
        self._definitions = DefinitionSummaries(self._overview)
        self._summaries: dict[int, JobSummary] = {}
        self._completed_runs: dict[int, tuple[int, int | None]] = {}

    def read(self, stamped: StampedCatalogue, job_id: int | None = None) -> list[JobSummary]:
        """Return every live job, or only ``job_id``. Raises ``TransientError`` while the store is unreachable."""
        # Airflow first: a run that ends in between is then shown as still running, never as failed.
        running = airflow_tables.dags_in_progress()
        paused = airflow_tables.paused_dags()
        progress_rows = [self._progress(row) for row in self._overview.progress_rows(job_id)]
        definitions = self._definitions.of(progress_rows, stamped)
        present = [
            (definitions[progress.job_id], progress) for progress in progress_rows if progress.job_id in definitions
        ]
        refused = self._refusals.newest(datetime.now(UTC) - timedelta(seconds=REFUSED_FOR_S))
        alarms = self._alarms.open_alarms(MAX_ALARM_AGE)
        at = _Snapshot(running, paused, self._find_completed(present, running), refused, alarms, time.time())
        return [self._summary_or_fault(known, progress, at) for known, progress in present]

    def _progress(self, row: tuple[Any, ...]) -> JobProgress:
        held = self._summaries.get(row[0])
        return held.progress if held is not None and held.progress == row else JobProgress._make(row)

    def _summary_or_fault(self, definition: DefinitionSummary, progress: JobProgress, at: _Snapshot) -> JobSummary:
        """Return the summary, or a faulty one: an error in one job must not break the list of all others."""
        try:
            return self._summary(definition, progress, at)
        except Exception:
            log.exception("The state of job %r cannot be determined", definition.name)
            return self._summary(definition.as_faulty(), progress, at)

    def _summary(self, definition: DefinitionSummary, progress: JobProgress, at: _Snapshot) -> JobSummary:
        is_paused = not definition.enabled or definition.dag_id in at.paused
        refused, alarm = at.refused.get(definition.dag_id), at.alarms.get(definition.name)
        state, cause = derive_job_state(
            progress,
            is_running=definition.dag_id in at.running,
            is_broken=bool(definition.fault),
            due=None if is_paused else definition.due(progress.last_window_end),
            changed_at=definition.changed_at,
            now=at.now,
            refused_at=refused.at.timestamp() if refused else None,
            alarm=alarm,
        )
        finding = {Cause.REFUSED: refused, Cause.ALARM: alarm}.get(cause)
        message = finding.message if finding else ""
        is_completed = progress.job_id in at.completed
        held = self._summaries.get(progress.job_id)
        if (
            held is not None
            and held.definition is definition
            and held.progress is progress
            and (held.state, held.cause, held.is_paused, held.is_completed, held.message)
            == (state, cause, is_paused, is_completed, message)
        ):
            return held
        summary = JobSummary(definition, progress, state, cause, is_paused, is_completed, message)
        self._summaries[progress.job_id] = summary
        return summary

    def _find_completed(self, present: list[tuple[DefinitionSummary, JobProgress]], running: set[str]) -> set[int]:
        """Return the jobs with no window left to run and every window delivered. This holds until a new run."""
        ended = {
            definition.job_id: (definition.version, progress.execution_id)
            for definition, progress in present
            if definition.schedule is not None
            and _has_no_window_left(definition, progress)
            and definition.dag_id not in running
        }
        asked = [job_id for job_id, newest in ended.items() if self._completed_runs.get(job_id) != newest]
        missing = self._overview.with_undelivered_windows(asked) if asked else set()
        self._completed_runs.update({job_id: ended[job_id] for job_id in asked if job_id not in missing})
        return ended.keys() - missing


def _has_no_window_left(definition: DefinitionSummary, progress: JobProgress) -> bool:
    try:
        return definition.due(progress.last_window_end) is None
    except Exception:  # logged where the job's own summary is created
        return False


_LOCK = Lock()
_BOARDS: WeakKeyDictionary[Engine, JobBoard] = WeakKeyDictionary()


def board_of(engine: Engine) -> JobBoard:
    """Return this process's board of a store."""
    with _LOCK:
        return _BOARDS.get(engine) or _BOARDS.setdefault(engine, JobBoard(engine))
