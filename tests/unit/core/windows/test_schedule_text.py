"""A schedule in words describes its windows: each sentence is compared with the windows themselves."""

from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from export_jobs.core.definitions.job import Schedule
from export_jobs.core.windows.schedule_text import (
    day_range,
    first_delivery_text,
    schedule_summary,
    schedule_text,
    window_in_words,
)
from export_jobs.core.windows.window import Window, scheduled_windows

BERLIN = "Europe/Berlin"


def schedule(frequency: str, execute_on: str | None = None, **changes: Any) -> Schedule:
    values = {"frequency": frequency, "execute_on": execute_on, "from": "2024-01-01", "until": "2024-12-30"}
    return Schedule.model_validate({**values, "time_zone": BERLIN, **changes})


@pytest.mark.parametrize(
    ("frequency", "execute_on", "text"),
    [
        ("daily", None, "Daily: each day, delivered on the day after at 02:00 Europe/Berlin"),
        ("weekly", "sunday", "Weekly: Monday to Sunday, delivered on Mondays at 02:00 Europe/Berlin"),
        ("weekly", "wednesday", "Weekly: Thursday to Wednesday, delivered on Thursdays at 02:00 Europe/Berlin"),
        ("monthly", "last", "Monthly: each calendar month, delivered on the 1st of the next at 02:00 Europe/Berlin"),
        ("monthly", "31", "Monthly: each calendar month, delivered on the 1st of the next at 02:00 Europe/Berlin"),
        (
            "monthly",
            "30",
            "Monthly: a month up to the 30th, or to the last day of a shorter month, "
            "delivered on the day after at 02:00 Europe/Berlin",
        ),
        ("monthly", "28", "Monthly: a month up to the 28th, delivered on the day after at 02:00 Europe/Berlin"),
        (
            "quarterly",
            None,
            "Quarterly: each calendar quarter, delivered on the 1st of the next at 02:00 Europe/Berlin",
        ),
        (
            "monthly",
            "1",
            "Monthly: from the 2nd to the 1st of the next month, delivered on the 2nd at 02:00 Europe/Berlin",
        ),
        (
            "monthly",
            "22",
            "Monthly: from the 23rd to the 22nd of the next month, delivered on the 23rd at 02:00 Europe/Berlin",
        ),
        (
            "monthly",
            "11",
            "Monthly: from the 12th to the 11th of the next month, delivered on the 12th at 02:00 Europe/Berlin",
        ),
    ],
)
def test_a_recurring_schedule(frequency: str, execute_on: str | None, text: str) -> None:
    assert schedule_text(schedule(frequency, execute_on)) == text


@pytest.mark.parametrize(
    ("frequency", "execute_on", "days", "delivered"),
    [
        ("daily", None, 3, "3 days after the last of them"),
        ("weekly", "sunday", 2, "on Tuesdays"),
        ("weekly", "sunday", 7, "on Sundays"),
        ("weekly", "sunday", 8, "8 days after the last of them"),
        ("monthly", "last", 5, "on the 5th of the next"),
        ("monthly", "last", 28, "on the 28th of the next"),
        ("monthly", "last", 29, "29 days after the last of them"),
        ("monthly", "30", 2, "2 days after the last of them"),
        ("monthly", "20", 8, "on the 28th"),
        ("monthly", "20", 9, "9 days after the last of them"),
        ("quarterly", None, 10, "on the 10th of the next"),
    ],
)
def test_a_delivery_some_days_later_is_on_the_described_day(
    frequency: str, execute_on: str | None, days: int, delivered: str
) -> None:
    text = schedule_text(schedule(frequency, execute_on, deliver_after_days=days))
    assert f"delivered {delivered} at 02:00" in text
    due = list(scheduled_windows(schedule(frequency, execute_on, deliver_after_days=days)))[1].due
    local_day = due.astimezone(ZoneInfo(BERLIN))
    said = delivered.removeprefix("on ").removeprefix("the ")
    if said[0].isdigit() and "days" not in said:
        assert int(said[: said.index("t")]) == local_day.day
    elif said[0].isalpha():
        assert said.removesuffix("s") == f"{local_day:%A}"


@pytest.mark.parametrize("execute_on", [str(day) for day in range(1, 28)])
def test_the_days_of_a_month_are_those_of_its_windows(execute_on: str) -> None:
    monthly = schedule("monthly", execute_on)
    second = list(scheduled_windows(monthly))[1]
    first_day, last_day = second.window.days(BERLIN)
    text = schedule_text(monthly)
    assert f"from the {first_day.day}" in text
    assert f" to the {last_day.day}" in text
    assert f"delivered on the {second.due.astimezone(ZoneInfo(BERLIN)).day}" in text


def test_a_once_schedule() -> None:
    days = {"from": "2024-01-30", "until": "2024-02-03"}
    assert schedule_text(schedule("once", **days)) == (
        "Once: 30 January to 3 February 2024, delivered on 4 February 2024 at 02:00 Europe/Berlin"
    )
    chosen = schedule("once", **days, deliver_on="2024-03-01", deliver_at="18:30")
    assert schedule_text(chosen).endswith("delivered on 1 March 2024 at 18:30 Europe/Berlin")


def test_days_are_written_without_repetition() -> None:
    for days, text in (
        (("2024-01-05", "2024-01-05"), "5 January 2024"),
        (("2024-01-05", "2024-01-09"), "5 to 9 January 2024"),
        (("2023-12-30", "2024-01-02"), "30 December 2023 to 2 January 2024"),
    ):
        once = schedule("once", **dict(zip(("from", "until"), days, strict=True)))
        assert window_in_words(next(scheduled_windows(once)).window, BERLIN) == text


def test_a_range_of_days_is_that_of_the_zone() -> None:
    window = Window(datetime(2026, 1, 1, tzinfo=UTC), datetime(2026, 1, 8, tzinfo=UTC))
    assert day_range(window, "UTC") == "2026-01-01..2026-01-07"
    assert day_range(Window(window.start, datetime(2026, 1, 2, tzinfo=UTC)), "UTC") == "2026-01-01"
    assert day_range(window, "America/New_York") == "2025-12-31T19:00-05:00..2026-01-07T19:00-05:00"


@pytest.mark.parametrize(
    ("frequency", "execute_on", "text"),
    [
        ("once", None, "Once"),
        ("daily", None, "Daily"),
        ("weekly", "sunday", "Weekly (Sunday)"),
        ("monthly", "31", "Monthly (31)"),
        ("monthly", "last", "Monthly (last)"),
    ],
)
def test_a_schedule_in_a_word(frequency: str, execute_on: str | None, text: str) -> None:
    assert schedule_summary(schedule(frequency, execute_on)) == text


def test_the_first_delivery() -> None:
    weekly = schedule("weekly", "sunday", **{"from": "2024-01-03"})
    coming = list(scheduled_windows(weekly))
    before = datetime(2024, 1, 1, tzinfo=UTC)
    assert first_delivery_text(weekly, coming, before) == (
        "First delivery on Monday, 8 January 2024 at 02:00 Europe/Berlin; it contains the data of 3 to 7 January 2024"
    )
    later = datetime(2024, 1, 16, tzinfo=UTC)
    assert first_delivery_text(weekly, coming, later) == (
        "First delivery at once, because 2 windows are already due; it contains the data of 3 to 7 January 2024"
    )
    assert "because one window is already due" in first_delivery_text(weekly, coming, datetime(2024, 1, 9, tzinfo=UTC))
    assert "nothing will be delivered" in first_delivery_text(weekly, [], later)
