"""The states of the other tasks of the same run in Airflow."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

    from airflow.sdk import Context

_ENDED = {"success", "failed", "upstream_failed", "skipped", "removed"}


def others_have_ended(context: Context) -> bool:
    """Return whether all other tasks of this run have ended."""
    return all(state in _ENDED for task_id, state in _states(context).items() if task_id != context["ti"].task_id)


def failed_tasks(context: Context) -> list[str]:
    """Return the ids of this run's failed tasks."""
    return sorted(task_id for task_id, state in _states(context).items() if state == "failed")


def have_succeeded(context: Context, task_ids: Sequence[str]) -> bool:
    """Return whether all of these tasks of this run have succeeded, and none of them is to run again."""
    states = _states(context)
    return all(states.get(task_id) == "success" for task_id in task_ids)


def _states(context: Context) -> dict[str, str]:
    ti = context["ti"]
    found: dict[str, str] = ti.get_task_states(dag_id=ti.dag_id, run_ids=[ti.run_id]).get(ti.run_id, {})
    return found
