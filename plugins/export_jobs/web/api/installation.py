"""The installation: what works and what does not, for the people who operate it."""

from __future__ import annotations

from dataclasses import asdict

from export_jobs.orchestration.doctor.report import examine, is_healthy
from export_jobs.orchestration.doctor.result import Surroundings
from export_jobs.web.http.access import ReadsConnections
from export_jobs.web.http.airflow_client import airflow_api_for
from export_jobs.web.http.audit_log import api_router
from export_jobs.web.http.error_responses import RequestRefusal
from export_jobs.web.http.rate_limit import RateLimit
from export_jobs.web.models.installation import InstallationCheck, InstallationReport

router = api_router("installation")
_CHECKS = RateLimit("checks of the installation", limit=5, seconds=60)


@router.get("/installation")
def installation(user: ReadsConnections) -> InstallationReport:
    """Run the checks of `export-jobs doctor` on the API server. At most five times a minute per person."""
    wait = _CHECKS.wait(user.name)
    if wait:
        what = "you have checked the installation five times within a minute"
        raise RequestRefusal.because(429, what, f"Try again in {wait} s")
    results = examine(Surroundings(api=lambda: airflow_api_for(user)))
    return InstallationReport(
        ok=is_healthy(results), checks=[InstallationCheck.model_validate(asdict(result)) for result in results]
    )
