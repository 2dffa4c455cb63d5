"""Build the rows of the list of deleted jobs."""

from __future__ import annotations

import logging
from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import Engine

from export_jobs.core.windows.schedule_text import schedule_text
from export_jobs.store.executions.deleted_jobs import DeletedJob, DeletedJobs, DeliveredWindows
from export_jobs.web.http.error_responses import RequestRefusal
from export_jobs.web.models.history import DeletedJobRow

log = logging.getLogger(__name__)


def deleted_job(dag_id: str, engine: Engine) -> DeletedJob:
    """Return the deleted job of this Dag. Raises ``RequestRefusal`` (404) if there is none."""
    found = DeletedJobs(engine).by_dag_id(dag_id)
    if found is None:
        what = f"there is no deleted export job with the Dag {dag_id!r}"
        raise RequestRefusal.because(404, what, "Load the list of deleted jobs again")
    return found


def deleted_rows(jobs: Sequence[DeletedJob], engine: Engine) -> list[DeletedJobRow]:
    """Return a row per job, in order. A job that causes an error is logged and left out."""
    delivered = DeletedJobs(engine).delivered([job.stored.job_id for job in jobs])
    rows = []
    for job in jobs:
        try:
            rows.append(_row(job, delivered.get(job.stored.job_id, DeliveredWindows())))
        except Exception:
            log.exception("The deleted job %r cannot be shown", job.stored.name)
    return rows


def deleted_row(job: DeletedJob, engine: Engine) -> DeletedJobRow:
    """Return the row of one job."""
    delivered = DeletedJobs(engine).delivered([job.stored.job_id])
    return _row(job, delivered.get(job.stored.job_id, DeliveredWindows()))


def _row(job: DeletedJob, delivered: DeliveredWindows) -> DeletedJobRow:
    stored = job.stored
    schedule = stored.schedule()
    return DeletedJobRow(
        name=stored.name,
        dag_id=stored.dag_id,
        description=_text(stored.definition.get("description")),
        owner=stored.owner,
        destination=_destinations(stored.definition),
        time_zone=stored.time_zone,
        schedule_text=schedule_text(schedule) if schedule else "",
        version=stored.version,
        deleted_at=job.deleted_at,
        deleted_by=job.deleted_by,
        windows=delivered.windows,
        last_delivery_at=delivered.last,
    )


def _destinations(definition: Mapping[str, Any]) -> str:
    return ", ".join(definition.get("destinations") or [_text(definition.get("destination"))])


def _text(value: Any) -> str:
    return str(value or "")
