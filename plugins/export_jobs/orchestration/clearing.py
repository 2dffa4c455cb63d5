"""Plan and carry out a rerun, for the command line and the page, with Airflow's own clear."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime

from export_jobs.core.windows.rerun import DagRunSummary, RerunSelection, plan_rerun
from export_jobs.orchestration.airflow.api import AirflowApi
from export_jobs.store.executions.pages import ExecutionPages
from export_jobs.store.ledger import Ledger
from export_jobs.store.stored_job import StoredJob


@dataclass(frozen=True)
class RerunPlan:
    """The runs to clear, and the execution ids of the runs that the ledger knows."""

    plan: RerunSelection
    executions: dict[str, int]

    @classmethod
    def empty(cls) -> RerunPlan:
        """Return a plan that clears nothing."""
        return cls(RerunSelection(), {})


def make_rerun_plan(
    row: StoredJob, pages: ExecutionPages, airflow_runs: Iterable[DagRunSummary], *, include_gaps: bool
) -> RerunPlan:
    """Return which of ``airflow_runs`` to clear; raise ``UserError`` while one is in progress."""
    runs = pages.runs(row.job_id)
    delivered = {run.run_id for run in runs if run.is_delivered}
    schedule = row.schedule()  # whoever acts on the plan reports an invalid definition
    plan = plan_rerun(
        row.name, airflow_runs, delivered, include_gaps=include_gaps, now=datetime.now(UTC), schedule=schedule
    )
    return RerunPlan(plan, {run.run_id: run.id for run in runs})


def clear_runs(
    found: RerunPlan, row: StoredJob, ledger: Ledger, api: AirflowApi, *, rebind_as: str | None = None
) -> Iterator[str]:
    """Clear the runs one by one, oldest window first, and yield the id of each that is cleared.

    ``rebind_as``: the user who wants the runs to use the current definition; None keeps the definition that they first
    ran with. A run is bound before it is cleared, because its first task may start at once.
    """
    for run in found.plan.clear:
        if rebind_as is not None and run.run_id in found.executions:
            ledger.rebind(found.executions[run.run_id], row.version, rebind_as)
        api.clear_run(row.dag_id, run.run_id)
        yield run.run_id
    for run in found.plan.heal:
        api.clear_run(row.dag_id, run.run_id, only_failed=True)
        yield run.run_id
