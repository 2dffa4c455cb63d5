"""Turn the days to re-export into a complete window, or refuse them with a reason."""

from __future__ import annotations

from collections.abc import Collection
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from export_jobs.core.definitions.job import Schedule
from export_jobs.core.windows.window import Window, closed_at, day_start
from export_jobs.web.http.error_responses import RequestRefusal

MAX_WINDOW_LENGTH = timedelta(days=367)
"""A year, plus the hours by which a change of clocks can make it longer."""


def past_window(start: datetime, end: datetime, schedule: Schedule, known: Collection[Window], now: datetime) -> Window:
    """Return a complete window of whole days, or one of ``known`` (windows that have run). Else ``RequestRefusal``."""
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
        what = f"the window is over, but this job's data is not complete before {closed.isoformat()}"
        raise RequestRefusal.because(422, what, "Choose an earlier day as the last one", "end")
    if window in known:
        return window
    if window.end - window.start > MAX_WINDOW_LENGTH:
        raise RequestRefusal.because(422, "the window is longer than a year", "Export it in parts", "start")
    time_zone = schedule.time_zone
    for path, moment in (("start", window.start), ("end", window.end)):
        if moment != day_start(moment.astimezone(ZoneInfo(time_zone)).date(), time_zone):
            what = f"{moment.isoformat()} is not the beginning of a day in {time_zone}"
            raise RequestRefusal.because(422, what, "Choose whole days, because files are named after their days", path)
    return window
