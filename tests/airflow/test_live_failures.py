"""What people are told when something fails, which definition a rerun uses, and that no secret is ever said."""

from __future__ import annotations

import base64
import json
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import quote

import psycopg
import pytest

from export_jobs.core.definitions.job import JobSpec
from export_jobs.store.stored_job import StoredJob
from tests.airflow.live import Live, plain_text
from tests.servers.sftp_faults import PASSWORD

pytestmark = [pytest.mark.integration, pytest.mark.live]

DAY = ("2026-01-05", "2026-01-05")


def text_of(live: Live, recipient: str, number: int = -1) -> str:
    found = live.wait_until(f"a mail to {recipient}", lambda: live.mails(recipient))
    return plain_text(found[number])


def edited(job: StoredJob, **parts: object) -> JobSpec:
    kept = job.parse().model_dump(by_alias=True, exclude={"job_id", "version", "dag_id", "template_definitions"})
    return JobSpec.model_validate({**kept, **parts})


def test_d07_wrong_password_fails_at_once_after_one_attempt_and_the_owner_is_told(live: Live) -> None:
    """No SQL runs, nothing is retried, recipients hear nothing, and the sentence says what to do."""
    job = live.create("locked-out", days=DAY, destination="partner-wrong-password")
    live.wait_for_runs(job, 1, state="failed")
    assert live.partner.seen.password_attempts == 1
    (record,) = live.records(job)
    assert {event.step for event in record.events} == {"validate_destination", "notify_owner"}
    (failed,) = [event for event in record.events if event.kind == "failed"]
    assert failed.detail is not None
    assert failed.message == "{what}. {remedy}.".format(**failed.detail)
    assert failed.detail["remedy"].startswith("Correct login and secret in the Airflow connection")
    mail = text_of(live, "owner-of-locked-out@example.com")
    assert "Checking the destination" in mail
    assert "password" in mail
    assert not live.mails("locked-out@example.com")


def test_the_rows_of_a_run_that_has_failed_for_good_are_gone_with_it(live: Live) -> None:
    """Its neighbour in the same run goes on and is delivered; clearing the run makes everything again."""
    job = live.create("fails-late", days=DAY, templates=[{"template": "slow"}, {"template": "events"}])
    live.wait_for_step(job, "extract")
    live.wait_until("both files to be staged", lambda: len(staged(live, job)) >= 1)
    assert {oct(path.stat().st_mode & 0o777) for path in staged(live, job)} == {"0o600"}
    live.partner.faults.password_changed = True
    live.wait_for_runs(job, 1, state="failed")
    assert [event.step for event in live.records(job)[0].events if event.kind == "failed"].count("upload") >= 1
    live.wait_until("the staged files to go", lambda: not staged(live, job))
    live.partner.heal()
    live.api.clear_run(job.dag_id, live.runs(job)[0].run_id)
    live.wait_for_runs(job, 1)
    assert len(live.files("fails-late__*.zip")) == 2
    assert staged(live, job) == []


def staged(live: Live, job: StoredJob) -> list[Path]:
    found = live.airflow.folder.rglob(f"staging/job-{job.job_id}/*/*")
    return [path for path in found if path.is_file()]


def test_m02_one_refused_address_among_many(live: Live) -> None:
    """The mail server refuses one recipient; the others are told and the refusal is recorded."""
    recipients = ["first@example.com", "refused@example.com", "last@example.com"]
    job = live.create("partly", days=DAY, recipients=recipients)
    live.wait_for_runs(job, 1)
    (record,) = live.records(job)
    assert {told.recipient: told.state for told in record.notifications} == {
        "first@example.com": "sent",
        "refused@example.com": "refused",
        "last@example.com": "sent",
    }
    assert "partly notified" in {event.kind for event in record.events}
    assert str(live.mails("first@example.com")[-1]["To"]) == "first@example.com"


def test_s13_a_rerun_uses_the_definition_it_first_ran_with_unless_told_otherwise(live: Live) -> None:
    job = live.create("bound", days=DAY, recipients=["before@example.com"])
    live.wait_for_runs(job, 1)
    live.definitions.update(edited(job, recipients=["after@example.com"]), "live test")
    live.wait_for_parse(job)  # the old run must not take it up
    (run,) = live.runs(job)

    live.api.clear_run(job.dag_id, run.run_id)
    live.wait_until("the rerun to tell", lambda: len(live.mails("before@example.com")) == 2)
    assert "replace" in text_of(live, "before@example.com")
    assert not live.mails("after@example.com")

    live.wait_until("the rerun to end", lambda: live.states(job) == ["success"])
    live.ledger.rebind(live.records(job)[0].id, 2, "live test")
    live.api.clear_run(job.dag_id, run.run_id)
    assert "replace" in text_of(live, "after@example.com")
    versions = [delivery.version for delivery in live.records(job)[0].deliveries]
    assert versions == [1, 1, 2]
    assert len(live.files("bound__*.zip")) == 1


