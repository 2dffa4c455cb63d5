"""Export jobs: change, pause, resume, delete."""

from __future__ import annotations

from typing import Annotated

from fastapi import BackgroundTasks, Header, Response

from export_jobs.store.definitions import Definitions
from export_jobs.store.stored_job import StoredJob
from export_jobs.web.airflow import tables as airflow_tables
from export_jobs.web.http.access import Caller, DeletesJob, EditsJob
from export_jobs.web.http.airflow_client import airflow_api_for
from export_jobs.web.http.audit_log import AuditEntryDep, api_router
from export_jobs.web.http.dependencies import LedgerDep, StampedCatalogueDep, StoreDep, StoredJobDep, StoreEngineDep
from export_jobs.web.http.error_responses import RequestRefusal
from export_jobs.web.http.request_bodies import RawBody, request_body
from export_jobs.web.jobs.detail import job_detail, job_row
from export_jobs.web.jobs.draft import upcoming_windows
from export_jobs.web.jobs.edit import JobEdit, expect_version, read_edit, save_changed_job
from export_jobs.web.jobs.pausing import set_enabled
from export_jobs.web.jobs.saving import request_parse
from export_jobs.web.models import EmptyBody
from export_jobs.web.models.detail import ChangeCheck, ChangedField, JobChange, JobDetail
from export_jobs.web.models.errors import IssueAnswer
from export_jobs.web.models.job import JobRow

router = api_router("jobs")


@router.patch("/jobs/{dag_id}", openapi_extra=request_body(JobChange))
def change_job(
    *,
    user: EditsJob,
    row: StoredJobDep,
    body: RawBody,
    engine: StoreEngineDep,
    stamped: StampedCatalogueDep,
    store: StoreDep,
    ledger: LedgerDep,
    entry: AuditEntryDep,
    response: Response,
    background: BackgroundTasks,
    dry_run: bool = False,
    if_match: Annotated[str | None, Header()] = None,
) -> JobDetail | ChangeCheck:
    """Change a job. ``dry_run`` only reports the effect, with the next windows before and after."""
    edit = read_edit(body, row, store, ledger, stamped.catalogue)
    if dry_run:
        entry.skip()
        return _change_check(edit, row.time_zone)
    if edit.change is not None:
        fields = edit.change.fields
        entry.note(changed=[field.path for field in fields], before={field.path: field.before for field in fields})
        entry.note(after={field.path: field.after for field in fields})
    expect_version(row, if_match)
    if edit.job is None:
        raise RequestRefusal(422, edit.issues)
    kept = save_changed_job(edit.job, row, store, user.actor)
    background.add_task(request_parse, row.job_id)
    response.headers["ETag"] = f'"{kept.version}"'
    return job_detail(kept, engine, stamped, user)


@router.post("/jobs/{dag_id}/pause")
def pause_job(
    *,
    user: EditsJob,
    row: StoredJobDep,
    body: EmptyBody,  # noqa: ARG001  ensures that it is JSON
    engine: StoreEngineDep,
    stamped: StampedCatalogueDep,
    store: StoreDep,
    entry: AuditEntryDep,
    background: BackgroundTasks,
) -> JobRow:
    """Pause a job: it starts no more runs. The windows that it misses follow when it is resumed."""
    kept = set_enabled(row, store, user, entry, enabled=False)
    background.add_task(request_parse, row.job_id)
    return job_row(kept, engine, stamped, user)


@router.post("/jobs/{dag_id}/resume")
def resume_job(
    *,
    user: EditsJob,
    row: StoredJobDep,
    body: EmptyBody,  # noqa: ARG001  ensures that it is JSON
    engine: StoreEngineDep,
    stamped: StampedCatalogueDep,
    store: StoreDep,
    entry: AuditEntryDep,
    background: BackgroundTasks,
) -> JobRow:
    """Resume a job where it stopped, even if its Dag was paused on Airflow's own page."""
    kept = set_enabled(row, store, user, entry, enabled=True)
    background.add_task(request_parse, row.job_id)
    return job_row(kept, engine, stamped, user)


@router.delete("/jobs/{dag_id}", status_code=204)
def delete_job(
    *,
    user: DeletesJob,
    row: StoredJobDep,
    store: StoreDep,
    entry: AuditEntryDep,
    background: BackgroundTasks,
    stop: bool = False,
    if_match: Annotated[str | None, Header()] = None,
) -> None:
    """Delete a job. Its ledger and its delivered files are kept. Runs in progress are stopped only with ``stop``."""
    entry.note(name=row.name, stop=stop)
    expect_version(row, if_match)
    delete_stored_job(row, store, user, stop=stop)
    background.add_task(request_parse, row.job_id)


def delete_stored_job(row: StoredJob, store: Definitions, user: Caller, *, stop: bool) -> None:
    """Delete a job. Raises ``RequestRefusal`` if a run is in progress and ``stop`` is not set."""
    runs = airflow_tables.runs_in_progress(row.dag_id)
    if runs and not stop:
        what = f"run {runs[0]!r} of the job {row.name!r} is in progress"
        raise RequestRefusal.because(409, what, "Wait until it has ended, or delete the job with stop=true")
    for run_id in runs:
        airflow_api_for(user).stop_run(row.dag_id, run_id)
    store.delete(row.name, user.actor)
    # Airflow takes a minute or two to forget a Dag whose job is gone. Until then it must not start a run.
    airflow_tables.set_paused(row.dag_id, is_paused=True)


def _change_check(edit: JobEdit, time_zone: str) -> ChangeCheck:
    zone = edit.job.schedule.time_zone if edit.job else time_zone
    change = edit.change
    return ChangeCheck(
        issues=IssueAnswer.list_of(edit.issues),
        changes=[ChangedField(path=field.path, before=field.before, after=field.after) for field in change.fields]
        if change
        else [],
        windows_before=upcoming_windows(change.windows_before, time_zone) if change else [],
        windows_after=upcoming_windows(change.windows_after, zone) if change else [],
    )
