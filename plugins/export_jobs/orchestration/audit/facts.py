"""Gather the facts about every job from store and Airflow, with a few queries however many jobs there are."""

from __future__ import annotations

import logging
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta

from sqlalchemy import Engine

from export_jobs import settings
from export_jobs.core.definitions.job import Schedule
from export_jobs.core.windows.audited_run import ACTIVE, AuditedRun
from export_jobs.core.windows.coverage import skipped_spans
from export_jobs.core.windows.discrepancy import JobFacts, job_of
from export_jobs.core.windows.rerun import DagRunSummary
from export_jobs.core.windows.window import Window, day_start, next_scheduled_window, scheduled_windows
from export_jobs.orchestration.audit.airflow_view import AirflowView
from export_jobs.store.audit import AuditView, JobProgressNote, RunLookup, RunNote
from export_jobs.store.definitions import Definitions
from export_jobs.store.findings.alarms import Alarms
from export_jobs.store.findings.late_rows import LateRows
from export_jobs.store.stored_job import StoredJob

log = logging.getLogger(__name__)


@dataclass
class GatheredFacts:
    """Facts about jobs, and the names of jobs without facts; ``dag_ids`` and ``owners`` are keyed by the job's name.

    ``unreadable``: enabled jobs whose schedule cannot be read. ``broken``: jobs that an unexpected error stopped.

    ``asked_at``: when Airflow was asked; None if it could not be asked.
    """

    facts: list[JobFacts] = field(default_factory=list)
    dag_ids: dict[str, str] = field(default_factory=dict)
    owners: dict[str, str] = field(default_factory=dict)
    unreadable: list[str] = field(default_factory=list)
    broken: list[str] = field(default_factory=list)
    asked_at: datetime | None = None


def gather(
    engine: Engine,
    ask: Callable[[Collection[str], Collection[str]], AirflowView | None],
    now: datetime,
    grace: timedelta,
) -> GatheredFacts:
    """Gather the facts about every enabled job; a job that cannot be audited does not affect the others.

    ``ask`` gets the ids of the Dags with a window for which the ledger has no run, and of those with an alarm. It
    returns Airflow's view, or None when Airflow cannot be asked.
    """
    jobs = Definitions(engine).jobs()
    view = AuditView(engine)
    progress, gathered = view.progress(), GatheredFacts()
    schedules = {job.job_id: schedule for job in jobs if (schedule := job.schedule()) is not None}
    alarmed = {job_of(key) for key in Alarms(engine).open_keys()}
    asked_at = datetime.now(UTC)
    airflow = ask(
        [job.dag_id for job in jobs if _may_be_late(job, schedules, progress, now - grace)],
        [job.dag_id for job in jobs if job.name in alarmed],
    )
    gathered.asked_at = asked_at if airflow else None
    runs = airflow.runs if airflow else {}
    notes = view.runs(_asked(jobs, runs))
    early, late, holes = view.early_windows(), LateRows(engine).found(), view.holes()
    for job in jobs:
        gathered.dag_ids[job.name] = job.dag_id
        gathered.owners[job.name] = job.owner
        schedule = schedules.get(job.job_id)
        if schedule is None:
            if job.is_enabled and not _is_new(progress.get(job.job_id), now - grace):
                gathered.unreadable.append(job.name)
            continue
        try:
            found = _job_facts(job, schedule, progress.get(job.job_id), runs.get(job.dag_id, ()), notes)
            since = day_start(schedule.valid_from, schedule.time_zone)
            known = [run.window for run in runs.get(job.dag_id, ()) if run.window is not None]  # reported on their own
            gone_by = skipped_spans(holes.get(job.job_id, ()), since, known)
        except Exception:
            log.exception("Job %r cannot be audited", job.name)
            gathered.broken.append(job.name)
            continue
        if job.is_enabled:
            gathered.facts.append(
                replace(
                    found,
                    dag=airflow.dag_status(job.dag_id) if airflow else None,
                    missing_pools=airflow.missing_pools(job.destination_tags) if airflow else (),
                    early=early.get(job.job_id, ()),
                    holes=gone_by,
                    late=late.get(job.job_id, ()),
                    now=now,
                    grace=grace,
                )
            )
    return gathered


def _is_new(note: JobProgressNote | None, before: datetime) -> bool:
    """Return whether the definition was changed just now, by somebody who may still be correcting it."""
    return note is not None and note.changed_at is not None and note.changed_at > before


def _may_be_late(
    job: StoredJob, schedules: Mapping[int, Schedule], progress: Mapping[int, JobProgressNote], before: datetime
) -> bool:
    """Return whether a window is due for which the ledger has no run."""
    schedule, note = schedules.get(job.job_id), progress.get(job.job_id)
    if schedule is None or not job.is_enabled:
        return False
    try:
        following = next_scheduled_window(schedule, note.last_window_end if note else None)
    except Exception:  # reported and logged where the job itself is audited
        return False
    return following is not None and following.due < before


def _asked(jobs: Iterable[StoredJob], runs: Mapping[str, Sequence[DagRunSummary]]) -> list[RunLookup]:
    """Return the runs to look up in the ledger; manual runs of deleted jobs are not among them."""
    return [
        RunLookup(job.job_id, job.dag_id, run.run_id, run.data_interval_start, run.data_interval_end)
        for job in jobs
        for run in runs.get(job.dag_id, ())
        if run.state in {"success", "failed", *ACTIVE}
    ]


def _job_facts(
    job: StoredJob,
    schedule: Schedule,
    note: JobProgressNote | None,
    runs: Sequence[DagRunSummary],
    notes: Mapping[tuple[str, str], RunNote],
) -> JobFacts:
    after = note.last_window_end if note else None
    made: set[Window] = {run.window for run in runs if run.window is not None}
    return JobFacts(
        job=job.name,
        now=datetime.now(UTC),
        upcoming=(scheduled for scheduled in scheduled_windows(schedule, after) if scheduled.window not in made),
        runs=[_audited(run, notes.get((job.dag_id, run.run_id))) for run in runs],
        last_activity=note.last_activity if note else None,
        changed_at=note.changed_at if note else None,
        stuck_after=timedelta(seconds=settings.task_timeout_s()),
    )


def _audited(run: DagRunSummary, note: RunNote | None) -> AuditedRun:
    if note is None:
        return AuditedRun(run)
    return AuditedRun(
        run,
        window_delivered=note.window_delivered,
        delivered=note.delivered,
        owner_notified=note.owner_notified,
        last_event=note.last_event,
    )
