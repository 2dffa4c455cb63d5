"""The check of an installation as it goes over the wire."""

from __future__ import annotations

from export_jobs.orchestration.doctor.result import Outcome
from export_jobs.web.models.base import ApiModel


class InstallationCheck(ApiModel):
    """One line: what was looked at, how it stands, and what to do about it (empty when all is well)."""

    subject: str
    outcome: Outcome
    what: str
    remedy: str


class InstallationReport(ApiModel):
    """Every check; ``ok``: nothing failed."""

    ok: bool
    checks: list[InstallationCheck]
