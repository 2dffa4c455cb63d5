"""Jobs an hour beside bare Airflow: ``python -m bench.throughput``; some ten minutes on two cores.

On a whole stack, EXPORT_JOBS_BENCH_JOBS jobs (40) of one small file each, and as many Dags of six Python tasks that do
nothing, in the same shape. Both have eight slots and are held back until every first task waits for one; then the time
counts from the first slot to the last run's end. Two rounds, in turn; read the ratio.
"""

from __future__ import annotations

import os
import shutil
import statistics
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

REPOSITORY = Path(__file__).resolve().parents[1]
sys.path[:0] = [str(REPOSITORY / "plugins"), str(REPOSITORY)]

import psycopg  # noqa: E402

from demo.stack import Stack  # noqa: E402
from export_jobs.core.definitions.job import DestinationSpec, JobSpec, Template  # noqa: E402
from export_jobs.orchestration.airflow.api import AirflowApi  # noqa: E402
from export_jobs.store.database.engine import create_store_engine  # noqa: E402
from export_jobs.store.definitions import Definitions  # noqa: E402

JOBS = int(os.environ.get("EXPORT_JOBS_BENCH_JOBS") or 40)
ROUNDS, SLOTS, PATIENCE_S = 2, 8, 1200
BARE = f"""
from datetime import datetime
from airflow.sdk import DAG
from airflow.providers.standard.operators.empty import EmptyOperator
from airflow.providers.standard.operators.python import PythonOperator

for round in range({ROUNDS}):
    for number in range({JOBS}):
        with DAG(f"bare_{{round}}_{{number}}", schedule=None, start_date=datetime(2026, 1, 1)) as dag:
            tasks = [
                PythonOperator(task_id=f"step_{{step}}", python_callable=print, pool="bare") for step in range(6)
            ]
            for before, after in zip(tasks, [*tasks[1:], EmptyOperator(task_id="complete")]):
                before >> after
        globals()[dag.dag_id] = dag
"""


def main() -> None:
    with tempfile.TemporaryDirectory(prefix="export-jobs-bench-") as folder:
        Path(folder).chmod(0o711)
        dags = Path(folder) / "dags"
        shutil.copytree(REPOSITORY / "dags", dags)
        (dags / "bare.py").write_text(BARE)
        stack = Stack(Path(folder) / "stack")
        stack.airflow.dags_folder = dags
        try:
            stack.start()
            measure(stack)
        finally:
            stack.stop()


def measure(stack: Stack) -> None:
    engine = create_store_engine(stack.postgres.dsn("export_jobs", "export_jobs"))
    store = Definitions(engine)
    store.create_template(Template(name="stores", kind="dimension", dimensions=("store",)))
    store.save_destination(DestinationSpec(tag="partner", kind="sftp", connection="partner_sftp", folder="/exports"))
    (stack.sftp.root / "exports").mkdir(parents=True, exist_ok=True)
    took: dict[str, list[float]] = {"export jobs": [], "bare Airflow": []}
    with stack.airflow.client() as client, session(stack) as airflow:
        client.post("/api/v2/pools", json={"name": "bare", "slots": 0, "include_deferred": False}).raise_for_status()
        for number in range(ROUNDS):
            set_slots(client, "export_jobs", 0)
            make(stack, store, number)
            took["export jobs"].append(timed(client, airflow, "export_jobs", f"export__job-{number}-%"))
            trigger(client, airflow, number)
            took["bare Airflow"].append(timed(client, airflow, "bare", f"bare\\_{number}\\_%"))
    engine.dispose()
    print(f"{JOBS} runs of six tasks at once, {SLOTS} slots, median of {ROUNDS}:")
    for name, seconds in took.items():
        middle = statistics.median(seconds)
        rates = f"{JOBS / middle * 3600:7.0f} runs an hour, {6 * JOBS / middle:4.1f} tasks a second"
        print(f"  {name:<14} {middle:6.1f} s: {rates}")
    ratio = statistics.median(took["bare Airflow"]) / statistics.median(took["export jobs"])
    print(f"  export jobs have {ratio:.2f} of bare Airflow's rate", flush=True)


def session(stack: Stack) -> psycopg.Connection[Any]:
    return psycopg.connect(**stack.postgres.dsn("airflow", "airflow"), autocommit=True)


def make(stack: Stack, store: Definitions, round_number: int) -> None:
    with store.transaction("bench") as within:
        for number in range(JOBS):
            spec = {
                "name": f"job-{round_number}-{number}",
                "owner": "owner@example.com",
                "destination": "partner",
                "schedule": {"frequency": "once", "from": "2026-01-01", "until": "2026-01-01"},
                "templates": [{"template": "stores"}],
            }
            within.create(JobSpec.model_validate(spec))
    AirflowApi(stack.airflow.url, "admin", stack.airflow.password()).parse_now()


def trigger(client: Any, airflow: psycopg.Connection[Any], round_number: int) -> None:
    names = [f"bare_{round_number}_{number}" for number in range(JOBS)]
    wait_for(airflow, "SELECT count(*) FROM dag WHERE dag_id = ANY(%s)", JOBS, names)
    for dag_id in names:
        client.patch(f"/api/v2/dags/{dag_id}", json={"is_paused": False}).raise_for_status()
        client.post(f"/api/v2/dags/{dag_id}/dagRuns", json={"logical_date": None}).raise_for_status()


def timed(client: Any, airflow: psycopg.Connection[Any], pool: str, dags: str) -> float:
    """Seconds from the first slot to the end of the last run."""
    waiting = "SELECT count(DISTINCT dag_id) FROM task_instance WHERE state = 'scheduled' AND dag_id LIKE %s"
    wait_for(airflow, waiting, JOBS, dags)
    began = time.perf_counter()
    set_slots(client, pool, SLOTS)
    wait_for(airflow, "SELECT count(*) FROM dag_run WHERE state = 'success' AND dag_id LIKE %s", JOBS, dags)
    return time.perf_counter() - began


def set_slots(client: Any, pool: str, slots: int) -> None:
    body = {"pool": pool, "slots": slots, "include_deferred": False}
    client.patch(f"/api/v2/pools/{pool}", json=body).raise_for_status()


def wait_for(airflow: psycopg.Connection[Any], query: str, least: int, value: object) -> None:
    until = time.monotonic() + PATIENCE_S
    while time.monotonic() < until:
        row = airflow.execute(query.encode(), [value]).fetchone()
        if row and row[0] >= least:
            return
        time.sleep(0.2)
    raise SystemExit(f"{value} were not {least} after {PATIENCE_S} s: {query}")


if __name__ == "__main__":
    main()
