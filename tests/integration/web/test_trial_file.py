"""A test file of a job for the caller: the file of a run, marked TEST, with no other effect."""

from __future__ import annotations

import email
import email.policy
import io
import json
import zipfile
from typing import TYPE_CHECKING, Any

import pytest

from export_jobs.core.definitions.job import JobSpec
from tests.integration.store.samples import Store
from tests.integration.store.test_store_keys import key
from tests.integration.web.samples import JOBS, body
from tests.servers.smtp_script import Script, ScriptedSmtpServer

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.integration.web.conftest import Ask

pytestmark = [pytest.mark.integration, pytest.mark.usefixtures("connected")]

COLUMNS = ["purchase_id", {"column": "customer_id", "as": "Kunde"}, "amount_usd"]
SCHEDULE = {"frequency": "monthly", "execute_on": "last", "from": "1997-01-01", "until": "1997-03-31"}
LEDGER = ("execution", "execution_event", "delivery", "publication", "placement", "lease", "notification", "chain_head")


ANNA = "anna@example.com"
DRAFTS = "/export-jobs/api/test-file"


@pytest.fixture
def mails(monkeypatch: pytest.MonkeyPatch) -> Iterator[Script]:
    """A mail server that accepts everything until a test configures it otherwise."""
    script = Script()
    with ScriptedSmtpServer(script) as server:
        monkeypatch.setenv("AIRFLOW_CONN_SMTP_DEFAULT", json.dumps(server.connection()))
        yield script


def by_mail(ask: Ask, job: Any, mail: str = ANNA, **more: Any) -> Any:
    body = {"template": "rows", "rows": 2, "by_mail": True, **more}
    return ask("op", mail=mail).post(f"{JOBS}/{job.dag_id}/test-file", json=body)


def draft(name: str = "draft", **changes: Any) -> dict[str, Any]:
    wanted = body(name, schedule={**SCHEDULE, "time_zone": "UTC"}, **changes)
    return {**wanted, "templates": [{"template": "rows", "columns": COLUMNS}, {"template": "new"}]}


def create(store: Store, name: str = "monthly", **changes: Any) -> Any:
    wanted = body(name, schedule={**SCHEDULE, "time_zone": "UTC"}, **changes)
    wanted["templates"] = [{"template": "rows", "columns": COLUMNS, "subfolder": "in/here"}, {"template": "totals"}]
    return store.definitions.create(JobSpec.model_validate(wanted), "anna")


def tried(ask: Ask, job: Any, role: str = "admin", template: str = "rows", **more: Any) -> Any:
    return ask(role).post(f"{JOBS}/{job.dag_id}/test-file", json={"template": template, **more})


def note(answer: Any) -> dict[str, Any]:
    said: dict[str, Any] = json.loads(answer.headers["Export-Jobs-Test-File"])
    return said


def test_the_newest_days_with_rows_come_as_a_run_would_write_them(ask: Ask, web_store: Store) -> None:
    answer = tried(ask, create(web_store, file={"delimiter": ";"}), rows=3)
    assert answer.status_code == 200, answer.text
    assert answer.headers["Content-Disposition"].endswith("''TEST-monthly__rows__1997-01-01_1997-01-31.zip")
    assert note(answer) == {"days": "1 to 31 January 1997", "rows": 3, "truncated": True, "masked": 0}
    with zipfile.ZipFile(io.BytesIO(answer.content)) as archive:
        (member,) = archive.namelist()
        assert member == "TEST-monthly__rows__1997-01-01_1997-01-31.csv"
        assert archive.read(member) == b"purchase_id;Kunde;amount_usd\r\n1;1;10\r\n2;2;10\r\n3;3;10\r\n"
    totals = tried(ask, create(web_store, "sums", file={"compression": "none"}), template="totals")
    assert note(totals)["truncated"] is False and totals.text.count("\r\n") == note(totals)["rows"] + 1


@pytest.mark.parametrize("format_", ["jsonl", "parquet", "xlsx", "fixed"])
def test_other_formats_are_written_as_theirs(ask: Ask, web_store: Store, format_: str) -> None:
    answer = tried(ask, create(web_store, file={"format": format_, "compression": "none"}), rows=2)
    assert answer.status_code == 200, answer.text
    starts = {"jsonl": b'{"purchase_id"', "parquet": b"PAR1", "xlsx": b"PK", "fixed": b"                   1"}
    assert answer.content.startswith(starts[format_]) and note(answer)["rows"] == 2


