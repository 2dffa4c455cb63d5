"""Who is mailed what over retries, clears and corrections, on a real ledger and a mail server that answers as told."""

from __future__ import annotations

import email
import email.policy
import json
from typing import Any

import pytest
from airflow.sdk.exceptions import AirflowFailException

from export_jobs.core.files.export_file import ExportFile
from export_jobs.errors import TransientError
from export_jobs.orchestration.compressing import Compress
from export_jobs.orchestration.notifying import NotifyOwner, NotifyRecipients
from tests.integration.orchestration.conftest import Run
from tests.integration.store.samples import publication, spec
from tests.servers.smtp_script import CLOSE, Script

pytestmark = pytest.mark.integration
GOOD, BAD, NEW = "good@example.com", "bad@example.com", "new@example.com"
STAGE = "stage-1"
Replies = dict[str, str]


def refusing(**replies: str) -> Any:
    """What RCPT is answered to each recipient, by the part before the @."""
    return lambda recipient: replies.get(recipient.partition("@")[0], "250 ok")


@pytest.fixture
def delivered(run: Run, monkeypatch: pytest.MonkeyPatch) -> Run:
    """A run whose files have arrived, with two recipients."""
    monkeypatch.setenv("AIRFLOW_CONN_PARTNER_SFTP", json.dumps({"conn_type": "sftp", "host": "partner", "login": "in"}))
    run.store.definitions.update(spec(recipients=[GOOD, BAD]), "anna")
    updated = run.store.definitions.by_dag_id(run.job.dag_id)
    assert updated is not None
    run.job = updated
    execution = run.store.run(run.job)
    run.store.ledger.claim(execution.id, "", "publish", "first")
    with run.store.ledger.fence_publication(publication(execution, stage=STAGE), "publish", "first"):
        pass
    content = {"name": "rows.csv", "bytes": 1, "sha256": "aa"}
    for template in ("rows", "totals"):
        file = ExportFile(
            template=template, path=f"{template}.zip", rows=1, bytes=1, columns=("a",), stage="s", content=content
        )
        run.results[f"{template}.compress"] = file.model_dump(mode="json")
    run.results["publish_manifest"] = STAGE
    return run


def correct(run: Run, *recipients: str) -> None:
    run.store.definitions.update(spec(recipients=list(recipients)), "anna")


def again(run: Run) -> None:
    """Somebody clears the run, or this task of it."""
    run.clear_number += 1
    run.try_number += 1


def notify(run: Run) -> str:
    try:
        run.execute(NotifyRecipients)
    except (AirflowFailException, TransientError) as error:
        return str(error)
    return ""


def got(mails: Script) -> list[str]:
    return [recipient for recipient, _ in mails.contents]


def events(run: Run, kind: str) -> list[str]:
    return [str(event.message) for event in run.events() if event.kind == kind]


def test_m2_one_refused_recipient_is_recorded_and_the_run_is_green(delivered: Run, mails: Script) -> None:
    mails.replies["RCPT"] = refusing(bad="550 5.1.1 unknown")
    assert notify(delivered) == ""
    assert got(mails) == [GOOD]
    assert events(delivered, "partly notified") == [f"refused for good: {BAD}"]
    assert notify(delivered) == ""
    assert (got(mails), len(events(delivered, "partly notified"))) == ([GOOD], 1), "a retry tries nobody again"


def test_m2_a_corrected_address_gets_the_mail_when_the_run_is_cleared(delivered: Run, mails: Script) -> None:
    mails.replies["RCPT"] = refusing(bad="550 5.1.1 unknown")
    notify(delivered)
    correct(delivered, GOOD, NEW)
    again(delivered)
    assert notify(delivered) == ""
    assert got(mails) == [GOOD, NEW], "nobody twice, and the address that was wrong not at all"


def test_m2_a_mailbox_that_was_made_meanwhile_gets_the_mail_when_the_run_is_cleared(
    delivered: Run, mails: Script
) -> None:
    mails.replies["RCPT"] = refusing(bad="550 5.1.1 unknown")
    notify(delivered)
    mails.replies.clear()
    again(delivered)
    assert notify(delivered) == ""
    again(delivered)
    assert notify(delivered) == ""
    assert got(mails) == [GOOD, BAD]


def test_m2_a_refused_address_is_refused_once_for_each_clear(delivered: Run, mails: Script) -> None:
    mails.replies["RCPT"] = refusing(bad="550 5.1.1 unknown")
    for _ in range(3):
        notify(delivered)
        again(delivered)
    assert [command.lower() for command in mails.commands].count("rcpt to:<bad@example.com>") == 3
    assert got(mails) == [GOOD]


def test_m2_when_all_are_refused_the_remedy_works(delivered: Run, mails: Script) -> None:
    mails.replies["RCPT"] = "550 5.1.1 unknown"
    said = notify(delivered)
    assert "refuses every recipient" in said and "Correct the addresses in the job, then clear this task" in said
    mails.replies.clear()
    correct(delivered, NEW)
    again(delivered)
    assert notify(delivered) == ""
    assert got(mails) == [NEW]


def test_s13_recipients_who_were_never_refused_stay_those_of_the_bound_version(delivered: Run, mails: Script) -> None:
    correct(delivered, NEW)
    assert notify(delivered) == ""
    assert got(mails) == [GOOD, BAD]


