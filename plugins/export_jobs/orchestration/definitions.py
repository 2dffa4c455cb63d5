"""Where the factory's rows come from: the store, and while it is out of reach the last good snapshot on local disk."""

from __future__ import annotations

import logging
from dataclasses import dataclass
from pathlib import Path

from export_jobs import settings
from export_jobs.core.base.issue import Issue, errors
from export_jobs.core.catalogue.catalogue import Catalogue
from export_jobs.core.definitions.job import ExportJob
from export_jobs.core.validation.definitions import validate_job
from export_jobs.errors import ExportError
from export_jobs.orchestration.airflow.connections import task_store_engine
from export_jobs.store import snapshot
from export_jobs.store.definitions import Definitions
from export_jobs.store.stored_job import StoredJob

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class LoadedJob:
    """A live row, and its job when the row has the shape of one."""

    stored: StoredJob
    job: ExportJob | None

    @property
    def job_id(self) -> int:
        """The row's id."""
        return self.stored.job_id

    @property
    def dag_id(self) -> str:
        """The id of the job's Dag."""
        return self.stored.dag_id

    @property
    def name(self) -> str:
        """The job's name."""
        return self.stored.name

    def issues(self, catalogue: Catalogue) -> list[Issue]:
        """Every error of this definition, of shape and of meaning."""
        if self.job is None:
            return errors(self.stored.check(catalogue=catalogue)[1])
        return errors(validate_job(self.job, catalogue=catalogue))


def snapshot_path() -> Path:
    """The file that holds the last good definitions on this machine."""
    return settings.state_folder() / "definitions.json"


def load_jobs(dag_id: str | None = None) -> list[LoadedJob]:
    """All live jobs, or only the one whose Dag is ``dag_id``. Never raises for a store that is down or emptied."""
    stored = _all_jobs() if dag_id is None else _one_job(dag_id)
    return [_load_job(row) for row in stored]


def vanished_jobs() -> list[StoredJob]:
    """Jobs that are in the snapshot, not in the table, and were never deleted. Raises when the store is down."""
    definitions = Definitions(task_store_engine())
    _, vanished = snapshot.reconcile(snapshot.load(snapshot_path()), definitions.jobs(), definitions.tombstones())
    return vanished


def _all_jobs() -> list[StoredJob]:
    previous = snapshot.load(snapshot_path())
    try:
        definitions = Definitions(task_store_engine())
        current, tombstones = definitions.jobs(), definitions.tombstones()
    except ExportError as error:
        log.warning("The store cannot be read (%s). %d Dags come from the last good snapshot.", error, len(previous))
        return previous
    jobs, vanished = snapshot.reconcile(previous, current, tombstones)
    if vanished:
        names = ", ".join(job.name for job in vanished)
        log.error("Rows have vanished from the store without being deleted; their Dags are kept: %s", names)
    snapshot.save(snapshot_path(), jobs)
    return jobs


def _one_job(dag_id: str) -> list[StoredJob]:
    try:
        row = Definitions(task_store_engine()).by_dag_id(dag_id)
    except ExportError as error:
        log.warning("The store cannot be read (%s). The Dag comes from the last good snapshot.", error)
        row = None
    kept = [row] if row else [job for job in snapshot.load(snapshot_path()) if job.dag_id == dag_id]
    return kept[:1]


def _load_job(stored: StoredJob) -> LoadedJob:
    return LoadedJob(stored, stored.read()[0])
