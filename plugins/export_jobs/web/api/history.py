"""Export jobs: the state of their windows, their executions and versions, and deleted jobs."""

from __future__ import annotations

from typing import Annotated

from fastapi import Path, Query

from export_jobs.store.executions.deleted_jobs import DeletedJobs
from export_jobs.store.executions.pages import ExecutionPages
from export_jobs.web.airflow import tables as airflow_tables
from export_jobs.web.history.comparison import compare_deliveries, delivered_template
from export_jobs.web.history.coverage import CoverageSources, coverage_answer
from export_jobs.web.history.deleted_rows import deleted_job, deleted_row, deleted_rows
from export_jobs.web.history.execution_rows import execution_rows
from export_jobs.web.history.version_changes import version_changes
from export_jobs.web.http.access import ReadsDags, ReadsJob
from export_jobs.web.http.audit_log import AuditEntryDep, api_router
from export_jobs.web.http.dependencies import CatalogueDep, LedgerDep, StampedCatalogueDep, StoredJobDep, StoreEngineDep
from export_jobs.web.models.history import (
    CoverageAnswer,
    DeletedJobList,
    DeletedJobRow,
    DeliveredTemplates,
    DeliveryComparison,
    ExecutionPage,
    VersionChanges,
)

router = api_router("jobs")
MAX_WINDOWS = 1000
MAX_ID = 2**63 - 1


@router.get("/jobs/{dag_id}/windows")
def windows_of(
    *,
    user: ReadsJob,  # noqa: ARG001  the permission
    row: StoredJobDep,
    engine: StoreEngineDep,
    ledger: LedgerDep,
    stamped: StampedCatalogueDep,
    past: Annotated[int, Query(ge=0, le=MAX_WINDOWS)] = 60,
    future: Annotated[int, Query(ge=0, le=MAX_WINDOWS)] = 12,
) -> CoverageAnswer:
    """Return the windows around now with the state of each, and the days that no window covers."""
    return coverage_answer(row, CoverageSources(engine, ledger, stamped), past, future)


@router.get("/jobs/{dag_id}/executions")
def executions_of(
    *,
    user: ReadsJob,  # noqa: ARG001  the permission
    row: StoredJobDep,
    engine: StoreEngineDep,
    offset: Annotated[int, Query(ge=0, le=1_000_000)] = 0,
    limit: Annotated[int, Query(ge=1, le=200)] = 50,
) -> ExecutionPage:
    """Return the executions with tries, files and errors, newest window first."""
    airflow = airflow_tables.work_in_progress(row.dag_id)
    total, records = ExecutionPages(engine).page(row.job_id, offset, limit)
    return ExecutionPage(total=total, executions=execution_rows(records, row.time_zone, airflow))


@router.get("/jobs/{dag_id}/deliveries")
def deliveries_of(
    *,
    user: ReadsJob,  # noqa: ARG001  the permission
    row: StoredJobDep,
    engine: StoreEngineDep,
    template: Annotated[str, Query(min_length=1, max_length=200)],
    limit: Annotated[int, Query(ge=1, le=400)] = 100,
) -> DeliveredTemplates:
    """List every delivery of one template, all revisions, newest window first. Any two can be compared."""
    found = ExecutionPages(engine).delivered(row.job_id, template, limit)
    return DeliveredTemplates(deliveries=[delivered_template(sent, row.time_zone) for sent in found])


@router.get("/jobs/{dag_id}/comparison")
def comparison_of(
    *,
    user: ReadsJob,
    row: StoredJobDep,
    engine: StoreEngineDep,
    catalogue: CatalogueDep,
    entry: AuditEntryDep,
    before: Annotated[int, Query(ge=1, le=MAX_ID)],
    after: Annotated[int, Query(ge=1, le=MAX_ID)],
) -> DeliveryComparison:
    """Compare two deliveries of a template: rows, bytes, columns, and the manifest's numbers about columns."""
    found = compare_deliveries(row, (before, after), ExecutionPages(engine), catalogue, user)
    if found.numbers == "kept":
        entry.record_read()
        entry.note(
            template=found.template,
            deliveries=[before, after],
            columns=[column.name for column in found.columns],
            masked=[column.name for column in found.columns if column.masked],
        )
    return found


@router.get("/jobs/{dag_id}/versions/{version}")
def version_of(
    *,
    user: ReadsJob,  # noqa: ARG001  the permission
    row: StoredJobDep,
    engine: StoreEngineDep,
    version: Annotated[int, Path(ge=1, le=2_147_483_647)],
) -> VersionChanges:
    """Return what a version of the definition changed, value by value, and which deliveries used it."""
    return version_changes(row, version, engine)


@router.get("/deleted-jobs")
def list_deleted_jobs(
    *,
    user: ReadsDags,
    engine: StoreEngineDep,
    search: Annotated[str, Query(max_length=200)] = "",
    offset: Annotated[int, Query(ge=0, le=1_000_000)] = 0,
    limit: Annotated[int, Query(ge=1, le=200)] = 50,
) -> DeletedJobList:
    """List the deleted jobs whose Dags the caller may see, and what each of them had delivered."""
    found = DeletedJobs(engine).find(search.split())
    seen = user.allowed_dags("GET", list(found))
    shown = [job_id for dag_id, job_id in found.items() if dag_id in seen]
    jobs = DeletedJobs(engine).of(shown[offset : offset + limit])
    return DeletedJobList(jobs=deleted_rows(jobs, engine), total=len(shown))


@router.get("/deleted-jobs/{dag_id}")
def get_deleted_job(user: ReadsJob, dag_id: str, engine: StoreEngineDep) -> DeletedJobRow:  # noqa: ARG001  the permission
    """Return one deleted job."""
    return deleted_row(deleted_job(dag_id, engine), engine)


@router.get("/deleted-jobs/{dag_id}/executions")
def executions_of_deleted(
    *,
    user: ReadsJob,  # noqa: ARG001  the permission
    dag_id: str,
    engine: StoreEngineDep,
    offset: Annotated[int, Query(ge=0, le=1_000_000)] = 0,
    limit: Annotated[int, Query(ge=1, le=200)] = 50,
) -> ExecutionPage:
    """Return the executions of a deleted job, newest window first."""
    stored = deleted_job(dag_id, engine).stored
    total, records = ExecutionPages(engine).page(stored.job_id, offset, limit)
    airflow = airflow_tables.work_in_progress(dag_id)
    return ExecutionPage(total=total, executions=execution_rows(records, stored.time_zone, airflow))
