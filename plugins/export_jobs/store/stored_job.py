"""Turn a row of a definition into an ``ExportJob``: the only way, for every reader."""

from __future__ import annotations

import logging
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from pydantic import ValidationError

from export_jobs.core.base.issue import Issue, bullet_list
from export_jobs.core.catalogue.catalogue import Catalogue
from export_jobs.core.definitions.job import ExportJob, Schedule
from export_jobs.core.definitions.key import ReceiverKey
from export_jobs.core.validation.definitions import check_stored_job, parse_stored_job
from export_jobs.core.validation.rules.schedule import is_time_zone, time_zone_exists
from export_jobs.errors import TerminalError, UserError

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class StoredJob:
    """A live row at its newest version. Only the methods of this class read its ``definition``."""

    job_id: int
    dag_id: str
    name: str
    version: int
    definition: dict[str, Any]

    @property
    def time_zone(self) -> str:
        """The time zone for its days: that of the row, or UTC if the row has no existing zone."""
        schedule = self.definition.get("schedule")
        zone = schedule.get("time_zone") if isinstance(schedule, dict) else None
        return zone if isinstance(zone, str) and is_time_zone(zone) else "UTC"

    def read(self) -> tuple[ExportJob | None, list[Issue]]:
        """Return the job, or None when the row does not have the shape of one, and every issue of its shape."""
        try:
            return parse_stored_job(_document(self.definition, self.version))
        except Exception as error:
            return None, [self._unexpected_issue(error)]

    def check(
        self,
        *,
        catalogue: Catalogue,
        destinations: Collection[str] | None = None,
        keys: Mapping[str, ReceiverKey | None] | None = None,
    ) -> tuple[ExportJob | None, list[Issue]]:
        """Return the job and every issue of shape and meaning; ``destinations``, ``keys``: the known ones."""
        try:
            document = _document(self.definition, self.version)
            return check_stored_job(document, catalogue=catalogue, destinations=destinations, keys=keys)
        except Exception as error:
            return None, [self._unexpected_issue(error)]

    def schedule(self) -> Schedule | None:
        """Return only the schedule, in a tenth of the time that the whole job takes.

        None when it cannot be read or its time zone does not exist: then its windows are unknown.
        """
        try:
            schedule = Schedule.model_validate(self.definition["schedule"])
        except (KeyError, TypeError, ValidationError):
            return None
        return schedule if is_time_zone(schedule.time_zone) else None

    @property
    def owner(self) -> str:
        """The owner's address; empty in a row that has none."""
        return str(self.definition.get("owner") or "")

    @property
    def destination_tags(self) -> list[str]:
        """The tags of its destinations; empty for a row that cannot be read."""
        several = self.definition.get("destinations")
        written = several if isinstance(several, list) and several else [self.definition.get("destination")]
        return [tag for tag in written if isinstance(tag, str)]

    @property
    def is_enabled(self) -> bool:
        """Whether the job has runs."""
        return bool(self.definition.get("enabled", True))

    def _unexpected_issue(self, error: Exception) -> Issue:
        """Return an issue for an unexpected error of validation, so that one row does not affect others."""
        log.error("Job %r cannot be validated", self.name, exc_info=error)
        what = f"the definition cannot be validated ({type(error).__name__})"
        return Issue("", what, "See the log of the process that reported this, and report the error")

    def parse(self) -> ExportJob:
        """Return the job; raise ``UserError`` with every issue when the row does not have the shape of one."""
        job, issues = self.read()
        if job is None:
            raise UserError(
                f"The row of job {self.name!r} cannot be read as a definition", f"Correct it:\n{bullet_list(issues)}"
            )
        return job

    def parse_with_windows(self) -> ExportJob:
        """Return the job when its windows are needed: raise ``UserError`` also for a time zone that does not exist."""
        job = self.parse()
        if issues := list(time_zone_exists(job)):
            raise UserError(f"Job {self.name!r} is invalid", f"Correct it:\n{bullet_list(issues)}")
        return job


@dataclass(frozen=True)
class DefinitionVersion:
    """One version of a definition: who changed which keys, and when (``created`` for the first)."""

    version: int
    changed: tuple[str, ...]
    created_at: datetime
    created_by: str
    definition: dict[str, Any]


def parse_version(name: str, version: int, definition: Mapping[str, Any]) -> ExportJob:
    """Return a job as it was at ``version``; raise ``TerminalError`` when this release cannot read it."""
    job, issues = parse_stored_job(_document(definition, version))
    if job is None:
        raise _unreadable_version_error(name, version, issues)
    return job


def _document(definition: Mapping[str, Any], version: int) -> dict[str, Any]:
    """Return the input of :class:`ExportJob`: the store keeps the version beside the definition."""
    return {**definition, "version": version}


def _unreadable_version_error(name: str, version: int, issues: Sequence[Issue]) -> TerminalError:
    """Return an error that names keys, not values, because it goes to the log of a task."""
    keys = ", ".join(dict.fromkeys(issue.path for issue in issues if issue.path)) or "all of it"
    return TerminalError(
        f"Version {version} of job {name!r} was saved by another release, and this one cannot read it ({keys})",
        "Rerun the job with the current definition",
    )
