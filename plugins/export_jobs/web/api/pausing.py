"""Export jobs: pause and resume, one or many."""

from __future__ import annotations

from fastapi import BackgroundTasks

from export_jobs.errors import UserError
from export_jobs.store.definitions import Definitions
from export_jobs.store.stored_job import StoredJob
from export_jobs.web.airflow import tables as airflow_tables
from export_jobs.web.http.access import Caller, EditsDags, EditsJob
from export_jobs.web.http.audit_log import AuditEntry, AuditEntryDep, api_router
from export_jobs.web.http.dependencies import StampedCatalogueDep, StoreDep, StoredJobDep, StoreEngineDep
from export_jobs.web.http.error_responses import RequestRefusal
from export_jobs.web.jobs.detail import job_row
from export_jobs.web.jobs.edit import save_changed_job, with_enabled
from export_jobs.web.jobs.saving import request_parse
from export_jobs.web.models import EmptyBody
from export_jobs.web.models.detail import BulkFailure, BulkPauseRequest, BulkResult
from export_jobs.web.models.job import JobRow

router = api_router("jobs")


@router.post("/jobs/pause")
def pause_jobs(
    user: EditsDags, body: BulkPauseRequest, store: StoreDep, entry: AuditEntryDep, background: BackgroundTasks
) -> BulkResult:
    """Pause or resume many; one that cannot be is reported and does not stop the others."""
    wanted = list(dict.fromkeys(body.dag_ids))
    allowed_dags = user.allowed_dags("PUT", wanted)
    done: list[str] = []
    refused: list[BulkFailure] = []
    for dag_id in wanted:
        why = _set_paused(dag_id, body.paused, store, user) if dag_id in allowed_dags else "You may not edit this job"
        if why:
            refused.append(BulkFailure(dag_id=dag_id, what=why))
        else:
            done.append(dag_id)
    entry.note(paused=body.paused, done=done, not_done=[failure.dag_id for failure in refused])
    background.add_task(request_parse)
    return BulkResult(done=done, refused=refused)


@router.post("/jobs/{dag_id}/pause")
def pause_job(
    *,
    user: EditsJob,
    row: StoredJobDep,
    body: EmptyBody,  # noqa: ARG001  only that it is JSON
    engine: StoreEngineDep,
    stamped: StampedCatalogueDep,
    store: StoreDep,
    entry: AuditEntryDep,
    background: BackgroundTasks,
) -> JobRow:
    """Make no further run; the windows that are left out follow when the job is resumed."""
    kept = _set_enabled(row, store, user, entry, enabled=False)
    background.add_task(request_parse, row.job_id)
    return job_row(kept, engine, stamped, user)


@router.post("/jobs/{dag_id}/resume")
def resume_job(
    *,
    user: EditsJob,
    row: StoredJobDep,
    body: EmptyBody,  # noqa: ARG001  only that it is JSON
    engine: StoreEngineDep,
    stamped: StampedCatalogueDep,
    store: StoreDep,
    entry: AuditEntryDep,
    background: BackgroundTasks,
) -> JobRow:
    """Go on where the job stopped, also when its Dag was paused on Airflow's own page."""
    kept = _set_enabled(row, store, user, entry, enabled=True)
    background.add_task(request_parse, row.job_id)
    return job_row(kept, engine, stamped, user)


def _set_enabled(row: StoredJob, store: Definitions, caller: Caller, entry: AuditEntry, *, enabled: bool) -> StoredJob:
    before = bool(row.definition.get("enabled"))
    entry.note(changed=["enabled"], before={"enabled": before}, after={"enabled": enabled})
    kept = row if before == enabled else save_changed_job(with_enabled(row, enabled=enabled), row, store, caller.actor)
    if enabled:
        airflow_tables.set_paused(row.dag_id, is_paused=False)
    return kept


def _set_paused(dag_id: str, paused: bool, store: Definitions, caller: Caller) -> str:
    """Why this job stays as it is; empty when it is done."""
    row = store.by_dag_id(dag_id)
    if row is None:
        return "There is no such job"
    try:
        _set_enabled(row, store, caller, AuditEntry(), enabled=not paused)
    except RequestRefusal as refused:
        return " ".join(issue.message for issue in refused.issues)
    except UserError as error:
        return str(error)
    return ""
