"""A cache of validated Dags on this machine's disk: an unchanged row is not built, validated and serialised again.

A pickle runs code when it is read, so it is read only from a file of this process's own user; whoever can write such a
file can write the Dag files, too.
"""

from __future__ import annotations

import logging
import pickle
from collections.abc import Collection
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from export_jobs import settings
from export_jobs.store.snapshot import read_own, replace_own

if TYPE_CHECKING:
    from airflow.sdk import DAG

    from export_jobs.orchestration.generator.shard import Shard

log = logging.getLogger(__name__)


class CachedDag(NamedTuple):
    """A Dag that was validated for a row in its surroundings (see ``fingerprint.py``)."""

    row: str
    surroundings: str
    pickled: bytes

    def load(self) -> DAG | None:
        """Return the Dag; None when this release, or this Python, cannot read it."""
        try:
            dag: DAG = pickle.loads(self.pickled)  # noqa: S301  of our own file; see above
        except Exception as error:
            log.warning("A cached Dag cannot be read (%s); it is built again", type(error).__name__)
            return None
        return dag


@dataclass
class DagCache:
    """The validated Dags of one shard, by job id."""

    path: Path
    entries: dict[int, CachedDag] = field(default_factory=dict)
    is_changed: bool = False

    @classmethod
    def open(cls, shard: Shard) -> DagCache:
        """Read the cache from disk; it is empty for a file that is missing, damaged or of another user."""
        path = settings.state_folder() / "proven" / f"{shard.name or 'all'}.pickle"
        try:
            entries = {job_id: CachedDag(*entry) for job_id, entry in pickle.loads(read_own(path)).items()}  # noqa: S301
        except FileNotFoundError:
            entries = {}
        except Exception as error:
            log.warning("The cached Dags in %s cannot be read (%s); all are built again", path, type(error).__name__)
            entries = {}
        return cls(path, entries)

    def put(self, job_id: int, row: str, surroundings: str, dag: DAG) -> None:
        """Cache a Dag; one that cannot be pickled is validated again at each parse."""
        try:
            pickled = pickle.dumps(dag, protocol=pickle.HIGHEST_PROTOCOL)
        except Exception as error:
            log.warning("The Dag %r cannot be cached (%s); it is built again at each parse", dag.dag_id, error)
            self.is_changed |= self.entries.pop(job_id, None) is not None
            return
        self.entries[job_id] = CachedDag(row, surroundings, pickled)
        self.is_changed = True

    def save(self, job_ids: Collection[int]) -> None:
        """Write the cache of these jobs if it has changed; a full or read-only disk only slows the next parse."""
        gone = self.entries.keys() - set(job_ids)
        if not self.is_changed and not gone:
            return
        kept = {job_id: tuple(entry) for job_id, entry in self.entries.items() if job_id not in gone}
        try:
            self.path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
            replace_own(self.path, pickle.dumps(kept, protocol=pickle.HIGHEST_PROTOCOL))
        except OSError as error:
            log.warning("The Dags cannot be cached in %s (%s)", self.path, error.strerror)
