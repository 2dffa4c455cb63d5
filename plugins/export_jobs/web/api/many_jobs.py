"""Many export jobs at once: pause, resume, change, rerun, delete. One failure does not stop the others."""

from __future__ import annotations

from collections.abc import Callable

from fastapi import BackgroundTasks

from export_jobs.errors import ExportError
from export_jobs.store.definitions import Definitions
from export_jobs.store.stored_job import StoredJob
from export_jobs.web.api.job_changes import delete_stored_job
from export_jobs.web.api.reruns import RerunSources, rerun_stored_job
from export_jobs.web.http.access import RUN, EditsDags
from export_jobs.web.http.audit_log import AuditEntry, AuditEntryDep, api_router
from export_jobs.web.http.dependencies import CatalogueDep, LedgerDep, StoreDep, StoreEngineDep
from export_jobs.web.http.error_responses import RequestRefusal, unexpected_error_issue
from export_jobs.web.jobs.edit import read_edit, save_changed_job
from export_jobs.web.jobs.pausing import set_enabled
from export_jobs.web.jobs.saving import request_parse
from export_jobs.web.models.detail import (
    BulkChangeRequest,
    BulkFailure,
    BulkPauseRequest,
    BulkRequest,
    BulkResult,
)
from export_jobs.web.models.rerun import RerunRequest

router = api_router("jobs")


@router.post("/jobs/pause")
def pause_jobs(
    user: EditsDags, body: BulkPauseRequest, store: StoreDep, entry: AuditEntryDep, background: BackgroundTasks
) -> BulkResult:
    """Pause or resume many jobs. A failure is reported and does not stop the others."""
    background.add_task(request_parse)
    entry.note(paused=body.paused)
    return _each(
        body,
        user.allowed_dags("PUT", body.dag_ids),
        store,
        entry,
        lambda row: set_enabled(row, store, user, AuditEntry(), enabled=not body.paused),
    )


@router.post("/jobs/change")
def change_jobs(
    *,
    user: EditsDags,
    body: BulkChangeRequest,
    store: StoreDep,
    ledger: LedgerDep,
    catalogue: CatalogueDep,
    entry: AuditEntryDep,
    background: BackgroundTasks,
) -> BulkResult:
    """Change owner, recipients or last day of data of many jobs. Each change is checked as by ``PATCH``."""

    def change(row: StoredJob) -> None:
        edit = read_edit(body.change_of(row.definition), row, store, ledger, catalogue)
        if edit.job is None:
            raise RequestRefusal(422, edit.issues)
        save_changed_job(edit.job, row, store, user.actor)

    background.add_task(request_parse)
    entry.note(**body.model_dump(mode="json", exclude={"dag_ids"}, exclude_defaults=True))
    return _each(body, user.allowed_dags("PUT", body.dag_ids), store, entry, change)


@router.post("/jobs/rerun")
def rerun_jobs(
    *,
    user: EditsDags,
    body: BulkRequest,
    store: StoreDep,
    engine: StoreEngineDep,
    ledger: LedgerDep,
    catalogue: CatalogueDep,
    entry: AuditEntryDep,
) -> BulkResult:
    """Rerun each job from its last success, as ``POST /jobs/{dag_id}/rerun`` does."""
    sources = RerunSources(user, engine, ledger, catalogue)
    return _each(
        body,
        user.allowed_dags("PUT", body.dag_ids, RUN),
        store,
        entry,
        lambda row: _rerun(row, sources),
    )


def _rerun(row: StoredJob, sources: RerunSources) -> None:
    answer = rerun_stored_job(row, RerunRequest(), sources, AuditEntry(), dry_run=False)
    if not (answer.windows or answer.heal):
        raise RequestRefusal.because(409, "there is nothing to rerun", "See its execution log")


@router.post("/jobs/delete")
def delete_jobs(
    user: EditsDags, body: BulkRequest, store: StoreDep, entry: AuditEntryDep, background: BackgroundTasks
) -> BulkResult:
    """Delete many jobs. Their ledgers and delivered files are kept. A job with a run in progress is not deleted."""
    background.add_task(request_parse)
    return _each(
        body,
        user.allowed_dags("DELETE", body.dag_ids),
        store,
        entry,
        lambda row: delete_stored_job(row, store, user, stop=False),
    )


def _each(
    body: BulkRequest, allowed: set[str], store: Definitions, entry: AuditEntry, act: Callable[[StoredJob], object]
) -> BulkResult:
    result = BulkResult(done=[], refused=[])
    for dag_id in dict.fromkeys(body.dag_ids):
        why = _try(store.by_dag_id(dag_id), act) if dag_id in allowed else "You may not do this with this job"
        if why:
            result.refused.append(BulkFailure(dag_id=dag_id, what=why))
        else:
            result.done.append(dag_id)
    entry.note(done=result.done, not_done=[failure.dag_id for failure in result.refused])
    return result


def _try(row: StoredJob | None, act: Callable[[StoredJob], object]) -> str:
    """Act on one job. Return why that failed, or an empty text on success."""
    if row is None:
        return "There is no such job"
    try:
        act(row)
    except RequestRefusal as refused:
        return " ".join(issue.message for issue in refused.issues)
    except ExportError as error:
        return str(error)
    except Exception as error:  # an unexpected error of one job must not hide the results of the others
        return unexpected_error_issue(error).message
    return ""
