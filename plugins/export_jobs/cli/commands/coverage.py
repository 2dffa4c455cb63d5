"""``coverage``: for each template, which days are delivered, due, missing, failed, running or delivered twice."""

from __future__ import annotations

import argparse
from dataclasses import asdict
from datetime import UTC, datetime

from export_jobs.cli import session
from export_jobs.cli.output import Output
from export_jobs.core.windows.coverage import CoverageState, WindowCoverage
from export_jobs.core.windows.schedule_text import day_range
from export_jobs.core.windows.timeline import ExpectedWindows, coverage_until_now
from export_jobs.core.windows.window import Window

_FINDINGS = {CoverageState.EARLY, CoverageState.FAILED, CoverageState.MISSING}


def show_coverage(options: argparse.Namespace, output: Output) -> int:
    """Show every due window; return 1 if one is missing, failed or early, if two overlap, or if days have no window."""
    job = session.stored_job(options.job).parse_with_windows()
    templates = [use.template for use in job.templates]
    records = session.ledger().executions(job.job_id)
    outcomes = [record.outcome(template) for record in records for template in templates]
    zone = job.schedule.time_zone
    now = datetime.now(UTC)
    changed = session.definitions().versions(job.job_id)[-1].created_at
    alive_at = max([changed, *(record.last_sign for record in records)]) if job.enabled else now
    plan = ExpectedWindows(templates, job.schedule, session.last_window_ends().get(job.job_id), now, alive_at=alive_at)
    rows, gaps = coverage_until_now(plan, outcomes)
    output.table(
        ("TEMPLATE", "DAYS", "STATE", "RUN", "OVERLAPS"),
        [(row.template, day_range(row.window, zone), row.state, _last_run(row), _overlaps(row, zone)) for row in rows],
    )
    for gap in gaps:
        output.line(f"{gap.template}: no window covers {day_range(Window(gap.start, gap.end), zone)}")
    counted = {state: sum(row.state is state for row in rows) for state in CoverageState}
    output.line(", ".join(f"{count} {state}" for state, count in counted.items() if count) or "No window is due yet.")
    output.json({"windows": [_document(row) for row in rows], "gaps": [asdict(gap) for gap in gaps]})
    return 1 if gaps or any(row.state in _FINDINGS or row.overlaps for row in rows) else 0


def _last_run(covered: WindowCoverage) -> str | None:
    return covered.run_ids[-1] if covered.run_ids else None


def _overlaps(covered: WindowCoverage, zone: str) -> str | None:
    return ", ".join(day_range(window, zone) for window in covered.overlaps) or None


def _document(covered: WindowCoverage) -> dict[str, object]:
    return {
        "template": covered.template,
        "start": covered.window.start,
        "end": covered.window.end,
        "state": covered.state,
        "run_ids": covered.run_ids,
        "overlaps": [{"start": window.start, "end": window.end} for window in covered.overlaps],
    }
