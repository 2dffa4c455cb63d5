"""What an earlier task of the same run has returned."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from export_jobs.errors import TerminalError

if TYPE_CHECKING:
    from airflow.sdk import Context


def task_result(context: Context, task_id: str) -> Any:
    """The result of ``task_id`` in this run; raises ``TerminalError`` when it has left none."""
    value = context["ti"].xcom_pull(task_ids=task_id)
    if value is None:
        raise TerminalError(f"Task {task_id} of this run has left no result", "Clear it, and this task follows")
    return value
