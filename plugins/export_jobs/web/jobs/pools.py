"""A job's pools: none is saved that would wait for ever, and a new destination's pool is made with its first job."""

from __future__ import annotations

import logging
from collections.abc import Collection

from export_jobs import settings
from export_jobs.core.base.issue import Issue, errors
from export_jobs.orchestration.airflow.pools import pool_issues
from export_jobs.orchestration.generator.airflow_dags import make_missing_pools
from export_jobs.web.airflow import tables as airflow_tables
from export_jobs.web.http.error_responses import RequestRefusal

log = logging.getLogger(__name__)


def pool_issues_of(tags: Collection[str]) -> list[Issue]:
    """What keeps a job with these destinations from ever starting. Pools of destinations are made with their first job.

    Raises what Airflow's database raises, as all else here does that asks it.
    """
    made = {settings.destination_pool(tag): 1 for tag in tags} if settings.destination_slots() else {}
    return list(pool_issues(tags, made | airflow_tables.pool_slots()))


def require_pools(tags: Collection[str]) -> None:
    """Raises ``RequestRefusal`` when no task of a job with these destinations would start."""
    if issues := errors(pool_issues_of(tags)):
        raise RequestRefusal(422, issues)


def make_destination_pools(tags: Collection[str]) -> None:
    """Make what is missing, as the Dag bundle does. What is saved is saved: the auditor tells of what is missing."""
    if not settings.destination_slots():
        return
    try:
        make_missing_pools({settings.destination_pool(tag): settings.destination_slots() for tag in tags})
    except Exception as error:  # two that make it at once, for instance: then it is there
        log.warning("The pools of the destinations %s were not made (%s)", ", ".join(tags), type(error).__name__)
