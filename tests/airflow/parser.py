"""Airflow's Dag processor in small: a process that has Airflow loaded, and a fork of it for every parse."""

from __future__ import annotations

import inspect
import io
import json
import logging
import os
import subprocess
import sys
import traceback
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[2]


@dataclass(frozen=True)
class Parsed:
    """What one parse of the Dag file gave: Dags as Airflow stores them, what each task holds, the log.

    ``proven``: the jobs whose Dags were built, validated and serialised in it.
    ``text`` is all Dags as Airflow hashes them, keys sorted; lists stand as they are, which Airflow would sort too.
    """

    dags: dict[str, dict[str, Any]]
    template_fields: dict[str, list[str]]
    arguments: dict[str, dict[str, Any]]
    log: str
    text: str
    proven: list[str]

    def tags(self, dag_id: str) -> set[str]:
        return set(self.dags[dag_id]["tags"])

    def doc(self, dag_id: str) -> str:
        return str(self.dags[dag_id].get("doc_md", ""))

    @property
    def invalid(self) -> set[str]:
        return {dag_id for dag_id in self.dags if "invalid" in self.tags(dag_id)}


class Parser:
    """``parse`` runs dags/build_export_dags.py in a fork whose environment has ``environment`` on top.

    ``SHARD`` in it, such as ``0 2``: the file of that shard in its place.
    """

    def __init__(self, process: subprocess.Popen[str], home: Path) -> None:
        self._process = process
        self.home = home

    def parse(self, environment: Mapping[str, str]) -> Parsed:
        assert self._process.stdin
        assert self._process.stdout
        print(json.dumps(dict(environment)), file=self._process.stdin, flush=True)
        answer = json.loads(self._process.stdout.readline())
        assert "error" not in answer, f"The Dag file raised, which takes every Dag down:\n{answer['error']}"
        dags = {dag_id: json.loads(text)["dag"] for dag_id, text in answer["dags"].items()}
        text = json.dumps(dags, sort_keys=True)
        return Parsed(dags, answer["template_fields"], answer["arguments"], answer["log"], text, answer["proven"])


@contextmanager
def parser(home: Path, **environment: str) -> Iterator[Parser]:
    """Start the process, with ``home`` as AIRFLOW_HOME and nothing of the caller's Airflow."""
    own = {key: value for key, value in os.environ.items() if not key.startswith(("AIRFLOW", "_AIRFLOW", "EXPORT_"))}
    own |= {
        "AIRFLOW_HOME": str(home),
        "AIRFLOW__CORE__PLUGINS_FOLDER": str(ROOT / "plugins"),
        "AIRFLOW__CORE__LOAD_EXAMPLES": "False",
        "PYTHONPATH": f"{ROOT}:{ROOT / 'plugins'}",
        **environment,
    }
    command = [sys.executable, "-m", "tests.airflow.parser"]
    with subprocess.Popen(
        command, cwd=ROOT, env=own, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as process:
        yield Parser(process, home)
        assert process.stdin
        process.stdin.close()


def serve() -> None:
    """Answer every line of stdin, an environment, with one line on stdout."""
    answers = os.dup(1)
    os.dup2(2, 1)  # what Airflow prints must not stand between the answers
    from airflow import plugins_manager
    from airflow.serialization.serialized_objects import DagSerialization  # noqa: F401  loaded once, for every fork

    from export_jobs.orchestration import factory  # noqa: F401

    plugins_manager.get_timetables_plugins()
    for line in sys.stdin:
        child = os.fork()
        if child == 0:
            os.environ.update(json.loads(line))
            try:
                answer = json.dumps(_answer())
            except Exception:
                answer = json.dumps({"error": traceback.format_exc()})
            with os.fdopen(answers, "w") as stream:
                print(answer, file=stream, flush=True)
            os._exit(0)
        os.waitpid(child, 0)


def _answer() -> dict[str, Any]:
    from airflow.sdk import DAG
    from airflow.serialization.serialized_objects import DagSerialization

    from export_jobs.orchestration import factory
    from export_jobs.orchestration.generator.definitions import LoadedJob
    from export_jobs.orchestration.generator.shard import Shard, write_shards

    said = io.StringIO()
    logging.getLogger("export_jobs").addHandler(logging.StreamHandler(said))
    space: dict[str, Any] = {}
    file = ROOT / "dags" / "build_export_dags.py"
    text = file.read_text()
    if shard := os.environ.pop("SHARD", None):
        number, count = map(int, shard.split())
        write_shards(Path(os.environ["EXPORT_JOBS_STATE"]) / "files", count)
        text = (Path(os.environ["EXPORT_JOBS_STATE"]) / "files" / Shard(number, count).file_name).read_text()
    proven: list[str] = []
    whole = factory.job_dag

    def noted(found: LoadedJob, *arguments: Any, **options: Any) -> DAG:
        proven.append(found.name)
        return whole(found, *arguments, **options)

    factory.job_dag = noted
    exec(compile(text, str(file), "exec"), space)
    dags = {key: dag for key, dag in space.items() if isinstance(dag, DAG)}
    for dag in dags.values():
        dag.validate()
    tasks = {f"{key} {task.task_id}": task for key, dag in dags.items() for task in dag.tasks}
    return {
        "dags": {key: json.dumps(DagSerialization.to_dict(dag)) for key, dag in dags.items()},
        "template_fields": {name: list(task.template_fields) for name, task in tasks.items()},
        "arguments": {name: _own_attributes(task) for name, task in tasks.items()},
        "log": said.getvalue(),
        "proven": proven,
    }


def _own_attributes(task: Any) -> dict[str, Any]:
    """What a task of ours was given beyond what every Airflow task holds."""
    from airflow.providers.standard.operators.empty import EmptyOperator
    from airflow.sdk import BaseOperator

    usual = {*vars(EmptyOperator(task_id="usual")), *inspect.signature(BaseOperator.__init__).parameters}
    return {name: value for name, value in vars(task).items() if name[0] != "_" and name not in usual}


if __name__ == "__main__":
    serve()
