"""Build the rows of the list from summaries, with the data that only shown rows need."""

from __future__ import annotations

import logging
from collections.abc import Collection, Sequence
from zoneinfo import ZoneInfo

from sqlalchemy import Engine

from export_jobs.core.windows.schedule_text import window_in_words
from export_jobs.core.windows.window import ScheduledWindow
from export_jobs.store.executions.state import SILENT_RUN_MESSAGE
from export_jobs.store.overview import ExecutionSizes, JobOverview, from_epoch
from export_jobs.web.http.access import RUN, Caller
from export_jobs.web.jobs.board import JobSummary
from export_jobs.web.models.job import Cause, JobPermissions, JobRow, LastDelivery, WindowSpan

log = logging.getLogger(__name__)


def job_rows(shown: Sequence[JobSummary], engine: Engine, caller: Caller) -> list[JobRow]:
    """Return the rows. Takes two queries and four calls of the auth manager, however many rows there are."""
    overview = JobOverview(engine)
    delivered = [summary.progress.delivered_id for summary in shown if summary.progress.delivered_id is not None]
    failed = [
        summary.progress.execution_id
        for summary in shown
        if summary.cause is Cause.FAILED and summary.progress.execution_id
    ]
    sizes = overview.sizes(delivered) if delivered else {}
    failures = overview.failures(failed) if failed else {}
    may = _permissions(caller, [summary.definition.dag_id for summary in shown])
    rows = [_row_or_none(summary, sizes, failures, may[summary.definition.dag_id]) for summary in shown]
    return [row for row in rows if row is not None]


def _permissions(caller: Caller, dag_ids: Collection[str]) -> dict[str, JobPermissions]:
    if not dag_ids:
        return {}
    edit = caller.allowed_dags("PUT", dag_ids)
    delete = caller.allowed_dags("DELETE", dag_ids)
    rerun = caller.allowed_dags("PUT", dag_ids, RUN)
    run = caller.allowed_dags("POST", dag_ids, RUN)
    return {
        dag_id: JobPermissions(edit=dag_id in edit, delete=dag_id in delete, rerun=dag_id in rerun, run=dag_id in run)
        for dag_id in dag_ids
    }


def _row_or_none(
    one: JobSummary, sizes: dict[int, ExecutionSizes], failures: dict[int, str], may: JobPermissions
) -> JobRow | None:
    """Return the row; for a job that causes an error, a row that says so; None if that fails too. Logs errors."""
    for is_faulty in (False, True):
        try:
            return _row(one.as_faulty() if is_faulty else one, sizes, failures, may)
        except Exception:
            log.exception("Job %r cannot be shown as it is", one.definition.name)
    return None


def _row(one: JobSummary, sizes: dict[int, ExecutionSizes], failures: dict[int, str], may: JobPermissions) -> JobRow:
    definition, schedule = one.definition, one.definition.schedule
    return JobRow(
        job_id=definition.job_id,
        name=definition.name,
        dag_id=definition.dag_id,
        description=definition.description,
        frequency=definition.frequency,
        execute_on=schedule.execute_on if schedule else None,
        schedule_text=definition.schedule_text,
        time_zone=schedule.time_zone if schedule else "UTC",
        deliver_at=f"{schedule.deliver_at:%H:%M}" if schedule else "",
        status="completed" if one.is_completed else "active",
        is_paused=one.is_paused,
        enabled=definition.enabled,
        state=one.state,
        reason=_reason(one, failures),
        is_broken=bool(definition.fault),
        next_delivery=one.upcoming_delivery.due if one.upcoming_delivery else None,
        next_window=WindowSpan.of(one.upcoming_delivery.window) if one.upcoming_delivery else None,
        last_delivery=_last_delivery(one, sizes),
        destination=", ".join(definition.destinations),
        destinations=list(definition.destinations),
        owner=definition.owner,
        version=definition.version,
        may=may,
    )


def _reason(one: JobSummary, failures: dict[int, str]) -> str:
    match one.cause:
        case Cause.BROKEN:
            return one.definition.fault
        case Cause.FAILED:
            return failures.get(one.progress.execution_id or 0, SILENT_RUN_MESSAGE)
        case Cause.REFUSED | Cause.ALARM:
            return one.message
        case Cause.OVERDUE:
            return _overdue(one, one.upcoming_delivery) if one.upcoming_delivery else ""
        case Cause.NONE:
            return ""


def _overdue(one: JobSummary, upcoming_delivery: ScheduledWindow) -> str:
    zone = one.definition.schedule.time_zone if one.definition.schedule else "UTC"
    due = upcoming_delivery.due.astimezone(ZoneInfo(zone))
    return (
        f"The data of {window_in_words(upcoming_delivery.window, zone)} was due on {due:%Y-%m-%d at %H:%M} {zone}, "
        "but Airflow has created no run for it. Check that the scheduler runs and that Airflow lists this job's Dag."
    )


def _last_delivery(one: JobSummary, sizes: dict[int, ExecutionSizes]) -> LastDelivery | None:
    size, at = sizes.get(one.progress.delivered_id or 0), one.progress.published_at
    if size is None or at is None:
        return None
    window = WindowSpan(start=size.window_start, end=size.window_end)
    return LastDelivery(at=from_epoch(at), rows=size.rows, bytes=size.bytes, files=size.files, window=window)
