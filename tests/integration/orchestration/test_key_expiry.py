"""The auditor tells, weeks ahead and once, of a key that a job does not outlive."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from export_jobs.orchestration.audit.key_expiry import expiring_keys
from tests.integration.orchestration.auditing import audit, old, sent
from tests.integration.store.samples import Store
from tests.integration.store.test_store_keys import key
from tests.servers.airflow_api import AirflowState
from tests.servers.smtp_script import Script

pytestmark = pytest.mark.integration
NOW = datetime(2026, 1, 15, tzinfo=UTC)


def encrypted(store: Store, expires: datetime | None, **changes: Any) -> None:
    store.definitions.save_key(key(expires_at=expires), "anna")
    store.create(file={"encryption": {"keys": ["acme"]}}, **changes)


def messages(store: Store, now: datetime = NOW) -> list[str]:
    return [finding.message for finding in expiring_keys(store.definitions, now)]


def test_a_key_that_expires_before_the_last_delivery_is_told(store: Store) -> None:
    encrypted(store, datetime(2026, 1, 20, tzinfo=UTC))
    (message,) = messages(store)
    assert "Job 'sales': its files are encrypted to the key 'acme' of Acme, which expires on 2026-01-20" in message
    assert "expired on 2026-01-20" in messages(store, NOW + timedelta(days=10))[0]


@pytest.mark.parametrize(
    ("expires", "changes"),
    [
        (None, {}),
        (datetime(2026, 2, 5, tzinfo=UTC), {}),
        (datetime(2026, 1, 20, tzinfo=UTC), {"enabled": False}),
        (datetime(2026, 1, 20, tzinfo=UTC), {"schedule": {"until": "2026-01-10"}}),
    ],
    ids=["never", "after the last delivery", "paused", "job is over"],
)
def test_a_key_that_no_run_will_miss_is_not(store: Store, expires: datetime | None, changes: dict[str, Any]) -> None:
    encrypted(store, expires, **changes)
    assert messages(store) == []


def test_the_owner_is_mailed_once_and_the_auditor_stays_green(
    connected: Store, airflow: AirflowState, mails: Script
) -> None:
    soon = datetime.now(UTC) + timedelta(days=5)
    today = f"{datetime.now(UTC):%Y-%m-%d}"
    encrypted(connected, soon, schedule={"from": today, "until": f"{datetime.now(UTC) + timedelta(days=60):%Y-%m-%d}"})
    job = connected.definitions.jobs()[0]
    airflow.dag(job.dag_id)
    assert audit() == ""
    assert audit() == ""
    assert [text.count("the key 'acme' of Acme") for _, text in sent(mails)] == [1]


def test_w1_a_key_that_cannot_be_read_hides_no_other_finding(
    connected: Store, airflow: AirflowState, mails: Script
) -> None:
    """A time that no driver reads, which only the store's owner can write past the guard."""
    old(connected, "never-ran")
    connected.definitions.save_key(key(), "anna")
    check = "CONSTRAINT key_expiry_is_plausible"
    connected.hand(f"ALTER TABLE export_jobs.key DROP {check}", "UPDATE export_jobs.key SET expires_at = 'infinity'")
    try:
        said = audit()
    finally:
        connected.hand(
            "UPDATE export_jobs.key SET expires_at = NULL",
            f"ALTER TABLE export_jobs.key ADD {check} CHECK (expires_at BETWEEN '1970-01-01' AND '2200-01-01')",
        )
    assert "Could not check whether a key expires (" in said
    assert "never-ran" in said
