"""Rules for a schedule: its zone and days exist, it has at most one year, and execute-on fits the frequency."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo, available_timezones

from export_jobs.core.base.issue import Issue
from export_jobs.core.base.text import quote_value, suggest
from export_jobs.core.definitions.job import MAX_DELIVER_AFTER_DAYS, Frequency, JobSpec
from export_jobs.core.validation.rule import RuleContext, Rules
from export_jobs.core.windows.window import WEEKDAYS, day_start

SCHEDULE_RULES: Rules[JobSpec] = Rules()
FIRST_YEAR, LAST_YEAR = 1901, 2199


def is_time_zone(name: str) -> bool:
    """Whether ``name`` is a zone of the zone database, in its spelling."""
    return name in _time_zones()


@SCHEDULE_RULES.reads("schedule.time_zone")
def time_zone_exists(job: JobSpec) -> Iterator[Issue]:
    """An IANA zone, spelled as the zone database spells it."""
    zone = job.schedule.time_zone
    if not is_time_zone(zone):
        nothing = "Install the tzdata package: this machine has no time zones"
        remedy = suggest(zone, _time_zones(), none=nothing, far="Write an IANA name, such as 'Europe/Berlin' or 'UTC'")
        yield Issue("schedule.time_zone", f"there is no time zone {quote_value(zone)}", remedy)


@SCHEDULE_RULES.reads("schedule.from", "schedule.until")
def years_are_plausible(job: JobSpec) -> Iterator[Issue]:
    """Far-off years are typing errors, and calendars end at 9999."""
    for name, day in (("from", job.schedule.valid_from), ("until", job.schedule.valid_until)):
        if not _is_plausible(day):
            remedy = f"Use a year from {FIRST_YEAR} to {LAST_YEAR}"
            yield Issue(f"schedule.{name}", f"{day.isoformat()} is not a plausible day of data", remedy)


@SCHEDULE_RULES.reads("schedule.from", "schedule.until")
def validity_has_order(job: JobSpec) -> Iterator[Issue]:
    """Both days are inclusive, so the same day twice is one day."""
    first, last = job.schedule.valid_from, job.schedule.valid_until
    if last < first:
        yield Issue("schedule.until", f"{last} is before the first day, {first}", "Choose the first day or a later one")


@SCHEDULE_RULES.reads("schedule.from", "schedule.until")
def validity_is_one_year(job: JobSpec) -> Iterator[Issue]:
    """At most one year, also from the 29th of February."""
    first, last = job.schedule.valid_from, job.schedule.valid_until
    if not (_is_plausible(first) and _is_plausible(last)):
        return
    longest = _one_year_after(first) - timedelta(days=1)
    if last > longest:
        days = (last - first).days + 1
        yield Issue("schedule.until", f"the validity has {days} days, more than a year", f"Choose {longest} or earlier")


@SCHEDULE_RULES.reads("schedule.from", "schedule.until", "schedule.time_zone")
def validity_has_a_day(job: JobSpec) -> Iterator[Issue]:
    """A zone that moved across the date line has skipped a whole day, such as Samoa's 30 December 2011."""
    schedule = job.schedule
    if schedule.valid_until < schedule.valid_from or not is_time_zone(schedule.time_zone):
        return
    if not (_is_plausible(schedule.valid_from) and _is_plausible(schedule.valid_until)):
        return
    end = day_start(schedule.valid_until + timedelta(days=1), schedule.time_zone)
    if end <= day_start(schedule.valid_from, schedule.time_zone):
        what = f"{schedule.valid_until} does not exist in {schedule.time_zone}, so the validity has no day"
        yield Issue("schedule.until", what, "Choose a later day")


