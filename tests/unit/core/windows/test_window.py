"""Windows against an oracle that knows only the calendar: it walks days one by one and groups them."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from export_jobs.core.definitions.job import Frequency, Schedule
from export_jobs.core.windows.window import (
    ONE_DAY,
    WEEKDAYS,
    ScheduledWindow,
    Window,
    bounds,
    closed_at,
    day_start,
    instant,
    last_complete_window,
    next_scheduled_window,
    scheduled_windows,
)
from tests.unit.core.samples import ZONES
from tests.unit.core.windows.schedules import days, schedule, schedules, utc

SKIPS_A_DAY = ("Pacific/Apia", date(2011, 12, 30))


def ends_a_window(plan: Schedule, day: date) -> bool:
    """The calendar rule, said in another way than in the code: is ``day`` the last day of data of a window?"""
    if day == plan.valid_until or plan.frequency is Frequency.DAILY:
        return True
    if plan.frequency is Frequency.WEEKLY:
        return WEEKDAYS[day.weekday()] == plan.execute_on
    if plan.frequency is Frequency.MONTHLY:
        is_months_last = (day + ONE_DAY).day == 1
        return (
            is_months_last
            if plan.execute_on == "last"
            else str(day.day) == plan.execute_on or (is_months_last and day.day < int(plan.execute_on or ""))
        )
    if plan.frequency is Frequency.QUARTERLY:
        return (day.month, day.day) in {(3, 31), (6, 30), (9, 30), (12, 31)}
    return False


def expected_days(plan: Schedule) -> Iterator[list[date]]:
    """Days of data, window by window; a day that the zone skipped has none."""
    group: list[date] = []
    day = plan.valid_from
    while day <= plan.valid_until:
        if day_start(day, plan.time_zone) < day_start(day + ONE_DAY, plan.time_zone):
            group.append(day)
        if ends_a_window(plan, day) and group:
            yield group
            group = []
        day += ONE_DAY


def local(moment: datetime, zone: str) -> datetime:
    return moment.astimezone(ZoneInfo(zone)).replace(tzinfo=None)


@settings(max_examples=400)
@given(schedules())
@example(schedule("daily", "2011-12-25", "2012-01-05", "Pacific/Apia"))
@example(schedule("weekly", "2011-12-01", "2012-01-31", "Pacific/Apia", execute_on="friday"))
@example(schedule("monthly", "1994-11-01", "1995-02-28", "Pacific/Kiritimati", execute_on="31"))
@example(schedule("daily", "2006-10-20", "2006-11-05", "America/St_Johns"))
@example(schedule("daily", "2011-12-30", "2011-12-30", "Pacific/Apia"))
def test_windows_cover_the_validity_and_have_the_days_of_the_calendar(plan: Schedule) -> None:
    found = list(scheduled_windows(plan))
    groups = list(expected_days(plan))

    spans = [(day_start(days[0], plan.time_zone), day_start(days[-1] + ONE_DAY, plan.time_zone)) for days in groups]
    assert [(each.window.start, each.window.end) for each in found] == spans
    assert all(earlier[1] == later[0] for earlier, later in itertools.pairwise(spans))
    if found:
        whole = bounds(plan)
        assert (found[0].window.start, found[-1].window.end) == (whole.start, whole.end)
    assert [each.window.days(plan.time_zone) for each in found] == [(days[0], days[-1]) for days in groups]


@settings(max_examples=400)
@given(schedules())
def test_each_window_is_due_after_its_end_at_the_delivery_time_of_the_day_that_the_job_chose(plan: Schedule) -> None:
    found = list(scheduled_windows(plan))
    assert all(earlier.due < later.due for earlier, later in itertools.pairwise(found))
    for each in found:
        day = plan.deliver_on or each.window.days(plan.time_zone)[1] + timedelta(days=plan.deliver_after_days)
        wanted = datetime.combine(day, plan.deliver_at)
        assert each.due >= each.window.end
        assert local(each.due, plan.time_zone) >= wanted
        assert each.due == each.window.end or local(each.due - timedelta(microseconds=1), plan.time_zone) < wanted


@settings(max_examples=300)
@given(st.sampled_from(ZONES), st.dates(date(1970, 1, 2), date(2038, 1, 1)), st.times())
@example(*SKIPS_A_DAY, time(12))
@example("America/St_Johns", date(2006, 10, 29), time(0))
@example("Africa/Cairo", date(2023, 4, 28), time(0, 30))
def test_an_instant_is_the_first_at_which_local_clocks_reach_the_reading(zone: str, day: date, clock: time) -> None:
    found = instant(day, clock, zone)
    wanted = datetime.combine(day, clock)
    assert local(found, zone) >= wanted
    for minutes in (0, 1, 29, 31, 59, 61, 119, 121):
        assert local(found - timedelta(minutes=minutes, microseconds=1), zone) < wanted


UTC_DAYS = [
    # zone, day, start and end in UTC, computed by hand from the zone's offsets on both sides of the change
    ("Europe/Berlin", "2024-03-31", "2024-03-30T23:00", "2024-03-31T22:00"),  # 23 hours
    ("Europe/Berlin", "2024-10-27", "2024-10-26T22:00", "2024-10-27T23:00"),  # 25 hours
    ("America/New_York", "2024-03-10", "2024-03-10T05:00", "2024-03-11T04:00"),
    ("America/New_York", "2024-11-03", "2024-11-03T04:00", "2024-11-04T05:00"),
    ("Australia/Lord_Howe", "2024-10-06", "2024-10-05T13:30", "2024-10-06T13:00"),  # 23.5 hours
    ("Australia/Lord_Howe", "2024-04-07", "2024-04-06T13:00", "2024-04-07T13:30"),  # 24.5 hours
    ("Africa/Cairo", "2023-04-27", "2023-04-26T22:00", "2023-04-27T22:00"),
    ("Africa/Cairo", "2023-04-28", "2023-04-27T22:00", "2023-04-28T21:00"),  # begins at 01:00, there is no midnight
    ("Pacific/Apia", "2011-12-29", "2011-12-29T10:00", "2011-12-30T10:00"),
    ("Pacific/Apia", "2011-12-31", "2011-12-30T10:00", "2011-12-31T10:00"),  # the 30th never was
    ("UTC", "2024-02-29", "2024-02-29T00:00", "2024-03-01T00:00"),
]


@pytest.mark.parametrize(("zone", "day", "start", "end"), UTC_DAYS)
def test_a_day_around_a_change_of_clocks(zone: str, day: str, start: str, end: str) -> None:
    [found] = scheduled_windows(schedule("daily", day, day, zone))
    assert found.window == Window(utc(start), utc(end))


def test_a_delivery_time_that_the_clocks_jump_over_is_the_first_instant_after_the_jump() -> None:
    [found] = scheduled_windows(schedule("daily", "2024-03-30", "2024-03-30", "Europe/Berlin", deliver_at="02:30"))
    assert found.due == utc("2024-03-31T01:00")


def test_a_delivery_time_that_comes_twice_is_its_first() -> None:
    [found] = scheduled_windows(schedule("daily", "2024-10-26", "2024-10-26", "Europe/Berlin", deliver_at="02:30"))
    assert found.due == utc("2024-10-27T00:30")


def test_daily_for_half_of_april_gives_fifteen_windows_the_last_delivered_on_the_sixteenth() -> None:
    found = list(scheduled_windows(schedule("daily", "2024-04-01", "2024-04-15")))
    assert len(found) == 15
    assert found[-1].due == utc("2024-04-16T02:00")


def test_a_weekly_job_that_starts_on_wednesday_exports_wednesday_to_sunday_first() -> None:
    found = list(scheduled_windows(schedule("weekly", "1997-01-01", "1997-01-21", execute_on="sunday")))
    assert days(found) == ["01-01..01-05", "01-06..01-12", "01-13..01-19", "01-20..01-21"]
    assert found[1].due == utc("1997-01-13T02:00")  # a Monday


@pytest.mark.parametrize(
    ("execute_on", "expected"),
    [
        ("1", ["01-01..01-01", "01-02..02-01", "02-02..03-01", "03-02..03-31"]),
        ("29", ["01-01..01-29", "01-30..02-29", "03-01..03-29", "03-30..03-31"]),
        ("30", ["01-01..01-30", "01-31..02-29", "03-01..03-30", "03-31..03-31"]),
        ("31", ["01-01..01-31", "02-01..02-29", "03-01..03-31"]),
        ("last", ["01-01..01-31", "02-01..02-29", "03-01..03-31"]),
    ],
)
def test_monthly_windows_of_a_leap_year(execute_on: str, expected: list[str]) -> None:
    found = list(scheduled_windows(schedule("monthly", "2024-01-01", "2024-03-31", execute_on=execute_on)))
    assert days(found) == expected


def test_a_year_by_month_has_twelve_windows_and_goes_over_new_year() -> None:
    assert len(list(scheduled_windows(schedule("monthly", "1997-01-01", "1997-12-31", execute_on="31")))) == 12
    found = list(scheduled_windows(schedule("monthly", "2023-12-10", "2024-01-20", execute_on="15")))
    assert days(found) == ["12-10..12-15", "12-16..01-15", "01-16..01-20"]


def test_once_is_one_window_due_on_its_chosen_day() -> None:
    [found] = scheduled_windows(
        schedule("once", "1997-01-01", "1997-12-31", deliver_on="1998-02-03", deliver_at="06:00")
    )
    assert found == ScheduledWindow(Window(utc("1997-01-01T00:00"), utc("1998-01-01T00:00")), utc("1998-02-03T06:00"))


def test_a_schedule_of_one_day_that_never_was_has_no_window() -> None:
    zone, day = SKIPS_A_DAY
    plan = schedule("daily", day.isoformat(), day.isoformat(), zone)
    assert next_scheduled_window(plan, None) is None
    assert last_complete_window(plan, utc("2013-01-01T00:00")) is None


@settings(max_examples=150)
@given(schedules(), st.floats(-0.1, 1.2))
def test_the_last_complete_window_is_the_newest_that_is_closed(plan: Schedule, part: float) -> None:
    windows = [each.window for each in scheduled_windows(plan)]
    if not windows:
        return
    now = windows[0].start + (windows[-1].end - windows[0].start) * part
    closed = [window for window in windows if closed_at(plan, window) <= now]
    assert last_complete_window(plan, now) == (closed[-1] if closed else None)


@settings(max_examples=150)
@given(schedules())
def test_a_window_is_closed_after_its_end_and_before_its_delivery_after_whole_days(plan: Schedule) -> None:
    for each in scheduled_windows(plan):
        closed = closed_at(plan, each.window)
        assert each.window.end <= closed <= each.due
        assert plan.deliver_after_days > 1 or closed == each.window.end


def test_f19_a_calendar_month_is_delivered_on_the_fifth_of_the_next() -> None:
    plan = schedule(
        "monthly", "2026-01-01", "2026-03-31", "Europe/Berlin", execute_on="last",
        deliver_after_days=5, deliver_at="06:00",
    )  # fmt: skip
    found = list(scheduled_windows(plan))
    assert days(found, "Europe/Berlin") == ["01-01..01-31", "02-01..02-28", "03-01..03-31"]
    due = [local(each.due, "Europe/Berlin") for each in found]
    assert due == [datetime(2026, month, 5, 6) for month in (2, 3, 4)]
    assert closed_at(plan, found[2].window) == utc("2026-04-04T22:00"), "midnight in summer time"


def test_quarters_are_those_of_the_calendar_the_first_and_last_cut_to_the_validity() -> None:
    found = list(scheduled_windows(schedule("quarterly", "2023-11-15", "2024-08-10")))
    assert days(found) == ["11-15..12-31", "01-01..03-31", "04-01..06-30", "07-01..08-10"]
    assert [each.due.date().isoformat() for each in found] == ["2024-01-01", "2024-04-01", "2024-07-01", "2024-08-11"]


@pytest.mark.parametrize(
    ("start", "end"),
    [("2024-01-02T00:00+00:00", "2024-01-01T00:00+00:00"), ("2024-01-01T00:00", "2024-01-02T00:00")],
)
def test_a_window_needs_aware_bounds_in_order(start: str, end: str) -> None:
    with pytest.raises(ValueError, match="window"):
        Window(datetime.fromisoformat(start), datetime.fromisoformat(end))
