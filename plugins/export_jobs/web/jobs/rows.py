"""Standings -> the lines of a list, with what only the lines that are shown need."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from zoneinfo import ZoneInfo

from sqlalchemy import Engine

from export_jobs.core.windows.schedule_text import window_text
from export_jobs.core.windows.window import Delivery
from export_jobs.store.overview import ExecutionSizes, JobOverview, from_epoch
from export_jobs.web.http.access import RUN, Caller
from export_jobs.web.jobs.board import Standing
from export_jobs.web.models.job import JobRow, LastDelivery, May, Span
from export_jobs.web.models.job_state import Cause

_SILENT = "The last run ended without delivering and without saying why. See its log in Airflow, then rerun the job."


def job_rows(shown: Sequence[Standing], engine: Engine, caller: Caller) -> list[JobRow]:
    """Two queries and four questions to the auth manager, however many lines there are."""
    overview = JobOverview(engine)
    delivered = [one.progress.delivered_id for one in shown if one.progress.delivered_id is not None]
    failed = [one.progress.execution_id for one in shown if one.cause is Cause.FAILED and one.progress.execution_id]
    sizes = overview.sizes(delivered) if delivered else {}
    failures = overview.failures(failed) if failed else {}
    may = _may(caller, [one.facts.dag_id for one in shown])
    return [_row(one, sizes, failures, may[one.facts.dag_id]) for one in shown]


def _may(caller: Caller, dag_ids: Collection[str]) -> dict[str, May]:
    if not dag_ids:
        return {}
    edit = caller.allowed("PUT", dag_ids)
    delete = caller.allowed("DELETE", dag_ids)
    rerun = caller.allowed("PUT", dag_ids, RUN)
    run = caller.allowed("POST", dag_ids, RUN)
    return {
        dag_id: May(edit=dag_id in edit, delete=dag_id in delete, rerun=dag_id in rerun, run=dag_id in run)
        for dag_id in dag_ids
    }


def _row(one: Standing, sizes: dict[int, ExecutionSizes], failures: dict[int, str], may: May) -> JobRow:
    facts, schedule = one.facts, one.facts.schedule
    return JobRow(
        job_id=facts.job_id,
        name=facts.name,
        dag_id=facts.dag_id,
        description=facts.description,
        frequency=facts.frequency,
        execute_on=schedule.execute_on if schedule else None,
        schedule_text=facts.text,
        time_zone=schedule.time_zone if schedule else "UTC",
        status="completed" if one.is_completed else "active",
        is_paused=one.is_paused,
        enabled=facts.enabled,
        state=one.state,
        reason=_reason(one, failures),
        is_broken=bool(facts.fault),
        next_delivery=one.coming.due if one.coming else None,
        next_window=Span.of(one.coming.window) if one.coming else None,
        last_delivery=_last_delivery(one, sizes),
        destination=facts.destination,
        owner=facts.owner,
        version=facts.version,
        may=may,
    )


def _reason(one: Standing, failures: dict[int, str]) -> str:
    match one.cause:
        case Cause.BROKEN:
            return one.facts.fault
        case Cause.FAILED:
            return failures.get(one.progress.execution_id or 0, _SILENT)
        case Cause.OVERDUE:
            return _overdue(one, one.coming) if one.coming else ""
        case Cause.NONE:
            return ""


def _overdue(one: Standing, coming: Delivery) -> str:
    zone = one.facts.schedule.time_zone if one.facts.schedule else "UTC"
    due = coming.due.astimezone(ZoneInfo(zone))
    return (
        f"The data of {window_text(coming.window, zone)} was due on {due:%Y-%m-%d at %H:%M} {zone}, and Airflow has "
        "made no run for it. See that its scheduler runs and that it lists this job's Dag."
    )


def _last_delivery(one: Standing, sizes: dict[int, ExecutionSizes]) -> LastDelivery | None:
    size, at = sizes.get(one.progress.delivered_id or 0), one.progress.published_at
    if size is None or at is None:
        return None
    window = Span(start=size.window_start, end=size.window_end)
    return LastDelivery(at=from_epoch(at), rows=size.rows, bytes=size.bytes, files=size.files, window=window)
