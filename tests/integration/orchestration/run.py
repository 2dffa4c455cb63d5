"""One run of a job, and what its tasks are told."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from types import SimpleNamespace
from typing import Any

from export_jobs.store.executions.records import ExecutionEvent
from export_jobs.store.stored_job import StoredJob
from tests.integration.store.samples import DAY_ONE, Store


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
    reschedules: int = 0
    """How often Airflow has put the task back since its try began."""
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
        return {"dag_run": dag_run, "ti": ti, "task_reschedule_count": self.reschedules}

    def _result(self, *, task_ids: str) -> Any:
        return self.results.get(task_ids)

    def execute(self, step: type[Any], template: str | None = None, tag: str | None = None) -> Any:
        at = {"tag": tag} if tag else {}
        task = step(task_id="task", job_id=self.job.job_id, job_version=self.job.version, template=template, **at)
        return task.execute(self.context())

    def events(self) -> list[ExecutionEvent]:
        return [event for record in self.store.ledger.executions(self.job.job_id) for event in record.events]


def connection(store: Store) -> str:
    """An Airflow connection to the store's database, as JSON."""
    dsn = store.dsn
    login = {"login": dsn["user"], "password": dsn.get("password"), "schema": dsn["dbname"]}
    return json.dumps({"conn_type": "postgres", "host": dsn["host"], "port": dsn["port"], **login})
