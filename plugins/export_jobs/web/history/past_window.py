"""The days that somebody asks for once more -> a window that is over, or a sentence that says why it is none."""

from __future__ import annotations

from collections.abc import Collection
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from export_jobs.core.definitions.job import Schedule
from export_jobs.core.windows.window import Window, closed_at, day_start
from export_jobs.web.http.error_responses import RequestRefusal

MAX_WINDOW_LENGTH = timedelta(days=367)
"""A year and the hours by which days of summer time are longer."""


def past_window(start: datetime, end: datetime, schedule: Schedule, known: Collection[Window], now: datetime) -> Window:
    """A closed window of whole days, or one of ``known``, which have run; raises ``RequestRefusal`` for any other."""
    if not start < end:
        raise RequestRefusal.because(
            422, "the window ends before it begins", "Choose a first day before the last one", "end"
        )
    window = Window(start.astimezone(UTC), end.astimezone(UTC))
    if window.end > now:
        what = "the window is not over yet, so its data is not complete"
        raise RequestRefusal.because(422, what, "Choose yesterday or an earlier day as the last one", "end")
    closed = closed_at(schedule, window)
    if closed > now:
        what = f"the window is over, but this job's data count as complete from {closed.isoformat()} only"
        raise RequestRefusal.because(422, what, "Choose an earlier day as the last one", "end")
    if window in known:
        return window
    if window.end - window.start > MAX_WINDOW_LENGTH:
        raise RequestRefusal.because(422, "the window is longer than a year", "Export it in parts", "start")
    time_zone = schedule.time_zone
    for path, moment in (("start", window.start), ("end", window.end)):
        if moment != day_start(moment.astimezone(ZoneInfo(time_zone)).date(), time_zone):
            what = f"{moment.isoformat()} is not the beginning of a day in {time_zone}"
            raise RequestRefusal.because(422, what, "Choose whole days: a file is named after its days", path)
    return window
