"""Find shards whose Dags are older than their rows: compare what each parse has read with the store."""

from __future__ import annotations

import json
import logging
import time
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from export_jobs import settings
from export_jobs.errors import ExportError
from export_jobs.orchestration.airflow.connections import task_store_engine
from export_jobs.orchestration.generator.shard import Shard, shard_number
from export_jobs.store.definitions import Definitions
from export_jobs.store.snapshot import read_own, replace_own

log = logging.getLogger(__name__)

STORE_PAUSE_S = 60.0
"""How long to wait after the store could not be reached: the Dag processor has other files, too."""
ASK_AGAIN_AFTER_S = 20.0
"""How long to wait before a parse of the same shard is requested again."""


def note_parsed(shard: Shard, versions: Mapping[int, int]) -> None:
    """Store the version of each job whose Dag a parse has produced."""
    path = _path(shard)
    try:
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        replace_own(path, json.dumps(sorted(versions.items())).encode())
    except OSError as error:
        log.warning(
            "The parsed versions cannot be written to %s (%s); changes are seen at Airflow's next parse", path, error
        )


def parsed_versions(shard: Shard) -> dict[int, int] | None:
    """Return the version of each job in the last parse, by id; None before the first parse on this machine."""
    try:
        return {int(job_id): int(version) for job_id, version in json.loads(read_own(_path(shard)))}
    except (OSError, ValueError, TypeError):
        return None


@dataclass
class ShardWatch:
    """Finds the shards that must be parsed again; one for each Dag processor."""

    shards: Sequence[Shard]
    _asked: dict[Shard, float] = field(default_factory=dict)
    _store_is_away_until: float = 0.0

    def behind(self) -> list[Shard]:
        """Return shards whose rows have changed since they were parsed; none while the store cannot be read.

        A parse that is running now may have read its rows before the change, so its shard is returned again later
        unless that parse has seen the change.
        """
        now = time.monotonic()
        if now < self._store_is_away_until:
            return []
        try:
            live = Definitions(task_store_engine()).live_versions()
        except ExportError as error:
            self._store_is_away_until = now + STORE_PAUSE_S
            log.warning("Could not check whether a job has changed: %s", error)
            return []
        found = [shard for shard in self._older(live) if now >= self._asked.get(shard, now)]
        self._asked.update(dict.fromkeys(found, now + ASK_AGAIN_AFTER_S))
        return found

    def _older(self, live: Mapping[int, int]) -> Iterable[Shard]:
        count = len(self.shards)
        own: list[dict[int, int]] = [{} for _ in self.shards]
        for job_id, version in live.items():
            own[shard_number(job_id, count)][job_id] = version
        for shard in self.shards:
            read = parsed_versions(shard)
            if read is None:
                continue  # new on this machine, so it is about to be parsed
            if read != own[shard.number]:
                yield shard
            else:
                self._asked.pop(shard, None)  # a change after this one must not wait


def _path(shard: Shard) -> Path:
    return settings.state_folder() / "parsed" / f"{shard.name or 'all'}.json"