@pytest.mark.parametrize(
    ("replies", "is_tried_again", "sentence"),
    [
        ({"MAIL": "530 5.7.0 authentication required"}, False, "requires a login, or STARTTLS"),
        ({"MAIL": "553 5.7.1 not yours"}, False, "accepts no mail from the sender exports@example.com"),
        ({"MAIL": "451 later"}, True, "try good@example.com again later (451 later)"),
        ({"GREETING": CLOSE}, True, "closed the connection"),
        ({"CONTENT": "552 too big"}, False, "The mail is larger"),
    ],
)
def test_m2_what_is_no_recipients_fault_is_booked_on_none(
    delivered: Run, mails: Script, replies: Replies, is_tried_again: bool, sentence: str
) -> None:
    mails.replies.update(replies)
    with pytest.raises(
        TransientError if is_tried_again else AirflowFailException, match="2 mails were not sent"
    ) as said:
        delivered.execute(NotifyRecipients)
    assert sentence in str(said.value)
    assert delivered.store.hand("SELECT count(*) FROM export_jobs.notification") == [(0,)]
    mails.replies.clear()
    mails.contents.clear()
    delivered.try_number = 3
    assert notify(delivered) == ""
    assert got(mails) == [GOOD, BAD]


def test_m2_one_who_waits_and_one_who_is_refused_are_each_told(delivered: Run, mails: Script) -> None:
    mails.replies["RCPT"] = refusing(good="450 greylisted", bad="550 unknown")
    assert "1 mails were not sent" in notify(delivered)
    assert events(delivered, "partly notified") == [f"refused for good: {BAD}"]
    mails.replies["RCPT"] = refusing(bad="550 unknown")
    delivered.try_number = 2
    assert notify(delivered) == ""
    assert got(mails) == [GOOD]


def test_w1_a_recipient_who_cannot_be_mailed_stops_nobody_behind(delivered: Run, mails: Script) -> None:
    bad = "=?utf-8?q?a=0D=0Ax?=@example.com"
    delivered.store.hand(
        "ALTER TABLE export_jobs.job_version DISABLE TRIGGER USER",
        f"""UPDATE export_jobs.job_version SET definition = jsonb_set(definition, '{{recipients}}',
            '["{bad}", "{GOOD}"]') WHERE job_id = {delivered.job.job_id}""",
        "ALTER TABLE export_jobs.job_version ENABLE TRIGGER USER",
    )
    assert notify(delivered) == ""
    assert got(mails) == [GOOD]
    assert events(delivered, "partly notified") == [f"refused for good: {bad}"]


def test_m1_the_mail_of_every_try_is_one_mail(delivered: Run, mails: Script) -> None:
    mails.replies["CONTENT"] = "451 later"
    notify(delivered)
    mails.replies.clear()
    delivered.try_number = 2
    notify(delivered)
    ids: dict[str, set[str]] = {}
    for recipient, content in mails.contents:
        message = email.message_from_bytes(content, policy=email.policy.default)
        assert (message["X-Export-Job"], message["X-Export-Kind"]) == ("sales", "delivered")
        assert message["X-Export-Window"] == "2026-01-01T00:00:00+00:00/2026-01-02T00:00:00+00:00"
        ids.setdefault(recipient, set()).add(message["Message-ID"])
    assert len(mails.contents) == 4 and [len(found) for found in ids.values()] == [1, 1]
    assert len(set.union(*ids.values())) == 2


# The owner ----------------------------------------------------------------------------------------------------------
def fail(run: Run) -> str:
    try:
        run.execute(NotifyOwner)
    except (AirflowFailException, TransientError) as error:
        return str(error)
    return ""


def test_m2_a_run_has_failed_once_however_often_its_mail_is_tried(run: Run, mails: Script) -> None:
    mails.replies["MAIL"] = "451 later"
    for run.try_number in (1, 2, 3):
        assert "were not sent" in fail(run)
    mails.replies.clear()
    assert fail(run) == ""
    assert len(events(run, "run failed")) == 1
    run.clear_number = 1
    assert fail(run) == ""
    assert len(events(run, "run failed")) == 2 and got(mails) == ["owner@example.com"] * 2


def test_m2_the_owner_of_today_is_told(run: Run, mails: Script) -> None:
    run.store.run(run.job)
    run.store.definitions.update(spec(owner=NEW), "anna")
    assert fail(run) == ""
    assert got(mails) == [NEW]


def test_m4_a_step_that_was_killed_is_a_sentence_in_the_mail(run: Run, mails: Script) -> None:
    """Nobody but the run's last task can say it: the process is gone."""
    execution = run.store.run(run.job)
    run.store.ledger.record_event(execution.id, "started", step=Compress.step, template="rows", attempt="a")
    run.states = {
        "rows.compress": "failed",
        "template__extract.compress": "failed",
        "totals.compress": "upstream_failed",
        "extract": "failed",
    }
    assert fail(run) == ""
    assert fail(run) == ""
    assert [(event.step, event.template) for event in run.events() if event.kind == "failed"] == [
        ("extract", None),
        ("compress", "rows"),
        ("compress", "extract"),
    ]
    ((_, content),) = mails.contents
    body = email.message_from_bytes(content, policy=email.policy.default).get_body(("plain",))
    assert body is not None
    text = body.get_content()
    assert "The process of the step compress ended without recording a result" in text
    assert "Airflow could not start the step extract" in text
