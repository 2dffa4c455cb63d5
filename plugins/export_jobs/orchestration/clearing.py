"""A rerun, planned and carried out: one way for the command line and the page, by Airflow's own clear."""

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
    """What to clear, and the ledger's ids of the runs that it knows."""

    plan: RerunSelection
    executions: dict[str, int]

    @classmethod
    def empty(cls) -> RerunPlan:
        """Nothing to clear."""
        return cls(RerunSelection(), {})


def make_rerun_plan(
    row: StoredJob, pages: ExecutionPages, made: Iterable[DagRunSummary], *, include_gaps: bool
) -> RerunPlan:
    """Which of the runs that Airflow has ``made`` are cleared; raises ``UserError`` while one is in progress."""
    runs = pages.runs(row.job_id)
    delivered = {run.run_id for run in runs if run.is_delivered}
    schedule = row.schedule()  # an invalid definition is told by whoever acts on the plan
    plan = plan_rerun(row.name, made, delivered, include_gaps=include_gaps, now=datetime.now(UTC), schedule=schedule)
    return RerunPlan(plan, {run.run_id: run.id for run in runs})


def clear_runs(
    found: RerunPlan, row: StoredJob, ledger: Ledger, api: AirflowApi, *, rebind_as: str | None = None
) -> Iterator[str]:
    """Clear the runs one by one, oldest window first, and yield the id of each that is cleared.

    ``rebind_as``: who chooses that the runs use today's definition from now on; None keeps the one that they first ran
    with. A run is bound before it is cleared, since its first task may start at once.
    """
    for run in found.plan.clear:
        if rebind_as is not None and run.run_id in found.executions:
            ledger.rebind(found.executions[run.run_id], row.version, rebind_as)
        api.clear_run(row.dag_id, run.run_id)
        yield run.run_id
    for run in found.plan.heal:
        api.clear_run(row.dag_id, run.run_id, only_failed=True)
        yield run.run_id
