"""Derive the state of a job from the ledger, Airflow's runs and the clock. Pure."""

from __future__ import annotations

from export_jobs.core.windows.coverage import OVERDUE
from export_jobs.store.executions.state import SILENCE_LIMIT
from export_jobs.store.findings.alarms import OpenAlarm
from export_jobs.store.overview import JobProgress
from export_jobs.web.models.job import Cause, JobState

REFUSED_FOR_S = 86_400.0
"""A refused run is reported until a later run starts, and for a day at most."""

OVERDUE_S = OVERDUE.total_seconds()


def derive_job_state(
    progress: JobProgress,
    *,
    is_running: bool,
    is_broken: bool,
    due: float | None,
    changed_at: float,
    now: float,
    refused_at: float | None = None,
    alarm: OpenAlarm | None = None,
) -> tuple[JobState, Cause]:
    """Return the state of a job, and its cause if it is unable to execute. Times are seconds since 1970.

    ``is_running``: Airflow has a queued or running run. ``due``: when the next window is due; None for a job that is
    paused or has no window left. ``changed_at``: when the definition last changed. ``refused_at``: when a run without
    a window was last refused. ``alarm``: what the auditor has found; ignored if the ledger has a newer entry.
    """
    alarm = alarm if alarm is not None and _last_entry_at(progress) < alarm.at.timestamp() else None
    if alarm is not None and alarm.is_standstill:
        return JobState.UNABLE_TO_EXECUTE, Cause.ALARM
    if is_running or _is_alive(progress, now):
        return JobState.IN_PROGRESS, Cause.NONE
    # While a job catches up, its runs follow each other. It is late only if nothing has happened for a while.
    is_late = due is not None and max(due, changed_at, progress.published_at or 0.0) + OVERDUE_S < now
    was_refused = refused_at is not None and max(_last_entry_at(progress), now - REFUSED_FOR_S) < refused_at
    causes = {
        Cause.BROKEN: is_broken,
        Cause.REFUSED: was_refused,
        Cause.FAILED: progress.execution_id is not None and not progress.is_delivered,
        Cause.ALARM: alarm is not None,
        Cause.OVERDUE: is_late,
    }
    cause = next((cause for cause, applies in causes.items() if applies), Cause.NONE)
    if cause is not Cause.NONE:
        return JobState.UNABLE_TO_EXECUTE, cause
    if progress.execution_id is None:
        return JobState.YET_TO_EXECUTE, Cause.NONE
    # Between two runs of a catch-up nothing runs, but the job is not done.
    is_due = due is not None and due <= now
    return JobState.IN_PROGRESS if is_due else JobState.SUCCESS, Cause.NONE


def _last_entry_at(progress: JobProgress) -> float:
    return max(progress.last_at or 0.0, progress.published_at or 0.0)


def _is_alive(progress: JobProgress, now: float) -> bool:
    if progress.execution_id is None or progress.is_delivered or progress.has_failed:
        return False
    return progress.last_at is not None and now - progress.last_at < SILENCE_LIMIT.total_seconds()
