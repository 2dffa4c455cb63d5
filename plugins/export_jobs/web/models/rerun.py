"""Reruns and runs besides the schedule, as they go over the wire."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated

from pydantic import AfterValidator, AwareDatetime

from export_jobs.core.validation.rules.schedule import FIRST_YEAR, LAST_YEAR
from export_jobs.web.models.base import ApiModel
from export_jobs.web.models.job import WindowSpan


class RerunRequest(ApiModel):
    """``include_gaps``: undelivered windows before the last success, too."""

    include_gaps: bool = False
    with_current_definition: bool = False


class RerunWindow(WindowSpan):
    """One run that is cleared; ``days`` and ``why`` in words."""

    run_id: str
    days: str
    why: str


class RerunAnswer(ApiModel):
    """What is cleared, oldest first. ``heal``: runs that delivered, of which only what failed after runs again.

    ``gaps``: windows that are left as they are. ``blocked``: why no rerun is possible now, in a sentence.
    """

    dry_run: bool
    windows: list[RerunWindow]
    heal: list[RerunWindow]
    gaps: list[RerunWindow]
    blocked: str


def _of_a_usual_year(moment: datetime) -> datetime:
    """At the ends of the calendar a moment has no counterpart in other time zones."""
    if not FIRST_YEAR - 1 <= moment.year <= LAST_YEAR + 1:  # a day begins in the year before, seen from elsewhere
        raise ValueError(f"the year must be between {FIRST_YEAR} and {LAST_YEAR}")
    return moment


Bound = Annotated[AwareDatetime, AfterValidator(_of_a_usual_year)]


class WindowRequest(ApiModel):
    """From ``start``, inclusive, to ``end``, exclusive; both with an offset, of years that a job may have."""

    start: Bound
    end: Bound


class NewRun(ApiModel):
    """A run that Airflow has made, and the window that it exports."""

    run_id: str
    window: WindowSpan
