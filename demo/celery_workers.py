"""Two Celery workers that share nothing but the store, Airflow, the warehouse and staging on S3.

Each has its own home, temporary folder, state and logs, and no login to Airflow's database.
"""

from __future__ import annotations

import shutil
from pathlib import Path

from demo.airflow_processes import Airflow
from demo.broker import Broker
from demo.processes import ServerProcess

WORKERS = ("worker-1", "worker-2")
CONCURRENCY = 4
STAGING = "s3://export_s3@exports/staging"
VISIBILITY_TIMEOUT_S = 90_000
"""Longer than any task may take; otherwise the broker gives a task that still runs to another worker."""
OF_THE_SERVERS_ALONE = ("AIRFLOW__DATABASE__SQL_ALCHEMY_CONN", "AIRFLOW__CORE__SIMPLE_AUTH_MANAGER_PASSWORDS_FILE")


class CeleryWorkers:
    """The workers of one Airflow; ``settings`` are the settings that Airflow's own processes need for them."""

    def __init__(self, folder: Path, airflow: Airflow, broker: Broker) -> None:
        self.folder, self.airflow, self.broker = folder.resolve(), airflow, broker
        self._processes: dict[str, ServerProcess] = {}

    def settings(self) -> dict[str, str]:
        """Return the environment of every process of this Airflow."""
        return {
            "AIRFLOW__CORE__EXECUTOR": "CeleryExecutor",
            "AIRFLOW__CELERY__BROKER_URL": self.broker.url(0),
            "AIRFLOW__CELERY__RESULT_BACKEND": self.broker.url(1),
            "AIRFLOW__CELERY_BROKER_TRANSPORT_OPTIONS__VISIBILITY_TIMEOUT": str(VISIBILITY_TIMEOUT_S),
            "AIRFLOW__CELERY__OPERATION_TIMEOUT": "30",  # the first message imports Celery
            "EXPORT_JOBS_STAGING": STAGING,
        }

    def start(self) -> None:
        """Start both; return when each accepts tasks."""
        for name in WORKERS:
            self._start(name)
        for name, process in self._processes.items():
            process.wait_until(lambda log=process.log: "ready." in log.read_text(errors="replace"), seconds=180)  # type: ignore[misc]
            print(f"  {name} accepts tasks; its folder is {self.folder / name}", flush=True)

    def stop(self) -> None:
        for process in self._processes.values():
            process.signal_stop()
        while self._processes:
            self._processes.popitem()[1].stop()

    def process(self, name: str) -> ServerProcess:
        """Return a worker's process; its ``pid`` is for drills that kill it."""
        return self._processes[name]

    def restart(self, name: str) -> None:
        """Start a killed worker again, with an empty disk; do not wait until it accepts tasks."""
        self._processes.pop(name).stop()
        self._start(name)

    def tasks_run(self) -> dict[str, int]:
        """Return the number of logged tries of tasks for each worker."""
        return {name: len(list((self.folder / name / "logs").rglob("attempt=*.log"))) for name in WORKERS}

    def _start(self, name: str) -> None:
        home = self.folder / name
        shutil.rmtree(home, ignore_errors=True)
        for part in ("config", "tmp"):
            (home / part).mkdir(parents=True)
        shutil.copy(Path(__file__).with_name("airflow_local_settings.py"), home / "config")
        own = {
            "AIRFLOW_HOME": str(home),
            "AIRFLOW__LOGGING__BASE_LOG_FOLDER": str(home / "logs"),
            "EXPORT_JOBS_STATE": str(home / "export_jobs"),
            "TMPDIR": str(home / "tmp"),
        }
        environment = {
            key: value for key, value in self.airflow.environment().items() if key not in OF_THE_SERVERS_ALONE
        }
        command = [self.airflow.python, "-m", "airflow", "celery", "worker", "--skip-serve-logs"]
        options = ["--concurrency", str(CONCURRENCY), "--celery-hostname", f"{name}@%h"]
        self._processes[name] = ServerProcess(
            f"The Celery {name}",
            [*command, *options],
            log=self.airflow.log_folder / f"{name}.log",
            environment=environment | own,
            grace=20.0,
            folder=home,
        )
