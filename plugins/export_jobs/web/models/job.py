"""Response models of jobs in the list."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from typing import Literal

from export_jobs.core.windows.window import Window
from export_jobs.web.models.base import ApiModel

JobStatus = Literal["active", "completed"]


class JobState(StrEnum):
    """The state of a job: the four icons of the list."""

    YET_TO_EXECUTE = "yet_to_execute"
    IN_PROGRESS = "in_progress"
    SUCCESS = "success"
    UNABLE_TO_EXECUTE = "unable_to_execute"


class Cause(StrEnum):
    """Why a job is unable to execute."""

    NONE = ""
    BROKEN = "broken"
    FAILED = "failed"
    REFUSED = "refused"
    OVERDUE = "overdue"
    ALARM = "alarm"


class WindowSpan(ApiModel):
    """A window: from ``start``, inclusive, to ``end``, exclusive."""

    start: datetime
    end: datetime

    @classmethod
    def of(cls, window: Window) -> WindowSpan:
        """Convert a window."""
        return cls(start=window.start, end=window.end)


class UpcomingWindow(WindowSpan):
    """A window that will be delivered at ``due``. ``days``: its days of data in the job's time zone."""

    days: str
    due: datetime


class LastDelivery(ApiModel):
    """The newest delivered window, and the totals of its files."""

    at: datetime
    rows: int
    bytes: int
    files: int
    window: WindowSpan


class JobPermissions(ApiModel):
    """What the caller may do with a job."""

    edit: bool
    delete: bool
    rerun: bool
    run: bool


class JobRow(ApiModel):
    """One row of the list. ``reason``: a sentence that says why ``state`` is unable_to_execute.

    ``deliver_at``: the time of day of its deliveries in ``time_zone``, such as 02:00; empty for an invalid job.
    """

    job_id: int
    name: str
    dag_id: str
    description: str
    frequency: str
    execute_on: str | None
    schedule_text: str
    time_zone: str
    deliver_at: str
    status: JobStatus
    is_paused: bool
    enabled: bool
    state: JobState
    reason: str
    is_broken: bool
    next_delivery: datetime | None
    next_window: WindowSpan | None
    last_delivery: LastDelivery | None
    destination: str
    destinations: list[str]
    owner: str
    version: int
    may: JobPermissions


class JobTotals(ApiModel):
    """The number of jobs in each status and state. The filters by status and state do not apply to it."""

    active: int = 0
    completed: int = 0
    yet_to_execute: int = 0
    in_progress: int = 0
    success: int = 0
    unable_to_execute: int = 0


class JobList(ApiModel):
    """One page of the list. ``total`` counts all pages. ``destinations`` and ``owners``: those of all visible jobs."""

    jobs: list[JobRow]
    total: int
    totals: JobTotals
    destinations: list[str]
    owners: list[str]
    offset: int
    limit: int
