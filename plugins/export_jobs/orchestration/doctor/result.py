"""What one check of an installation found."""

from __future__ import annotations

import logging
from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum

from export_jobs.errors import ExportError
from export_jobs.orchestration.airflow.api import AirflowApi

log = logging.getLogger(__name__)


class Outcome(StrEnum):
    """Whether exports can run (``ok``), can run and deserve attention (``warning``), or cannot (``failed``)."""

    OK = "ok"
    WARNING = "warning"
    FAILED = "failed"


@dataclass(frozen=True)
class CheckResult:
    """One line of the report. ``subject`` is what was looked at; ``remedy`` is empty when all is well."""

    subject: str
    outcome: Outcome
    what: str
    remedy: str = ""

    @classmethod
    def ok(cls, subject: str, what: str) -> CheckResult:
        """All is well."""
        return cls(subject, Outcome.OK, what)

    @classmethod
    def failed(cls, subject: str, error: ExportError) -> CheckResult:
        """What an error of ours says."""
        return cls(subject, Outcome.FAILED, error.what, error.remedy)

    @classmethod
    def of_error(cls, subject: str, error: Exception) -> CheckResult:
        """The same for any error; of one that is not ours only the type is told, and the log has the rest."""
        if isinstance(error, ExportError):
            return cls.failed(subject, error)
        log.error("The check of %s broke", subject, exc_info=error)
        what = f"this could not be checked ({type(error).__name__})"
        return cls(subject, Outcome.FAILED, what, "See the log of this process for the whole error")


@dataclass(frozen=True)
class Surroundings:
    """What the checks need and cannot make themselves: a login to Airflow's API, in whoever's name they run."""

    api: Callable[[], AirflowApi]
