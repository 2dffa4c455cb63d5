"""Models of one job in full, of drafts, of changes and of bulk actions."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from pydantic import Field, model_validator

from export_jobs.core.definitions.job import DateBasis, ShapeChange, TemplateKind
from export_jobs.web.models.base import ApiModel
from export_jobs.web.models.errors import IssueAnswer
from export_jobs.web.models.job import JobRow, UpcomingWindow

MAX_JOBS = 500
"""The largest number of jobs in one request."""


class FileColumn(ApiModel):
    """One column of a template's file. ``heading`` is in the file; ``title`` is the name in the catalogue."""

    column: str
    heading: str
    type: str
    title: str


class TemplateInUse(ApiModel):
    """One template as the job uses it. ``audience``: the number of its keys; the definition has the keys."""

    name: str
    kind: TemplateKind
    description: str
    columns: list[FileColumn]
    subfolder: str
    date_basis: DateBasis | None
    filters: list[dict[str, Any]]
    audience: int
    order_by: list[str]


class VersionNote(ApiModel):
    """One version of a definition: the keys that changed (``created`` for the first version), when and by whom."""

    version: int
    changed: list[str]
    created_at: datetime
    created_by: str


class JobLinks(ApiModel):
    """Paths of Airflow's own pages about the job, relative to its base address."""

    dag: str
    runs: str


class JobDetail(JobRow):
    """One job: its row of the list and everything else. ``definition`` has the form that ``POST /jobs`` takes."""

    definition: dict[str, Any]
    templates: list[TemplateInUse]
    recipients: list[str]
    issues: list[IssueAnswer]
    versions: list[VersionNote]
    editable: list[str]
    links: JobLinks
    created_at: datetime
    created_by: str


class DraftCheck(ApiModel):
    """The job that a draft would create: ``count`` windows in total, of which ``windows`` has the first 62.

    ``file_names``: paths of the first window's files; empty while the draft has errors. ``at_once``: the number of
    windows that are already due, so that their files are sent as soon as the job is created; ``at_once_days``: their
    first and last day.
    """

    issues: list[IssueAnswer]
    windows: list[UpcomingWindow]
    schedule_text: str
    first_delivery: str
    count: int
    file_names: list[str]
    at_once: int
    at_once_days: str


class ChangedField(ApiModel):
    """One value, by its path, before and after the change."""

    path: str
    before: Any
    after: Any


class ChangeCheck(ApiModel):
    """The effect of a change. The next windows are present if it changes the schedule."""

    issues: list[IssueAnswer]
    changes: list[ChangedField]
    windows_before: list[UpcomingWindow]
    windows_after: list[UpcomingWindow]


class ScheduleChange(ApiModel):
    """The part of a schedule that changes."""

    frequency: str = ""
    execute_on: str | None = None
    valid_from: str = Field("", alias="from")
    valid_until: str = Field("", alias="until")
    deliver_at: str = ""
    deliver_on: str | None = None
    deliver_after_days: int = 1
    time_zone: str = ""


class FileChange(ApiModel):
    """The part of the file options that may change."""

    shape_change: ShapeChange = ShapeChange.FAIL


class JobChange(ApiModel):
    """The changes to a job. A key that is left out does not change."""

    description: str = ""
    recipients: list[str] = Field(default_factory=list)
    owner: str = ""
    enabled: bool = True
    schedule: ScheduleChange = ScheduleChange()
    file: FileChange = FileChange()


class BulkRequest(ApiModel):
    """The jobs to act on, by their Dag ids."""

    dag_ids: list[str] = Field(max_length=MAX_JOBS)


class BulkPauseRequest(BulkRequest):
    """The jobs to pause or to resume."""

    paused: bool


class BulkChangeRequest(BulkRequest):
    """The changes to each job: owner, last day of data (``2027-12-31``), recipients to add or remove."""

    owner: str | None = None
    until: str | None = None
    add_recipients: list[str] = Field(default_factory=list, max_length=100)
    remove_recipients: list[str] = Field(default_factory=list, max_length=100)

    @model_validator(mode="after")
    def _changes_something(self) -> BulkChangeRequest:
        if not (self.owner or self.until or self.add_recipients or self.remove_recipients):
            raise ValueError("there is nothing to change")
        return self

    def change_of(self, definition: Mapping[str, Any]) -> dict[str, Any]:
        """Return the body of a ``PATCH`` of one job. Addresses are compared case-insensitively."""
        change: dict[str, Any] = {}
        if self.owner:
            change["owner"] = self.owner
        if self.until:
            change["schedule"] = {"until": self.until}
        if self.add_recipients or self.remove_recipients:
            before = [str(address) for address in definition.get("recipients") or ()]
            gone = {address.casefold() for address in self.remove_recipients}
            kept = {address.casefold(): address for address in before if address.casefold() not in gone}
            change["recipients"] = list({**{a.casefold(): a for a in self.add_recipients}, **kept}.values())
        return change


class BulkFailure(ApiModel):
    """A job that was not changed, and why."""

    dag_id: str
    what: str


class BulkResult(ApiModel):
    """The result for each job."""

    done: list[str]
    refused: list[BulkFailure]
