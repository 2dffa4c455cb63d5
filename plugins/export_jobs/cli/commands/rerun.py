"""``rerun``: clear runs after the last success, with Airflow's own clear, so that Airflow's page shows the same."""

from __future__ import annotations

import argparse

from export_jobs.cli import session
from export_jobs.cli.output import Output, confirm
from export_jobs.core.base.issue import errors
from export_jobs.core.windows.rerun import RerunSelection
from export_jobs.core.windows.schedule_text import day_range
from export_jobs.errors import UserError
from export_jobs.orchestration.airflow.api import AirflowApi
from export_jobs.orchestration.clearing import clear_runs, make_rerun_plan
from export_jobs.store.action_lock import action_lock
from export_jobs.store.executions.pages import ExecutionPages
from export_jobs.store.stored_job import StoredJob


def rerun(options: argparse.Namespace, output: Output) -> int:
    """List the windows, ask for confirmation, clear them oldest first; return 1 when the user declines."""
    row = session.stored_job(options.job)
    _refuse_invalid(row)
    api = AirflowApi.from_connection()
    found = make_rerun_plan(
        row, ExecutionPages(session.engine()), api.dag_runs(row.dag_id), include_gaps=options.include_gaps
    )
    plan = found.plan
    _show(plan, output, row.time_zone)
    cleared = False
    if plan.is_empty:
        output.line(f"Nothing to rerun: every window of {row.name!r} after the last success is delivered.")
    elif confirm("Rerun these windows?", is_sure=options.yes):
        rebind_as = session.actor() if options.with_current_definition else None
        with action_lock(session.engine(), row.job_id, row.name):
            done = list(clear_runs(found, row, session.ledger(), api, rebind_as=rebind_as))
        cleared = True
        output.line(f"Cleared {len(done)} runs; Airflow runs them again, oldest first.")
    else:
        output.line("Nothing was cleared.")
    output.json(_document(plan, cleared=cleared))
    return 0 if cleared or plan.is_empty else 1


def _refuse_invalid(row: StoredJob) -> None:
    """Refuse an invalid definition: its Dag has only a task that fails, so a cleared run would fail again."""
    job, issues = row.check(catalogue=session.catalogue())
    if job is None:
        what = f"The definition of the job {row.name!r} is invalid: {errors(issues)[0]}"
        raise UserError(what.rstrip("."), "Correct it, then run this command again")


def _show(plan: RerunSelection, output: Output, zone: str) -> None:
    what = (
        ("rerun", plan.clear),
        ("repair: delivered, but marked failed", plan.heal),
        ("gap: not rerun; add --include-gaps to rerun it", plan.gaps),
    )
    rows = [
        (day_range(run.window, zone) if run.window else "-", run.state, run.run_id, text)
        for text, runs in what
        for run in runs
    ]
    if rows:
        output.table(("DAYS", "STATE", "RUN", "WHAT"), rows)


def _document(plan: RerunSelection, *, cleared: bool) -> dict[str, object]:
    lists = {"clear": plan.clear, "heal": plan.heal, "gaps": plan.gaps}
    runs = {
        name: [
            {"run_id": run.run_id, "state": run.state, "start": run.data_interval_start, "end": run.data_interval_end}
            for run in found
        ]
        for name, found in lists.items()
    }
    return {"cleared": cleared, **runs}
