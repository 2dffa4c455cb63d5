"""Schedules of any kind, and what their windows must be."""

from __future__ import annotations

import itertools
from datetime import UTC, date, datetime, timedelta

from hypothesis import strategies as st

from export_jobs.core.definitions.job import Frequency, Schedule
from export_jobs.core.windows.window import (
    WEEKDAYS,
    ScheduledWindow,
    Window,
)
from tests.unit.core.samples import MONTH_DAYS, ZONES


def schedule(frequency: str, first: str, last: str, zone: str = "UTC", **more: object) -> Schedule:
    return Schedule.model_validate({"frequency": frequency, "from": first, "until": last, "time_zone": zone, **more})


@st.composite
def schedules(draw: st.DrawFn) -> Schedule:
    frequency = draw(st.sampled_from(Frequency))
    first = draw(st.dates(date(1970, 1, 2), date(2037, 12, 31)))
    last = first + timedelta(days=draw(st.integers(0, 365)))
    execute_on = {
        Frequency.WEEKLY: st.sampled_from(WEEKDAYS),
        Frequency.MONTHLY: st.sampled_from(MONTH_DAYS),
    }.get(frequency, st.none())
    return Schedule(
        frequency=frequency,
        execute_on=draw(execute_on),
        valid_from=first,
        valid_until=last,
        deliver_at=draw(st.times().map(lambda clock: clock.replace(second=0, microsecond=0))),
        deliver_on=last + timedelta(days=draw(st.integers(1, 40))) if frequency is Frequency.ONCE else None,
        deliver_after_days=1 if frequency is Frequency.ONCE else draw(st.just(1) | st.integers(1, 92)),
        time_zone=draw(st.sampled_from(ZONES)),
    )


def assert_timeline(windows: list[Window], start: datetime, end: datetime) -> None:
    assert windows[0].start == start
    assert all(earlier.end == later.start for earlier, later in itertools.pairwise(windows))
    assert windows[-1].end == end


def utc(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


def days(found: list[ScheduledWindow], zone: str = "UTC") -> list[str]:
    pairs = (each.window.days(zone) for each in found)
    return [f"{first:%m-%d}..{last:%m-%d}" for first, last in pairs]
