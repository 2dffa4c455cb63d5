"""The results of earlier tasks of the same run."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from export_jobs.errors import TerminalError

if TYPE_CHECKING:
    from airflow.sdk import Context


def task_result(context: Context, task_id: str) -> Any:
    """Return the result of ``task_id`` in this run; raise ``TerminalError`` when there is none."""
    value = context["ti"].xcom_pull(task_ids=task_id)
    if value is None:
        raise TerminalError(f"Task {task_id} of this run has no result", "Clear that task; this task then runs again")
    return value
