"""Export jobs: find them, look at one, start from one."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from typing import Annotated

from fastapi import Query, Response

from export_jobs.core.definitions.job import JobSpec
from export_jobs.core.validation.definitions import parse_stored_job
from export_jobs.web.http.access import ReadsDags, ReadsJob
from export_jobs.web.http.audit import api_router
from export_jobs.web.http.errors import Refused
from export_jobs.web.http.state import StampedCatalogue, Store, StoredJobOf, StoreEngine
from export_jobs.web.jobs.board import board_of
from export_jobs.web.jobs.detail import job_detail
from export_jobs.web.jobs.duplicate import duplicate
from export_jobs.web.jobs.list import Wanted, matching
from export_jobs.web.jobs.rows import job_rows
from export_jobs.web.models.detail import JobDetail
from export_jobs.web.models.job import JobList

router = api_router("jobs")


@router.get("/jobs")
def list_jobs(
    user: ReadsDags, engine: StoreEngine, stamped: StampedCatalogue, wanted: Annotated[Wanted, Query()]
) -> JobList:
    """The jobs that the caller may see: a part of the name, description or owner, filters, order, one page of them."""
    with ThreadPoolExecutor(1) as beside:  # Airflow's database answers while the store's does
        listed = beside.submit(user.listed)
        standings = board_of(engine).read(stamped)
    seen = user.readable([one.facts.dag_id for one in standings], listed.result())
    visible = [one for one in standings if one.facts.dag_id in seen]
    found, totals = matching(visible, wanted)
    return JobList(
        jobs=job_rows(found[wanted.offset : wanted.offset + wanted.limit], engine, user),
        total=len(found),
        totals=totals,
        destinations=sorted({one.facts.destination for one in visible} - {""}),
        owners=sorted({one.facts.owner for one in visible} - {""}),
        offset=wanted.offset,
        limit=wanted.limit,
    )


@router.get("/jobs/{dag_id}")
def get_job(
    user: ReadsJob, row: StoredJobOf, engine: StoreEngine, stamped: StampedCatalogue, response: Response
) -> JobDetail:
    """One job in full. Its ``ETag`` is what a change sends back as ``If-Match``."""
    response.headers["ETag"] = f'"{row.version}"'
    return job_detail(row, engine, stamped, user)


@router.get("/jobs/{dag_id}/duplicate", response_model_exclude={"schedule": {"anchor"}})
def duplicate_job(user: ReadsJob, row: StoredJobOf, store: Store) -> JobSpec:  # noqa: ARG001  the permission
    """The draft of a job like this one, for the wizard; nothing is saved."""
    job, issues = parse_stored_job({**row.definition, "version": row.version})
    if job is None:
        raise Refused(422, issues)
    return duplicate(job, lambda name: store.job(name) is not None, datetime.now(UTC))
