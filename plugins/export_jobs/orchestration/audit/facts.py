"""Store x Airflow -> what is known of every job, in a handful of questions however many jobs there are."""

from __future__ import annotations

import logging
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import Engine

from export_jobs import settings
from export_jobs.core.definitions.job import Schedule
from export_jobs.core.windows.discrepancy import ACTIVE, AuditedRun, DagStanding, JobFacts
from export_jobs.core.windows.rerun import DagRunSummary
from export_jobs.core.windows.window import Window, scheduled_windows
from export_jobs.orchestration.airflow.api import AirflowApi
from export_jobs.store.audit import AskedRun, AuditView, JobProgressNote, RunNote
from export_jobs.store.definitions import Definitions
from export_jobs.store.findings.alarms import Alarms
from export_jobs.store.findings.late_rows import LateRows
from export_jobs.store.stored_job import StoredJob

log = logging.getLogger(__name__)

MAX_RUNS = 20_000
"""Of how many runs, those that changed last, the auditor asks Airflow: of all there are, in most installations."""


@dataclass(frozen=True)
class AirflowView:
    """What Airflow says of the Dags and runs of all jobs."""

    dags: Mapping[str, Mapping[str, Any]]
    runs: Mapping[str, Sequence[DagRunSummary]]

    def standing(self, dag_id: str) -> DagStanding:
        """How one Dag stands."""
        dag = self.dags.get(dag_id)
        if dag is None:
            return DagStanding(is_known=False)
        tags = {tag["name"] for tag in dag.get("tags", ())}
        return DagStanding(
            is_paused=bool(dag.get("is_paused")),
            is_stale=bool(dag.get("is_stale")),
            is_invalid="invalid" in tags,
        )


@dataclass
class GatheredFacts:
    """Facts of jobs, and the names of those of which there are none; ``dag_ids`` and ``owners`` by the job's name."""

    facts: list[JobFacts] = field(default_factory=list)
    dag_ids: dict[str, str] = field(default_factory=dict)
    owners: dict[str, str] = field(default_factory=dict)
    unreadable: list[str] = field(default_factory=list)
    broken: list[str] = field(default_factory=list)


def ask_airflow(api: AirflowApi, engine: Engine) -> AirflowView:
    """All Dags of jobs, and the runs that changed last, are under way, or belong to a job with an alarm."""
    newest = api.newest_runs(MAX_RUNS)
    found = {(run.dag_id, run.run_id): run for run in (*newest, *api.runs_in_progress())}
    if len(newest) >= MAX_RUNS:  # an alarm must not end because its run is too old to be among them
        for dag_id in _dags_with_alarms(engine):
            found.update({(run.dag_id, run.run_id): run for run in api.dag_runs(dag_id)})
    runs: dict[str, list[DagRunSummary]] = {}
    for run in found.values():
        runs.setdefault(run.dag_id, []).append(run)
    return AirflowView(api.export_dags(), runs)


def _dags_with_alarms(engine: Engine) -> list[str]:
    alarmed = {key.partition(" ")[0] for key, _ in Alarms(engine).told()}
    return [job.dag_id for job in Definitions(engine).jobs() if job.name in alarmed]


def gather(engine: Engine, airflow: AirflowView | None, now: datetime, grace: timedelta) -> GatheredFacts:
    """What is known of every enabled job; one that cannot be looked at takes that from no other one."""
    jobs = Definitions(engine).jobs()
    view = AuditView(engine)
    runs = airflow.runs if airflow else {}
    notes = view.runs(_asked(jobs, runs))
    progress, early, late = view.progress(), view.early_windows(), LateRows(engine).found()
    gathered = GatheredFacts()
    for job in jobs:
        gathered.dag_ids[job.name] = job.dag_id
        gathered.owners[job.name] = job.owner
        schedule = job.schedule()
        if schedule is None:
            gathered.unreadable.append(job.name)
            continue
        try:
            found = _job_facts(job, schedule, progress.get(job.job_id), runs.get(job.dag_id, ()), notes)
        except Exception:
            log.exception("Job %r cannot be audited", job.name)
            gathered.broken.append(job.name)
            continue
        if job.is_enabled:
            standing = airflow.standing(job.dag_id) if airflow else None
            gathered.facts.append(
                replace(
                    found,
                    dag=standing,
                    early=early.get(job.job_id, ()),
                    late=late.get(job.job_id, ()),
                    now=now,
                    grace=grace,
                )
            )
    return gathered


def _asked(jobs: Iterable[StoredJob], runs: Mapping[str, Sequence[DagRunSummary]]) -> list[AskedRun]:
    """The runs about which the ledger has something to say; a manual run of a deleted job is none of them."""
    return [
        AskedRun(job.job_id, job.dag_id, run.run_id, run.data_interval_start, run.data_interval_end)
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
        told=note.told,
        last_event=note.last_event,
    )
