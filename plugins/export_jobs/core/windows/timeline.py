"""A job's windows along time: delivered, running, failed, missing, to come, and the days that no window covers."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from itertools import groupby, takewhile
from operator import attrgetter

from export_jobs.core.definitions.job import Schedule
from export_jobs.core.windows.coverage import BEST_FIRST, Covered, Gap, Outcome, State, coverage
from export_jobs.core.windows.window import Delivery, Window, day_start, deliveries, next_delivery

FUTURE = "future"
_WINDOW = attrgetter("window")


@dataclass(frozen=True)
class Made:
    """What one run has made of its window. ``rows``: of all its files; ``seconds``: from its start to its end."""

    run_id: str
    window: Window
    states: Mapping[str, State]
    rows: int | None = None
    seconds: float | None = None


@dataclass(frozen=True)
class Cell:
    """One window of the picture. ``due`` None: the schedule is no longer one that makes this window."""

    window: Window
    due: datetime | None
    state: str
    templates: Mapping[str, str]
    made: Made | None = None
    overlaps: bool = False


@dataclass(frozen=True)
class Timeline:
    """Windows in order, those to come last, and spans that none of them covers."""

    cells: tuple[Cell, ...]
    gaps: tuple[Window, ...]

    def around_now(self, past: int, future: int) -> list[Cell]:
        """The last ``past`` windows up to now and the first ``future`` ones after it."""
        begun = [cell for cell in self.cells if cell.state != FUTURE]
        coming = [cell for cell in self.cells if cell.state == FUTURE]
        return [*(begun[-past:] if past else []), *coming[:future]]

    def counts(self) -> dict[str, int]:
        """How many windows there are of each state, all of them."""
        found = Counter(cell.state for cell in self.cells)
        return {state: found[state] for state in (*BEST_FIRST, FUTURE)}


@dataclass(frozen=True)
class Plan:
    """What should be: templates, and the schedule (None while it does not hold) from where its last window ended."""

    templates: Sequence[str]
    schedule: Schedule | None
    made_until: datetime | None
    now: datetime
    coming: tuple[Delivery, ...] = field(init=False)

    def __post_init__(self) -> None:
        coming = tuple(deliveries(self.schedule, self.made_until)) if self.schedule else ()
        object.__setattr__(self, "coming", coming)


def day_range(window: Window, time_zone: str) -> str:
    """First and last day of data, as ``time_zone`` sees them: ``1997-01-01..1997-01-07``, or one day alone."""
    first, last = window.days(time_zone)
    return str(first) if first == last else f"{first}..{last}"


def covered_so_far(plan: Plan, outcomes: Iterable[Outcome]) -> tuple[list[Covered], list[Gap]]:
    """Each template's windows up to now with what has become of them, and its gaps; see ``coverage``."""
    late = takewhile(lambda delivery: delivery.due <= plan.now, plan.coming)
    schedule = plan.schedule
    first_day = day_start(schedule.valid_from, schedule.time_zone) if schedule else None
    return coverage(plan.templates, (delivery.window for delivery in late), outcomes, since=first_day)


def timeline(plan: Plan, made: Sequence[Made], in_progress: Mapping[str, Window]) -> Timeline:
    """The picture of a job. ``made`` is what the ledger knows, oldest first; ``in_progress`` are Airflow's runs.

    A window that Airflow works on is running, whatever was made of it before.
    """
    known = {one.run_id for one in made}
    runs = [*made, *(Made(run, window, {}) for run, window in in_progress.items() if run not in known)]
    outcomes = [
        Outcome(name, one.window, one.run_id, one.states.get(name, State.RUNNING))
        for one in runs
        for name in one.states or plan.templates
    ]
    covered, gaps = covered_so_far(plan, outcomes)
    cells = [*_begun(plan, covered, runs, set(in_progress.values())), *_coming(plan, {one.window for one in runs})]
    spans = sorted({Window(gap.start, gap.end) for gap in gaps})
    return Timeline(tuple(sorted(cells, key=lambda cell: (cell.state == FUTURE, cell.window))), tuple(spans))


def _begun(plan: Plan, covered: Iterable[Covered], runs: Sequence[Made], busy: set[Window]) -> Iterator[Cell]:
    due = {delivery.window: delivery.due for delivery in plan.coming}
    runs_of = {window: list(own) for window, own in groupby(sorted(runs, key=_WINDOW), key=_WINDOW)}
    for window, rows in groupby(sorted(covered, key=_WINDOW), key=_WINDOW):
        found = list(rows)
        yield Cell(
            window,
            due.get(window) or _due(plan.schedule, window),
            State.RUNNING if window in busy else _together([row.state for row in found]),
            {row.template: row.state for row in found},
            _telling(runs_of.get(window, []), is_busy=window in busy),
            overlaps=any(row.overlaps for row in found),
        )


def _coming(plan: Plan, begun: set[Window]) -> Iterator[Cell]:
    for delivery in plan.coming:
        if delivery.due > plan.now and delivery.window not in begun:
            yield Cell(delivery.window, delivery.due, FUTURE, dict.fromkeys(plan.templates, FUTURE))


def _together(states: Sequence[State]) -> State:
    """A window is as well as its worst template; it is empty when no template had a row to send."""
    if set(states) == {State.DELIVERED, State.EMPTY}:
        return State.DELIVERED
    return max(states, key=BEST_FIRST.index)


def _telling(runs: Sequence[Made], *, is_busy: bool) -> Made | None:
    """Of several runs of a window the newest, or the newest that did best when none is at work."""
    return (runs[-1] if is_busy else min(reversed(runs), key=_rank)) if runs else None


def _rank(one: Made) -> int:
    return max((BEST_FIRST.index(state) for state in one.states.values()), default=len(BEST_FIRST))


def _due(schedule: Schedule | None, window: Window) -> datetime | None:
    """When the present schedule delivers a window that was begun already."""
    found = next_delivery(schedule.model_copy(update={"anchor": None}), window.start) if schedule else None
    return found.due if found and found.window == window else None
