"""Export jobs: create one, or check a draft of one."""

from __future__ import annotations

from datetime import UTC, datetime

from fastapi import BackgroundTasks, Response

from export_jobs.web.http.access import CreatesJobs
from export_jobs.web.http.audit_log import AuditEntryDep, api_router
from export_jobs.web.http.dependencies import CatalogueDep, StampedCatalogueDep, StoreDep, StoreEngineDep
from export_jobs.web.http.request_bodies import NewJob, RawBody, request_body
from export_jobs.web.jobs.detail import job_detail
from export_jobs.web.jobs.draft import check_draft, read_draft
from export_jobs.web.jobs.saving import request_parse, save_new_job
from export_jobs.web.models.detail import DraftCheck, JobDetail

router = api_router("jobs")


@router.post("/jobs/check", openapi_extra=request_body(NewJob))
def check_job(
    user: CreatesJobs,  # noqa: ARG001  the permission
    body: RawBody,
    store: StoreDep,
    catalogue: CatalogueDep,
    entry: AuditEntryDep,
) -> DraftCheck:
    """Check a draft, finished or not, and describe the job that it would create. Always 200; nothing is saved."""
    entry.skip()
    now = datetime.now(UTC)
    return check_draft(read_draft(body, store, catalogue, now), body, now)


@router.post(
    "/jobs",
    status_code=201,
    openapi_extra=request_body(NewJob),
    responses={200: {"model": DraftCheck}, 201: {"model": JobDetail}},
)
def create_job(
    *,
    user: CreatesJobs,
    body: RawBody,
    engine: StoreEngineDep,
    stamped: StampedCatalogueDep,
    store: StoreDep,
    entry: AuditEntryDep,
    response: Response,
    background: BackgroundTasks,
    dry_run: bool = False,
) -> JobDetail | DraftCheck:
    """Create a job and its new templates, all or nothing. ``dry_run`` does the same as ``/jobs/check``."""
    now = datetime.now(UTC)
    draft = read_draft(body, store, stamped.catalogue, now)
    if dry_run:
        entry.skip()
        response.status_code = 200
        return check_draft(draft, body, now)
    row = save_new_job(draft, store, user, entry)
    background.add_task(request_parse, row.job_id)
    response.headers["ETag"] = f'"{row.version}"'
    return job_detail(row, engine, stamped, user)
