"""What a job's icon says, from the ledger, from Airflow's runs and from the clock. Pure."""

from __future__ import annotations

from datetime import datetime, timedelta
from enum import StrEnum

from export_jobs.core.window import Delivery
from export_jobs.store.overview import Pulse

JUST_NOW = timedelta(seconds=60)
"""A run that has said something within this time is taken to be alive, whatever Airflow's table said a moment ago."""

OVERDUE = timedelta(hours=1)
"""Airflow makes a run within a minute of its time; a job that has had nothing to do with it for so long is stuck."""


class JobState(StrEnum):
    """The four icons of the list."""

    YET_TO_EXECUTE = "yet_to_execute"
    IN_PROGRESS = "in_progress"
    SUCCESS = "success"
    UNABLE_TO_EXECUTE = "unable_to_execute"


class Cause(StrEnum):
    """Why a job is unable to execute."""

    NONE = ""
    BROKEN = "broken"
    FAILED = "failed"
    OVERDUE = "overdue"


def standing(
    pulse: Pulse, *, is_running: bool, is_broken: bool, coming: Delivery | None, changed_at: datetime, now: datetime
) -> tuple[JobState, Cause]:
    """The state of a job, and its cause where it is red.

    ``is_running``: Airflow has a run of it queued or running. ``coming``: the next window that is to be made, None for
    a job that is paused or has none left. ``changed_at``: when the definition last changed.
    """
    if is_running or _is_alive(pulse, now):
        return JobState.IN_PROGRESS, Cause.NONE
    if is_broken:
        return JobState.UNABLE_TO_EXECUTE, Cause.BROKEN
    if pulse.execution_id is not None and not pulse.is_delivered:
        return JobState.UNABLE_TO_EXECUTE, Cause.FAILED
    if coming is not None and _last_sign(pulse, coming, changed_at) + OVERDUE < now:
        return JobState.UNABLE_TO_EXECUTE, Cause.OVERDUE
    return (JobState.YET_TO_EXECUTE if pulse.execution_id is None else JobState.SUCCESS), Cause.NONE


def _is_alive(pulse: Pulse, now: datetime) -> bool:
    if pulse.is_delivered or pulse.execution_id is None or pulse.last_kind == "run failed":
        return False
    said = pulse.last_at or pulse.opened_at
    return said is not None and now - said < JUST_NOW


def _last_sign(pulse: Pulse, coming: Delivery, changed_at: datetime) -> datetime:
    """The last moment from which a run was to be expected: while a job catches up, its runs follow each other."""
    return max(filter(None, (coming.due, changed_at, pulse.published_at, pulse.last_at)))
