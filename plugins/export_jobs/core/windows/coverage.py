"""Compute coverage: for each template, which windows are delivered, missing, failed or exported twice."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from itertools import accumulate

from export_jobs.core.windows.window import Window


class CoverageState(StrEnum):
    """The state of a window. ``empty``: delivered, but it had no rows, so the job's policy sent no file.

    ``early``: sent before it was over, so that later rows are missing; it counts as not delivered. ``due``: its time
    has come, but its run has not started; ``missing``: due for an hour, or its run has ended without a result.
    """

    DELIVERED = "delivered"
    EMPTY = "empty"
    RUNNING = "running"
    DUE = "due"
    EARLY = "early"
    FAILED = "failed"
    MISSING = "missing"


OVERDUE = timedelta(hours=1)
"""Airflow creates a run within a minute of its time; a job that has waited for this long is stuck."""

MAX_ZONE_SHIFT = timedelta(hours=12)
"""When a job's zone changes, its first instant moves by less than this, while its first window stays."""

STATES_BEST_FIRST = (
    CoverageState.DELIVERED,
    CoverageState.EMPTY,
    CoverageState.RUNNING,
    CoverageState.DUE,
    CoverageState.EARLY,
    CoverageState.FAILED,
    CoverageState.MISSING,
)


@dataclass(frozen=True)
class TemplateOutcome:
    """The result of one execution for one template's window."""

    template: str
    window: Window
    run_id: str
    state: CoverageState


@dataclass(frozen=True)
class WindowCoverage:
    """One window of one template. ``overlaps``: delivered windows that share some, but not all, of its span."""

    template: str
    window: Window
    state: CoverageState
    run_ids: tuple[str, ...] = ()
    overlaps: tuple[Window, ...] = ()


@dataclass(frozen=True)
class CoverageGap:
    """A span within the job's days, up to the last one that is due, that no window covers."""

    template: str
    start: datetime
    end: datetime


def compute_coverage(
    templates: Sequence[str],
    expected: Iterable[Window],
    outcomes: Iterable[TemplateOutcome],
    since: datetime | None = None,
    *,
    waiting: Collection[Window] = (),
) -> tuple[list[WindowCoverage], list[CoverageGap]]:
    """Return coverage by template and window, and the gaps between windows.

    ``expected`` are the windows that are due and have had no execution, after those that have. If an expected window
    has an outcome, the outcome counts; of several executions of one window the best one counts. ``since`` is where
    the job's days begin: a span between it and the first window is a gap too. ``waiting``: the expected windows
    whose run has not started; all others without an outcome are missing.
    """
    by_template: dict[str, dict[Window, list[TemplateOutcome]]] = {name: {} for name in templates}
    for outcome in outcomes:
        by_template.setdefault(outcome.template, {}).setdefault(outcome.window, []).append(outcome)
    due = list(expected)
    untouched = dict.fromkeys(waiting, CoverageState.DUE)
    rows: list[WindowCoverage] = []
    gaps: list[CoverageGap] = []
    for template, found in by_template.items():
        windows = sorted({*found, *due})
        delivered = _DeliveredWindows(found)
        rows += [_window_coverage(template, window, found.get(window, []), delivered, untouched) for window in windows]
        gaps += _find_gaps(template, windows, since)
    return rows, gaps


def skipped_spans(
    spans: Iterable[tuple[datetime | None, datetime]], since: datetime, known: Iterable[Window] = ()
) -> list[Window]:
    """Return the parts of ``spans``, which no run has had, that are in the job's days and in no ``known`` window.

    The job's days begin at ``since``. A span that begins at None ends where the job's first window starts.
    """
    found: list[Window] = []
    windows = sorted(known)
    for start, end in spans:
        begins = max(start or since, since)
        if end - begins < (MAX_ZONE_SHIFT if begins == since else timedelta(microseconds=1)):
            continue
        for window in windows:
            if window.start >= end:
                break
            if begins < window.start:
                found.append(Window(begins, window.start))
            begins = max(begins, window.end)
        if begins < end:
            found.append(Window(begins, end))
    return found


class _DeliveredWindows:
    """The delivered windows of one template, searched by bisection: a job of years has thousands."""

    def __init__(self, found: Mapping[Window, Sequence[TemplateOutcome]]) -> None:
        self._windows = sorted(
            window for window, own in found.items() if any(outcome.state is CoverageState.DELIVERED for outcome in own)
        )
        self._starts = [window.start for window in self._windows]
        self._reach = list(accumulate((window.end for window in self._windows), max))

    def overlapping(self, window: Window) -> tuple[Window, ...]:
        """Return those that share some, but not all, of a window's span, in order."""
        last = bisect_left(self._starts, window.end)
        first = bisect_right(self._reach, window.start, hi=last)
        return tuple(other for other in self._windows[first:last] if other != window and other.end > window.start)


def _window_coverage(
    template: str,
    window: Window,
    own: Sequence[TemplateOutcome],
    delivered: _DeliveredWindows,
    untouched: Mapping[Window, CoverageState],
) -> WindowCoverage:
    begun = min((outcome.state for outcome in own), key=STATES_BEST_FIRST.index, default=None)
    state = begun or untouched.get(window, CoverageState.MISSING)
    return WindowCoverage(
        template, window, state, tuple(outcome.run_id for outcome in own), delivered.overlapping(window)
    )


def _find_gaps(template: str, windows: Sequence[Window], since: datetime | None) -> Iterator[CoverageGap]:
    if not windows:
        return
    until = windows[0].start
    if since is not None and until - since >= MAX_ZONE_SHIFT:
        until = since
    for window in windows:
        if window.start > until:
            yield CoverageGap(template, until, window.start)
        until = max(until, window.end)
