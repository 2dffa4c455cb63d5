"""The days to re-export."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone

import pytest

from export_jobs.core.definitions.job import Schedule
from export_jobs.core.windows.window import Window
from export_jobs.web.history.past_window import past_window
from export_jobs.web.http.error_responses import RequestRefusal

SCHEDULE = Schedule.model_validate(
    {"frequency": "daily", "from": "2026-01-01", "until": "2026-12-31", "time_zone": "Europe/Berlin"}
)
NOW = datetime(2026, 6, 1, 12, tzinfo=UTC)
BERLIN = timezone(timedelta(hours=1))


def day(month: int, number: int, year: int = 2026) -> datetime:
    """Midnight of a winter's day in Berlin."""
    return datetime(year, month, number, tzinfo=BERLIN)


def test_whole_days_of_the_jobs_zone_are_a_window_in_utc() -> None:
    found = past_window(day(1, 1), day(1, 8), SCHEDULE, (), NOW)
    assert found == Window(datetime(2025, 12, 31, 23, tzinfo=UTC), datetime(2026, 1, 7, 23, tzinfo=UTC))


def test_a_leap_year_across_summer_time_is_not_too_long() -> None:
    past_window(day(1, 1, 2024), day(1, 1, 2025), SCHEDULE, (), NOW)


def test_what_has_run_before_may_run_again_whatever_its_bounds() -> None:
    odd = Window(datetime(2026, 1, 1, 5, tzinfo=UTC), datetime(2026, 1, 2, 5, tzinfo=UTC))
    assert past_window(odd.start, odd.end, SCHEDULE, {odd}, NOW) == odd


def test_l1_a_window_that_is_not_over_is_refused_although_it_has_run() -> None:
    known = Window(NOW - timedelta(hours=36), NOW + timedelta(hours=12))
    with pytest.raises(RequestRefusal, match="not over yet"):
        past_window(known.start, known.end, SCHEDULE, {known}, NOW)


@pytest.mark.parametrize(
    ("start", "end", "path", "said"),
    [
        (day(1, 2), day(1, 1), "end", "ends before it begins"),
        (day(1, 1), day(1, 1), "end", "ends before it begins"),
        (day(2, 1), day(12, 1), "end", "not over yet"),
        (day(1, 1, 2024), day(2, 1, 2025), "start", "longer than a year"),
        (day(1, 1) + timedelta(hours=1), day(1, 2), "start", "not the beginning of a day in Europe/Berlin"),
        (day(1, 1), day(1, 2) + timedelta(hours=1), "end", "not the beginning of a day in Europe/Berlin"),
    ],
)
def test_everything_else_is_refused_at_its_place(start: datetime, end: datetime, path: str, said: str) -> None:
    with pytest.raises(RequestRefusal, match=said) as refused:
        past_window(start, end, SCHEDULE, (), NOW)
    assert [issue.path for issue in refused.value.issues] == [path]


def test_a_window_that_is_over_and_not_closed_is_refused_although_it_has_run() -> None:
    closing = SCHEDULE.model_copy(update={"deliver_after_days": 5})
    may = Window(datetime(2026, 4, 30, 22, tzinfo=UTC), datetime(2026, 5, 31, 22, tzinfo=UTC))
    with pytest.raises(RequestRefusal, match="complete before 2026-06-04T22:00:00"):
        past_window(may.start, may.end, closing, {may}, NOW)
    assert past_window(may.start, may.end, closing, {may}, NOW + timedelta(days=4)) == may
