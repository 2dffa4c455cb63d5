"""Dags with the shape of an export job whose tasks do nothing: the time of Airflow alone, for comparison."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import httpx

STEPS = ("validate_destination", "extract", "compress", "upload", "publish_manifest", "notify_recipients")
_FILE = '''\
"""Airflow Dags of the shape of an export job's, whose tasks do nothing."""

import time

from airflow.providers.standard.operators.empty import EmptyOperator
from airflow.providers.standard.operators.python import PythonOperator
from airflow.sdk import DAG


def wait(seconds):
    time.sleep(seconds)


for dag_id in {dag_ids!r}:
    with DAG(
        dag_id=dag_id,
        schedule="@once",
        max_active_runs=1,
        is_paused_upon_creation=True,
        default_args={{"pool": {pool!r}, "weight_rule": "absolute", "retries": 0}},
    ) as dag:
        before = None
        for step in {steps!r}:
            task = PythonOperator(task_id=step, python_callable=wait, op_args=[{seconds!r}])
            if before:
                before >> task
            before = task
        before >> EmptyOperator(task_id="complete")
        before >> PythonOperator(task_id="notify_owner", python_callable=wait, op_args=[0], trigger_rule="one_failed")
    globals()[dag.dag_id] = dag
'''


def bare_dags(dag_ids: Sequence[str], *, pool: str = "export_jobs", seconds: float = 0) -> str:
    """A Dag file; every Dag is paused, and has one run when it is unpaused. ``seconds``: how long each task sleeps."""
    return _FILE.format(dag_ids=list(dag_ids), pool=pool, seconds=seconds, steps=STEPS)


def pause(client: httpx.Client, name: str, *, is_paused: bool) -> None:
    """Unpause all Dags whose id begins with ``name``, in one call."""
    asked: dict[str, Any] = {"dag_id_pattern": f"{name}%", "limit": 1000}
    client.patch("/api/v2/dags", params=asked, json={"is_paused": is_paused}).raise_for_status()
