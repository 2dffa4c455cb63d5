"""Save a valid job in one transaction, in the caller's name and with the caller's permissions."""

from __future__ import annotations

import logging
from collections.abc import Iterable
from typing import Any

from export_jobs.core.base.issue import Issue, errors
from export_jobs.core.definitions.job import JobSpec
from export_jobs.store.definitions import EDITABLE, EDITABLE_SECTIONS, Definitions
from export_jobs.store.stored_job import StoredJob
from export_jobs.web.airflow import tables as airflow_tables
from export_jobs.web.http.access import Caller
from export_jobs.web.http.audit_log import AuditEntry
from export_jobs.web.http.error_responses import RequestRefusal
from export_jobs.web.jobs.draft import JOB_NAME_TAKEN, JobDraft
from export_jobs.web.jobs.pools import create_destination_pools

log = logging.getLogger(__name__)


def save_new_job(draft: JobDraft, store: Definitions, caller: Caller, entry: AuditEntry) -> StoredJob:
    """Save a new job with its new templates. Raises ``RequestRefusal`` with all issues or for a missing permission."""
    job = draft.job
    if job is None:
        raise RequestRefusal(_status(draft.issues), draft.issues)
    entry.note(after=editable_values(job), name=job.name, destination=", ".join(job.destination_tags))
    entry.note(
        templates=[use.template for use in job.templates], new_templates=[template.name for template in draft.templates]
    )
    with store.transaction(caller.actor) as within:
        for template in draft.templates:
            within.create_template(template, caller.actor)
        row = within.create(job, caller.actor)
        entry.note(dag_id=row.dag_id)
        if not caller.may("PUT", row.dag_id):
            what = f"you may not edit the Dag {row.dag_id!r} of this job"
            raise RequestRefusal.because(403, what, "Ask an administrator of Airflow for the permission to edit it")
    create_destination_pools(job.destination_tags)
    return row


def editable_values(job: JobSpec) -> dict[str, Any]:
    """Return the editable values of a job by their path in YAML, for the audit log."""
    plain = job.model_dump(mode="json", by_alias=True)
    inner = {f"{name}.{key}": value for name in EDITABLE_SECTIONS for key, value in plain[name].items()}
    flat = {**plain, **inner}
    return {path: flat[path] for path in EDITABLE}


def request_parse(job_id: int | None = None) -> None:
    """Ask Airflow to parse the file of a job's Dag now.

    A failure is only logged: Airflow then finds the change at its next regular parse.
    """
    try:
        airflow_tables.parse_now(job_id)
    except Exception as error:
        log.warning("Airflow was not asked to parse now (%s); it finds the change at its next regular parse", error)


def _status(issues: Iterable[Issue]) -> int:
    """Return 409 if a taken name is the only error, else 422."""
    return 409 if {issue.what for issue in errors(issues)} == {JOB_NAME_TAKEN} else 422
