"""A whole run whose every task is run by the command of a pod: another user, read-only code, nothing on its disk."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import ExitStack

import pytest

from export_jobs.store.stored_job import StoredJob
from tests.airflow.live import Live
from tests.servers.pod import NoPodError, Pods, pods
from tests.servers.tcp_door import tcp_door

pytestmark = [pytest.mark.integration, pytest.mark.live]

TRIES = 3
STEPS = ["validate_destination", "extract", "events.compress", "events.upload", "publish_manifest", "notify_recipients"]
OF_THE_SERVERS_ALONE = ("SQL_ALCHEMY_CONN", "JWT_SECRET", "FERNET_KEY", "SECRET_KEY", "PASSWORDS_FILE")
OF_TASKS = (
    *("CORE__DAGS_FOLDER", "CORE__PLUGINS_FOLDER", "CORE__LOAD_EXAMPLES", "CORE__EXECUTION_API_SERVER_URL"),
    "WORKERS__MIN_HEARTBEAT_INTERVAL",
    *("SCHEDULER__TASK_INSTANCE_HEARTBEAT_TIMEOUT", "SCHEDULER__TASK_INSTANCE_HEARTBEAT_SEC"),
)
BUNDLE = {"name": "dags-folder", "classpath": "airflow.dag_processing.bundles.local.LocalDagBundle", "kwargs": {}}


@pytest.fixture
def as_pods(live: Live) -> Iterator[Pods]:
    """With a pool that is full, so that no executor of this stack takes a task."""
    with ExitStack() as stack:
        port = stack.enter_context(tcp_door(live.postgres.socket / ".s.PGSQL.5432"))
        try:
            made = stack.enter_context(pods(live.airflow, environment(live, port)))
        except NoPodError as reason:
            pytest.skip(f"NOT CHECKED: a pod's command as its own user: {reason}")
        _slots(live, 0)
        stack.callback(_slots, live, 8)
        yield made


def environment(live: Live, port: int) -> dict[str, str]:
    """What the stack's tasks are told, its databases by network."""
    whole = live.airflow.environment()
    told = {name: text for name, text in whole.items() if name.startswith(("AIRFLOW_CONN_", "EXPORT_JOBS_"))}
    told |= {f"AIRFLOW__{name}": whole[f"AIRFLOW__{name}"] for name in OF_TASKS}
    for name, text in told.items():
        if name.startswith("AIRFLOW_CONN_") and json.loads(text)["conn_type"] == "postgres":
            told[name] = json.dumps({**json.loads(text), "host": "127.0.0.1", "port": port})
    told["EXPORT_JOBS_DESTINATION_SLOTS"] = "0"  # as in the Dag processor of this stack
    told["AIRFLOW__WORKERS__EXECUTION_API_TIMEOUT"] = "120"  # an API server of a loaded machine
    told["AIRFLOW__DAG_PROCESSOR__DAG_BUNDLE_CONFIG_LIST"] = json.dumps([BUNDLE])
    assert not [name for name in told if name.endswith(OF_THE_SERVERS_ALONE)]
    return told


def test_every_task_runs_as_a_pods_own_user_with_new_folders_and_its_environment_alone(
    live: Live, as_pods: Pods
) -> None:
    job = live.create("by-pods", days=("2026-01-05", "2026-01-05"))
    for step in STEPS:
        run_step(live, as_pods, job, step)
    live.wait_for_runs(job, 1)
    (record,) = live.records(job)
    assert len(record.deliveries) == 1 and len(live.files("by-pods__*.zip")) == 1
    assert live.mails("by-pods@example.com")
    assert not [path for path in as_pods.shared.rglob("*") if path.is_file() and "job-" in str(path)]


def run_step(live: Live, as_pods: Pods, job: StoredJob, step: str) -> None:
    """In a pod, and once more in another one where Airflow would: a loaded machine may lose the first."""
    for _ in range(TRIES):
        ended = as_pods.run(live.wait_until(f"{step} to be scheduled", lambda: waiting(live, job, step)))
        if state(live, job, step) == "success":
            return
    pytest.fail(f"{step}: {live.messages(job)}\n{ended.stdout[-3000:]}{ended.stderr}")


def waiting(live: Live, job: StoredJob, step: str) -> str:
    """The id of the task that the scheduler would give to an executor now, or that a pod has not taken."""
    assert state(live, job, step) != "failed", live.messages(job)
    query = """SELECT id::text FROM task_instance
        WHERE dag_id = %s AND task_id = %s AND state IN ('scheduled', 'queued')"""
    row = live.airflow_database.execute(query, [job.dag_id, step]).fetchone()
    return str(row[0]) if row else ""


def state(live: Live, job: StoredJob, step: str) -> str:
    query = "SELECT state FROM task_instance WHERE dag_id = %s AND task_id = %s"
    row = live.airflow_database.execute(query, [job.dag_id, step]).fetchone()
    return str(row[0]) if row else ""


def _slots(live: Live, slots: int) -> None:
    """Airflow's own API makes no pool so small, and its scheduler passes a pool without slots over."""
    live.airflow_database.execute("UPDATE slot_pool SET slots = %s WHERE pool = 'export_jobs'", [slots])