def test_a_version_that_this_release_cannot_read_fails_at_once_and_says_so(live: Live) -> None:
    job = live.create("old", days=DAY)
    live.wait_for_runs(job, 1)
    live.definitions.update(edited(job, description="saved by this release"), "live test")
    with psycopg.connect(**live.postgres.dsn("export_jobs", "postgres")) as session:
        session.execute("SET session_replication_role = replica")  # past the guard that keeps versions as they were
        session.execute(
            """UPDATE export_jobs.job_version SET definition = definition || '{"retired": "a value"}'
            WHERE job_id = %s AND version = 1""",
            [job.job_id],
        )
    (run,) = live.runs(job)
    live.api.clear_run(job.dag_id, run.run_id)
    live.wait_until("the rerun to fail", lambda: live.states(job) == ["failed"])
    (record,) = live.records(job)
    (failed,) = [event for event in record.events if event.step == "validate_destination" and event.kind == "failed"]
    assert failed.message == (
        "Version 1 of job 'old' was saved by another release, and this one cannot read it (retired). "
        "Rerun the job with the current definition."
    )
    live.ledger.rebind(record.id, 2, "live test")
    live.api.clear_run(job.dag_id, run.run_id)
    live.wait_until("the rerun to succeed", lambda: live.states(job) == ["success"])
    assert [delivery.version for delivery in live.records(job)[0].deliveries] == [1, 2]


def test_x08_jinja_and_markup_in_texts_stay_text(live: Live) -> None:
    """A description is never rendered, in the mail or in Airflow."""
    text = "{{ 7 * 7 }} {{ macros.json.codecs.builtins.eval('40+2') }} <img src=x onerror=alert(1)> %s $$"
    job = live.create("literal", days=DAY, description=text)
    live.wait_for_runs(job, 1)
    assert text in text_of(live, "literal@example.com")
    (mail,) = live.mails("literal@example.com")
    assert mail["Subject"] == "literal: 5 January 2026 delivered"
    html = mail.get_body(("html",))
    assert html is not None
    assert "<img" not in html.get_content()
    assert "&lt;img" in html.get_content()
    client = live.client
    assert client.get(f"/api/v2/dags/{job.dag_id}").json()["description"] == text
    for task in client.get(f"/api/v2/dags/{job.dag_id}/tasks").json()["tasks"]:
        assert task["template_fields"] == []


def test_x16_no_secret_in_logs_tables_mails_manifests_or_answers(live: Live) -> None:
    """After a run that succeeds and one that fails, every place is searched for every password, also encoded."""
    good = live.create("discreet", days=DAY)
    s3 = live.create("discreet-bucket", days=DAY, destination="bucket")
    bad = live.create("discreet-failure", days=DAY, destination="partner-wrong-password")
    live.wait_for_runs(good, 1)
    live.wait_for_runs(s3, 1)
    live.wait_for_runs(bad, 1, state="failed")
    secrets = {
        PASSWORD,
        "not the password",
        live.s3.keys["secret"],
        live.smtp.password,
        *(live.postgres.dsn("warehouse", role)["password"] for role in ("airflow", "export_jobs", "warehouse_reader")),
    }
    wanted = {form for secret in secrets for form in (secret, quote(secret, safe=""), _base64(secret))}
    places = list(_places(live, good, bad))
    assert len(places) > 50
    found = {(place, "a secret") for place, text in places for form in wanted if form in text}
    assert found == set()


def _base64(text: str) -> str:
    return base64.b64encode(text.encode()).decode().rstrip("=")


def _places(live: Live, *jobs: StoredJob) -> Iterator[tuple[str, str]]:
    """Name and content of everything that the runs have written."""
    roots = (live.airflow.folder / "logs", live.airflow.log_folder, live.partner.root, live.smtp.mail_folder)
    for root in roots:
        for path in root.rglob("*"):
            if path.is_file() and path.suffix != ".zip":
                yield str(path), path.read_text(errors="replace")
    yield "snapshot", (live.airflow.folder / "export_jobs" / "definitions.json").read_text()
    for database in ("airflow", "export_jobs"):
        # Airflow's own table of connections is where secrets live; here they come from the environment.
        yield from _tables(live, database)
    client = live.client
    for job in jobs:
        for noun in ("", "/details", "/dagRuns", "/dagRuns/~/taskInstances", "/dagRuns/~/taskInstances/~/xcomEntries"):
            yield f"API {noun}", client.get(f"/api/v2/dags/{job.dag_id}{noun}").text
        yield "API source", client.get(f"/api/v2/dagSources/{job.dag_id}").text
    yield "API event log", client.get("/api/v2/eventLogs", params={"limit": 100}).text


