"""A row of a definition -> ``ExportJob``: the one door, for every reader."""

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
    """A live row at its newest version. Its ``definition`` is read by the methods here, and nowhere else."""

    job_id: int
    dag_id: str
    name: str
    version: int
    definition: dict[str, Any]

    @property
    def time_zone(self) -> str:
        """The zone in which its days are shown: the row's own, or UTC where it names none that exists."""
        schedule = self.definition.get("schedule")
        zone = schedule.get("time_zone") if isinstance(schedule, dict) else None
        return zone if isinstance(zone, str) and is_time_zone(zone) else "UTC"

    def read(self) -> tuple[ExportJob | None, list[Issue]]:
        """The job, None when the row does not have the shape of one, and every issue of its shape."""
        try:
            return parse_stored_job(_document(self.definition, self.version))
        except Exception as error:
            return None, [self._stumble(error)]

    def check(
        self,
        *,
        catalogue: Catalogue,
        destinations: Collection[str] | None = None,
        keys: Mapping[str, ReceiverKey | None] | None = None,
    ) -> tuple[ExportJob | None, list[Issue]]:
        """The same for shape and meaning; ``destinations`` and ``keys``: those that are known, to be looked at."""
        try:
            document = _document(self.definition, self.version)
            return check_stored_job(document, catalogue=catalogue, destinations=destinations, keys=keys)
        except Exception as error:
            return None, [self._stumble(error)]

    def schedule(self) -> Schedule | None:
        """The schedule alone, which takes a tenth of the time that the whole job takes.

        None when it cannot be read, or names a zone that does not exist: no window can be told of either.
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
        """The tags of its destinations; none in a row that cannot be read."""
        several = self.definition.get("destinations")
        written = several if isinstance(several, list) and several else [self.definition.get("destination")]
        return [tag for tag in written if isinstance(tag, str)]

    @property
    def is_enabled(self) -> bool:
        """Whether the job makes runs."""
        return bool(self.definition.get("enabled", True))

    def _stumble(self, error: Exception) -> Issue:
        """One row must harm no other one, whatever validation stumbles over."""
        log.error("Job %r cannot be validated", self.name, exc_info=error)
        what = f"the definition cannot be validated ({type(error).__name__})"
        return Issue("", what, "See the log of the process that says so, and report what it says")

    def parse(self) -> ExportJob:
        """The job; raises ``UserError`` with every issue when the row does not have the shape of one."""
        job, issues = self.read()
        if job is None:
            raise UserError(
                f"The row of job {self.name!r} cannot be read as a definition", f"Correct it:\n{bullet_list(issues)}"
            )
        return job

    def parse_with_windows(self) -> ExportJob:
        """The same, for whoever asks for its windows: raises ``UserError`` also for a zone that does not exist."""
        job = self.parse()
        if issues := list(time_zone_exists(job)):
            raise UserError(f"Job {self.name!r} is invalid", f"Correct it:\n{bullet_list(issues)}")
        return job


@dataclass(frozen=True)
class DefinitionVersion:
    """One version of a definition: who changed which keys when (``created`` for the first)."""

    version: int
    changed: tuple[str, ...]
    created_at: datetime
    created_by: str
    definition: dict[str, Any]


def parse_version(name: str, version: int, definition: Mapping[str, Any]) -> ExportJob:
    """A job as it was at ``version``; raises ``TerminalError`` when this release cannot read what is kept of it."""
    job, issues = parse_stored_job(_document(definition, version))
    if job is None:
        raise _unreadable_version_error(name, version, issues)
    return job


def _document(definition: Mapping[str, Any], version: int) -> dict[str, Any]:
    """What :class:`ExportJob` is read from: the store keeps the version beside the definition."""
    return {**definition, "version": version}


def _unreadable_version_error(name: str, version: int, issues: Sequence[Issue]) -> TerminalError:
    """Names keys and no values: it goes to the log of a task."""
    keys = ", ".join(dict.fromkeys(issue.path for issue in issues if issue.path)) or "all of it"
    return TerminalError(
        f"Version {version} of job {name!r} was saved by another release, and this one cannot read it ({keys})",
        "Rerun the job with today's definition",
    )