@SCHEDULE_RULES.reads("schedule.frequency", "schedule.execute_on")
def execute_on_fits(job: JobSpec) -> Iterator[Issue]:
    """The last day of data: a weekday for weekly, a day of the month for monthly, nothing for the others."""
    frequency, day = job.schedule.frequency, job.schedule.execute_on
    if frequency is Frequency.QUARTERLY:
        if day not in {None, "last"}:
            what = f"a window of a quarterly job ends with the calendar quarter, but execute_on is {quote_value(day)}"
            yield Issue("schedule.execute_on", what, "Remove it, or make the job monthly")
        return
    if frequency in {Frequency.ONCE, Frequency.DAILY}:
        if day is not None:
            what = f"a {frequency} job cannot have execute_on, but it is {quote_value(day)}"
            yield Issue("schedule.execute_on", what, "Remove it, or make the job weekly or monthly")
        return
    allowed = WEEKDAYS if frequency is Frequency.WEEKLY else (*(str(n) for n in range(1, 32)), "last")
    in_words = "a weekday, monday to sunday" if frequency is Frequency.WEEKLY else "a day from 1 to 31, or last"
    if day is None:
        yield Issue(
            "schedule.execute_on", f"a {frequency} job needs execute_on, its last day of data", f"Give {in_words}"
        )
    elif day not in allowed:
        what = f"{quote_value(day)} is not a day of a {frequency} job"
        yield Issue("schedule.execute_on", what, f"Give {in_words}")


@SCHEDULE_RULES.reads("schedule.deliver_at")
def deliver_at_is_local(job: JobSpec) -> Iterator[Issue]:
    """The delivery time is read in the schedule's zone; an offset would contradict it."""
    if job.schedule.deliver_at.tzinfo is not None:
        what = f"{job.schedule.deliver_at.isoformat()} has an offset from UTC"
        yield Issue("schedule.deliver_at", what, "Write only the local time, such as '02:00'; time_zone says where")


@SCHEDULE_RULES.reads("schedule.frequency", "schedule.deliver_on", "schedule.until")
def deliver_on_is_after_the_data(job: JobSpec) -> Iterator[Issue]:
    """Only a once job chooses its day, and the data must be complete by then."""
    schedule = job.schedule
    if schedule.deliver_on is None:
        return
    if schedule.frequency is not Frequency.ONCE:
        what = f"a {schedule.frequency} job delivers after each window, so it cannot have deliver_on"
        yield Issue("schedule.deliver_on", what, "Remove it, or use deliver_after_days; deliver_on is for once jobs")
    elif schedule.deliver_on <= schedule.valid_until:
        what = f"{schedule.deliver_on} is not after the last day of data, {schedule.valid_until}"
        yield Issue("schedule.deliver_on", what, "Choose a later day")
    elif not _is_plausible(schedule.deliver_on):
        what = f"{schedule.deliver_on} is not a plausible day of delivery"
        yield Issue("schedule.deliver_on", what, f"Use a year up to {LAST_YEAR}")


@SCHEDULE_RULES.reads("schedule.deliver_after_days", "schedule.deliver_on")
def deliver_after_days_is_plausible(job: JobSpec) -> Iterator[Issue]:
    """Delivery is at least one day after the data. A once job with deliver_on needs no number of days."""
    days = job.schedule.deliver_after_days
    if not 1 <= days <= MAX_DELIVER_AFTER_DAYS:
        what = f"a delivery {days} days after the last day of data is not possible"
        remedy = f"Use 1, which is the day after, to {MAX_DELIVER_AFTER_DAYS}"
        yield Issue("schedule.deliver_after_days", what, remedy)
    elif days > 1 and job.schedule.deliver_on is not None:
        what = f"deliver_on is {job.schedule.deliver_on}, but deliver_after_days is {days}"
        yield Issue("schedule.deliver_after_days", what, "Give one of the two: deliver_on or deliver_after_days")


@SCHEDULE_RULES.looks_up("schedule.frequency", "schedule.until", "schedule.time_zone")
def once_is_complete(job: JobSpec, context: RuleContext) -> Iterator[Issue]:
    """A once job exports days that are over; checked only when a job is new."""
    schedule = job.schedule
    if context.now is None or schedule.frequency is not Frequency.ONCE or not is_time_zone(schedule.time_zone):
        return
    yesterday = context.now.astimezone(ZoneInfo(schedule.time_zone)).date() - timedelta(days=1)
    if schedule.valid_until > yesterday:
        what = f"{schedule.valid_until} is not over yet, but a once job exports only complete days"
        yield Issue("schedule.until", what, f"Choose {yesterday} or earlier")


@lru_cache(maxsize=1)
def _time_zones() -> frozenset[str]:
    return frozenset(available_timezones() - {"Factory", "localtime"})


def _is_plausible(day: date) -> bool:
    return FIRST_YEAR <= day.year <= LAST_YEAR


def _one_year_after(day: date) -> date:
    """Return the same day of the next year; 1 March for 29 February."""
    try:
        return day.replace(year=day.year + 1)
    except ValueError:
        return date(day.year + 1, 3, 1)
