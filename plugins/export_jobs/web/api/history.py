"""Export jobs: what has become of their windows, and their executions."""

from __future__ import annotations

from typing import Annotated

from fastapi import Path, Query

from export_jobs.store.executions.pages import ExecutionPages
from export_jobs.web.airflow import tables as airflow_tables
from export_jobs.web.history.coverage import CoverageSources, coverage_answer
from export_jobs.web.history.execution_rows import execution_rows
from export_jobs.web.history.version_changes import version_changes
from export_jobs.web.http.access import ReadsJob
from export_jobs.web.http.audit_log import api_router
from export_jobs.web.http.dependencies import LedgerDep, StampedCatalogueDep, StoredJobDep, StoreEngineDep
from export_jobs.web.models.history import CoverageAnswer, ExecutionPage, VersionChanges

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
