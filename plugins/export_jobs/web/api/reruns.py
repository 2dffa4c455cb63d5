"""Export jobs: rerun what was not delivered, export a past window again, run now."""

from __future__ import annotations

from datetime import UTC, datetime

from export_jobs.core.job import Schedule
from export_jobs.core.rerun import DagRunState
from export_jobs.core.schedule_text import window_text
from export_jobs.core.validation import check_stored_job
from export_jobs.core.window import Window, last_complete
from export_jobs.errors import UserError
from export_jobs.orchestration.rerun import Planned, carried_out, planned
from export_jobs.store.definitions import StoredJob
from export_jobs.store.execution_pages import ExecutionPages
from export_jobs.web import airflow_tables
from export_jobs.web.access import RerunsJob, RunsJob
from export_jobs.web.as_caller import airflow_of
from export_jobs.web.audit import Entry, api_router
from export_jobs.web.errors import Refused
from export_jobs.web.models import NoBody
from export_jobs.web.models.job import Span
from export_jobs.web.models.rerun import NewRun, RerunAnswer, RerunWindow, WantedRerun, WantedWindow
from export_jobs.web.past_window import past_window
from export_jobs.web.state import CatalogueOf, LedgerOf, StoredJobOf, StoreEngine

router = api_router("jobs")
FAILED, NEVER = "failed", "never begun"


@router.post("/jobs/{dag_id}/rerun")
def rerun(
    *, user: RerunsJob, body: WantedRerun, row: StoredJobOf, engine: StoreEngine, ledger: LedgerOf, entry: Entry
) -> RerunAnswer:
    """Clear every undelivered window after the last success, oldest first; a dry run only tells which."""
    zone = _zone(row)
    blocked = _paused(row)
    found = Planned.nothing()
    try:
        made = airflow_tables.runs_of(row.dag_id)
        found = planned(row, ExecutionPages(engine), made, include_gaps=body.include_gaps)
    except UserError as error:
        blocked = str(error)
    if body.dry_run:
        entry.skip()
        return _answer(found, zone, dry_run=True, blocked=blocked)
    if blocked:
        raise Refused.because(409, blocked.partition(". ")[0], blocked.partition(". ")[2].rstrip("."))
    entry.note(runs=len(found.plan.clear) + len(found.plan.heal), with_current_definition=body.with_current_definition)
    rebind_as = user.actor if body.with_current_definition else None
    entry.note(cleared=list(carried_out(found, row, ledger, airflow_of(user), rebind_as=rebind_as)))
    return _answer(found, zone, dry_run=False, blocked="")


@router.post("/jobs/{dag_id}/reexport")
def reexport(
    *, user: RunsJob, body: WantedWindow, row: StoredJobOf, ledger: LedgerOf, catalogue: CatalogueOf, entry: Entry
) -> NewRun:
    """Export a past window again, from the data as it is now, besides the schedule."""
    schedule = _sound(row, catalogue)
    known = {Window(one.window_start, one.window_end) for one in ledger.executions(row.job_id)}
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
    blocked = _paused(row)
    if blocked:
        raise Refused.because(409, blocked.partition(". ")[0], blocked.partition(". ")[2].rstrip("."))
    run_id = airflow_of(user).trigger(row.dag_id, window.start, window.end)
    entry.note(run_id=run_id, start=window.start.isoformat(), end=window.end.isoformat())
    return NewRun(run_id=run_id, window=Span.of(window))


def _paused(row: StoredJob) -> str:
    """Airflow makes no task of a paused Dag, so a cleared or new run would wait for good."""
    if row.dag_id in airflow_tables.paused_dags():
        return f"The job {row.name!r} is paused, so Airflow would start nothing. Resume it, then try again."
    return ""


def _sound(row: StoredJob, catalogue: CatalogueOf) -> Schedule:
    job, issues = check_stored_job({**row.definition, "version": row.version}, catalogue=catalogue)
    if job is None:
        raise Refused(409, issues)
    return job.schedule


def _zone(row: StoredJob) -> str:
    schedule = row.definition.get("schedule")
    zone = schedule.get("time_zone") if isinstance(schedule, dict) else None
    return zone if isinstance(zone, str) else "UTC"


def _answer(found: Planned, zone: str, *, dry_run: bool, blocked: str) -> RerunAnswer:
    plan = found.plan
    return RerunAnswer(
        dry_run=dry_run,
        windows=[
            _window(run, zone, "failed" if run.run_id in found.executions else "never begun") for run in plan.clear
        ],
        heal=[_window(run, zone, "delivered, then failed") for run in plan.heal],
        gaps=[_window(run, zone, "not delivered, before the last success") for run in plan.gaps],
        blocked=blocked,
    )


def _window(run: DagRunState, zone: str, why: str) -> RerunWindow:
    window = run.window
    assert window is not None, "only runs with a window are planned"  # noqa: S101
    return RerunWindow(start=window.start, end=window.end, days=window_text(window, zone), run_id=run.run_id, why=why)
