"""The tasks of a run on a real store, called as Airflow's task runner calls them."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from export_jobs.store.executions.records import ExecutionEvent
from export_jobs.store.stored_job import StoredJob
from tests.integration.store.conftest import database, empty_store, job, store
from tests.integration.store.samples import DAY_ONE, Store
from tests.servers.airflow_api import AirflowServer, AirflowState
from tests.servers.smtp_script import Script, ScriptedSmtpServer

__all__ = ["database", "empty_store", "job", "store"]


@dataclass
class Run:
    """One run of a job as its tasks see it: what Airflow's context says, and what other tasks have returned."""

    store: Store
    job: StoredJob
    start: datetime | None = DAY_ONE
    end: datetime | None = DAY_ONE + timedelta(days=1)
    run_id: str = "scheduled__0"
    run_type: str = "scheduled"
    clear_number: int = 0
    try_number: int = 1
    results: dict[str, Any] = field(default_factory=dict)
    states: dict[str, str] = field(default_factory=dict)

    def context(self) -> Any:
        dag_run = SimpleNamespace(
            dag_id=self.job.dag_id,
            run_id=self.run_id,
            run_type=SimpleNamespace(value=self.run_type),
            data_interval_start=self.start,
            data_interval_end=self.end,
            clear_number=self.clear_number,
        )
        ti = SimpleNamespace(
            try_number=self.try_number,
            max_tries=5,
            dag_id=self.job.dag_id,
            run_id=self.run_id,
            task_id="task",
            xcom_pull=self._result,
            get_task_states=lambda dag_id, run_ids: dict.fromkeys(run_ids, self.states),
        )
        return {"dag_run": dag_run, "ti": ti}

    def _result(self, *, task_ids: str) -> Any:
        return self.results.get(task_ids)

    def execute(self, step: type[Any], template: str | None = None, tag: str | None = None) -> Any:
        at = {"tag": tag} if tag else {}
        task = step(task_id="task", job_id=self.job.job_id, job_version=self.job.version, template=template, **at)
        return task.execute(self.context())

    def events(self) -> list[ExecutionEvent]:
        return [event for record in self.store.ledger.executions(self.job.job_id) for event in record.events]


@pytest.fixture
def connected(store: Store, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Store:
    """The store as tasks find it, through Airflow's connection; no snapshot of it is there yet."""
    monkeypatch.setenv("EXPORT_JOBS_STATE", str(tmp_path))
    dsn = store.dsn
    login = {"login": dsn["user"], "password": dsn.get("password"), "schema": dsn["dbname"]}
    connection = {"conn_type": "postgres", "host": dsn["host"], "port": dsn["port"], **login}
    monkeypatch.setenv("AIRFLOW_CONN_EXPORT_JOBS_STORE", json.dumps(connection))
    return store


@pytest.fixture
def run(connected: Store, job: StoredJob) -> Run:
    return Run(connected, job)


@pytest.fixture
def mails(monkeypatch: pytest.MonkeyPatch) -> Iterator[Script]:
    """A mail server that takes everything until a test tells it otherwise."""
    script = Script()
    with ScriptedSmtpServer(script) as server:
        monkeypatch.setenv("AIRFLOW_CONN_SMTP_DEFAULT", json.dumps(server.connection()))
        yield script


@pytest.fixture
def airflow(monkeypatch: pytest.MonkeyPatch) -> Iterator[AirflowState]:
    """Airflow's API as the auditor asks it."""
    with AirflowServer() as server:
        monkeypatch.setenv("AIRFLOW_CONN_EXPORT_JOBS_AIRFLOW_API", json.dumps(server.connection))
        yield server.state
