"""Export jobs: make a new one, or see what would become of it."""

from __future__ import annotations

from datetime import UTC, datetime

from fastapi import BackgroundTasks, Response

from export_jobs.web.http.access import CreatesJobs
from export_jobs.web.http.audit import Entry, api_router
from export_jobs.web.http.bodies import NewJob, Raw, body_of
from export_jobs.web.http.state import CatalogueOf, StampedCatalogue, Store, StoreEngine
from export_jobs.web.jobs.detail import job_detail
from export_jobs.web.jobs.drafts import check_draft, read_draft
from export_jobs.web.jobs.saving import create_job as saved
from export_jobs.web.jobs.saving import tell_airflow
from export_jobs.web.models.detail import DraftCheck, JobDetail

router = api_router("jobs")


@router.post("/jobs/check", openapi_extra=body_of(NewJob))
def check_job(user: CreatesJobs, body: Raw, store: Store, catalogue: CatalogueOf, entry: Entry) -> DraftCheck:  # noqa: ARG001
    """What would become of a draft, finished or not; always 200. Nothing is saved."""
    entry.skip()
    now = datetime.now(UTC)
    return check_draft(read_draft(body, store, catalogue, now), body, now)


@router.post(
    "/jobs",
    status_code=201,
    openapi_extra=body_of(NewJob),
    responses={200: {"model": DraftCheck}, 201: {"model": JobDetail}},
)
def create_job(
    *,
    user: CreatesJobs,
    body: Raw,
    engine: StoreEngine,
    stamped: StampedCatalogue,
    store: Store,
    entry: Entry,
    response: Response,
    background: BackgroundTasks,
    dry_run: bool = False,
) -> JobDetail | DraftCheck:
    """Save a job and its new templates, all or nothing; ``dry_run`` is ``/jobs/check``."""
    now = datetime.now(UTC)
    draft = read_draft(body, store, stamped.catalogue, now)
    if dry_run:
        entry.skip()
        response.status_code = 200
        return check_draft(draft, body, now)
    row = saved(draft, store, user, entry)
    background.add_task(tell_airflow)
    response.headers["ETag"] = f'"{row.version}"'
    return job_detail(row, engine, stamped, user)
