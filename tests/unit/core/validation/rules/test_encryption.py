"""Rules of a job's encryption that need keys with a day of expiry; tests/invalid has the others."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from export_jobs.core.base.issue import Level
from export_jobs.core.definitions.job import JobSpec
from export_jobs.core.definitions.key import PublicKey, ReceiverKey
from export_jobs.core.validation.rule import RuleContext
from export_jobs.core.validation.rules.encryption import ENCRYPTION_RULES, public_key_issues
from tests.unit.core.invalid_examples import catalogue

NOW = datetime(2026, 1, 15, tzinfo=UTC)


def job(*tags: str) -> JobSpec:
    return JobSpec.model_validate({
        "name": "sales",
        "owner": "anna@example.org",
        "destination": "partner",
        "schedule": {"frequency": "daily", "from": "2026-01-01", "until": "2026-03-31", "deliver_after_days": 5},
        "templates": [{"template": "purchases"}],
        "file": {"encryption": {"keys": list(tags)}},
    })  # fmt: skip


def key(tag: str, expires: datetime | None) -> ReceiverKey:
    return ReceiverKey(tag=tag, public_key="", fingerprint="A" * 40, user_id="Acme", created_at=NOW, expires_at=expires)


def findings(expires: datetime | None, now: datetime | None = NOW) -> list[tuple[Level, str]]:
    context = RuleContext(catalogue(), keys={"acme": key("acme", expires)}, now=now)
    return [(issue.level, issue.what) for issue in ENCRYPTION_RULES.issues(job("acme"), context)]


def test_a_key_that_outlasts_the_schedule_is_no_issue() -> None:
    assert findings(None) == []
    assert findings(datetime(2026, 4, 6, tzinfo=UTC)) == []


@pytest.mark.parametrize("now", [NOW, None])
def test_a_key_that_expires_before_the_last_delivery_is_reported_early(now: datetime | None) -> None:
    what = "the key 'acme' of 'Acme' expires on 2026-04-05, before the last delivery"
    assert findings(datetime(2026, 4, 5, tzinfo=UTC), now) == [(Level.WARNING, what)]


def test_a_new_job_with_a_key_that_has_expired_is_refused() -> None:
    assert findings(NOW) == [(Level.ERROR, "the key 'acme' of 'Acme' expired on 2026-01-15")]


def test_keys_are_not_checked_when_none_are_given() -> None:
    assert list(ENCRYPTION_RULES.issues(job("acme"), RuleContext(catalogue()))) == []
    assert list(ENCRYPTION_RULES.issues(job("acme"), RuleContext(catalogue(), keys={"acme": None}))) == []


def test_more_receivers_than_fit_are_counted_and_not_listed() -> None:
    tags = [f"k{number}" for number in range(1000)]
    issues = list(ENCRYPTION_RULES.issues(job(*tags), RuleContext(catalogue(), keys={})))
    assert "1000 keys are named; at most 20" in issues[0].what
    assert len(issues) == 21


def test_what_gpg_says_of_a_key_becomes_an_issue() -> None:
    def found(expires: datetime | None, fault: str = "") -> list[tuple[Level, str]]:
        read = PublicKey(fingerprint="A", user_id="Acme", created_at=NOW, expires_at=expires, fault=fault)
        return [(issue.level, issue.what) for issue in public_key_issues(read, NOW)]

    assert found(None) == []
    assert found(datetime(2026, 2, 15, tzinfo=UTC)) == []
    assert found(datetime(2026, 2, 14, tzinfo=UTC)) == [(Level.WARNING, "the key of 'Acme' expires on 2026-02-14")]
    revoked = "nothing can be encrypted to the key of 'Acme': it has been revoked by its owner"
    assert found(None, "has been revoked by its owner") == [(Level.ERROR, revoked)]
