"""Describe schedules and windows in words, for page, command line, Airflow and mails."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from export_jobs.core.definitions.job import Frequency, Schedule
from export_jobs.core.windows.window import ONE_DAY, WEEKDAYS, ScheduledWindow, Window, day_start

SHORTEST_MONTH = 28


def schedule_text(schedule: Schedule) -> str:
    """Return text such as ``Weekly: Monday to Sunday, delivered on Mondays at 02:00 Europe/Berlin``."""
    days, delivered = _days_and_delivery(schedule)
    return f"{schedule.frequency.capitalize()}: {days}, delivered {delivered} at {_delivery_time(schedule)}"


def schedule_summary(schedule: Schedule) -> str:
    """Return text such as ``Weekly (Sunday)``: the frequency and, where it has one, the last day of data."""
    day = schedule.execute_on or ""
    day = day.capitalize() if schedule.frequency is Frequency.WEEKLY else day
    return f"{schedule.frequency.capitalize()}{f' ({day})' if day else ''}"


def first_delivery_text(schedule: Schedule, upcoming: list[ScheduledWindow], now: datetime) -> str:
    """Say when the first file comes and what it contains. ``upcoming``: future windows, in order; ``now`` is aware."""
    if not upcoming:
        return "There is no future window, so nothing will be delivered"
    first = upcoming[0]
    days = window_in_words(first.window, schedule.time_zone)
    late = sum(scheduled.due <= now for scheduled in upcoming)
    if late:
        count = "one window is" if late == 1 else f"{late} windows are"
        return f"First delivery at once, because {count} already due; it contains the data of {days}"
    due = first.due.astimezone(ZoneInfo(schedule.time_zone))
    when = f"{WEEKDAYS[due.weekday()].capitalize()}, {_day(due.date())} at {due:%H:%M} {schedule.time_zone}"
    return f"First delivery on {when}; it contains the data of {days}"


def window_in_words(window: Window, time_zone: str) -> str:
    """Return the days of data of a window: ``1 to 7 January 2024``."""
    return _days(*window.days(time_zone))


def day_range(window: Window, time_zone: str) -> str:
    """Return a window as the command line writes and reads it: ``1997-01-01..1997-01-07``, or a single day.

    A bound inside a day of ``time_zone`` is written as an instant (``1997-01-01T18:00-05:00``): only the day would be
    read as another window, and could be that of the previous run.
    """
    first_day, last_day = window.days(time_zone)
    zone = ZoneInfo(time_zone)
    is_whole = window.start == day_start(first_day, time_zone), window.end == day_start(last_day + ONE_DAY, time_zone)
    first = str(first_day) if is_whole[0] else _instant_text(window.start, zone)
    last = str(last_day) if is_whole[1] else _instant_text(window.end, zone)
    return first if all(is_whole) and first == last else f"{first}..{last}"


def _instant_text(bound: datetime, zone: ZoneInfo) -> str:
    """Return the instant to the minute, or with seconds and fraction if it has them."""
    local = bound.astimezone(zone)
    return local.isoformat(timespec="auto" if local.second or local.microsecond else "minutes")


def _days_and_delivery(schedule: Schedule) -> tuple[str, str]:
    match schedule.frequency:
        case Frequency.ONCE:
            day = schedule.deliver_on or schedule.valid_until + timedelta(days=schedule.deliver_after_days)
            return _days(schedule.valid_from, schedule.valid_until), f"on {_day(day)}"
        case Frequency.DAILY:
            return "each day", _days_after(schedule)
        case Frequency.WEEKLY:
            return _weekly(schedule)
        case Frequency.MONTHLY:
            return _monthly(schedule)
        case Frequency.QUARTERLY:
            return "each calendar quarter", _after_month_end(schedule)


def _weekly(schedule: Schedule) -> tuple[str, str]:
    last = WEEKDAYS.index(schedule.execute_on or "sunday")
    first, delivery = (WEEKDAYS[(last + days) % 7].capitalize() for days in (1, schedule.deliver_after_days))
    on = f"on {delivery}s" if schedule.deliver_after_days <= len(WEEKDAYS) else _days_after(schedule)
    return f"{first} to {WEEKDAYS[last].capitalize()}", on


def _monthly(schedule: Schedule) -> tuple[str, str]:
    last_day = schedule.execute_on or "last"
    if last_day in {"last", "31"}:
        return "each calendar month", _after_month_end(schedule)
    number = int(last_day)
    if number > SHORTEST_MONTH:
        return f"a month up to the {_ordinal(number)}, or to the last day of a shorter month", _days_after(schedule)
    if number == SHORTEST_MONTH:
        return "a month up to the 28th", _days_after(schedule)
    delivery = number + schedule.deliver_after_days
    on = f"on the {_ordinal(delivery)}" if delivery <= SHORTEST_MONTH else _days_after(schedule)
    return f"from the {_ordinal(number + 1)} to the {_ordinal(number)} of the next month", on


def _after_month_end(schedule: Schedule) -> str:
    days = schedule.deliver_after_days
    return f"on the {_ordinal(days)} of the next" if days <= SHORTEST_MONTH else _days_after(schedule)


def _days_after(schedule: Schedule) -> str:
    days = schedule.deliver_after_days
    return "on the day after" if days == 1 else f"{days} days after the last of them"


def _days(first: date, last: date) -> str:
    if first == last:
        return _day(first)
    if (first.year, first.month) == (last.year, last.month):
        return f"{first.day} to {_day(last)}"
    year = "" if first.year == last.year else f" {first.year}"
    return f"{first.day} {_MONTHS[first.month - 1]}{year} to {_day(last)}"


def _day(day: date) -> str:
    return f"{day.day} {_MONTHS[day.month - 1]} {day.year}"


def _delivery_time(schedule: Schedule) -> str:
    return f"{schedule.deliver_at:%H:%M} {schedule.time_zone}"


def _ordinal(number: int) -> str:
    ending = "th" if 10 < number % 100 < 14 else {1: "st", 2: "nd", 3: "rd"}.get(number % 10, "th")
    return f"{number}{ending}"


_MONTHS = (
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
)
"""Not strftime's: those follow the server's locale."""
