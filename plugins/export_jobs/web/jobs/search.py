"""Search, filter, sort and page the summaries of all jobs, with totals."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Sequence
from datetime import datetime
from operator import attrgetter, itemgetter
from typing import Annotated, Literal

from pydantic import Field

from export_jobs.core.definitions.job import Frequency
from export_jobs.web.jobs.board import JobSummary
from export_jobs.web.models import ApiModel
from export_jobs.web.models.job import JobState, JobStatus, JobTotals

Sort = Literal["name", "-name", "next", "-next", "last", "-last", "state"]
MAX_ROWS = 500
_STATE_ORDER = (JobState.UNABLE_TO_EXECUTE, JobState.IN_PROGRESS, JobState.YET_TO_EXECUTE, JobState.SUCCESS)


class JobQuery(ApiModel):
    """The filters, order and page of a list. ``search``: a part of the name, description or owner.

    ``mine``: only jobs that the caller created or owns.
    """

    search: Annotated[str, Field(max_length=254)] = ""
    frequency: Frequency | None = None
    status: JobStatus | None = None
    state: JobState | None = None
    destination: str = ""
    owner: str = ""
    mine: bool = False
    sort: Sort = "name"
    offset: Annotated[int, Field(ge=0, le=10**9)] = 0
    limit: Annotated[int, Field(ge=1, le=MAX_ROWS)] = 50


def search_jobs(
    summaries: Sequence[JobSummary], query: JobQuery, own_names: Collection[str]
) -> tuple[list[JobSummary], JobTotals]:
    """Return the matching jobs in order, and totals that ignore the filters by status and state.

    ``own_names``: the names that identify the caller as an owner or author, in lower case.
    """
    search = query.search.strip().lower()
    like = [
        summary
        for summary in summaries
        if (not search or search in summary.definition.search_text)
        and (query.frequency is None or summary.definition.frequency == query.frequency)
        and (not query.destination or query.destination in summary.definition.destinations)
        and (not query.owner or summary.definition.owner == query.owner)
        and (not query.mine or not summary.definition.people.isdisjoint(own_names))
    ]
    found = [
        summary
        for summary in like
        if (query.status is None or summary.is_completed == (query.status == "completed"))
        and (query.state is None or summary.state is query.state)
    ]
    return _in_order(found, query.sort), _totals(like)


def _totals(summaries: Sequence[JobSummary]) -> JobTotals:
    completed = sum(summary.is_completed for summary in summaries)
    states = Counter(summary.state.value for summary in summaries)
    return JobTotals(active=len(summaries) - completed, completed=completed, **states)


def _in_order(found: list[JobSummary], sort: Sort) -> list[JobSummary]:
    """Sort. Ties are sorted by name; jobs without a value come last in both directions."""
    found.sort(key=attrgetter("definition.sort_key"), reverse=sort == "-name")
    if sort in {"name", "-name"}:
        return found
    if sort == "state":
        return sorted(found, key=lambda summary: _STATE_ORDER.index(summary.state))
    moment = _next if sort.endswith("next") else attrgetter("progress.published_at")
    having = [(at, summary) for summary in found if (at := moment(summary)) is not None]
    having.sort(key=itemgetter(0), reverse=sort.startswith("-"))
    return [*(summary for _, summary in having), *(summary for summary in found if moment(summary) is None)]


def _next(one: JobSummary) -> datetime | None:
    return one.upcoming_delivery.due if one.upcoming_delivery else None
