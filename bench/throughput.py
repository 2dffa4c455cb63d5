"""Export jobs per hour, compared with Dags whose tasks do nothing, on one Airflow: ``make bench-throughput``.

In turn, on a whole stack: Dags of the shape of a job's with tasks that do nothing, and as many export jobs that deliver
a small file over SFTP. The clock runs from the start of the first task to the end of the last; the ratio is that of
tasks per second. It takes some four minutes. EXPORT_JOBS_BENCH_RUNS sets the number of runs at once.
"""

from __future__ import annotations

import os
import shutil
import statistics
import sys
import tempfile
import time
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

REPOSITORY = Path(__file__).resolve().parents[1]
sys.path[:0] = [str(REPOSITORY / "plugins"), str(REPOSITORY)]

import psycopg  # noqa: E402

from bench.bare import STEPS, bare_dags, pause  # noqa: E402
from bench.fairness import make  # noqa: E402
from demo.stack import Stack  # noqa: E402
from export_jobs.core.definitions.job import DestinationSpec, Template  # noqa: E402
from export_jobs.store.database.engine import create_store_engine  # noqa: E402
from export_jobs.store.definitions import Definitions  # noqa: E402

RUNS = int(os.environ.get("EXPORT_JOBS_BENCH_RUNS") or 20)
ROUNDS = 3
GOAL = 0.92
PATIENCE_S = 600
BARE, JOBS = "tasks that do nothing", "export jobs"
SPAN = """SELECT count(*), extract(epoch FROM max(end_date) - min(start_date)),
    extract(epoch FROM sum(end_date - start_date)) FROM task_instance
    WHERE dag_id = ANY(%s) AND state = 'success' AND operator <> 'EmptyOperator'"""


@dataclass
class Rate:
    """The result of a round; ``at_work``: seconds of the tasks from start to end."""

    tasks: int
    seconds: float
    at_work: float

    @property
    def tasks_a_second(self) -> float:
        return self.tasks / self.seconds

    @property
    def jobs_an_hour(self) -> float:
        return RUNS / self.seconds * 3600


def main() -> None:
    with tempfile.TemporaryDirectory(prefix="export-jobs-bench-") as folder:
        Path(folder).chmod(0o711)  # PostgreSQL of a root user runs as another one and has to pass through
        dags = Path(folder) / "dags"
        shutil.copytree(REPOSITORY / "dags", dags)
        (dags / "bare.py").write_text(bare_dags([name for number in range(ROUNDS) for name in _bare_names(number)]))
        stack = Stack(Path(folder) / "stack")
        stack.airflow.dags_folder = dags
        try:
            stack.start()
            (stack.sftp.root / "exports").mkdir(parents=True, exist_ok=True)
            measure(stack)
        finally:
            stack.stop()


def measure(stack: Stack) -> None:
    engine = create_store_engine(stack.postgres.dsn("export_jobs", "export_jobs"))
    store = Definitions(engine)
    store.create_template(Template(name="stores", kind="dimension", dimensions=("store",)))
    store.save_destination(DestinationSpec(tag="fast", kind="sftp", connection="partner_sftp", folder="/exports"))
    rates: dict[str, list[Rate]] = {BARE: [], JOBS: []}
    _run_jobs(stack, store, "warm", 1)  # the first of all waits for the first parse
    for number in range(ROUNDS):
        rates[BARE].append(_run_bare(stack, number))
        rates[JOBS].append(_run_jobs(stack, store, f"round-{number}", RUNS))
    engine.dispose()
    print(f"{RUNS} runs at once of six tasks each, {ROUNDS} rounds in turn, medians:")
    for name, found in rates.items():
        print(
            f"  {name:<22} {_median(one.jobs_an_hour for one in found):7.0f} an hour, "
            f"{_median(one.tasks_a_second for one in found):5.2f} tasks a second, "
            f"{_median(one.at_work for one in found):5.2f} s per task from start to end"
        )
    ratios = [ours.tasks_a_second / bare.tasks_a_second for ours, bare in zip(rates[JOBS], rates[BARE], strict=True)]
    said = ", ".join(f"{ratio:.2f}" for ratio in ratios)
    print(f"  ratio of the rates {statistics.median(ratios):.2f} (rounds: {said}); the goal is {GOAL}", flush=True)


def _bare_names(number: int) -> list[str]:
    return [f"bare-{number}-{run}" for run in range(RUNS)]


def _run_bare(stack: Stack, number: int) -> Rate:
    dag_ids = _bare_names(number)
    with stack.airflow.client() as client:
        _wait_for(stack, "the Dags", "SELECT count(*) FROM dag WHERE dag_id = ANY(%s)", dag_ids)
        pause(client, f"bare-{number}-", is_paused=False)
    return _rate(stack, dag_ids)


def _run_jobs(stack: Stack, store: Definitions, name: str, count: int) -> Rate:
    names = [f"{name}-{number}" for number in range(count)]
    make(stack, store, names, "fast")
    return _rate(stack, [job.dag_id for job in store.jobs() if job.name in names])


def _rate(stack: Stack, dag_ids: list[str]) -> Rate:
    """Wait until all runs of these Dags have succeeded, and return their result."""
    _wait_for(stack, "the runs", "SELECT count(*) FROM dag_run WHERE state = 'success' AND dag_id = ANY(%s)", dag_ids)
    tasks, seconds, at_work = _row(stack, SPAN, dag_ids)
    assert tasks == len(dag_ids) * len(STEPS), f"{tasks} tasks of {len(dag_ids)} runs"
    return Rate(tasks, float(seconds), float(at_work) / tasks)


def _wait_for(stack: Stack, what: str, query: str, dag_ids: list[str]) -> None:
    until = time.monotonic() + PATIENCE_S
    while _row(stack, query, dag_ids)[0] < len(dag_ids):
        failed = "SELECT count(*) FROM dag_run WHERE state = 'failed' AND dag_id = ANY(%s)"
        if time.monotonic() > until or _row(stack, failed, dag_ids)[0]:
            raise SystemExit(f"{what} were not there within {PATIENCE_S} s, or have failed")
        time.sleep(0.5)


def _row(stack: Stack, query: str, dag_ids: list[str]) -> Any:
    with psycopg.connect(**stack.postgres.dsn("airflow", "airflow")) as session:
        return session.execute(query.encode(), [dag_ids]).fetchone()


def _median(values: Iterable[float]) -> float:
    return statistics.median(list(values))


if __name__ == "__main__":
    main()
