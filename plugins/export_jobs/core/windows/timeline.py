"""A job's windows in order of time with their states, including future ones, and the days that no window covers."""

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
    """The result of one run for its window. ``rows``: of all its files; ``seconds``: from its start to its end.

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
    """One window of the timeline. ``due`` None: the present schedule does not have this window."""

    window: Window
    due: datetime | None
    state: str
    templates: Mapping[str, str]
    run: RunOutcome | None = None
    overlaps: bool = False


@dataclass(frozen=True)
class Timeline:
    """Windows in order, future ones last, and spans that none of them covers."""

    cells: tuple[TimelineCell, ...]
    gaps: tuple[Window, ...]

    def around_now(self, past: int, future: int) -> list[TimelineCell]:
        """Return the last ``past`` windows up to now and the first ``future`` ones after it."""
        begun = [cell for cell in self.cells if cell.state != FUTURE]
        upcoming = [cell for cell in self.cells if cell.state == FUTURE]
        return [*(begun[-past:] if past else []), *upcoming[:future]]

    def counts(self) -> dict[str, int]:
        """Return the number of windows of each state, for every state."""
        found = Counter(cell.state for cell in self.cells)
        return {state: found[state] for state in (*STATES_BEST_FIRST, FUTURE)}


@dataclass(frozen=True)
class ExpectedWindows:
    """What is expected: templates, and the schedule (None while it is invalid) from the end of its last window.

    ``alive_at``: when the job last did or changed something; None: only the schedule decides whether a window is late.
    ``ended``: windows whose run has ended, so that no other run is expected.
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
        """Windows whose time has come but whose run has not started: no cause for alarm before ``OVERDUE``."""
        return frozenset(
            scheduled.window
            for scheduled in takewhile(lambda scheduled: scheduled.due <= self.now, self.upcoming)
            if max(scheduled.due, self.alive_at or scheduled.due) + OVERDUE > self.now
            and scheduled.window not in self.ended
        )


def coverage_until_now(
    expected: ExpectedWindows, outcomes: Iterable[TemplateOutcome]
) -> tuple[list[WindowCoverage], list[CoverageGap]]:
    """Return each template's windows up to now with their states, and its gaps; see ``compute_coverage``."""
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
    """Build the timeline of a job. ``run_outcomes``: from the ledger, oldest first; ``in_progress``: Airflow's runs.

    A window with a run in progress is running, whatever its earlier result; if every such run is ``queued``, the
    window is due.
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
    """Return the state of windows in progress: one running run is enough for ``running``."""
    states = {window: CoverageState.DUE for run, window in in_progress.items() if run in queued}
    return states | {window: CoverageState.RUNNING for run, window in in_progress.items() if run not in queued}


def _state_at_work(state: CoverageState, now: CoverageState | None) -> CoverageState:
    """Keep the state of a delivered file; a run in progress replaces an earlier failure."""
    return state if now is None or state in {CoverageState.DELIVERED, CoverageState.EMPTY} else now


def _future_cells(expected: ExpectedWindows, begun: set[Window]) -> Iterator[TimelineCell]:
    for scheduled in expected.upcoming:
        if scheduled.due > expected.now and scheduled.window not in begun:
            yield TimelineCell(scheduled.window, scheduled.due, FUTURE, dict.fromkeys(expected.templates, FUTURE))


def _worst_state(states: Sequence[CoverageState]) -> CoverageState:
    """Return the worst state of the templates; a window is empty only when no template sent a file."""
    if set(states) == {CoverageState.DELIVERED, CoverageState.EMPTY}:
        return CoverageState.DELIVERED
    return max(states, key=STATES_BEST_FIRST.index)


def _run_to_show(runs: Sequence[RunOutcome], *, is_busy: bool) -> RunOutcome | None:
    """Return the newest run of a window, or the newest of those with the best result when none is in progress."""
    return (runs[-1] if is_busy else min(reversed(runs), key=_state_rank)) if runs else None


def _state_rank(outcome: RunOutcome) -> int:
    return max((STATES_BEST_FIRST.index(state) for state in outcome.states.values()), default=len(STATES_BEST_FIRST))


def _scheduled_due(schedule: Schedule | None, window: Window) -> datetime | None:
    """Return when the present schedule delivers a window that already has a run."""
    found = next_scheduled_window(schedule.model_copy(update={"anchor": None}), window.start) if schedule else None
    return found.due if found and found.window == window else None
