"""A job's pools: refuse a job that would wait forever, and create a destination's pool with its first job."""

from __future__ import annotations

import logging
from collections.abc import Collection

from export_jobs import settings
from export_jobs.core.base.issue import Issue, errors
from export_jobs.orchestration.airflow.pools import pool_issues
from export_jobs.orchestration.generator.airflow_dags import create_missing_pools
from export_jobs.web.airflow import tables as airflow_tables
from export_jobs.web.http.error_responses import RequestRefusal

log = logging.getLogger(__name__)


def pool_issues_of(tags: Collection[str]) -> list[Issue]:
    """Return what prevents a job with these destinations from starting. Missing destination pools do not count.

    They are created with the first job. Raises what Airflow's database raises.
    """
    destination_pools = {settings.destination_pool(tag): 1 for tag in tags} if settings.destination_slots() else {}
    return list(pool_issues(tags, destination_pools | airflow_tables.pool_slots()))


def require_pools(tags: Collection[str]) -> None:
    """Raise ``RequestRefusal`` if no task of a job with these destinations would start."""
    if issues := errors(pool_issues_of(tags)):
        raise RequestRefusal(422, issues)


def create_destination_pools(tags: Collection[str]) -> None:
    """Create missing pools, as the Dag bundle does. A failure is only logged: the auditor reports missing pools."""
    if not settings.destination_slots():
        return
    try:
        create_missing_pools({settings.destination_pool(tag): settings.destination_slots() for tag in tags})
    except Exception as error:  # such as two requests that create it at once: then it exists
        log.warning("The pools of the destinations %s were not created (%s)", ", ".join(tags), type(error).__name__)
