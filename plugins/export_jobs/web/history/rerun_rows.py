"""Convert a planned rerun for an answer."""

from __future__ import annotations

from export_jobs.core.windows.rerun import DagRunSummary
from export_jobs.core.windows.schedule_text import window_in_words
from export_jobs.orchestration.clearing import RerunPlan
from export_jobs.web.models.rerun import RerunAnswer, RerunWindow


def rerun_answer(found: RerunPlan, zone: str, *, dry_run: bool, blocked: str) -> RerunAnswer:
    """Return what is cleared and what is not, with the days of each window in ``zone``."""
    plan = found.plan
    return RerunAnswer(
        dry_run=dry_run,
        windows=[_window(run, zone, _why(run, found)) for run in plan.clear],
        heal=[_window(run, zone, "delivered, then failed") for run in plan.heal],
        gaps=[_window(run, zone, "not delivered, before the last success") for run in plan.gaps],
        blocked=blocked,
    )


def _why(run: DagRunSummary, found: RerunPlan) -> str:
    if run.run_id not in found.executions:
        return "never started"
    return "failed" if run.state == "failed" else "ended without delivering"


def _window(run: DagRunSummary, zone: str, why: str) -> RerunWindow:
    window = run.window
    assert window is not None, "only runs with a window are planned"  # noqa: S101
    return RerunWindow(
        start=window.start, end=window.end, days=window_in_words(window, zone), run_id=run.run_id, why=why
    )
