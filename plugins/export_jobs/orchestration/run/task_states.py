"""How far the other tasks of the same run are, as Airflow knows it."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

    from airflow.sdk import Context

_ENDED = {"success", "failed", "upstream_failed", "skipped", "removed"}


def others_have_ended(context: Context) -> bool:
    """Whether no other task of this run will still do anything."""
    return all(state in _ENDED for task_id, state in _states(context).items() if task_id != context["ti"].task_id)


def failed_tasks(context: Context) -> list[str]:
    """The ids of the tasks of this run that Airflow has given up."""
    return sorted(task_id for task_id, state in _states(context).items() if state == "failed")


def have_succeeded(context: Context, task_ids: Sequence[str]) -> bool:
    """Whether all of these tasks of this run have ended well already, and none of them is to run again."""
    states = _states(context)
    return all(states.get(task_id) == "success" for task_id in task_ids)


def _states(context: Context) -> dict[str, str]:
    ti = context["ti"]
    found: dict[str, str] = ti.get_task_states(dag_id=ti.dag_id, run_ids=[ti.run_id]).get(ti.run_id, {})
    return found
