"""Create the draft of a job like an existing one, to be finished in the wizard. Pure, except for the free name."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime
from itertools import count
from zoneinfo import ZoneInfo

from export_jobs.core.definitions.job import ExportJob, Frequency, JobSpec, Schedule
from export_jobs.core.definitions.names import MAX_NAME
from export_jobs.core.validation.changes import spec_of
from export_jobs.core.validation.rules.schedule import is_time_zone


def duplicate(job: ExportJob, is_taken: Callable[[str], bool], now: datetime) -> JobSpec:
    """Return the same job under a free name, enabled, with days in the future."""
    zone = job.schedule.time_zone
    today = now.astimezone(
        ZoneInfo(zone) if is_time_zone(zone) else UTC
    ).date()  # the wizard says what is wrong with it
    spec = spec_of(job)
    changed = {
        "name": _free_name(job.name, is_taken),
        "enabled": True,
        "schedule": _upcoming_schedule(spec.schedule, today),
    }
    return spec.model_copy(update=changed)


def _free_name(name: str, is_taken: Callable[[str], bool]) -> str:
    for number in count(1):
        ending = "-copy" if number == 1 else f"-copy-{number}"
        candidate = name[: MAX_NAME - len(ending)].rstrip("-_") + ending
        if not is_taken(candidate):
            return candidate
    raise AssertionError("count never ends")


def _upcoming_schedule(schedule: Schedule, today: date) -> Schedule:
    """Leave out days before today, because a new job would deliver them again. A once job keeps its days."""
    if schedule.frequency is Frequency.ONCE:
        is_over = schedule.deliver_on is not None and schedule.deliver_on < today
        return schedule.model_copy(update={"deliver_on": None}) if is_over else schedule
    if schedule.valid_until < today:
        length = schedule.valid_until - schedule.valid_from
        return schedule.model_copy(update={"valid_from": today, "valid_until": today + length})
    return schedule.model_copy(update={"valid_from": max(schedule.valid_from, today)})
