"""The files that Airflow parses: how near each is to the limits at which Airflow takes its Dags away."""

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
"""Of one file: twice what a shard is made for, and read in some seconds on the slowest machine that one would use."""
NEAR = 1 / 3
"""The share of Airflow's limit that a parse may take: a busy machine is often three times as slow."""
_REMEDY = (
    "Use more and smaller files: `export-jobs dags write`, or the Dag bundle with a larger number of shards; "
    "docs/howto/scale.md says how"
)


def dag_files_are_small(surroundings: Surroundings) -> Iterator[CheckResult]:
    """No file holds too many jobs, and Airflow's last parse of each was far from its limit."""
    api = surroundings.api()
    auditor = api.dag(AUDITOR_DAG_ID)
    if not auditor:
        return  # the check of the API says so
    layout = Shard.of_file(str(auditor.get("relative_fileloc") or ""))
    files: dict[Shard, list[StoredJob]] = {}
    for job in Definitions(store_engine()).jobs():
        files.setdefault(layout.beside(job.job_id), []).append(job)
    parses = {shard: api.dag(jobs[0].dag_id).get("last_parse_duration") or 0.0 for shard, jobs in files.items()}
    parses[Shard(0, layout.count)] = max(
        auditor.get("last_parse_duration") or 0.0, parses.get(Shard(0, layout.count), 0.0)
    )
    yield _result(Counter({shard: len(jobs) for shard, jobs in files.items()}), parses, layout.count)
    yield from _patience(sum(parses.values()))


def _result(sizes: Counter[Shard], parses: dict[Shard, Any], count: int) -> CheckResult:
    limit = parse_limit_s()
    largest, slowest = max(sizes.values(), default=0), max(parses.values())
    said = f"{count} files of at most {largest} jobs; the slowest parse took {slowest:.1f} s, and Airflow's limit is "
    said += f"{limit:.0f} s"
    if largest > MOST_JOBS or slowest > limit * NEAR:
        return CheckResult("dag files", Outcome.WARNING, said, _REMEDY)
    return CheckResult.ok("dag files", said)


def _patience(pass_s: float) -> Iterator[CheckResult]:
    """Airflow forgets Dags whose file was not read well for so long; one killed parse must not be enough."""
    threshold = conf.getfloat("dag_processor", "stale_dag_threshold")
    interval = max(conf.getfloat("dag_processor", "min_file_process_interval"), pass_s)
    if interval < threshold:
        return
    what = f"a file is read every {interval:.0f} s, and [dag_processor] stale_dag_threshold is {threshold:.0f} s: one "
    what += "parse that is killed takes the Dags of its file away until the next"
    yield CheckResult(
        "dag files", Outcome.WARNING, what, f"Set it to {3 * interval:.0f} or more where the Dag processor runs"
    )