def _tables(live: Live, database: str) -> Iterator[tuple[str, str]]:
    with psycopg.connect(**live.postgres.dsn(database, "postgres") | {"dbname": database}) as connection:
        query = """SELECT format('%I.%I', schemaname, tablename) FROM pg_tables
            WHERE schemaname NOT IN ('pg_catalog', 'information_schema')"""
        for (table,) in connection.execute(query).fetchall():
            rows = connection.execute(f"SELECT t::text FROM {table} AS t").fetchall()
            yield f"{database} {table}", "\n".join(row[0] for row in rows if row[0])


def test_q10_a_window_without_rows_follows_the_jobs_policy(live: Live) -> None:
    """`send`: a file with a header alone; `skip`: no file, and manifest and mail say so; `fail`: the owner hears."""
    before_the_data = ("2025-12-01", "2025-12-01")
    jobs = {
        policy: live.create(f"empty-{policy}", days=before_the_data, file={"empty_result": policy})
        for policy in ("send", "skip", "fail")
    }
    live.wait_for_runs(jobs["send"], 1)
    live.wait_for_runs(jobs["skip"], 1)
    live.wait_for_runs(jobs["fail"], 1, state="failed")
    assert [len(live.files(f"empty-{policy}__*.zip")) for policy in jobs] == [1, 0, 0]
    (manifest,) = live.files("empty-skip__*.manifest.json")
    assert json.loads(manifest.read_text())["without_rows"] == ["events"]
    assert "0 rows" in text_of(live, "empty-skip@example.com")
    assert "has no rows" in text_of(live, "owner-of-empty-fail@example.com")
    assert not live.mails("empty-fail@example.com")
    states = [record.outcome("events").state for job in jobs.values() for record in live.records(job)]
    assert states == ["delivered", "empty", "failed"]


def test_m01_mail_server_down_the_delivery_stands_and_the_mail_follows(live: Live) -> None:
    """The notifying task tries again, then fails for all to see; once mail works, clearing it sends one mail."""
    live.smtp.stop()
    try:
        job = live.create("unheard", days=DAY)
        live.wait_for_runs(job, 1, state="failed")
        (record,) = live.records(job)
        assert record.publication is not None
        tries = [event.kind for event in record.events if event.step == "notify_recipients"]
        assert tries == ["started", "interrupted"] * 4
    finally:
        live.smtp.start()
    live.api.clear_run(job.dag_id, live.runs(job)[0].run_id, only_failed=True)
    live.wait_until("the mail", lambda: live.mails("unheard@example.com"))
    live.wait_until("the run to end", lambda: live.states(job) == ["success"])
    assert len(live.files("unheard__*.zip")) == len(live.mails("unheard@example.com")) == 1


def test_d26_green_without_a_delivery_is_an_alarm(live: Live) -> None:
    """Somebody marks a run success while it reads: Airflow is content, the auditor is not, and clearing mends it."""
    job = live.create("green", days=DAY, templates=[{"template": "slow"}])
    live.wait_for_step(job, "extract")
    client = live.client
    (run,) = live.runs(job)
    path = f"/api/v2/dags/{job.dag_id}/dagRuns/{run.run_id}"
    client.patch(path, json={"state": "success"}).raise_for_status()
    assert _audited(live) == "failed"
    assert "delivered nothing" in text_of(live, "owner-of-green@example.com")
    assert _audited(live) == "failed"
    assert len(live.mails("owner-of-green@example.com")) == 1, "nobody is told twice"
    live.api.clear_run(job.dag_id, run.run_id)
    live.wait_until("the window", lambda: live.records(job)[0].publication)
    live.wait_for_runs(job, 1)
    assert _audited(live) == "success"


def _audited(live: Live) -> str:
    """How a fresh run of the auditor ends."""
    client = live.client
    runs = "/api/v2/dags/export_jobs_auditor/dagRuns"
    made = client.post(runs, json={"logical_date": None}).raise_for_status().json()["dag_run_id"]

    def state() -> str:
        found = str(client.get(f"{runs}/{made}").json()["state"])
        return found if found in {"success", "failed"} else ""

    return live.wait_until("the auditor", state)
