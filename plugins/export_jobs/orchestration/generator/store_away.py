"""What a worker runs when neither the store nor a snapshot on its machine has the Dag of its task.

A file without that Dag would be Airflow's "Dag not found", which does not count as a try and fails the task after three
minutes. This task of the same name fails as one that cannot reach the store does, and is tried again as the job says.
"""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, ClassVar

from airflow.sdk import DAG, BaseOperator

from export_jobs.errors import ExportError, TransientError

if TYPE_CHECKING:
    from airflow.sdk import Context


class WaitForStore(BaseOperator):
    """Replaces the task that cannot be built, and fails so that it is tried again."""

    template_fields: ClassVar[tuple[str, ...]] = ()

    def __init__(self, *, what: str, remedy: str, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.what = what
        self.remedy = remedy

    def execute(self, context: Context) -> None:
        """Raises ``TransientError``: a retry, after the job's own pause, can help."""
        raise TransientError(
            f"This task cannot be built: {self.what}, and no snapshot on this machine has its job",
            f"It is retried automatically. {self.remedy}",
        )


def waiting_dag(dag_id: str, task_id: str | None, reason: ExportError) -> DAG:
    """A Dag with the one task that is to run now. Airflow knows the real one, and takes pauses and tries from it."""
    with DAG(dag_id=dag_id, schedule=None, start_date=datetime(1900, 1, 1, tzinfo=UTC), catchup=False) as dag:
        if task_id:
            WaitForStore(task_id=task_id, what=reason.what, remedy=reason.remedy)
    return dag
