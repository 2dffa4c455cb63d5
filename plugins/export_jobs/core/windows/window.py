"""Compute the windows of a schedule: every day of data exactly once.

A day is a calendar day in the schedule's time zone: at a change of clocks it has 23 or 25 hours. The next window always
starts at the instant where the last one ended, whatever the schedule was then. Therefore no change of a schedule, of
its zone or of a country's clocks can cause a gap or an overlap. Pure: no clock is read here.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

from export_jobs.core.definitions.job import Frequency, Schedule

WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
ONE_DAY = timedelta(days=1)
LESS_THAN_A_DAY = timedelta(hours=12)


@dataclass(frozen=True, order=True)
class Window:
    """The half-open span of data ``[start, end)`` that one run exports; both are aware datetimes in UTC."""

    start: datetime
    end: datetime

    def __post_init__(self) -> None:
        if self.start.tzinfo is None or self.end.tzinfo is None:
            raise ValueError("a window's bounds need a time zone")
        if self.start >= self.end:
            raise ValueError(f"a window ends after it starts; got {self.start.isoformat()} to {self.end.isoformat()}")

    def days(self, time_zone: str) -> tuple[date, date]:
        """Return the first and last calendar day of data in ``time_zone``, both inclusive."""
        zone = ZoneInfo(time_zone)
        return self.start.astimezone(zone).date(), (self.end - timedelta(microseconds=1)).astimezone(zone).date()

    def dates(self, time_zone: str) -> tuple[date, date]:
        """Return the range ``[first, stop)`` for a column of type date, which has days and no hours.

        A bound inside a local day is where a schedule in another zone stopped, at that zone's midnight: the local date
        would export that day twice or never. The bound means the date that began there, which is the nearest date in
        UTC+1 for any two zones between UTC-10 and UTC+13.
        """
        return _date_at(self.start, time_zone), _date_at(self.end, time_zone)


@dataclass(frozen=True)
class ScheduledWindow:
    """A window and the instant (UTC) from which it may be delivered, never before the window's own end."""

    window: Window
    due: datetime


@lru_cache(maxsize=65536)
def instant(day: date, clock: time, time_zone: str) -> datetime:
    """Return the UTC instant at which local clocks of ``time_zone`` first reach ``clock`` on ``day``.

    A time that the clocks skip becomes the first instant after the jump; a time that comes twice, its first occurrence.
    Raises ``zoneinfo.ZoneInfoNotFoundError`` for an unknown zone.
    """
    zone = ZoneInfo(time_zone)
    wanted = datetime.combine(day, clock)
    found = wanted.replace(tzinfo=zone, fold=0).astimezone(UTC)
    if found.astimezone(zone).replace(tzinfo=None) == wanted:
        return found
    # In a gap, fold=0 reads the clock with the offset before the jump and lands too late by the part of the gap that
    # `clock` is into it: step back to the first instant whose local reading is not before the wanted one.
    before = wanted.replace(tzinfo=zone, fold=1).astimezone(UTC)
    low, high = min(before, found), max(before, found)
    while high - low > timedelta(microseconds=1):
        middle = low + (high - low) / 2
        low, high = (low, middle) if middle.astimezone(zone).replace(tzinfo=None) >= wanted else (middle, high)
    return high


def day_start(day: date, time_zone: str) -> datetime:
    """Return the UTC instant at which ``day`` begins in ``time_zone``."""
    return instant(day, time(0), time_zone)


def _date_at(bound: datetime, time_zone: str) -> date:
    day = bound.astimezone(ZoneInfo(time_zone)).date()
    return day if day_start(day, time_zone) == bound else (bound.astimezone(UTC) + timedelta(hours=13)).date()


def bounds(schedule: Schedule) -> Window:
    """Return the whole span of data of a schedule: ``[from 00:00, until + 1 day 00:00)`` in its zone.

    Raises ``ValueError`` when it is empty: its only day is one that the zone skipped.
    """
    return Window(*_validity_bounds(schedule))


def _validity_bounds(schedule: Schedule) -> tuple[datetime, datetime]:
    zone = schedule.time_zone
    return day_start(schedule.valid_from, zone), day_start(schedule.valid_until + ONE_DAY, zone)


