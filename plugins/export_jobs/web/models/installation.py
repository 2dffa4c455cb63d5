"""Response models of the installation check."""

from __future__ import annotations

from export_jobs.orchestration.doctor.result import Outcome
from export_jobs.web.models.base import ApiModel


class InstallationCheck(ApiModel):
    """One check: its subject, its outcome, what was found, and what to do about it (empty if it passed)."""

    subject: str
    outcome: Outcome
    what: str
    remedy: str


class InstallationReport(ApiModel):
    """All checks. ``ok``: none of them failed."""

    ok: bool
    checks: list[InstallationCheck]
