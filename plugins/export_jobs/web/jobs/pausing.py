"""Pause or resume a job in the store, and resume its Dag if somebody has paused it on Airflow's own page."""

from __future__ import annotations

from export_jobs.store.definitions import Definitions
from export_jobs.store.stored_job import StoredJob
from export_jobs.web.airflow import tables as airflow_tables
from export_jobs.web.http.access import Caller
from export_jobs.web.http.audit_log import AuditEntry
from export_jobs.web.jobs.edit import save_changed_job, with_enabled
from export_jobs.web.jobs.pools import require_pools


def set_enabled(row: StoredJob, store: Definitions, caller: Caller, entry: AuditEntry, *, enabled: bool) -> StoredJob:
    """Pause or resume a job and return it. Raises ``RequestRefusal`` if it cannot be saved."""
    before = bool(row.definition.get("enabled"))
    if enabled:
        require_pools(row.destination_tags)
    entry.note(changed=["enabled"], before={"enabled": before}, after={"enabled": enabled})
    kept = row if before == enabled else save_changed_job(with_enabled(row, enabled=enabled), row, store, caller.actor)
    if enabled:
        airflow_tables.set_paused(row.dag_id, is_paused=False)
    return kept
