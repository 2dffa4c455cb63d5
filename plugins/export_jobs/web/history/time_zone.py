"""The time zone in which a job's days are shown."""

from __future__ import annotations

from export_jobs.core.validation.rules.schedule import is_time_zone
from export_jobs.store.definitions import StoredJob


def zone_of(row: StoredJob) -> str:
    """The job's own zone; UTC for a row that names none that exists, since its history is shown all the same."""
    schedule = row.definition.get("schedule")
    zone = schedule.get("time_zone") if isinstance(schedule, dict) else None
    return zone if isinstance(zone, str) and is_time_zone(zone) else "UTC"
