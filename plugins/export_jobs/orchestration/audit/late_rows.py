"""Count, once a day for each job, rows of its newest delivered windows that were added or changed after the read."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable
from datetime import datetime, timedelta

from sqlalchemy import Engine

from export_jobs.core.catalogue.catalogue import Catalogue
from export_jobs.core.definitions.job import ExportJob, FileOptions
from export_jobs.core.sql.checks.late_rows import compile_late_rows
from export_jobs.core.sql.compiled import CompiledExport
from export_jobs.core.windows.window import Window
from export_jobs.errors import ExportError
from export_jobs.orchestration.airflow.connections import open_source
from export_jobs.orchestration.catalogue import load_configured_catalogue
from export_jobs.store.definitions import Definitions
from export_jobs.store.findings.late_rows import LateRows
from export_jobs.store.stored_job import StoredJob
from export_jobs.streaming.preview import first_rows

log = logging.getLogger(__name__)

EVERY = timedelta(days=1)
CHECKED_WINDOWS = 3
"""How many of its newest delivered windows are checked for each job."""
COUNTING_S = 240.0
"""Time for counting in each run of the auditor; the jobs that have waited longest come first."""


def count_late_rows(engine: Engine, now: datetime, clock: Callable[[], float] = time.monotonic) -> None:
    """Count for every enabled job that was not checked for a day; a job that fails does not stop the others."""
    store, until = LateRows(engine), clock() + COUNTING_S
    asked_at = store.asked_at()
    waiting = [job for job in Definitions(engine).jobs() if job.is_enabled and _is_due(asked_at.get(job.job_id), now)]
    waiting.sort(key=lambda job: (job.job_id in asked_at, asked_at.get(job.job_id, now)))
    catalogue = load_configured_catalogue()
    skipped: list[str] = []
    for number, stored in enumerate(waiting):
        if clock() > until:
            log.info("%d jobs are left for the next time", len(waiting) - number)
            break
        try:
            found = _late_rows(stored, store, catalogue)
        except Exception as error:
            log.warning("Late rows of job %r cannot be counted: %s", stored.name, _reason(error))
            skipped.append(stored.name)
            found = store.found().get(stored.job_id, [])
        store.record(stored.job_id, stored.name, found, now)
    if skipped:
        log.warning("Late rows of %d jobs could not be counted: %s", len(skipped), ", ".join(skipped[:10]))


def _reason(error: Exception) -> str:
    """Return the error's text, or only the type of another library's error: its text may quote a secret or a row."""
    return str(error) if isinstance(error, ExportError) else type(error).__name__


def _is_due(asked_at: datetime | None, now: datetime) -> bool:
    return asked_at is None or now - asked_at >= EVERY


def _late_rows(stored: StoredJob, store: LateRows, catalogue: Catalogue) -> list[tuple[Window, int]]:
    """Return windows with late rows and their count over all of the job's files; none for a row that cannot be read."""
    job = stored.read()[0]
    found = []
    for delivered in store.delivered(stored.job_id, CHECKED_WINDOWS) if job else ():
        assert job is not None, "a job that cannot be read has no windows to check"  # noqa: S101
        count = sum(
            _count(job, export) for export in compile_late_rows(job, catalogue, delivered.window, delivered.read_at)
        )
        if count:
            found.append((delivered.window, count))
    return found


def _count(job: ExportJob, export: CompiledExport) -> int:
    """Count like a preview: read-only and within ten seconds."""
    with open_source(export.connection, export.dialect) as source:
        counted = first_rows(
            source,
            export,
            FileOptions(),
            time_zone=job.schedule.time_zone,
            application_name="export-jobs auditor",
            limit=1,
        )
    return int(counted.rows[0][0] or 0)
