"""The tasks of a run on a real store, called as Airflow's task runner calls them."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from types import SimpleNamespace
from typing import Any

import pytest

from export_jobs.store.definitions import StoredJob
from export_jobs.store.executions.records import ExecutionEvent
from tests.integration.store.conftest import database, empty_store, job, store
from tests.integration.store.samples import DAY_ONE, Store

__all__ = ["database", "empty_store", "job", "store"]


@dataclass
class Run:
    """One run of a job as its tasks see it: what Airflow's context says, and what earlier tasks have returned."""

    store: Store
    job: StoredJob
    start: datetime | None = DAY_ONE
    end: datetime | None = DAY_ONE + timedelta(days=1)
    run_id: str = "scheduled__0"
    run_type: str = "scheduled"
    clear_number: int = 0
    try_number: int = 1
    results: dict[str, Any] = field(default_factory=dict)

    def context(self) -> Any:
        dag_run = SimpleNamespace(
            dag_id=self.job.dag_id,
            run_id=self.run_id,
            run_type=SimpleNamespace(value=self.run_type),
            data_interval_start=self.start,
            data_interval_end=self.end,
            clear_number=self.clear_number,
        )
        return {"dag_run": dag_run, "ti": SimpleNamespace(try_number=self.try_number, xcom_pull=self._result)}

    def _result(self, *, task_ids: str) -> Any:
        return self.results.get(task_ids)

    def execute(self, step: type[Any], template: str | None = None) -> Any:
        task = step(task_id="task", job_id=self.job.job_id, job_version=self.job.version, template=template)
        return task.execute(self.context())

    def events(self) -> list[ExecutionEvent]:
        return [event for record in self.store.ledger.executions(self.job.job_id) for event in record.events]


@pytest.fixture
def run(store: Store, job: StoredJob, monkeypatch: pytest.MonkeyPatch) -> Run:
    dsn = store.dsn
    login = {"login": dsn["user"], "password": dsn.get("password"), "schema": dsn["dbname"]}
    connection = {"conn_type": "postgres", "host": dsn["host"], "port": dsn["port"], **login}
    monkeypatch.setenv("AIRFLOW_CONN_EXPORT_JOBS_STORE", json.dumps(connection))
    return Run(store, job)
