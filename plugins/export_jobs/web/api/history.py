"""Export jobs: what has become of their windows, and their executions."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Annotated

from fastapi import Query

from export_jobs.store.executions.pages import ExecutionPages
from export_jobs.store.executions.state import AirflowRuns
from export_jobs.web.airflow import tables as airflow_tables
from export_jobs.web.history.coverage import coverage_of
from export_jobs.web.history.execution_rows import execution_row
from export_jobs.web.http.access import ReadsJob
from export_jobs.web.http.audit import api_router
from export_jobs.web.http.state import LedgerOf, StampedCatalogue, StoredJobOf, StoreEngine
from export_jobs.web.jobs.zone import zone_of
from export_jobs.web.models.history import Coverage, ExecutionPage

router = api_router("jobs")
MOST_WINDOWS = 1000


@router.get("/jobs/{dag_id}/windows")
def windows_of(
    *,
    user: ReadsJob,  # noqa: ARG001  the permission
    row: StoredJobOf,
    ledger: LedgerOf,
    stamped: StampedCatalogue,
    past: Annotated[int, Query(ge=0, le=MOST_WINDOWS)] = 60,
    future: Annotated[int, Query(ge=0, le=MOST_WINDOWS)] = 12,
) -> Coverage:
    """The windows around now, with what has become of each, and the days that none covers."""
    return coverage_of(row, ledger, stamped, past, future)


@router.get("/jobs/{dag_id}/executions")
def executions_of(
    *,
    user: ReadsJob,  # noqa: ARG001  the permission
    row: StoredJobOf,
    engine: StoreEngine,
    offset: Annotated[int, Query(ge=0, le=1_000_000)] = 0,
    limit: Annotated[int, Query(ge=1, le=200)] = 50,
) -> ExecutionPage:
    """The executions with tries, files and errors, newest window first."""
    airflow = AirflowRuns(frozenset(airflow_tables.runs_in_progress(row.dag_id)), datetime.now(UTC))
    total, records = ExecutionPages(engine).page(row.job_id, offset, limit)
    return ExecutionPage(total=total, executions=[execution_row(record, zone_of(row), airflow) for record in records])
