"""Models of reruns and of runs in addition to the schedule."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated

from pydantic import AfterValidator, AwareDatetime

from export_jobs.core.validation.rules.schedule import FIRST_YEAR, LAST_YEAR
from export_jobs.web.models.base import ApiModel
from export_jobs.web.models.job import WindowSpan


class RerunRequest(ApiModel):
    """A rerun. ``include_gaps``: also rerun undelivered windows before the last success."""

    include_gaps: bool = False
    with_current_definition: bool = False


class RerunWindow(WindowSpan):
    """One run that is cleared; ``days`` and ``why`` in words."""

    run_id: str
    days: str
    why: str


class RerunAnswer(ApiModel):
    """The runs to clear, oldest first. ``heal``: runs that delivered; only the steps that failed afterwards run again.

    ``gaps``: windows that are not rerun. ``blocked``: a sentence that says why no rerun is possible now.
    """

    dry_run: bool
    windows: list[RerunWindow]
    heal: list[RerunWindow]
    gaps: list[RerunWindow]
    blocked: str


def _of_a_usual_year(moment: datetime) -> datetime:
    """Refuse instants at the ends of the calendar, which do not exist in other time zones."""
    if not FIRST_YEAR - 1 <= moment.year <= LAST_YEAR + 1:  # a day begins in the year before, seen from elsewhere
        raise ValueError(f"the year must be between {FIRST_YEAR} and {LAST_YEAR}")
    return moment


Bound = Annotated[AwareDatetime, AfterValidator(_of_a_usual_year)]


class WindowRequest(ApiModel):
    """A window from ``start``, inclusive, to ``end``, exclusive. Both need an offset and a year that a job can have."""

    start: Bound
    end: Bound


class NewRun(ApiModel):
    """A run that Airflow has created, and the window that it exports."""

    run_id: str
    window: WindowSpan