def test_nothing_is_delivered_recorded_or_counted(ask: Ask, web_store: Store, audit: Any) -> None:
    job = create(web_store)
    count = " UNION ALL ".join(f"SELECT count(*) FROM export_jobs.{table}" for table in LEDGER)
    before = web_store.hand(count)
    assert tried(ask, job, "user", rows=5).status_code == 200
    assert web_store.hand(count) == before
    windows = ask("viewer").get(f"{JOBS}/{job.dag_id}/windows").json()
    assert not windows["counts"].get("delivered") and ask("viewer").get(f"{JOBS}/{job.dag_id}").json()["version"] == 1
    ((event, user, dag_id, extra),) = audit()
    assert (event, user, dag_id, extra["status"]) == ("export_jobs.test_file", "user", job.dag_id, 200)
    assert (extra["masked"], extra["rows"], extra["template"]) == ([1], 5, "rows")
    assert extra["window"].startswith("1997-01-01") and extra["columns"][1] == "customer_id"
    assert {"kind", "fact", "kpis", "filters", "audience"} <= set(extra)


@pytest.mark.parametrize("format_", ["csv", "jsonl", "parquet"])
def test_what_tells_of_a_person_is_left_empty_for_who_may_not_use_the_connection(
    ask: Ask, web_store: Store, format_: str
) -> None:
    job = create(web_store, file={"format": format_, "compression": "none"})
    masked, whole = (tried(ask, job, role, rows=2) for role in ("user", "op"))
    assert (note(masked)["masked"], note(whole)["masked"]) == (1, 0)
    if format_ == "csv":
        assert masked.text == "purchase_id,Kunde,amount_usd\r\n1,,10\r\n2,,10\r\n" and "1,1,10" in whole.text
    if format_ == "jsonl":
        assert '"Kunde":null' in masked.text.replace(" ", "") and '"Kunde":1' in whole.text.replace(" ", "")


def test_who_may_not_look_at_data_gets_no_file(ask: Ask, web_store: Store) -> None:
    job = create(web_store)
    assert tried(ask, job, "viewer").status_code == 403
    assert ask(None).post(f"{JOBS}/{job.dag_id}/test-file", json={"template": "rows"}).status_code == 401
    refused = ask("admin", without=job.dag_id).post(f"{JOBS}/{job.dag_id}/test-file", json={"template": "rows"})
    assert refused.status_code == 403
    other = tried(ask, job, template="none")
    assert other.status_code == 422 and other.json()["errors"][0]["path"] == "template"
    assert tried(ask, job, rows=10_001).status_code == 422


