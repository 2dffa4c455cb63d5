"""Whom the auditor tells: each owner once, and nobody's trouble keeps an alarm from another."""

from __future__ import annotations

import pytest

from tests.integration.orchestration.auditing import (
    OWNER,
    audit,
    interval,
    old,
    raise_as_killed,
    sent,
)
from tests.integration.store.samples import Store
from tests.servers.airflow_api import AirflowState
from tests.servers.smtp_script import Script

pytestmark = pytest.mark.integration


def test_m3_one_mail_to_each_owner_and_one_to_the_operators(
    connected: Store, mails: Script, airflow: AirflowState, monkeypatch: pytest.MonkeyPatch
) -> None:
    """When no scheduler runs, each job is overdue; nobody is to get a mail for each of a thousand jobs."""
    monkeypatch.setenv("EXPORT_JOBS_OPERATORS_MAIL", "ops@example.com")
    for job in (*old(connected, "a", "b"), *old(connected, "c", owner="carl@example.com")):
        airflow.dag(job.dag_id)
    audit()
    found = sent(mails)
    assert [recipient for recipient, _ in found] == ["carl@example.com", "ops@example.com", OWNER]
    assert [text.count("- Job '") for _, text in found] == [1, 3, 2]


@pytest.mark.parametrize(
    "owner", ["=?utf-8?q?a=0D=0Ax?=@example.com", "=?utf-8?q?eve=40evil.org=2C?=@example.com", "bad\r\nBcc: x@y.org"]
)
def test_w1_an_owner_who_cannot_be_mailed_keeps_no_alarm_from_another(
    connected: Store, mails: Script, airflow: AirflowState, owner: str
) -> None:
    bad, good = old(connected, "a-bad", "good")
    connected.hand(
        "ALTER TABLE export_jobs.job_version DISABLE TRIGGER USER",
        "UPDATE export_jobs.job_version SET definition = jsonb_set(definition, '{owner}', "
        f"to_jsonb(E'{owner}'::text)) WHERE job_id = {bad.job_id}",
        "ALTER TABLE export_jobs.job_version ENABLE TRIGGER USER",
    )
    for job in (bad, good):
        airflow.dag(job.dag_id)
    said = audit()
    assert [recipient for recipient, _ in sent(mails)] == [OWNER]
    assert "cannot be used in the header of a mail" in said
    audit()
    assert len(sent(mails)) == 1, "what is final for one is not tried again, and nobody is told twice"


def test_w1_a_recipient_whom_the_mail_server_cannot_take_now_is_told_later_and_alone(
    connected: Store, mails: Script, airflow: AirflowState
) -> None:
    for job in (*old(connected, "a", owner="anna@example.com"), *old(connected, "b")):
        airflow.dag(job.dag_id)
    mails.replies["RCPT"] = lambda recipient: "450 later" if recipient.startswith("anna") else "250 ok"
    assert "1 alarms could not be mailed to anna@example.com" in audit()
    mails.replies.clear()
    audit()
    audit()
    assert [recipient for recipient, _ in sent(mails)] == [OWNER, "anna@example.com"]


def test_m3_without_a_mail_server_the_rest_is_done_and_told_once_it_is_there(
    connected: Store, mails: Script, airflow: AirflowState
) -> None:
    for job in old(connected, "a", "b"):
        airflow.dag(job.dag_id)
    mails.replies["GREETING"] = "554 no"
    said = audit()
    assert "Job 'a'" in said and "Job 'b'" in said and "2 alarms could not be mailed" in said
    mails.replies.clear()
    audit()
    assert len(sent(mails)) == 1


def test_m3_an_alarm_that_nobody_could_be_mailed_is_told_later(
    connected: Store, mails: Script, airflow: AirflowState, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Its run does not change meanwhile, and neither a mail server nor the auditor itself is always there."""
    (job,) = old(connected, "sales", schedule={"from": "2030-01-01", "until": "2030-01-31"})
    airflow.run(job.dag_id, "green", "success", **interval(0), updated_at="2026-01-02T00:00:00+00:00")
    with monkeypatch.context() as failing:
        failing.setattr("export_jobs.orchestration.auditor.record_findings", raise_as_killed)
        with pytest.raises(RuntimeError):
            audit()
    mails.replies["GREETING"] = "554 no"
    assert "successful in Airflow but delivered nothing" in audit()
    mails.replies.clear()
    assert "successful in Airflow but delivered nothing" in audit()
    assert len(sent(mails)) == 1
