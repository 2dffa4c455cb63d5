"""Load the factory's rows: from the store or, if it cannot be reached, from the last good snapshot on local disk."""

from __future__ import annotations

import logging
import socket
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

import export_jobs
from export_jobs import settings
from export_jobs.core.base.issue import Issue, errors
from export_jobs.core.catalogue.catalogue import Catalogue
from export_jobs.core.definitions.job import ExportJob
from export_jobs.core.validation.definitions import validate_job
from export_jobs.errors import ExportError
from export_jobs.orchestration.airflow.connections import task_store_engine
from export_jobs.orchestration.generator.second_copy import keep_copy, read_copy
from export_jobs.orchestration.generator.shard import AUDITOR_SHARD, Shard
from export_jobs.store import snapshot
from export_jobs.store.definitions import Definitions
from export_jobs.store.findings.processes import Processes
from export_jobs.store.stored_job import StoredJob

if TYPE_CHECKING:
    from sqlalchemy import Engine

log = logging.getLogger(__name__)

EVERY_JOB = Shard()


@dataclass(frozen=True)
class LoadedJob:
    """A live row, and its job when the row has the shape of one; ``is_lost``: it is only in the snapshot."""

    stored: StoredJob
    is_lost: bool = False

    @cached_property
    def job(self) -> ExportJob | None:
        """The job, read on first use: a row that has not changed since it was validated is not read again."""
        return self.stored.read()[0]

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
        """Return every error of this definition, of shape and of meaning."""
        if self.job is None:
            return errors(self.stored.check(catalogue=catalogue)[1])
        return errors(validate_job(self.job, catalogue=catalogue))


def snapshot_path(shard: Shard = EVERY_JOB) -> Path:
    """Return the file with the last good definitions on this machine."""
    return settings.state_folder() / (f"definitions_{shard.name}.json" if shard.name else "definitions.json")


def load_jobs(shard: Shard = EVERY_JOB) -> list[LoadedJob]:
    """Return all live jobs of a shard. Never raise for a store that is down or was emptied."""
    previous = last_good_rows(shard)
    try:
        engine = task_store_engine()
        definitions = Definitions(engine)
        current, tombstones = definitions.jobs(shard.part), definitions.tombstones(shard.part)
        _report_version(engine, shard)
    except ExportError as error:
        known = previous or read_copy(snapshot_path(shard).name)
        log.warning("The store cannot be read (%s). %d Dags come from the last good snapshot.", error, len(known))
        return [LoadedJob(row) for row in known]
    jobs, vanished = snapshot.reconcile(previous, current, tombstones)
    if vanished:
        names = ", ".join(job.name for job in vanished)
        log.error("Rows have vanished from the store without being deleted; their Dags are kept: %s", names)
    snapshot.save(snapshot_path(shard), jobs)
    keep_copy(shard, snapshot_path(shard).name, jobs)
    lost = {row.job_id for row in vanished}
    return [LoadedJob(row, is_lost=row.job_id in lost) for row in jobs]


def _report_version(engine: Engine, shard: Shard) -> None:
    """Report the version that parses; a store of an earlier release does not have that table yet."""
    if shard.number == AUDITOR_SHARD:
        try:
            Processes(engine).report(socket.gethostname(), "Dag processor", export_jobs.__version__)
        except ExportError as error:
            log.warning("Could not report the version of this process to the store: %s", error)


def last_good_rows(shard: Shard) -> list[StoredJob]:
    """Return the snapshot of a shard; before there is one, its jobs in the snapshot of all jobs."""
    path = snapshot_path(shard)
    if shard.count == 1 or path.exists():
        return snapshot.load(path)
    return [row for row in snapshot.load(snapshot_path()) if shard.holds(row.job_id)]


def load_job(dag_id: str) -> LoadedJob | None:
    """Return the job whose Dag is ``dag_id``, from the store or the last good snapshot; None when there is none.

    Raise ``ExportError`` when the store cannot be read and no snapshot on this machine has the job.
    """
    unread: ExportError | None = None
    row = None
    try:
        row = Definitions(task_store_engine()).by_dag_id(dag_id)
    except ExportError as error:
        unread = error
    if row is None:
        row = next((kept for path in _snapshots() for kept in snapshot.load(path) if kept.dag_id == dag_id), None)
        if unread is not None:
            if row is None:
                log.warning("The store cannot be read (%s), and no snapshot on this machine has the Dag.", unread)
                raise unread
            log.warning("The store cannot be read (%s). The Dag comes from the last good snapshot.", unread)
    return LoadedJob(row) if row else None


def vanished_jobs() -> list[StoredJob]:
    """Return jobs that are in a snapshot, not in the table, and were never deleted; raise when the store is down."""
    definitions = Definitions(task_store_engine())
    previous = {row.job_id: row for path in reversed(_snapshots()) for row in snapshot.load(path)}
    _, vanished = snapshot.reconcile(list(previous.values()), definitions.jobs(), definitions.tombstones())
    return vanished


def _snapshots() -> list[Path]:
    """The snapshots of this machine, the newest first."""
    found = settings.state_folder().glob("definitions*.json")
    return sorted(found, key=lambda path: path.stat().st_mtime, reverse=True)
