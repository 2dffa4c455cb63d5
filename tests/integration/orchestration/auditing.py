"""One look of the auditor, what it said and mailed, and jobs that are old enough for it."""

from __future__ import annotations

import email
import email.policy
from datetime import timedelta
from typing import Any

from airflow.sdk.exceptions import AirflowFailException

from export_jobs.orchestration.auditor import CompareWithLedger
from export_jobs.store.stored_job import StoredJob
from tests.integration.store.samples import DAY_ONE, Store, publication
from tests.servers.smtp_script import Script

DAY = timedelta(days=1)
OWNER = "owner@example.com"


def audit() -> str:
    """What the auditor says, "" when it is content."""
    try:
        CompareWithLedger(task_id="compare").execute({})
    except AirflowFailException as failure:
        return str(failure)
    return ""


def sent(mails: Script) -> list[tuple[str, str]]:
    """Recipient and text of each mail, in the order of arrival."""
    found = []
    for recipient, content in mails.contents:
        body = email.message_from_bytes(content, policy=email.policy.default).get_body(("plain",))
        assert body is not None
        found.append((recipient, body.get_content()))
    return found


def old(store: Store, *names: str, **changes: Any) -> list[StoredJob]:
    """Jobs that were made long ago, of which no window has had a run."""
    jobs = [store.create(name, **changes) for name in names]
    backdate(store)
    return jobs


def backdate(store: Store) -> None:
    """As the owner of the store may, past its own guards."""
    store.hand(
        "ALTER TABLE export_jobs.job_version DISABLE TRIGGER USER",
        "UPDATE export_jobs.job_version SET created_at = '2026-01-01'",
        "ALTER TABLE export_jobs.job_version ENABLE TRIGGER USER",
    )


def interval(day: int) -> dict[str, str]:
    start = DAY_ONE + day * DAY
    return {"data_interval_start": start.isoformat(), "data_interval_end": (start + DAY).isoformat()}


def deliver(store: Store, execution: Any) -> None:
    store.ledger.claim(execution.id, "", "publish", "first")
    with store.ledger.fence_publication(publication(execution), "publish", "first"):
        pass


def raise_as_killed(*_: Any) -> None:
    raise RuntimeError("killed")
