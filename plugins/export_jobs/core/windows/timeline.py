"""A job's windows along time: delivered, running, due, failed, missing, to come, and the days that no window covers."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import cached_property
from itertools import groupby, takewhile
from operator import attrgetter

from export_jobs.core.definitions.job import Schedule
from export_jobs.core.windows.coverage import (
    OVERDUE,
    STATES_BEST_FIRST,
    CoverageGap,
    CoverageState,
    TemplateOutcome,
    WindowCoverage,
    compute_coverage,
)
from export_jobs.core.windows.window import ScheduledWindow, Window, day_start, next_scheduled_window, scheduled_windows

FUTURE = "future"
_WINDOW = attrgetter("window")


@dataclass(frozen=True)
class RunOutcome:
    """What one run has made of its window. ``rows``: of all its files; ``seconds``: from its start to its end.

    ``template_rows``: of each template's files, and ``step_seconds`` of each step, once the run has delivered.
    """

    run_id: str
    window: Window
    states: Mapping[str, CoverageState]
    rows: int | None = None
    seconds: float | None = None
    template_rows: Mapping[str, int] = field(default_factory=dict)
    step_seconds: Mapping[str, float] = field(default_factory=dict)


@dataclass(frozen=True)
class TimelineCell:
    """One window of the picture. ``due`` None: the schedule is no longer one that makes this window."""

    window: Window
    due: datetime | None
    state: str
    templates: Mapping[str, str]
    run: RunOutcome | None = None
    overlaps: bool = False


@dataclass(frozen=True)
class Timeline:
    """Windows in order, those to come last, and spans that none of them covers."""

    cells: tuple[TimelineCell, ...]
    gaps: tuple[Window, ...]

    def around_now(self, past: int, future: int) -> list[TimelineCell]:
        """The last ``past`` windows up to now and the first ``future`` ones after it."""
        begun = [cell for cell in self.cells if cell.state != FUTURE]
        upcoming = [cell for cell in self.cells if cell.state == FUTURE]
        return [*(begun[-past:] if past else []), *upcoming[:future]]

    def counts(self) -> dict[str, int]:
        """How many windows there are of each state, all of them."""
        found = Counter(cell.state for cell in self.cells)
        return {state: found[state] for state in (*STATES_BEST_FIRST, FUTURE)}


@dataclass(frozen=True)
class ExpectedWindows:
    """What should be: templates, and the schedule (None while it is invalid) from where its last window ended.

    ``alive_at``: when the job last did or changed something; None: only the schedule tells whether a window is late.
    ``ended``: windows whose run has ended, so that no other one is to be expected.
    """

    templates: Sequence[str]
    schedule: Schedule | None
    last_window_end: datetime | None
    now: datetime
    alive_at: datetime | None = None
    ended: Collection[Window] = ()

    @cached_property
    def upcoming(self) -> tuple[ScheduledWindow, ...]:
        """The windows that follow the last one, in order."""
        return tuple(scheduled_windows(self.schedule, self.last_window_end)) if self.schedule else ()

    @property
    def waiting(self) -> frozenset[Window]:
        """Windows whose time has come and whose run has yet to start: no cause for alarm before ``OVERDUE``."""
        return frozenset(
            scheduled.window
            for scheduled in takewhile(lambda scheduled: scheduled.due <= self.now, self.upcoming)
            if max(scheduled.due, self.alive_at or scheduled.due) + OVERDUE > self.now
            and scheduled.window not in self.ended
        )


def coverage_until_now(
    expected: ExpectedWindows, outcomes: Iterable[TemplateOutcome]
) -> tuple[list[WindowCoverage], list[CoverageGap]]:
    """Each template's windows up to now with what has become of them, and its gaps; see ``compute_coverage``."""
    late = takewhile(lambda scheduled: scheduled.due <= expected.now, expected.upcoming)
    schedule = expected.schedule
    first_day = day_start(schedule.valid_from, schedule.time_zone) if schedule else None
    windows = (scheduled.window for scheduled in late)
    return compute_coverage(expected.templates, windows, outcomes, since=first_day, waiting=expected.waiting)