def test_it_is_bounded(ask: Ask, web_store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    from export_jobs.web.catalogue import trial_file

    monkeypatch.setattr(trial_file, "MAX_TRIAL_BYTES", 100)
    answer = tried(ask, create(web_store))
    assert answer.status_code >= 400 and "Ask for fewer rows" in answer.text


def test_it_is_whole_and_readable_whatever_the_receiver_gets(ask: Ask, web_store: Store) -> None:
    web_store.definitions.save_key(key(), "anna")
    parts = create(web_store, file={"name": "N{sequence}_{template}", "split": {"rows": 10}, "compression": "none"})
    answer = tried(ask, parts, rows=50)
    assert answer.headers["Content-Disposition"].endswith("TEST-N1_rows__part-0001.csv"), answer.headers
    assert note(answer)["rows"] == 50, "one file, whatever the parts"
    secret = create(web_store, "secret", file={"encryption": {"keys": ["acme"]}, "compression": "none"})
    answer = tried(ask, secret, rows=1)
    assert answer.headers["Content-Disposition"].endswith("01-31.csv") and answer.text.startswith("purchase_id,")


def test_by_mail_it_goes_to_the_address_of_who_asks_and_to_nobody_else(
    ask: Ask, web_store: Store, audit: Any, mails: Script
) -> None:
    job = create(web_store, file={"compression": "none"})
    count = " UNION ALL ".join(f"SELECT count(*) FROM export_jobs.{table}" for table in LEDGER)
    before = web_store.hand(count)
    answer = by_mail(ask, job)
    assert answer.status_code == 202, answer.text
    name = "TEST-monthly__rows__1997-01-01_1997-01-31.csv"
    assert answer.json() == {
        "days": "1 to 31 January 1997",
        "rows": 2,
        "truncated": True,
        "masked": 1,
        "sent_to": ANNA,
        "file": name,
    }
    ((recipient, content),) = mails.contents
    mail = email.message_from_bytes(content, policy=email.policy.default)
    assert recipient == ANNA and mail["To"] == ANNA and mail["Subject"].startswith(f"TEST: {name}")
    (attached,) = mail.iter_attachments()
    assert attached.get_filename() == name
    assert attached.get_content() == b"purchase_id,Kunde,amount_usd\r\n1,,10\r\n2,,10\r\n", "by mail it is nobody's"
    text = mail.get_body(("plain",))
    assert text is not None and text.get_content().startswith("TEST file of monthly")
    assert web_store.hand(count) == before, "no entry that counts"
    ((event, _, dag_id, extra),) = audit()
    assert (event, dag_id, extra["sent_to"], extra["masked"]) == ("export_jobs.test_file", job.dag_id, ANNA, [1])


@pytest.mark.parametrize("mail", ["", "no address", "anna@email.notfound", "a@b.de, eve@example.com"])
def test_nobody_without_an_address_gets_a_mail(ask: Ask, web_store: Store, mails: Script, mail: str) -> None:
    answer = by_mail(ask, create(web_store), mail)
    assert answer.status_code == 422 and "does not know your mail address" in answer.text, answer.text
    assert ask("op", mail=mail).get("/export-jobs/api/me").json()["mail"] == "" and not mails.commands
    # A name that looks like an address is no address.
    assert ask("admin", mail=ANNA).get("/export-jobs/api/me").json()["mail"] == ANNA


def test_what_cannot_be_sent_by_mail_is_refused_with_a_remedy(
    ask: Ask, web_store: Store, mails: Script, monkeypatch: pytest.MonkeyPatch
) -> None:
    web_store.definitions.save_key(key(), "anna")
    secret = by_mail(ask, create(web_store, "secret", file={"encryption": {"keys": ["acme"]}}))
    assert secret.status_code == 422 and "encrypted" in secret.text and "Download" in secret.text
    assert not mails.commands
    job = create(web_store)
    mails.replies["RCPT"] = "550 5.1.1 no such user"
    refused = by_mail(ask, job)
    assert refused.status_code == 422 and ANNA in refused.text
    mails.replies["RCPT"] = "451 4.3.0 busy"
    later = by_mail(ask, job)
    assert later.status_code == 503 and "download the test file" in later.text and "tried again" not in later.text
    monkeypatch.setattr("export_jobs.web.catalogue.trial_mail.MAX_MAIL_BYTES", 100)
    large = by_mail(ask, job)
    assert large.status_code == 422 and "Ask for fewer rows" in large.text and not mails.contents
    codes = [by_mail(ask, job).status_code for _ in range(3)]
    assert codes[-1] == 429, "no flood of mails"


def test_a_draft_has_a_test_file_before_it_is_a_job(ask: Ask, web_store: Store, audit: Any, mails: Script) -> None:
    new = {"name": "new", "kind": "custom", "kpis": ["gross_sales"], "dimensions": ["store"]}
    wanted = {"job": {**draft(file={"compression": "none"}), "new_templates": [new]}, "template": "rows", "rows": 2}
    masked = ask("user").post(DRAFTS, json=wanted)
    assert masked.status_code == 200, masked.text
    assert masked.headers["Content-Disposition"].endswith("''TEST-draft__rows__1997-01-01_1997-01-31.csv")
    assert masked.text == "purchase_id,Kunde,amount_usd\r\n1,,10\r\n2,,10\r\n", "as in a preview"
    assert "1,1,10" in ask("op").post(DRAFTS, json=wanted).text
    assert ask("op").post(DRAFTS, json={**wanted, "template": "new"}).status_code == 200
    mailed = ask("op", mail=ANNA).post(DRAFTS, json={**wanted, "by_mail": True})
    assert (mailed.status_code, [to for to, _ in mails.contents]) == (202, [ANNA])
    assert web_store.definitions.job("draft") is None and web_store.hand("SELECT count(*) FROM export_jobs.job")
    assert next((event, extra["template"]) for event, _, _, extra in audit()) == (
        "export_jobs.test_file_of_draft",
        "rows",
    )


def test_a_draft_that_does_not_hold_has_no_test_file(ask: Ask) -> None:
    wanted = {"job": {**draft(owner="nobody")}, "template": "rows"}
    answer = ask("op").post(DRAFTS, json=wanted)
    paths = {error["path"] for error in answer.json()["errors"]}
    assert answer.status_code == 422 and {"owner", "templates[1].template"} <= paths, answer.text
    assert ask("viewer").post(DRAFTS, json=wanted).status_code == 403
