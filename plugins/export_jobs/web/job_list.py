"""Search, filter, sort, page: standings of all jobs -> the page of them that was asked for, with totals."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from typing import Annotated, Any, Literal

from pydantic import Field

from export_jobs.core.job import Frequency
from export_jobs.web.board import Standing
from export_jobs.web.models import Wire
from export_jobs.web.models.job import JobStatus, Totals
from export_jobs.web.standing import JobState

Sort = Literal["name", "-name", "next", "-next", "last", "-last", "state"]
MOST_ROWS = 500
_RED_FIRST = (JobState.UNABLE_TO_EXECUTE, JobState.IN_PROGRESS, JobState.YET_TO_EXECUTE, JobState.SUCCESS)
_NEVER = datetime.max.replace(tzinfo=UTC)


class Wanted(Wire):
    """Which jobs are asked for, and in which order. ``search`` is a part of the name, description or owner."""

    search: Annotated[str, Field(max_length=254)] = ""
    frequency: Frequency | None = None
    status: JobStatus | None = None
    state: JobState | None = None
    destination: str = ""
    owner: str = ""
    sort: Sort = "name"
    offset: Annotated[int, Field(ge=0, le=10**9)] = 0
    limit: Annotated[int, Field(ge=1, le=MOST_ROWS)] = 50


def matching(standings: Sequence[Standing], wanted: Wanted) -> tuple[list[Standing], Totals]:
    """Those that are asked for, in order, and the totals of those that match all but status and state."""
    search = wanted.search.strip().lower()
    like = [
        one
        for one in standings
        if (not search or search in one.facts.searched)
        and (wanted.frequency is None or one.facts.frequency == wanted.frequency)
        and (not wanted.destination or one.facts.destination == wanted.destination)
        and (not wanted.owner or one.facts.owner == wanted.owner)
    ]
    found = [
        one
        for one in like
        if (wanted.status is None or one.is_completed == (wanted.status == "completed"))
        and (wanted.state is None or one.state is wanted.state)
    ]
    return _in_order(found, wanted.sort), _totals(like)


def _totals(standings: Sequence[Standing]) -> Totals:
    completed = sum(one.is_completed for one in standings)
    states = Counter(one.state.value for one in standings)
    return Totals(active=len(standings) - completed, completed=completed, **states)


def _in_order(found: list[Standing], sort: Sort) -> list[Standing]:
    """Equal ones by name; what has no value to sort by comes last, whichever way."""
    found = sorted(found, key=lambda one: one.facts.name.lower())
    if sort in {"name", "-name"}:
        return found[::-1] if sort == "-name" else found
    if sort == "state":
        return sorted(found, key=lambda one: _RED_FIRST.index(one.state))
    moment = _moment_of(sort.removeprefix("-"))
    without = [one for one in found if moment(one) is None]
    having = [one for one in found if moment(one) is not None]
    return [*sorted(having, key=lambda one: moment(one) or _NEVER, reverse=sort.startswith("-")), *without]


def _moment_of(sort: str) -> Callable[[Standing], Any]:
    if sort == "next":
        return lambda one: one.coming.due if one.coming else None
    return lambda one: one.pulse.published_at
