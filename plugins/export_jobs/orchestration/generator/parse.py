"""One parse of one shard: cached Dags of unchanged rows, and as many others as there is time for.

A slow parse must never remove a Dag. So a changed row keeps its older Dag until there is time to validate the newer
one; the next parse need not validate again what this one has validated.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from export_jobs.orchestration.generator.behind import note_parsed
from export_jobs.orchestration.generator.budget import FOR_NEW_DAGS, FOR_NEWER_DAGS, Budget
from export_jobs.orchestration.generator.dag_cache import CachedDag, DagCache
from export_jobs.orchestration.generator.fingerprint import row_fingerprint, surroundings_fingerprint

if TYPE_CHECKING:
    from airflow.sdk import DAG

    from export_jobs.orchestration.generator.definitions import LoadedJob
    from export_jobs.orchestration.generator.shard import Shard

log = logging.getLogger(__name__)


@dataclass
class ShardParse:
    """One parse at work. ``waiting``: the jobs whose own Dag is not ready yet."""

    prove: Callable[[LoadedJob], DAG]
    budget: Budget
    cache: DagCache
    surroundings: str = field(default_factory=surroundings_fingerprint)
    dags: dict[str, DAG] = field(default_factory=dict)
    waiting: list[LoadedJob] = field(default_factory=list)

    def parse_all(self, rows: Sequence[LoadedJob]) -> None:
        """Parse unchanged rows, then edited rows, then rows whose surroundings have changed."""
        edited: list[tuple[LoadedJob, str]] = []
        others: list[tuple[LoadedJob, str]] = []
        for job in rows:
            own = row_fingerprint(job.stored)
            kept = self.cache.entries.get(job.job_id)
            if kept and (kept.row, kept.surroundings) == (own, self.surroundings) and self._take(job, kept):
                continue
            (others if kept and kept.row == own else edited).append((job, own))
        for job, own in (*edited, *others):
            self._parse_changed(job, own)

    def _parse_changed(self, job: LoadedJob, row: str) -> None:
        kept = self.cache.entries.get(job.job_id)
        goes_on = kept is not None and not self.budget.is_left(FOR_NEWER_DAGS) and self._take(job, kept)
        if goes_on or not self.budget.is_left(FOR_NEW_DAGS):
            self.waiting.append(job)
            return
        try:
            dag = self.dags[job.dag_id] = self.prove(job)
        except Exception:
            log.exception("Job %r has no Dag", job.name)
        else:
            self.cache.put(job.job_id, row, self.surroundings, dag)

    def _take(self, job: LoadedJob, kept: CachedDag) -> bool:
        dag = kept.load()
        if dag is None or dag.dag_id != job.dag_id:
            return False
        self.dags[job.dag_id] = dag
        return True


def parse_shard(
    shard: Shard, rows: Sequence[LoadedJob], prove: Callable[[LoadedJob], DAG], budget: Budget
) -> dict[str, DAG]:
    """Return the Dags by Dag id; a job for which not even an error Dag can be built does not stop the others."""
    parse = ShardParse(prove, budget, DagCache.open(shard))
    parse.parse_all(rows)
    parse.cache.save([job.job_id for job in rows])
    late = {job.job_id for job in parse.waiting}
    read = [job for job in rows if not job.is_lost]
    note_parsed(shard, {job.job_id: -1 if job.job_id in late else job.stored.version for job in read})
    if late:
        names = ", ".join(job.name for job in parse.waiting[:10])
        log.error(
            "%d of %d jobs were not ready in time and go on as they were: %s. The next parse goes on from here. More "
            "and smaller files make it quicker; docs/howto/scale.md says how.",
            len(late),
            len(rows),
            names,
        )
    return parse.dags
