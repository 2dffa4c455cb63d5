"""Check the Dag files: how close each is to the limits at which Airflow removes its Dags."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from typing import Any

from airflow.configuration import conf

from export_jobs.orchestration.airflow.api import AUDITOR_DAG_ID
from export_jobs.orchestration.airflow.connections import store_engine
from export_jobs.orchestration.doctor.result import CheckResult, Outcome, Surroundings
from export_jobs.orchestration.generator.budget import parse_limit_s
from export_jobs.orchestration.generator.shard import Shard
from export_jobs.store.definitions import Definitions
from export_jobs.store.stored_job import StoredJob

MOST_JOBS = 500
"""Most jobs in one file: twice the intended size of a shard, and parsed in seconds even on a slow machine."""
NEAR_LIMIT = 1 / 3
"""The share of Airflow's limit that a parse may take without a warning: a busy machine is often three times slower."""
_REMEDY = (
    "Use more and smaller files: run `export-jobs dags write`, or give the Dag bundle a larger number of shards; "
    "see docs/howto/scale.md"
)


def dag_files_are_small(surroundings: Surroundings) -> Iterator[CheckResult]:
    """Check that no file has too many jobs and that Airflow's last parse of each was well below its limit."""
    api = surroundings.api()
    auditor = api.dag(AUDITOR_DAG_ID)
    if not auditor:
        return  # airflow_serves() reports this
    layout = Shard.of_file(str(auditor.get("relative_fileloc") or ""))
    files: dict[Shard, list[StoredJob]] = {}
    for job in Definitions(store_engine()).jobs():
        files.setdefault(layout.beside(job.job_id), []).append(job)
    parses = {shard: api.dag(jobs[0].dag_id).get("last_parse_duration") or 0.0 for shard, jobs in files.items()}
    parses[Shard(0, layout.count)] = max(
        auditor.get("last_parse_duration") or 0.0, parses.get(Shard(0, layout.count), 0.0)
    )
    yield _result(Counter({shard: len(jobs) for shard, jobs in files.items()}), parses, layout.count)
    yield from _stale_threshold(sum(parses.values()))


def _result(sizes: Counter[Shard], parses: dict[Shard, Any], count: int) -> CheckResult:
    limit = parse_limit_s()
    largest, slowest = max(sizes.values(), default=0), max(parses.values())
    what = f"{count} files of at most {largest} jobs; the slowest parse took {slowest:.1f} s, and Airflow's limit is "
    what += f"{limit:.0f} s"
    if largest > MOST_JOBS or slowest > limit * NEAR_LIMIT:
        return CheckResult("dag files", Outcome.WARNING, what, _REMEDY)
    return CheckResult.ok("dag files", what)


def _stale_threshold(pass_s: float) -> Iterator[CheckResult]:
    """Check how long Airflow keeps the Dags of a file that it cannot parse: one killed parse must not remove them."""
    threshold = conf.getfloat("dag_processor", "stale_dag_threshold")
    interval = max(conf.getfloat("dag_processor", "min_file_process_interval"), pass_s)
    if interval < threshold:
        return
    what = f"a file is parsed every {interval:.0f} s, but [dag_processor] stale_dag_threshold is {threshold:.0f} s: if "
    what += "one parse is killed, Airflow removes the Dags of that file until the next parse"
    yield CheckResult(
        "dag files",
        Outcome.WARNING,
        what,
        f"Set stale_dag_threshold to {3 * interval:.0f} or more for the Dag processor",
    )
