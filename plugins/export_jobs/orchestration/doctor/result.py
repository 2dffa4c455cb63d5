"""The result of one check of an installation."""

from __future__ import annotations

import logging
from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum

from export_jobs.errors import ExportError
from export_jobs.orchestration.airflow.api import AirflowApi

log = logging.getLogger(__name__)


class Outcome(StrEnum):
    """Whether exports can run (``ok``), can run but need attention (``warning``), or cannot run (``failed``)."""

    OK = "ok"
    WARNING = "warning"
    FAILED = "failed"


@dataclass(frozen=True)
class CheckResult:
    """One line of the report. ``subject`` is what was checked; ``remedy`` is empty when nothing is wrong."""

    subject: str
    outcome: Outcome
    what: str
    remedy: str = ""

    @classmethod
    def ok(cls, subject: str, what: str) -> CheckResult:
        """Build a result without a problem."""
        return cls(subject, Outcome.OK, what)

    @classmethod
    def failed(cls, subject: str, error: ExportError) -> CheckResult:
        """Build a result from an error of this package."""
        return cls(subject, Outcome.FAILED, error.what, error.remedy)

    @classmethod
    def of_error(cls, subject: str, error: Exception) -> CheckResult:
        """Build a result from any error: for an error of another library only its type, since the log has the rest."""
        if isinstance(error, ExportError):
            return cls.failed(subject, error)
        log.error("The check of %s failed unexpectedly", subject, exc_info=error)
        what = f"this could not be checked ({type(error).__name__})"
        return cls(subject, Outcome.FAILED, what, "See the log of this process for the whole error")


@dataclass(frozen=True)
class Surroundings:
    """What the checks need from their caller: a login to Airflow's API, as the user in whose name they run."""

    api: Callable[[], AirflowApi]
