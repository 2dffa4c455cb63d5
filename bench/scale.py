"""Measure a real Dag processor with 10,000 jobs and Airflow's default settings: ``make bench-scale``.

A first pass over all files, a pass over unchanged rows, and how soon a changed row is seen in the middle of a pass.
EXPORT_JOBS_BENCH_JOBS and EXPORT_JOBS_BENCH_SHARDS set the size; with one shard, one file has all jobs.
"""

from __future__ import annotations

import os
import statistics
import sys
import tempfile
import time
from collections.abc import Callable
from datetime import datetime
from pathlib import Path

REPOSITORY = Path(__file__).resolve().parents[1]
sys.path[:0] = [str(REPOSITORY / "plugins"), str(REPOSITORY)]

from demo.postgres import Postgres  # noqa: E402
from tests.servers.dag_processor import DagProcessor, dag_processor  # noqa: E402

JOBS = int(os.environ.get("EXPORT_JOBS_BENCH_JOBS") or 10_000)
SHARDS = int(os.environ.get("EXPORT_JOBS_BENCH_SHARDS") or 64)
PATIENCE_S = 3600
CHANGES = 4
AIRFLOWS_OWN = {
    "CORE__MIN_SERIALIZED_DAG_UPDATE_INTERVAL": "30",
    "SCHEDULER__PARSING_CLEANUP_INTERVAL": "60",
    "DAG_PROCESSOR__STALE_DAG_THRESHOLD": "50",
}
TICKS = os.sysconf("SC_CLK_TCK")


class Watched:
    """CPU and memory of the manager and of the parses that it forks."""

    def __init__(self, pid: int) -> None:
        self.pid = pid
        self.peak_mb = [0, 0]

    def look(self) -> None:
        children = Path(f"/proc/{self.pid}/task/{self.pid}/children").read_text().split()
        for index, pids in enumerate(([str(self.pid)], children)):
            for pid in pids:
                self.peak_mb[index] = max(self.peak_mb[index], _memory_mb(pid))

    def cpu_s(self) -> tuple[float, float]:
        """CPU seconds of the manager, and of its finished parses."""
        fields = Path(f"/proc/{self.pid}/stat").read_text().rpartition(")")[2].split()
        own, children = int(fields[11]) + int(fields[12]), int(fields[13]) + int(fields[14])
        return own / TICKS, children / TICKS


def _memory_mb(pid: str) -> int:
    try:
        status = Path(f"/proc/{pid}/status").read_text()
    except OSError:
        return 0
    return next((int(line.split()[1]) // 1024 for line in status.splitlines() if line.startswith("VmRSS")), 0)


def main() -> None:
    with tempfile.TemporaryDirectory(prefix="export-jobs-bench-") as folder:
        Path(folder).chmod(0o711)  # PostgreSQL of a root user runs as another one and has to pass through
        with Postgres(Path(folder) / "postgres") as server:
            airflow = Path(folder) / "airflow"
            with dag_processor(airflow, server, shards=SHARDS, settings=AIRFLOWS_OWN) as processor:
                began = time.perf_counter()
                processor.fill(JOBS)
                print(f"{JOBS} jobs of two templates in {SHARDS} files; saved in {time.perf_counter() - began:.0f} s")
                measure(processor)


def measure(processor: DagProcessor) -> None:
    processor.start()
    time.sleep(2)
    watched = Watched(processor.airflow.component("dag-processor").pid)
    first = passed(processor, watched, "from nothing", lambda: processor.live() == JOBS + 1)
    seen = [change(processor, watched, number * JOBS // CHANGES) for number in range(CHANGES)]
    print(
        f"  a changed row was seen after {', '.join(f'{one:.1f}' for one in seen)} s, median "
        f"{statistics.median(seen):.1f} s, in the midst of a pass"
    )
    mark = _now(processor)
    passed(processor, watched, "unchanged rows", lambda: processor.oldest_parse() > mark)
    print(f"  CPU a file, from nothing: {first / SHARDS:.2f} s; Dags taken away: {processor.stale()}")
    print(f"  peak memory: manager {watched.peak_mb[0]} MB, a parse {watched.peak_mb[1]} MB", flush=True)


def passed(processor: DagProcessor, watched: Watched, name: str, done: Callable[[], bool]) -> float:
    """Wait for the end of a pass and print it; CPU seconds of manager and parses together."""
    began, before = time.perf_counter(), watched.cpu_s()
    while not done():
        watched.look()
        if time.perf_counter() - began > PATIENCE_S:
            raise SystemExit(f"{name}: {processor.live()} Dags after {PATIENCE_S} s, {processor.stale()} taken away")
        time.sleep(0.5)
    own, parses = (after - earlier for after, earlier in zip(watched.cpu_s(), before, strict=True))
    seconds = time.perf_counter() - began
    print(f"  {name:<16} {seconds:6.1f} s; CPU: manager {own:5.1f} s, parses {parses:5.1f} s", flush=True)
    return own + parses


def change(processor: DagProcessor, watched: Watched, number: int) -> float:
    text = f"changed at {time.time()}"
    processor.describe(number, text)
    began = time.perf_counter()
    while processor.description(number) != text:
        watched.look()
        if time.perf_counter() - began > PATIENCE_S:
            raise SystemExit(f"the change of job-{number} was not seen after {PATIENCE_S} s")
        time.sleep(0.1)
    return time.perf_counter() - began


def _now(processor: DagProcessor) -> datetime:
    row = processor.session.execute("SELECT now()").fetchone()
    assert row
    now: datetime = row[0]
    return now


if __name__ == "__main__":
    main()
