"""A pod without a cluster: the command that Airflow's KubernetesExecutor gives to one, as the user of the pod template.

Pods share only the network, and a folder that all of them mount for staged files. A pod's own folders are new, it may
write nowhere else, and it knows only its environment.
"""

from __future__ import annotations

import json
import os
import shutil
import site
import subprocess
import sys
import sysconfig
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import yaml

from demo.airflow_processes import Airflow

REPOSITORY = Path(__file__).parents[2]
TEMPLATE = yaml.safe_load((REPOSITORY / "deploy" / "kubernetes" / "pod_template.yaml").read_text("utf-8"))["spec"]
USER: int = TEMPLATE["securityContext"]["runAsUser"]
COMMAND = ("-m", "airflow.sdk.execution_time.execute_workload", "--json-string")
PATIENCE_S = 300
NOT_IN_A_POD = ("site-packages", "test", "idlelib", "tkinter", "ensurepip", "config-*", "*.a")
CAN_READ_AND_NOT_WRITE = (
    "import os, sys, pydantic, sqlalchemy; sys.exit(any(os.access(p, os.W_OK) for p in sys.argv[1:]))"
)

EXECUTOR = """
import sys
from sqlalchemy import select, update
from airflow.executors.base_executor import BaseExecutor
from airflow.executors.workloads import ExecuteTask
from airflow.jobs.job import Job
from airflow.models.taskinstance import TaskInstance
from airflow.utils import timezone
from airflow.utils.session import create_session

generator = BaseExecutor().jwt_generator
print("ready", flush=True)
for line in sys.stdin:
    with create_session() as session:
        one = session.scalars(select(TaskInstance).where(TaskInstance.id == line.strip())).one()
        scheduler = select(Job.id).where(Job.job_type == "SchedulerJob", Job.state == "running").limit(1)
        one.state, one.queued_dttm, one.queued_by_job_id = "queued", timezone.utcnow(), session.scalar(scheduler)
        session.flush()
        workload = ExecuteTask.make(one, generator=generator).model_dump_json()
    print("workload", workload, flush=True)
"""
"""The part of an executor that builds a task's workload: exactly the text that a pod's command has as its argument."""


class NoPodError(Exception):
    """The reason why nothing can run here as the user of a pod."""


@dataclass
class Pods:
    """Run tasks one after the other, each in its own pod. ``environment``: the addresses of this stack."""

    python: Path
    folder: Path
    environment: Mapping[str, str]
    executor: subprocess.Popen[str]
    count: int = 0

    @property
    def shared(self) -> Path:
        """What all of them mount."""
        return self.folder / "shared"

    def run(self, task_instance: str) -> subprocess.CompletedProcess[str]:
        """Run the task instance with this id in a new pod."""
        assert self.executor.stdin
        print(task_instance, file=self.executor.stdin, flush=True)
        workload = _said(self.executor, "workload ")
        assert json.loads(workload)["ti"]["id"] == task_instance
        self.count += 1
        home = self.folder / f"pod-{self.count}"
        for name in ("airflow", "state", "tmp"):
            (home / name).mkdir(parents=True)
            os.chown(home / name, USER, USER)
        own = {"AIRFLOW_HOME": "airflow", "HOME": "state", "EXPORT_JOBS_STATE": "state", "TMPDIR": "tmp"}
        environment = _template_environment() | dict(self.environment)
        environment |= {name: str(home / folder) for name, folder in own.items()}
        environment["EXPORT_JOBS_STAGING"] = f"file://{self.shared}"
        environment["AIRFLOW__DAG_PROCESSOR__DAG_BUNDLE_STORAGE_PATH"] = str(home / "state" / "bundles")
        return _run([self.python, *COMMAND, workload], environment)


@contextmanager
def pods(airflow: Airflow, environment: Mapping[str, str]) -> Iterator[Pods]:
    """Raise ``NoPodError`` if this process may not become another user, or that user cannot read the code."""
    if os.geteuid():
        raise NoPodError("only root can become another user")
    with TemporaryDirectory(prefix="export-jobs-pods-") as made:
        folder = Path(made)
        folder.chmod(0o711)
        python, of_python = _python(folder)
        (folder / "shared").mkdir()
        os.chown(folder / "shared", USER, USER)
        command = [airflow.python, "-c", EXECUTOR]
        log = (airflow.log_folder / "pod-executor.log").open("a")
        pipes: dict[str, Any] = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "stderr": log}
        with log, subprocess.Popen(command, env=airflow.environment(), cwd=folder, text=True, **pipes) as executor:
            assert executor.stdin
            try:
                _said(executor, "ready")
                yield Pods(python, folder, {**environment, **of_python}, executor)
            finally:
                executor.stdin.close()


def _said(executor: subprocess.Popen[str], word: str) -> str:
    """Return the rest of the next line that begins with the word; skip other output of Airflow."""
    assert executor.stdout
    for line in executor.stdout:
        if line.startswith(word):
            return line.removeprefix(word).strip()
    raise AssertionError(f"it ended without a word {word!r}; its messages are in pod-executor.log")


def _python(folder: Path) -> tuple[Path, dict[str, str]]:
    """Return a Python that the pod's user may start, and its environment: this one, or a copy in reach."""
    packages = {"PYTHONPATH": os.pathsep.join([*site.getsitepackages(), str(REPOSITORY / "plugins")])}
    here = Path(sys.executable)
    if _is_readable(here, packages):
        return here, packages
    base, library = Path(sys.base_prefix), Path(sysconfig.get_path("stdlib"))
    copy = folder / "python"
    (copy / "bin").mkdir(parents=True)
    shutil.copy2(here.resolve(), copy / "bin" / "python")
    shutil.copytree(
        library, copy / library.relative_to(base), symlinks=True, ignore=shutil.ignore_patterns(*NOT_IN_A_POD)
    )
    for shared in (base / "lib").glob("libpython*.so*"):
        shutil.copy2(shared, copy / "lib", follow_symlinks=True)
    packages |= {"PYTHONHOME": str(copy), "LD_LIBRARY_PATH": str(copy / "lib")}
    if not _is_readable(copy / "bin" / "python", packages):
        raise NoPodError(f"user {USER} cannot read the installed packages, or could write to them")
    return copy / "bin" / "python", packages


def _is_readable(python: Path, environment: Mapping[str, str]) -> bool:
    code = [str(REPOSITORY / "plugins"), *site.getsitepackages()]
    try:
        return not _run([python, "-c", CAN_READ_AND_NOT_WRITE, *code], environment).returncode
    except OSError:
        return False


def _run(command: list[Any], environment: Mapping[str, str]) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [str(part) for part in command],
        env={"PATH": os.defpath, **environment},
        user=USER,
        group=USER,
        extra_groups=[],
        cwd="/",
        capture_output=True,
        text=True,
        timeout=PATIENCE_S,
        check=False,
    )


def _template_environment() -> dict[str, str]:
    return {entry["name"]: entry["value"] for entry in TEMPLATE["containers"][0]["env"]}
