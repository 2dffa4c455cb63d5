"""What is done with many jobs at once, as it goes over the wire."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from pydantic import Field, model_validator

from export_jobs.web.models.base import ApiModel

MAX_JOBS = 500


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
