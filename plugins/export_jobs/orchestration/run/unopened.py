"""Record why a run could not be opened, also without an execution, so that page and auditor find the reason."""

from __future__ import annotations

from typing import TYPE_CHECKING

from export_jobs.orchestration.airflow.connections import task_store_engine
from export_jobs.store.findings.refusals import Refusals
from export_jobs.store.ledger import Ledger

if TYPE_CHECKING:
    from airflow.sdk import Context

    from export_jobs.orchestration.run.failure import Failure


def record_unopened(context: Context, job_id: int, step: str, template: str | None, failure: Failure) -> None:
    """Record why ``step`` could not start: with the run's execution if there is one, otherwise with the job.

    The ledger contains only windows, and a run without an interval, or with a reversed one, has none.
    """
    dag_run = context["dag_run"]
    engine = task_store_engine()
    ledger = Ledger(engine)
    execution_id = ledger.execution_id(dag_run.dag_id, dag_run.run_id)
    if execution_id is None:
        Refusals(engine).record(job_id, dag_run.dag_id, dag_run.run_id, str(failure))
    else:
        ledger.record_event(
            execution_id,
            "failed",
            step=step,
            template=template,
            try_number=context["ti"].try_number,
            message=str(failure),
            detail=failure._asdict(),
        )
