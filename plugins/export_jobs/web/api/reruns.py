"""Export jobs: rerun undelivered windows, re-export a past window, run now."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime

from sqlalchemy import Engine

from export_jobs.core.base.issue import Issue, errors
from export_jobs.core.catalogue.catalogue import Catalogue
from export_jobs.core.definitions.job import Schedule
from export_jobs.core.windows.window import Window, last_complete_window
from export_jobs.errors import UserError
from export_jobs.orchestration.clearing import RerunPlan, clear_runs, make_rerun_plan
from export_jobs.store.action_lock import BusyError, action_lock
from export_jobs.store.executions.pages import ExecutionPages
from export_jobs.store.ledger import Ledger
from export_jobs.store.stored_job import StoredJob
from export_jobs.web.airflow import tables as airflow_tables
from export_jobs.web.history.past_window import past_window
from export_jobs.web.history.rerun_rows import rerun_answer
from export_jobs.web.http.access import Caller, RerunsJob, RunsJob
from export_jobs.web.http.airflow_client import airflow_api_for
from export_jobs.web.http.audit_log import AuditEntry, AuditEntryDep, api_router
from export_jobs.web.http.dependencies import CatalogueDep, LedgerDep, StoredJobDep, StoreEngineDep
from export_jobs.web.http.error_responses import RequestRefusal, issue_of
from export_jobs.web.models import EmptyBody
from export_jobs.web.models.job import WindowSpan
from export_jobs.web.models.rerun import NewRun, RerunAnswer, RerunRequest, WindowRequest

router = api_router("jobs")


@router.post("/jobs/{dag_id}/rerun")
def rerun(
    *,
    user: RerunsJob,
    body: RerunRequest,
    row: StoredJobDep,
    engine: StoreEngineDep,
    ledger: LedgerDep,
    catalogue: CatalogueDep,
    entry: AuditEntryDep,
    dry_run: bool = False,
) -> RerunAnswer:
    """Rerun every undelivered window after the last success, oldest first. ``dry_run`` only lists them."""
    return rerun_stored_job(row, body, RerunSources(user, engine, ledger, catalogue), entry, dry_run=dry_run)


@dataclass(frozen=True)
class RerunSources:
    """The caller, and the sources from which a rerun is planned."""

    user: Caller
    engine: Engine
    ledger: Ledger
    catalogue: Catalogue


def rerun_stored_job(
    row: StoredJob, body: RerunRequest, sources: RerunSources, entry: AuditEntry, *, dry_run: bool
) -> RerunAnswer:
    """Plan a rerun, and carry it out unless ``dry_run``. Raises ``RequestRefusal`` if it is not possible now."""
    user, engine, ledger, catalogue = sources.user, sources.engine, sources.ledger, sources.catalogue
    blocked = _paused_issue(row) or _broken_issue(row, catalogue)
    found = RerunPlan.empty()
    try:
        runs = airflow_tables.runs_of(row.dag_id)
        found = make_rerun_plan(row, ExecutionPages(engine), runs, include_gaps=body.include_gaps)
    except UserError as error:
        blocked = issue_of(error)
    if dry_run:
        entry.skip()
        return rerun_answer(found, row.time_zone, dry_run=True, blocked=blocked.message if blocked else "")
    _refuse_if(blocked)
    entry.note(runs=len(found.plan.clear) + len(found.plan.heal), with_current_definition=body.with_current_definition)
    rebind_as = user.actor if body.with_current_definition else None
    cleared: list[str] = []
    with _one_at_a_time(engine, row):
        _refuse_if(_in_progress_issue(row))  # somebody else may have started one since the plan was built
        try:
            for run_id in clear_runs(found, row, ledger, airflow_api_for(user), rebind_as=rebind_as):
                cleared.append(run_id)
        finally:  # also record what was cleared before an error
            entry.note(cleared=cleared)
    return rerun_answer(found, row.time_zone, dry_run=False, blocked="")


@router.post("/jobs/{dag_id}/reexport")
def reexport(
    *,
    user: RunsJob,
    body: WindowRequest,
    row: StoredJobDep,
    engine: StoreEngineDep,
    catalogue: CatalogueDep,
    entry: AuditEntryDep,
) -> NewRun:
    """Export a past window again from the current data, in addition to the schedule."""
    schedule = _valid_schedule(row, catalogue)
    known = ExecutionPages(engine).windows(row.job_id)
    window = past_window(body.start, body.end, schedule, known, datetime.now(UTC))
    return _trigger(user, row, window, entry, engine)


@router.post("/jobs/{dag_id}/run")
def run_now(
    *,
    user: RunsJob,
    body: EmptyBody,  # noqa: ARG001  proves that it is JSON
    row: StoredJobDep,
    engine: StoreEngineDep,
    catalogue: CatalogueDep,
    entry: AuditEntryDep,
) -> NewRun:
    """Export the last complete window now, in addition to the schedule."""
    schedule = _valid_schedule(row, catalogue)
    window = last_complete_window(schedule, datetime.now(UTC))
    if window is None:
        what = f"no window of the job {row.name!r} is complete yet; its data begins on {schedule.valid_from}"
        raise RequestRefusal.because(409, what, "Wait for the first window, or re-export other days")
    return _trigger(user, row, window, entry, engine)


def _trigger(user: RunsJob, row: StoredJob, window: Window, entry: AuditEntryDep, engine: Engine) -> NewRun:
    _refuse_if(_paused_issue(row))
    with _one_at_a_time(engine, row):
        _refuse_if(_in_progress_issue(row))
        run_id = airflow_api_for(user).trigger(row.dag_id, window.start, window.end)
    entry.note(run_id=run_id, start=window.start.isoformat(), end=window.end.isoformat())
    return NewRun(run_id=run_id, window=WindowSpan.of(window))


@contextmanager
def _one_at_a_time(engine: Engine, row: StoredJob) -> Iterator[None]:
    """Allow one action at a time: a second click or a second person gets a 409."""
    try:
        with action_lock(engine, row.job_id, row.name):
            yield
    except BusyError as error:
        raise RequestRefusal(409, [issue_of(error)]) from None


def _in_progress_issue(row: StoredJob) -> Issue | None:
    """Return an issue if a run is in progress: a job runs one at a time, so another run would only wait."""
    runs = airflow_tables.runs_in_progress(row.dag_id)
    if runs:
        what = f"A run of the job {row.name!r} is in progress ({runs[0]})"
        return Issue("", what, "Wait until it has ended. Its execution log shows the progress")
    return None


def _paused_issue(row: StoredJob) -> Issue | None:
    """Return an issue if the Dag is paused: Airflow starts none of its tasks, so a run would wait forever."""
    if row.dag_id in airflow_tables.paused_dags():
        what = f"The job {row.name!r} is paused, so Airflow would not start a run"
        return Issue("", what, "Resume it, then try again")
    return None


def _broken_issue(row: StoredJob, catalogue: Catalogue) -> Issue | None:
    """Return an issue if the definition is invalid: its Dag has only a task that fails."""
    job, issues = row.check(catalogue=catalogue)
    if job is not None:
        return None
    what = f"The definition of the job {row.name!r} is invalid: {errors(issues)[0].what}"
    return Issue("", what, "Correct it, then try again")


def _refuse_if(blocked: Issue | None) -> None:
    if blocked is not None:
        raise RequestRefusal(409, [blocked])


def _valid_schedule(row: StoredJob, catalogue: CatalogueDep) -> Schedule:
    job, issues = row.check(catalogue=catalogue)
    if job is None:
        raise RequestRefusal(409, errors(issues))
    return job.schedule
