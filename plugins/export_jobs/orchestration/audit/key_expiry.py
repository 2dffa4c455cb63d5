"""Find keys that expire while a job still encrypts to them, weeks ahead: the partner has to send a new key."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta
from typing import Any

from export_jobs.core.definitions.key import EXPIRES_SOON, ReceiverKey
from export_jobs.core.windows.discrepancy import Finding
from export_jobs.store.definitions import Definitions
from export_jobs.store.stored_job import StoredJob


def expiring_keys(definitions: Definitions, now: datetime) -> list[Finding]:
    """Return a finding for each key of an enabled job that expires within 30 days and before the last delivery."""
    soon = {key.tag: key for key in definitions.receiver_keys() if key.expires_within(EXPIRES_SOON, now)}
    jobs = definitions.jobs() if soon else []
    return [finding for job in jobs if job.is_enabled for finding in _findings(job, soon, now)]


def _findings(job: StoredJob, soon: Mapping[str, ReceiverKey], now: datetime) -> Iterator[Finding]:
    schedule = job.schedule()
    if schedule is None:
        return
    last = schedule.valid_until + timedelta(days=schedule.deliver_after_days)
    for tag in _tags(job.definition):
        key = soon.get(tag)
        if key is None or key.expires_at is None or key.expires_at.date() > last or now.date() > last:
            continue
        verb = "expired" if key.expires_at <= now else "expires"
        yield Finding(
            f"{job.name} key {tag} {key.expires_at:%Y-%m-%d}",
            job.name,
            f"Job {job.name!r}: its files are encrypted to the key {tag!r} of {key.user_id}, which {verb} on "
            f"{key.expires_at:%Y-%m-%d}. From then on its runs fail before they read a row. Ask the owner of the key "
            "for the renewed key, and save it under the same tag.",
            is_warning=True,
        )


def _tags(definition: Mapping[str, Any]) -> list[str]:
    """Return the keys of a stored definition, which may be invalid."""
    file = definition.get("file")
    encryption = file.get("encryption") if isinstance(file, dict) else None
    tags = encryption.get("keys") if isinstance(encryption, dict) else None
    return [tag for tag in tags if isinstance(tag, str)] if isinstance(tags, list) else []
