"""A job's row, the ledger and Airflow's runs -> the picture of its windows."""

from __future__ import annotations

from datetime import UTC, datetime

from export_jobs.core.windows.schedule_text import window_in_words
from export_jobs.core.windows.timeline import ExpectedWindows, Timeline, TimelineCell, build_timeline
from export_jobs.store.executions.state import AirflowRuns, run_outcome
from export_jobs.store.ledger import Ledger
from export_jobs.store.stored_job import StoredJob
from export_jobs.web.airflow import tables as airflow_tables
from export_jobs.web.http.dependencies import StampedCatalogue
from export_jobs.web.models.history import CoverageAnswer, WindowCell
from export_jobs.web.models.job import WindowSpan


def coverage_answer(
    row: StoredJob, ledger: Ledger, stamped: StampedCatalogue, past: int, future: int
) -> CoverageAnswer:
    """The last ``past`` windows and the first ``future`` ones to come; of a broken definition, what was made of it."""
    job = row.read()[0]
    is_sound = row.check(catalogue=stamped.catalogue)[0] is not None
    templates = [use.template for use in job.templates] if job else []
    now = datetime.now(UTC)
    busy = airflow_tables.windows_in_progress(row.dag_id)
    airflow = AirflowRuns(frozenset(busy), now)
    made = [run_outcome(record, templates, airflow) for record in ledger.executions(row.job_id)]
    schedule = job.schedule if job and is_sound else None
    plan = ExpectedWindows(templates, schedule, ledger.last_scheduled_end(row.job_id), now)
    return _answer(build_timeline(plan, made, busy), row.time_zone, past, future)


def _answer(found: Timeline, zone: str, past: int, future: int) -> CoverageAnswer:
    return CoverageAnswer.model_validate(
        {
            "time_zone": zone,
            "windows": [_cell(cell, zone) for cell in found.around_now(past, future)],
            "gaps": [WindowSpan.of(gap) for gap in found.gaps],
            "counts": found.counts(),
        }
    )


def _cell(cell: TimelineCell, zone: str) -> WindowCell:
    made = cell.run
    return WindowCell.model_validate(
        {
            "start": cell.window.start,
            "end": cell.window.end,
            "days": window_in_words(cell.window, zone),
            "due": cell.due,
            "state": cell.state,
            "rows": made.rows if made else None,
            "seconds": made.seconds if made else None,
            "run_id": made.run_id if made else None,
            "template_states": dict(cell.templates),
            "overlaps": cell.overlaps,
        }
    )