def build_timeline(
    expected: ExpectedWindows,
    run_outcomes: Sequence[RunOutcome],
    in_progress: Mapping[str, Window],
    queued: Collection[str] = (),
) -> Timeline:
    """The picture of a job. ``run_outcomes``: what the ledger knows, oldest first; ``in_progress``: Airflow's runs.

    A window that Airflow works on is running, whatever was made of it before; one whose every such run is ``queued``
    is due.
    """
    known = {outcome.run_id for outcome in run_outcomes}
    runs = [*run_outcomes, *(RunOutcome(run, window, {}) for run, window in in_progress.items() if run not in known)]
    outcomes = [
        TemplateOutcome(name, outcome.window, outcome.run_id, outcome.states.get(name, CoverageState.RUNNING))
        for outcome in runs
        for name in outcome.states or expected.templates
    ]
    covered, gaps = coverage_until_now(expected, outcomes)
    cells = [
        *_past_cells(expected, covered, runs, _states_at_work(in_progress, queued)),
        *_future_cells(expected, {outcome.window for outcome in runs}),
    ]
    spans = sorted({Window(gap.start, gap.end) for gap in gaps})
    return Timeline(tuple(sorted(cells, key=lambda cell: (cell.state == FUTURE, cell.window))), tuple(spans))


def _past_cells(
    expected: ExpectedWindows,
    covered: Iterable[WindowCoverage],
    runs: Sequence[RunOutcome],
    at_work: Mapping[Window, CoverageState],
) -> Iterator[TimelineCell]:
    due = {scheduled.window: scheduled.due for scheduled in expected.upcoming}
    runs_of = {window: list(own) for window, own in groupby(sorted(runs, key=_WINDOW), key=_WINDOW)}
    for window, rows in groupby(sorted(covered, key=_WINDOW), key=_WINDOW):
        found = list(rows)
        now = at_work.get(window)
        yield TimelineCell(
            window,
            due.get(window) or _scheduled_due(expected.schedule, window),
            now or _worst_state([row.state for row in found]),
            {row.template: _state_at_work(row.state, now) for row in found},
            _run_to_show(runs_of.get(window, []), is_busy=now is not None),
            overlaps=any(row.overlaps for row in found),
        )


def _states_at_work(in_progress: Mapping[str, Window], queued: Collection[str]) -> dict[Window, CoverageState]:
    """Of a window with several runs, one of which is at work, that one tells."""
    states = {window: CoverageState.DUE for run, window in in_progress.items() if run in queued}
    return states | {window: CoverageState.RUNNING for run, window in in_progress.items() if run not in queued}


def _state_at_work(state: CoverageState, now: CoverageState | None) -> CoverageState:
    """A file that stands stays delivered; what failed before is no longer the last word."""
    return state if now is None or state in {CoverageState.DELIVERED, CoverageState.EMPTY} else now


def _future_cells(expected: ExpectedWindows, begun: set[Window]) -> Iterator[TimelineCell]:
    for scheduled in expected.upcoming:
        if scheduled.due > expected.now and scheduled.window not in begun:
            yield TimelineCell(scheduled.window, scheduled.due, FUTURE, dict.fromkeys(expected.templates, FUTURE))


def _worst_state(states: Sequence[CoverageState]) -> CoverageState:
    """A window is as well as its worst template; it is empty when no template had a row to send."""
    if set(states) == {CoverageState.DELIVERED, CoverageState.EMPTY}:
        return CoverageState.DELIVERED
    return max(states, key=STATES_BEST_FIRST.index)


def _run_to_show(runs: Sequence[RunOutcome], *, is_busy: bool) -> RunOutcome | None:
    """Of several runs of a window the newest, or the newest that did best when none is at work."""
    return (runs[-1] if is_busy else min(reversed(runs), key=_state_rank)) if runs else None


def _state_rank(outcome: RunOutcome) -> int:
    return max((STATES_BEST_FIRST.index(state) for state in outcome.states.values()), default=len(STATES_BEST_FIRST))


def _scheduled_due(schedule: Schedule | None, window: Window) -> datetime | None:
    """When the present schedule delivers a window that was begun already."""
    found = next_scheduled_window(schedule.model_copy(update={"anchor": None}), window.start) if schedule else None
    return found.due if found and found.window == window else None
