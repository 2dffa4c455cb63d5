"""Build the coverage of a job from its row, the ledger and Airflow's runs."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Engine

from export_jobs.core.windows.rerun import DagRunSummary
from export_jobs.core.windows.schedule_text import window_in_words
from export_jobs.core.windows.timeline import ExpectedWindows, Timeline, TimelineCell, build_timeline
from export_jobs.errors import UserError
from export_jobs.orchestration.clearing import make_rerun_plan
from export_jobs.store.definitions import Definitions
from export_jobs.store.executions.pages import ExecutionPages
from export_jobs.store.executions.records import ExecutionRecord
from export_jobs.store.executions.state import run_outcome
from export_jobs.store.ledger import Ledger
from export_jobs.store.stored_job import StoredJob
from export_jobs.web.airflow import tables as airflow_tables
from export_jobs.web.http.dependencies import StampedCatalogue
from export_jobs.web.models.history import CoverageAnswer, WindowCell
from export_jobs.web.models.job import WindowSpan


@dataclass(frozen=True)
class CoverageSources:
    """The sources of the coverage, besides Airflow's own tables."""

    engine: Engine
    ledger: Ledger
    stamped: StampedCatalogue


def coverage_answer(row: StoredJob, sources: CoverageSources, past: int, future: int) -> CoverageAnswer:
    """Return the last ``past`` and the next ``future`` windows; for an invalid definition, only those that ran."""
    job = row.read()[0]
    is_sound = row.check(catalogue=sources.stamped.catalogue)[0] is not None
    templates = [use.template for use in job.templates] if job else []
    # Running work first: a run that ends in between is then shown as still running, never as missing.
    airflow = airflow_tables.work_in_progress(row.dag_id)
    runs = airflow_tables.runs_of(row.dag_id)
    records = sources.ledger.executions(row.job_id)
    outcomes = [run_outcome(record, templates, airflow) for record in records]
    is_paused = not row.is_enabled or airflow_tables.is_paused(row.dag_id)
    plan = ExpectedWindows(
        templates,
        job.schedule if job and is_sound else None,
        sources.ledger.last_scheduled_end(row.job_id),
        airflow.now,
        alive_at=airflow.now if is_paused or airflow.in_progress else _last_activity(row, records, sources.engine),
        ended={run.window for run in runs if run.window and run.run_id not in airflow.in_progress},
    )
    busy = {run.run_id: run.window for run in runs if run.window and run.run_id in airflow.in_progress}
    may_rerun = is_sound and not is_paused and not airflow.in_progress
    return _answer(
        build_timeline(plan, outcomes, busy, airflow.queued),
        row.time_zone,
        (past, future),
        _count_rerunnable(row, sources.engine, runs) if may_rerun else 0,
    )


def _last_activity(row: StoredJob, records: Iterable[ExecutionRecord], engine: Engine) -> datetime:
    """Return when the job was last changed or was last active."""
    changed = Definitions(engine).versions(row.job_id)[-1].created_at
    return max([changed, *(record.last_sign for record in records)])


def _count_rerunnable(row: StoredJob, engine: Engine, runs: Iterable[DagRunSummary]) -> int:
    try:
        plan = make_rerun_plan(row, ExecutionPages(engine), runs, include_gaps=True).plan
    except UserError:  # a run has just started
        return 0
    return len(plan.clear) + len(plan.heal)


def _answer(found: Timeline, zone: str, sides: tuple[int, int], rerunnable: int) -> CoverageAnswer:
    past, future = sides
    return CoverageAnswer.model_validate(
        {
            "time_zone": zone,
            "windows": [_cell(cell, zone) for cell in found.around_now(past, future)],
            "gaps": [WindowSpan.of(gap) for gap in found.gaps],
            "counts": found.counts(),
            "rerunnable": rerunnable,
        }
    )


def _cell(cell: TimelineCell, zone: str) -> WindowCell:
    run = cell.run
    return WindowCell.model_validate(
        {
            "start": cell.window.start,
            "end": cell.window.end,
            "days": window_in_words(cell.window, zone),
            "due": cell.due,
            "state": cell.state,
            "rows": run.rows if run else None,
            "template_rows": dict(run.template_rows) if run else {},
            "seconds": run.seconds if run else None,
            "step_seconds": dict(run.step_seconds) if run else {},
            "run_id": run.run_id if run else None,
            "template_states": dict(cell.templates),
            "overlaps": cell.overlaps,
        }
    )
