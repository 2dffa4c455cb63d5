"""Build a ``JobRun`` from Airflow's context: the job at its bound version, the window, the ledger entry of this try."""

from __future__ import annotations

import uuid
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import cached_property
from typing import TYPE_CHECKING, Any

from airflow.sdk import ObjectStoragePath

from export_jobs import settings
from export_jobs.core.catalogue.catalogue import Catalogue
from export_jobs.core.definitions.job import ExportJob, Schedule
from export_jobs.core.files.job_files import sent_manifest_path
from export_jobs.core.sql.definition_hash import definition_hash
from export_jobs.core.windows.window import Window, closed_at
from export_jobs.delivery.destination import Destination
from export_jobs.errors import TransientError, UserError
from export_jobs.orchestration.airflow.connections import open_destination, task_store_engine
from export_jobs.orchestration.catalogue import load_configured_catalogue
from export_jobs.store.definitions import Definitions
from export_jobs.store.executions.records import Arrival
from export_jobs.store.findings.processes import Processes
from export_jobs.store.ledger import Ledger

if TYPE_CHECKING:
    from airflow.sdk import Context
    from sqlalchemy import Engine


ALMOST_OVER = timedelta(minutes=10)
"""Retry if a window ends within so long: clocks of two machines differ, and a run can start exactly at its end."""


@dataclass(frozen=True)
class JobRun:
    """One try of one step of an execution. ``attempt`` is new for every try, so that two are never confused.

    ``tag``: the step's destination, if the job has several.
    """

    job: ExportJob
    window: Window
    execution_id: int
    run_id: str
    run_type: str
    try_number: int
    clear_number: int
    ledger: Ledger
    definitions: Definitions
    engine: Engine
    tag: str | None = None
    attempt: str = field(default_factory=lambda: uuid.uuid4().hex)

    @classmethod
    def open(cls, context: Context, job_id: int, job_version: int, tag: str | None = None) -> JobRun:
        """Bind this run to the definition version that it first ran with.

        Raise ``UserError`` for a run without a window and for a window that is not closed, ``TransientError`` while
        the store is down, and ``TerminalError`` for a version that this release cannot read.
        """
        dag_run = context["dag_run"]
        start, end = dag_run.data_interval_start, dag_run.data_interval_end
        if start is None or end is None:
            raise UserError(
                f"Run {dag_run.run_id!r} has no data interval, so there is no window to export",
                "Trigger the Dag again with a logical date; to export a past window again, give its data interval",
            )
        if start >= end:
            raise UserError(
                f"The data interval of run {dag_run.run_id!r} ends before it begins: {start.isoformat()} to "
                f"{end.isoformat()}",
                "Delete this run in Airflow; to export a past window again, give its data interval the right way round",
            )
        engine = task_store_engine()
        ledger, definitions = Ledger(engine), Definitions(engine)
        newest = definitions.version(job_id, job_version)
        _require_closed(dag_run.run_id, Window(start, end), newest.schedule, ledger.now())
        execution = ledger.open(
            job_id=job_id,
            dag_id=dag_run.dag_id,
            run_id=dag_run.run_id,
            run_type=str(dag_run.run_type.value),
            window_start=start,
            window_end=end,
            version=job_version,
        )
        return cls(
            job=newest if execution.version == job_version else definitions.version(job_id, execution.version),
            window=Window(start, end),
            execution_id=execution.id,
            run_id=dag_run.run_id,
            run_type=str(dag_run.run_type.value),
            try_number=context["ti"].try_number,
            clear_number=dag_run.clear_number or 0,
            ledger=ledger,
            definitions=definitions,
            engine=engine,
            tag=tag,
        )

    @property
    def processes(self) -> Processes:
        """The processes that use the store."""
        return Processes(self.engine)

    @cached_property
    def catalogue(self) -> Catalogue:
        """The current catalogue."""
        return load_configured_catalogue()

    @cached_property
    def definition_hash(self) -> str:
        """The hash of everything that the files of this run are built from, including the catalogue files in use."""
        return definition_hash(self.job, self.catalogue)

    @cached_property
    def destination(self) -> Destination:
        """The job's destination, or the step's destination if the job has several."""
        return self.destination_of(self.tag or self.job.destination_tags[0])

    def destination_of(self, tag: str) -> Destination:
        """Open a destination through its Airflow connection."""
        spec = self.definitions.destination(tag)
        if spec is None:
            raise UserError(f"There is no destination {tag!r}", "Create it again, then clear this run")
        return open_destination(spec)

    @property
    def manifest_path(self) -> str:
        """The path of the manifest at every destination; empty if the job sends no manifest."""
        return sent_manifest_path(self.job, self.window) or ""

    def arrival(self) -> Arrival | None:
        """Return what the step's destination has of this run while other destinations wait; None: send the files.

        A run that is cleared for the waiting destinations sends nothing twice to the others.
        """
        if self.tag is None:
            return None
        found = self.ledger.arrivals(self.execution_id, self.manifest_path).get(self.tag)
        return found if found and found.is_open else None

    def has_arrived(self, stage: str) -> bool:
        """Return whether the step's destination, one of several, already has the files of the extraction ``stage``."""
        if self.tag is None:
            return False
        # In this order: the arrival is no longer open once the last destination has recorded the publication.
        return self.arrival() is not None or self.ledger.publication(self.execution_id, stage) is not None

    @property
    def staging(self) -> ObjectStoragePath:
        """This execution's folder for files between steps, the same for every try and on every machine."""
        return ObjectStoragePath(settings.staging_root()) / f"job-{self.job.job_id}" / f"execution-{self.execution_id}"

    def record_event(self, kind: str, step: str, template: str | None = None, **fields: Any) -> None:
        """Write one event of this try to the ledger."""
        self.ledger.record_event(
            self.execution_id,
            kind,
            step=step,
            template=template,
            attempt=self.attempt,
            try_number=self.try_number,
            **fields,
        )


def _require_closed(run_id: str, window: Window, schedule: Schedule, now: datetime) -> None:
    """Refuse to read a window before it is closed: rows of its last hours would be missing without notice.

    The clock is the store's, one for all workers. If it is a little behind the scheduler's, waiting is enough.
    """
    closed = closed_at(schedule, window)
    if closed <= now:
        return
    why = "is not over yet, so its data is not complete"
    if window.end <= now:
        why = f"is over, but its data counts as complete only from {closed.isoformat()} (deliver_after_days)"
    what = (
        f"The window of run {run_id!r}, {window.start.isoformat()} to {window.end.isoformat()}, {why}. Nothing was read"
    )
    if closed - now <= ALMOST_OVER:
        raise TransientError(what, "It is retried automatically")
    raise UserError(what, "Delete this run in Airflow; the schedule will export the window when it is complete")
