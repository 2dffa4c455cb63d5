"""Search, filter, sort, page: standings of all jobs -> the page of them that was asked for, with totals."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from datetime import datetime
from operator import attrgetter, itemgetter
from typing import Annotated, Literal

from pydantic import Field

from export_jobs.core.definitions.job import Frequency
from export_jobs.web.jobs.board import Standing
from export_jobs.web.models import Wire
from export_jobs.web.models.job import JobStatus, Totals
from export_jobs.web.models.job_state import JobState

Sort = Literal["name", "-name", "next", "-next", "last", "-last", "state"]
MOST_ROWS = 500
_RED_FIRST = (JobState.UNABLE_TO_EXECUTE, JobState.IN_PROGRESS, JobState.YET_TO_EXECUTE, JobState.SUCCESS)


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
    found.sort(key=attrgetter("facts.order"), reverse=sort == "-name")
    if sort in {"name", "-name"}:
        return found
    if sort == "state":
        return sorted(found, key=lambda one: _RED_FIRST.index(one.state))
    moment = _next if sort.endswith("next") else attrgetter("progress.published_at")
    having = [(at, one) for one in found if (at := moment(one)) is not None]
    having.sort(key=itemgetter(0), reverse=sort.startswith("-"))
    return [*(one for _, one in having), *(one for one in found if moment(one) is None)]


def _next(one: Standing) -> datetime | None:
    return one.coming.due if one.coming else None