def next_scheduled_window(schedule: Schedule, after: datetime | None) -> ScheduledWindow | None:
    """Return the delivery that follows the window which ended at ``after`` (None: there was no window yet).

    Its window starts at ``after`` itself, or at the schedule's first instant if that is later. None when the schedule
    has no day left.
    """
    first, stop = _validity_bounds(schedule)
    start = _start(first, schedule.anchor, after)
    if start >= stop:
        return None
    last_day = _last_day(schedule, start)
    end = day_start(last_day + ONE_DAY, schedule.time_zone)
    while end <= start:  # a zone skipped that whole day (Samoa, 2011-12-30): it has no data, go on to the next
        last_day = _last_day(schedule, day_start(last_day + ONE_DAY, schedule.time_zone), at_least=last_day + ONE_DAY)
        end = day_start(last_day + ONE_DAY, schedule.time_zone)
    window = Window(start, min(end, stop))
    return ScheduledWindow(window, _due(schedule, window))


def scheduled_windows(schedule: Schedule, after: datetime | None = None) -> Iterator[ScheduledWindow]:
    """Yield all deliveries of a schedule in order, from the window that follows ``after``."""
    scheduled = next_scheduled_window(schedule, after)
    while scheduled is not None:
        yield scheduled
        scheduled = next_scheduled_window(schedule, scheduled.window.end)


def closed_at(schedule: Schedule, window: Window) -> datetime:
    """Return the instant (UTC) from which a window's data are complete: its end, or later if the job waits for days."""
    if schedule.deliver_after_days <= 1:
        return window.end
    last_day = window.days(schedule.time_zone)[1]
    return max(window.end, day_start(last_day + timedelta(days=schedule.deliver_after_days), schedule.time_zone))


def last_complete_window(schedule: Schedule, now: datetime) -> Window | None:
    """Return the newest window that is closed at ``now``, even before its delivery time; None before the first is."""
    # Windows before the anchor belong to an earlier schedule. Without the anchor the present schedule covers the whole
    # span; the part before the anchor is only a fallback for a person who requests a run right after an edit.
    newest = None
    for tiling in (schedule, schedule.model_copy(update={"anchor": None})):
        for scheduled in scheduled_windows(tiling):
            if closed_at(schedule, scheduled.window) > now:
                break
            newest = scheduled.window
        if newest is not None:
            return newest
    return None


def _start(first: datetime, anchor: datetime | None, after: datetime | None) -> datetime:
    """Return where the next window starts: where the last one ended, unless the schedule begins days later."""
    ended = max(filter(None, (anchor, after)), default=None)
    if ended is None:
        return first
    # Between zones more than 24 hours apart (Kiritimati, Pago Pago) a job's first day can end before the same day
    # begins in its new zone. Nobody intends to skip those few hours; a whole day or more is a change of the validity.
    return ended.astimezone(UTC) if first - ended < LESS_THAN_A_DAY else first


def _last_day(schedule: Schedule, start: datetime, at_least: date | None = None) -> date:
    """Return the last day of data of the window that begins at ``start``, before it is limited to the validity."""
    first = at_least or start.astimezone(ZoneInfo(schedule.time_zone)).date()
    match schedule.frequency:
        case Frequency.DAILY:
            return first
        case Frequency.WEEKLY:
            return first + timedelta(days=(WEEKDAYS.index(schedule.execute_on or "sunday") - first.weekday()) % 7)
        case Frequency.MONTHLY:
            wanted = schedule.execute_on or "last"
            day = _day_of_month(first.year, first.month, wanted)
            return day if day >= first else _day_of_month(first.year, first.month + 1, wanted)
        case Frequency.QUARTERLY:
            return _day_of_month(first.year, (first.month + 2) // 3 * 3, "last")
        case Frequency.ONCE:
            return schedule.valid_until


def _day_of_month(year: int, month: int, wanted: str) -> date:
    """Return day ``wanted`` (``1``..``31`` or ``last``) of a month, or that month's last day if it is shorter."""
    year, month = (year + 1, month - 12) if month > 12 else (year, month)
    following = date(year + month // 12, month % 12 + 1, 1)
    month_length = (following - ONE_DAY).day
    return date(year, month, month_length if wanted == "last" else min(int(wanted), month_length))


def _due(schedule: Schedule, window: Window) -> datetime:
    """Return when to deliver: the chosen days after the last day of data, or ``deliver_on``, at the delivery time."""
    last_day = window.days(schedule.time_zone)[1]
    day = schedule.deliver_on or last_day + timedelta(days=schedule.deliver_after_days)
    return max(instant(day, schedule.deliver_at, schedule.time_zone), window.end)
