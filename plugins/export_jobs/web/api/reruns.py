"""Export jobs: rerun what was not delivered, export a past window again, run now."""

from __future__ import annotations

from datetime import UTC, datetime

from export_jobs.core.base.issue import Issue, errors
from export_jobs.core.definitions.job import ExportJob, Schedule
from export_jobs.core.validation.definitions import check_stored_job
from export_jobs.core.windows.window import Window, last_complete
from export_jobs.errors import UserError
from export_jobs.orchestration.clearing import RerunPlan, clear_runs, make_rerun_plan
from export_jobs.store.definitions import StoredJob
from export_jobs.store.executions.pages import ExecutionPages
from export_jobs.web.airflow import tables as airflow_tables
from export_jobs.web.history.past_window import past_window
from export_jobs.web.history.rerun_rows import rerun_answer
from export_jobs.web.http.access import RerunsJob, RunsJob
from export_jobs.web.http.as_caller import airflow_of
from export_jobs.web.http.audit import Entry, api_router
from export_jobs.web.http.errors import Refused
from export_jobs.web.http.state import CatalogueOf, LedgerOf, StoredJobOf, StoreEngine
from export_jobs.web.jobs.zone import zone_of
from export_jobs.web.models import NoBody
from export_jobs.web.models.job import Span
from export_jobs.web.models.rerun import NewRun, RerunAnswer, WantedRerun, WantedWindow

router = api_router("jobs")


@router.post("/jobs/{dag_id}/rerun")
def rerun(
    *,
    user: RerunsJob,
    body: WantedRerun,
    row: StoredJobOf,
    engine: StoreEngine,
    ledger: LedgerOf,
    catalogue: CatalogueOf,
    entry: Entry,
    dry_run: bool = False,
) -> RerunAnswer:
    """Clear every undelivered window after the last success, oldest first; ``dry_run`` only tells which."""
    blocked = _paused(row) or _broken(row, catalogue)
    found = RerunPlan.empty()
    try:
        made = airflow_tables.runs_of(row.dag_id)
        found = make_rerun_plan(row, ExecutionPages(engine), made, include_gaps=body.include_gaps)
    except UserError as error:
        blocked = str(error)
    if dry_run:
        entry.skip()
        return rerun_answer(found, zone_of(row), dry_run=True, blocked=blocked)
    _refuse_if(blocked)
    entry.note(runs=len(found.plan.clear) + len(found.plan.heal), with_current_definition=body.with_current_definition)
    rebind_as = user.actor if body.with_current_definition else None
    cleared: list[str] = []
    try:
        for run_id in clear_runs(found, row, ledger, airflow_of(user), rebind_as=rebind_as):
            cleared.append(run_id)
    finally:  # what was cleared before an error is recorded too
        entry.note(cleared=cleared)
    return rerun_answer(found, zone_of(row), dry_run=False, blocked="")


@router.post("/jobs/{dag_id}/reexport")
def reexport(
    *, user: RunsJob, body: WantedWindow, row: StoredJobOf, engine: StoreEngine, catalogue: CatalogueOf, entry: Entry
) -> NewRun:
    """Export a past window again, from the data as it is now, besides the schedule."""
    schedule = _sound(row, catalogue)
    known = ExecutionPages(engine).windows(row.job_id)
    window = past_window(body.start, body.end, schedule.time_zone, known, datetime.now(UTC))
    return _triggered(user, row, window, entry)


@router.post("/jobs/{dag_id}/run")
def run_now(
    *,
    user: RunsJob,
    body: NoBody,  # noqa: ARG001  proves that it is JSON
    row: StoredJobOf,
    catalogue: CatalogueOf,
    entry: Entry,
) -> NewRun:
    """Export the last complete window now, besides the schedule."""
    schedule = _sound(row, catalogue)
    window = last_complete(schedule, datetime.now(UTC))
    if window is None:
        what = f"no window of the job {row.name!r} has ended yet; its data begins on {schedule.valid_from}"
        raise Refused.because(409, what, "Wait for the first window, or re-export other days")
    return _triggered(user, row, window, entry)


def _triggered(user: RunsJob, row: StoredJob, window: Window, entry: Entry) -> NewRun:
    _refuse_if(_paused(row))
    run_id = airflow_of(user).trigger(row.dag_id, window.start, window.end)
    entry.note(run_id=run_id, start=window.start.isoformat(), end=window.end.isoformat())
    return NewRun(run_id=run_id, window=Span.of(window))


def _paused(row: StoredJob) -> str:
    """Airflow makes no task of a paused Dag, so a cleared or new run would wait for good."""
    if row.dag_id in airflow_tables.paused_dags():
        return f"The job {row.name!r} is paused, so Airflow would start nothing. Resume it, then try again."
    return ""


def _broken(row: StoredJob, catalogue: CatalogueOf) -> str:
    """The Dag of a definition that does not hold has no task but one that refuses."""
    job, issues = _checked(row, catalogue)
    if job is not None:
        return ""
    return (
        f"The definition of the job {row.name!r} does not hold: {errors(issues)[0].what}. Correct it, then try again."
    )


def _refuse_if(blocked: str) -> None:
    what, _, remedy = blocked.partition(". ")
    if blocked:
        raise Refused.because(409, what, remedy.rstrip("."))


def _sound(row: StoredJob, catalogue: CatalogueOf) -> Schedule:
    job, issues = _checked(row, catalogue)
    if job is None:
        raise Refused(409, errors(issues))
    return job.schedule


def _checked(row: StoredJob, catalogue: CatalogueOf) -> tuple[ExportJob | None, list[Issue]]:
    return check_stored_job({**row.definition, "version": row.version}, catalogue=catalogue)
