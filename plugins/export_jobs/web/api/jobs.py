"""Export jobs: search them, read one, duplicate one."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from typing import Annotated

from fastapi import Query, Response

from export_jobs.core.definitions.job import JobSpec
from export_jobs.web.http.access import ReadsDags, ReadsJob
from export_jobs.web.http.audit_log import api_router
from export_jobs.web.http.dependencies import StampedCatalogueDep, StoreDep, StoredJobDep, StoreEngineDep
from export_jobs.web.http.error_responses import RequestRefusal
from export_jobs.web.jobs.board import board_of
from export_jobs.web.jobs.detail import job_detail
from export_jobs.web.jobs.duplicate import duplicate
from export_jobs.web.jobs.rows import job_rows
from export_jobs.web.jobs.search import JobQuery, search_jobs
from export_jobs.web.models.detail import JobDetail
from export_jobs.web.models.job import JobList

router = api_router("jobs")


@router.get("/jobs")
def list_jobs(
    user: ReadsDags, engine: StoreEngineDep, stamped: StampedCatalogueDep, query: Annotated[JobQuery, Query()]
) -> JobList:
    """Search the jobs that the caller may see: part of name, description or owner, with filters, order and paging."""
    with ThreadPoolExecutor(1) as pool:  # queries Airflow's database and the store in parallel
        visible_dags = pool.submit(user.visible_dags)
        summaries = board_of(engine).read(stamped)
    seen = user.readable_dags([summary.definition.dag_id for summary in summaries], visible_dags.result())
    visible = [summary for summary in summaries if summary.definition.dag_id in seen]
    found, totals = search_jobs(visible, query, user.own_names)
    return JobList(
        jobs=job_rows(found[query.offset : query.offset + query.limit], engine, user),
        total=len(found),
        totals=totals,
        destinations=sorted({tag for summary in visible for tag in summary.definition.destinations}),
        owners=sorted({summary.definition.owner for summary in visible} - {""}),
        offset=query.offset,
        limit=query.limit,
    )


@router.get("/jobs/{dag_id}")
def get_job(
    user: ReadsJob, row: StoredJobDep, engine: StoreEngineDep, stamped: StampedCatalogueDep, response: Response
) -> JobDetail:
    """Return one job in full. A change sends its ``ETag`` back as ``If-Match``."""
    response.headers["ETag"] = f'"{row.version}"'
    return job_detail(row, engine, stamped, user)


@router.get("/jobs/{dag_id}/duplicate", response_model_exclude={"schedule": {"anchor"}})
def duplicate_job(user: ReadsJob, row: StoredJobDep, store: StoreDep) -> JobSpec:  # noqa: ARG001  the permission
    """Return a draft of a job like this one, for the wizard. Nothing is saved."""
    job, issues = row.read()
    if job is None:
        raise RequestRefusal(422, issues)
    return duplicate(job, lambda name: store.job(name) is not None, datetime.now(UTC))
