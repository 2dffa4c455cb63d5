"""Export jobs: what has become of their windows, their executions and versions, and of those that were deleted."""

from __future__ import annotations

from typing import Annotated

from fastapi import Path, Query

from export_jobs.store.executions.deleted_jobs import DeletedJobs
from export_jobs.store.executions.pages import ExecutionPages
from export_jobs.web.airflow import tables as airflow_tables
from export_jobs.web.history.coverage import CoverageSources, coverage_answer
from export_jobs.web.history.deleted_rows import deleted_job, deleted_row, deleted_rows, search_deleted
from export_jobs.web.history.execution_rows import execution_rows
from export_jobs.web.history.version_changes import version_changes
from export_jobs.web.http.access import ReadsDags, ReadsJob
from export_jobs.web.http.audit_log import api_router
from export_jobs.web.http.dependencies import LedgerDep, StampedCatalogueDep, StoredJobDep, StoreEngineDep
from export_jobs.web.models.history import CoverageAnswer, DeletedJobList, DeletedJobRow, ExecutionPage, VersionChanges

router = api_router("jobs")
MAX_WINDOWS = 1000


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
    """The windows around now, with what has become of each, and the days that none covers."""
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
    """The executions with tries, files and errors, newest window first."""
    airflow = airflow_tables.work_in_progress(row.dag_id)
    total, records = ExecutionPages(engine).page(row.job_id, offset, limit)
    return ExecutionPage(total=total, executions=execution_rows(records, row.time_zone, airflow))


@router.get("/jobs/{dag_id}/versions/{version}")
def version_of(
    *,
    user: ReadsJob,  # noqa: ARG001  the permission
    row: StoredJobDep,
    engine: StoreEngineDep,
    version: Annotated[int, Path(ge=1, le=2_147_483_647)],
) -> VersionChanges:
    """What a version of the definition changed, value by value, and which deliveries used it."""
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
    """The deleted jobs whose Dags the caller might see, and what each had delivered."""
    jobs = DeletedJobs(engine).all()
    found = search_deleted(jobs, search, user.allowed_dags("GET", [job.stored.dag_id for job in jobs]))
    return DeletedJobList(jobs=deleted_rows(found[offset : offset + limit], engine), total=len(found))


@router.get("/deleted-jobs/{dag_id}")
def get_deleted_job(user: ReadsJob, dag_id: str, engine: StoreEngineDep) -> DeletedJobRow:  # noqa: ARG001  the permission
    """One deleted job."""
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
    """The executions of a deleted job, newest window first."""
    stored = deleted_job(dag_id, engine).stored
    total, records = ExecutionPages(engine).page(stored.job_id, offset, limit)
    airflow = airflow_tables.work_in_progress(dag_id)
    return ExecutionPage(total=total, executions=execution_rows(records, stored.time_zone, airflow))
