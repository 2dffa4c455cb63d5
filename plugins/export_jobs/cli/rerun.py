"""``rerun``: from the last successful schedule, by Airflow's own clear, so that Airflow's page tells the same story."""

from __future__ import annotations

import argparse

from export_jobs.cli import session
from export_jobs.cli.output import Output, confirmed
from export_jobs.cli.plan_text import day_range
from export_jobs.core.rerun import Rerun, plan_rerun
from export_jobs.orchestration.airflow_api import AirflowApi


def rerun(options: argparse.Namespace, output: Output) -> int:
    """List the windows, ask, clear them oldest first; 1 when a person said no."""
    row = session.stored_job(options.job)
    ledger, api = session.ledger(), AirflowApi.from_connection()
    executions = {one.run_id: one for one in ledger.executions(row.job_id)}
    delivered = {run_id for run_id, one in executions.items() if one.publication is not None}
    plan = plan_rerun(row.name, api.dag_runs(row.dag_id), delivered, include_gaps=options.include_gaps)
    _show(plan, output, session.time_zone(row).key)
    cleared = False
    if plan.is_empty:
        output.line(f"Nothing to rerun: every window of {row.name!r} after the last success is delivered.")
    elif confirmed("Rerun these windows?", is_sure=options.yes):
        for run in plan.clear:
            if options.with_current_definition and run.run_id in executions:
                ledger.rebind(executions[run.run_id].id, row.version, session.actor())
            api.clear_run(row.dag_id, run.run_id)
        for run in plan.heal:
            api.clear_run(row.dag_id, run.run_id, only_failed=True)
        cleared = True
        output.line(f"Cleared {len(plan.clear) + len(plan.heal)} runs; Airflow runs them again, oldest first.")
    else:
        output.line("Nothing was cleared.")
    output.json(_document(plan, cleared=cleared))
    return 0 if cleared or plan.is_empty else 1


def _show(plan: Rerun, output: Output, zone: str) -> None:
    what = (
        ("rerun", plan.clear),
        ("mend: delivered, marked failed", plan.heal),
        ("gap, left alone; --include-gaps takes it in", plan.gaps),
    )
    rows = [
        (day_range(run.window, zone) if run.window else "-", run.state, run.run_id, text)
        for text, runs in what
        for run in runs
    ]
    if rows:
        output.table(("DAYS", "STATE", "RUN", "WHAT"), rows)


def _document(plan: Rerun, *, cleared: bool) -> dict[str, object]:
    lists = {"clear": plan.clear, "heal": plan.heal, "gaps": plan.gaps}
    runs = {
        name: [
            {"run_id": run.run_id, "state": run.state, "start": run.data_interval_start, "end": run.data_interval_end}
            for run in found
        ]
        for name, found in lists.items()
    }
    return {"cleared": cleared, **runs}
