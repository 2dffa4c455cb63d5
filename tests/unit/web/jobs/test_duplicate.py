"""The draft of a job like another one."""

from datetime import UTC, date, datetime
from typing import Any

import pytest

from export_jobs.core.definitions.job import ExportJob
from export_jobs.web.jobs.duplicate import duplicate

NOW = datetime(2024, 6, 15, 23, 30, tzinfo=UTC)  # the 16th in Berlin


def job(name: str = "sales", **schedule: Any) -> ExportJob:
    days = {"frequency": "daily", "from": "2024-01-01", "until": "2024-03-31", "time_zone": "Europe/Berlin"}
    return ExportJob.model_validate(
        {
            "name": name,
            "owner": "a@example.com",
            "destination": "partner",
            "enabled": False,
            "schedule": {**days, "anchor": "2024-02-01T00:00:00Z", **schedule},
            "templates": [],
            "job_id": 1,
            "version": 2,
            "dag_id": "export__sales",
            "template_definitions": [],
        }
    )


@pytest.mark.parametrize(
    ("name", "taken", "free"),
    [
        ("sales", set(), "sales-copy"),
        ("sales", {"sales-copy"}, "sales-copy-2"),
        ("x" * 64, set(), "x" * 59 + "-copy"),
        ("x" * 58 + "-tails", set(), "x" * 58 + "-copy"),
    ],
)
def test_the_name_is_free_and_fits(name: str, taken: set[str], free: str) -> None:
    assert duplicate(job(name), taken.__contains__, NOW).name == free


@pytest.mark.parametrize(
    ("schedule", "first", "last"),
    [
        ({}, date(2024, 6, 16), date(2024, 9, 14)),
        ({"until": "2024-12-31"}, date(2024, 6, 16), date(2024, 12, 31)),
        ({"from": "2024-08-01", "until": "2024-08-31"}, date(2024, 8, 1), date(2024, 8, 31)),
        ({"frequency": "once"}, date(2024, 1, 1), date(2024, 3, 31)),
    ],
)
def test_its_days_are_still_to_come(schedule: dict[str, Any], first: date, last: date) -> None:
    made = duplicate(job(**schedule), set().__contains__, NOW)
    assert (made.schedule.valid_from, made.schedule.valid_until) == (first, last)
    assert (made.enabled, made.schedule.anchor) == (True, None)


def test_a_zone_that_does_not_exist_is_left_to_the_wizard() -> None:
    made = duplicate(job(time_zone="Mars/Olympus"), set().__contains__, NOW)
    assert (made.schedule.time_zone, made.schedule.valid_from) == ("Mars/Olympus", date(2024, 6, 15))


def test_a_once_job_is_not_delivered_in_the_past() -> None:
    over, coming = (job(frequency="once", deliver_on=day) for day in ("2024-04-02", "2024-07-01"))
    assert duplicate(over, set().__contains__, NOW).schedule.deliver_on is None
    assert duplicate(coming, set().__contains__, NOW).schedule.deliver_on == date(2024, 7, 1)
