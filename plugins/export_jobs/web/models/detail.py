"""One job in full, and what is known about a draft or a change before it is saved."""

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
"""So many are done at once at most."""


class FileColumn(ApiModel):
    """One column of a template's file: ``heading`` stands in the file, ``title`` is what the catalogue calls it."""

    column: str
    heading: str
    type: str
    title: str


class TemplateInUse(ApiModel):
    """One template as the job uses it. Of its audience only the size is shown; the definition has the keys."""

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
    """One version of a definition: which keys changed (``created`` for the first), when and by whom."""

    version: int
    changed: list[str]
    created_at: datetime
    created_by: str


class JobLinks(ApiModel):
    """Paths of Airflow's own pages about the job, below its base address."""

    dag: str
    runs: str


class JobDetail(JobRow):
    """One job: its line of the list and all the rest. ``definition`` is what ``POST /jobs`` takes."""

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
    """What would become of a draft; ``count`` windows in all, of which ``windows`` are the first 62.

    ``file_names``: the paths that the first window fills, once nothing is wrong. ``at_once``: windows that are over, so
    that their files are sent as soon as the job is created; ``at_once_days`` are the first and the last of their days.
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
    """One value by its path, before and after."""

    path: str
    before: Any
    after: Any


class ChangeCheck(ApiModel):
    """What a change would do; the next windows are there when it touches the schedule."""

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
    """What may change of a job; a key that is left out stays as it is."""

    description: str = ""
    recipients: list[str] = Field(default_factory=list)
    owner: str = ""
    enabled: bool = True
    schedule: ScheduleChange = ScheduleChange()
    file: FileChange = FileChange()


class BulkRequest(ApiModel):
    """Which jobs are meant, by the ids of their Dags."""

    dag_ids: list[str] = Field(max_length=MAX_JOBS)


class BulkPauseRequest(BulkRequest):
    """Which jobs to pause or to resume."""

    paused: bool


class BulkChangeRequest(BulkRequest):
    """What to change of each: another owner, recipients more or fewer, another last day of data (``2027-12-31``)."""

    owner: str | None = None
    until: str | None = None
    add_recipients: list[str] = Field(default_factory=list, max_length=100)
    remove_recipients: list[str] = Field(default_factory=list, max_length=100)

    @model_validator(mode="after")
    def _changes_something(self) -> BulkChangeRequest:
        if not (self.owner or self.until or self.add_recipients or self.remove_recipients):
            raise ValueError("nothing is to be changed")
        return self

    def change_of(self, definition: Mapping[str, Any]) -> dict[str, Any]:
        """The body of a ``PATCH`` of one job. Addresses are compared without regard to capitals."""
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
    """A job that was left as it was, and why."""

    dag_id: str
    what: str


class BulkResult(ApiModel):
    """What became of each job."""

    done: list[str]
    refused: list[BulkFailure]
