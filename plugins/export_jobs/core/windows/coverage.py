"""Expected windows x the ledger's word -> for each template, which days are delivered, missing, failed or doubled."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from itertools import accumulate

from export_jobs.core.windows.window import Window


class State(StrEnum):
    """What has become of a window; ``empty``: delivered, and by the job's policy no file was sent for no rows."""

    DELIVERED = "delivered"
    EMPTY = "empty"
    RUNNING = "running"
    FAILED = "failed"
    MISSING = "missing"


SHIFT_OF_A_ZONE = timedelta(hours=12)
"""A job's first instant moves by less than this when its zone is changed, while its first window stays."""

BEST_FIRST = (State.DELIVERED, State.EMPTY, State.RUNNING, State.FAILED, State.MISSING)


@dataclass(frozen=True)
class Outcome:
    """What one execution has made of one template's window."""

    template: str
    window: Window
    run_id: str
    state: State


@dataclass(frozen=True)
class Covered:
    """One window of one template. ``overlaps`` names delivered windows that share some, but not all, of its span."""

    template: str
    window: Window
    state: State
    run_ids: tuple[str, ...] = ()
    overlaps: tuple[Window, ...] = ()


@dataclass(frozen=True)
class Gap:
    """A span within the job's days, up to the last one that is due, that no window covers at all."""

    template: str
    start: datetime
    end: datetime


def coverage(
    templates: Sequence[str],
    expected: Iterable[Window],
    outcomes: Iterable[Outcome],
    since: datetime | None = None,
) -> tuple[list[Covered], list[Gap]]:
    """Rows by template and window, and the gaps between them.

    ``expected`` are the windows that are due and have had no execution, after those that have; an expected window
    that has an outcome is that outcome's. Of several executions of one window the best one counts. ``since`` is where
    the job's days begin: what lies between it and the first window is a gap too.
    """
    by_template: dict[str, dict[Window, list[Outcome]]] = {name: {} for name in templates}
    for outcome in outcomes:
        by_template.setdefault(outcome.template, {}).setdefault(outcome.window, []).append(outcome)
    due = list(expected)
    rows: list[Covered] = []
    gaps: list[Gap] = []
    for template, found in by_template.items():
        windows = sorted({*found, *due})
        delivered = _Delivered(found)
        rows += [_covered(template, window, found.get(window, []), delivered) for window in windows]
        gaps += _gaps(template, windows, since)
    return rows, gaps


class _Delivered:
    """The delivered windows of one template, searched by bisection: a job of years has thousands."""

    def __init__(self, found: Mapping[Window, Sequence[Outcome]]) -> None:
        self._windows = sorted(
            window for window, own in found.items() if any(outcome.state is State.DELIVERED for outcome in own)
        )
        self._starts = [window.start for window in self._windows]
        self._reach = list(accumulate((window.end for window in self._windows), max))

    def sharing(self, window: Window) -> tuple[Window, ...]:
        """Those that share some, but not all, of a window's span, in order."""
        last = bisect_left(self._starts, window.end)
        first = bisect_right(self._reach, window.start, hi=last)
        return tuple(other for other in self._windows[first:last] if other != window and other.end > window.start)


def _covered(template: str, window: Window, own: Sequence[Outcome], delivered: _Delivered) -> Covered:
    state = min((outcome.state for outcome in own), key=BEST_FIRST.index, default=State.MISSING)
    return Covered(template, window, state, tuple(outcome.run_id for outcome in own), delivered.sharing(window))


def _gaps(template: str, windows: Sequence[Window], since: datetime | None) -> Iterator[Gap]:
    if not windows:
        return
    until = windows[0].start
    if since is not None and until - since >= SHIFT_OF_A_ZONE:
        until = since
    for window in windows:
        if window.start > until:
            yield Gap(template, until, window.start)
        until = max(until, window.end)
