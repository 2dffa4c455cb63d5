"""The auditor on a real store, a real mail server and an API that answers as Airflow's: one alarm a job and cause."""

from __future__ import annotations

import email
import email.policy
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from airflow.sdk.exceptions import AirflowFailException
from sqlalchemy import Engine, event

from export_jobs.core.definitions.job import DestinationSpec
from export_jobs.orchestration.auditor import CompareWithLedger
from export_jobs.store.stored_job import StoredJob
from tests.integration.store.samples import DAY_ONE, Store, publication
from tests.servers.airflow_api import AirflowState
from tests.servers.smtp_script import Script

pytestmark = pytest.mark.integration
DAY = timedelta(days=1)
OWNER = "owner@example.com"


@pytest.fixture(autouse=True)
def operators(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("EXPORT_JOBS_OPERATORS_MAIL", raising=False)


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


def test_m3_a_broken_daily_job_of_a_month_is_one_mail(connected: Store, mails: Script, airflow: AirflowState) -> None:
    (job,) = old(connected, "sales")
    airflow.dag(job.dag_id)
    said = audit()
    assert "Job 'sales': 31 windows (2026-01-01T00:00:00+00:00 to " in said and "and 28 more) have no run" in said
    assert audit() == said
    ((recipient, text),) = sent(mails)
    assert recipient == OWNER and "Airflow makes no runs" in text


def test_m3_a_cause_that_changes_is_told_and_one_that_ends_is_forgotten(
    connected: Store, mails: Script, airflow: AirflowState
) -> None:
    (job,) = old(connected, "sales")
    airflow.dag(job.dag_id, is_paused=True)
    assert "its Dag is paused in Airflow. Unpause it there" in audit()
    airflow.dags.clear()
    assert "Airflow has no current Dag of it" in audit()
    airflow.dag(job.dag_id, tags=["invalid"])
    assert "its definition is invalid" in audit()
    airflow.dags.clear()
    airflow.dag(job.dag_id, is_paused=True)
    assert audit()
    assert [text.count("paused in Airflow") for _, text in sent(mails)] == [1, 0, 0, 1]


def test_m3_a_job_that_is_a_minute_old_is_no_alarm(connected: Store, mails: Script, airflow: AirflowState) -> None:
    connected.create("sales")
    assert audit() == ""
    backdate(connected)
    assert "have no run" in audit()


def test_m3_a_job_that_was_just_changed_has_its_grace(connected: Store, mails: Script, airflow: AirflowState) -> None:
    (job,) = old(connected, "sales", enabled=False)
    assert audit() == ""
    connected.hand(f"UPDATE export_jobs.job SET enabled = true WHERE id = {job.job_id}")
    assert audit() == ""


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
    assert "cannot stand in the header of a mail" in said
    audit()
    assert len(sent(mails)) == 1, "what is final for one is not tried again, and nobody is told twice"


def test_w1_a_recipient_whom_the_mail_server_cannot_take_now_is_told_later_and_alone(
    connected: Store, mails: Script, airflow: AirflowState
) -> None:
    for job in (*old(connected, "a", owner="anna@example.com"), *old(connected, "b")):
        airflow.dag(job.dag_id)
    mails.replies["RCPT"] = lambda recipient: "450 later" if recipient.startswith("anna") else "250 ok"
    assert "1 alarms are not mailed to anna@example.com" in audit()
    mails.replies.clear()
    audit()
    audit()
    assert [recipient for recipient, _ in sent(mails)] == [OWNER, "anna@example.com"]


@pytest.mark.parametrize(
    "breakage",
    [
        "'{\"schedule\": {}}'",
        "definition - 'schedule'",
        "jsonb_set(definition, '{schedule,time_zone}', '\"No/Where\"')",
    ],
)
def test_w1_a_row_that_cannot_be_read_keeps_no_alarm_from_another(
    connected: Store, mails: Script, airflow: AirflowState, breakage: str, caplog: pytest.LogCaptureFixture
) -> None:
    bad, good = old(connected, "a-bad", "good", owner=OWNER)
    connected.hand(
        "ALTER TABLE export_jobs.job_version DISABLE TRIGGER USER",
        f"UPDATE export_jobs.job_version SET definition = {breakage} WHERE job_id = {bad.job_id}",
        "ALTER TABLE export_jobs.job_version ENABLE TRIGGER USER",
    )
    airflow.dag(good.dag_id)
    said = audit()
    assert "Job 'good': 31 windows" in said
    assert "a-bad" in said + caplog.text, "what is skipped is named"


def test_m3_without_a_mail_server_the_rest_is_done_and_told_once_it_is_there(
    connected: Store, mails: Script, airflow: AirflowState
) -> None:
    for job in old(connected, "a", "b"):
        airflow.dag(job.dag_id)
    mails.replies["GREETING"] = "554 no"
    said = audit()
    assert "Job 'a'" in said and "Job 'b'" in said and "2 alarms are not mailed" in said
    mails.replies.clear()
    audit()
    assert len(sent(mails)) == 1


@pytest.mark.parametrize("status", [401, 503])
def test_m3_without_airflows_word_what_is_overdue_is_found_all_the_same(
    connected: Store, mails: Script, airflow: AirflowState, status: int
) -> None:
    old(connected, "sales")
    airflow.status = status
    said = audit()
    assert "31 windows" in said and "Runs cannot be compared with the ledger" in said


def test_m3_green_without_a_delivery_red_with_one_and_red_in_silence(
    connected: Store, mails: Script, airflow: AirflowState
) -> None:
    """Until 2026-01-04: four windows, of which the first is as it should be."""
    (job,) = old(connected, "sales", schedule={"until": "2026-01-04"})
    airflow.dag(job.dag_id)
    for day, state in enumerate(("success", "success", "failed", "failed")):
        airflow.run(job.dag_id, f"scheduled__{day}", state, **interval(day))
    for day in (0, 2):
        deliver(connected, connected.run(job, day))
    said = audit().splitlines()
    assert len(said) == 3
    assert "'scheduled__1' for 2026-01-02T00:00:00+00:00" in said[0] and "green in Airflow and delivered" in said[0]
    assert "'scheduled__2'" in said[1] and "although its files are delivered" in said[1]
    assert "'scheduled__3'" in said[2] and "nobody was told" in said[2]
    connected.ledger.record_failed_run(connected.run(job, 3).id, 0, step="notify_owner", attempt="a", try_number=1)
    assert len(audit().splitlines()) == 2


def deliver(store: Store, execution: Any) -> None:
    store.ledger.claim(execution.id, "", "publish", "first")
    with store.ledger.fence_publication(publication(execution), "publish", "first"):
        pass


def test_l1_a_window_that_was_read_before_its_end_is_found(
    connected: Store, mails: Script, airflow: AirflowState
) -> None:
    """Delivered by a release that took an open window, and exported again since for one of the two."""
    today = datetime.now(UTC).replace(hour=0, minute=0, second=0, microsecond=0)
    days = {"from": f"{today:%Y-%m-%d}", "until": f"{today + 9 * DAY:%Y-%m-%d}"}
    (job,) = old(connected, "sales", schedule=days)
    airflow.dag(job.dag_id)
    for number in range(2):
        window: dict[str, Any] = {"window_start": today + number * DAY, "window_end": today + (number + 1) * DAY}
        execution = connected.run(job, run_id=f"manual__{number}", run_type="manual", **window)
        connected.ledger.record_event(execution.id, "started", step="extract", template="rows", attempt="first")
        deliver(connected, execution)
    (said,) = audit().splitlines()
    assert "2 windows" in said and "read before that time was over" in said
    assert len(sent(mails)) == 1
    connected.hand(
        "ALTER TABLE export_jobs.execution DISABLE TRIGGER USER",
        "UPDATE export_jobs.execution SET window_start = window_start - interval '9 days', "
        "window_end = window_end - interval '9 days'",
        "ALTER TABLE export_jobs.execution ENABLE TRIGGER USER",
    )
    assert audit() == ""


def test_windows_that_the_schedule_has_passed_over_are_an_alarm_until_they_are_exported(
    connected: Store, mails: Script, airflow: AirflowState
) -> None:
    """As a backfill of later days has left them: a release that allowed one let the schedule go on behind it."""
    (job,) = old(connected, "sales", schedule={"until": "2026-01-10"})
    airflow.dag(job.dag_id)
    for day in (2, 3, 9):
        connected.run(job, day)
    connected.run(job, 8, run_id="backfill__8", run_type="backfill")
    connected.run(job, 3, run_id="manual__part", run_type="manual", window_end=DAY_ONE + 3.5 * DAY)
    (said,) = audit().splitlines()
    assert "2 windows (2026-01-01T00:00:00+00:00 to 2026-01-03T00:00:00+00:00, 2026-01-05T00:00:00+00:00 to " in said
    assert "2026-01-09T00:00:00+00:00) have had no run, and the schedule has gone on behind" in said
    for day in (0, 1, 4, 5, 7):
        connected.run(job, day, run_id=f"manual__{day}", run_type="manual")
    (said,) = audit().splitlines()
    assert "the window 2026-01-07T00:00:00+00:00 to 2026-01-08T00:00:00+00:00 has had no run" in said
    connected.run(job, 6, run_id="manual__6", run_type="manual")
    assert audit() == ""


@pytest.mark.parametrize("state", ["queued", "running"])
def test_l6_a_run_of_the_future_is_deleted_and_that_is_told(
    connected: Store, mails: Script, airflow: AirflowState, state: str
) -> None:
    (job,) = old(connected, "sales")
    airflow.dag(job.dag_id)
    later = {"logical_date": "2030-01-01T00:00:00+00:00", "run_after": "2030-01-01T00:00:00+00:00"}
    airflow.run(job.dag_id, "later", state, **{**interval(0), **later, "run_type": "manual"})
    assert audit() == "", "what it kept waiting is on its way"
    assert airflow.runs == []
    ((_, text),) = sent(mails)
    assert "the auditor has deleted run 'later'" in text
    assert "have no run" in audit()


def test_l6_a_run_of_the_future_that_has_begun_something_stays_and_is_named(
    connected: Store, mails: Script, airflow: AirflowState
) -> None:
    (job,) = old(connected, "sales")
    airflow.dag(job.dag_id)
    later = {"logical_date": "2030-01-01T00:00:00+00:00", "run_after": "2030-01-01T00:00:00+00:00"}
    airflow.run(job.dag_id, "later", "queued", **{**interval(0), **later, "run_type": "manual", "start_date": None})
    execution = connected.run(job, run_id="later", run_type="manual")
    connected.ledger.record_event(execution.id, "started", step="extract")
    assert "run 'later' waits until 2030-01-01T00:00:00+00:00 and keeps all windows before it waiting" in audit()
    assert len(airflow.runs) == 1


def questions(airflow: AirflowState) -> tuple[int, int]:
    """Calls to Airflow and statements to the store of one look."""
    statements = 0

    def count(*_: Any) -> None:
        nonlocal statements
        statements += 1

    airflow.asked.clear()
    event.listen(Engine, "before_cursor_execute", count)
    try:
        audit()
    finally:
        event.remove(Engine, "before_cursor_execute", count)
    return len(airflow.asked), statements


def test_the_auditor_asks_no_more_of_a_hundred_jobs_than_of_ten(
    connected: Store, mails: Script, airflow: AirflowState
) -> None:
    days = {"from": "2030-01-01", "until": "2030-01-31"}
    for number in range(10):
        airflow.dag(old(connected, f"job-{number}", schedule=days)[0].dag_id)
    audit()
    of_ten = questions(airflow)
    for job in old(connected, *(f"job-{number}" for number in range(10, 100)), schedule=days):
        airflow.dag(job.dag_id)
    assert questions(airflow) == of_ten


def test_a_hundred_late_jobs_are_told_in_as_many_statements_as_ten(
    connected: Store, mails: Script, airflow: AirflowState
) -> None:
    """Airflow is asked about fifty Dags in a call."""
    for job in old(connected, *(f"job-{number}" for number in range(10))):
        airflow.dag(job.dag_id)
    audit()
    calls, statements = questions(airflow)
    for job in old(connected, *(f"job-{number}" for number in range(10, 100))):
        airflow.dag(job.dag_id)
    audit()
    assert questions(airflow) == (calls + 2, statements)


def test_an_alarm_stands_although_its_run_has_not_changed_since_the_last_look(
    connected: Store, mails: Script, airflow: AirflowState
) -> None:
    days = {"from": "2030-01-01", "until": "2030-01-31"}
    (job,) = old(connected, "sales", schedule=days)
    airflow.run(job.dag_id, "green", "success", **interval(0), updated_at="2026-01-02T00:00:00+00:00")
    said = audit()
    assert "green in Airflow and delivered nothing" in said
    assert [audit(), audit()] == [said, said]
    assert sum("updated_at_gte" in asked for asked in airflow.asked) == 2, "and only what has changed is asked for"


def test_m3_an_alarm_outlives_a_look_at_which_airflow_could_not_be_asked(
    connected: Store, mails: Script, airflow: AirflowState
) -> None:
    """What Airflow says changes only when a run does: forgotten once, an old green run is never found again."""
    green, paused = old(connected, "green", schedule={"until": "2026-01-01"})[0], connected.create("paused")
    backdate(connected)
    airflow.dag(green.dag_id)
    airflow.run(green.dag_id, "green", "success", **interval(0), updated_at="2026-01-02T00:00:00+00:00")
    airflow.dag(paused.dag_id, is_paused=True)
    said = audit()
    assert "green in Airflow and delivered nothing" in said and "its Dag is paused in Airflow" in said
    airflow.status = 503
    assert "Runs cannot be compared with the ledger" in audit()
    airflow.status = 0
    assert audit() == said
    assert len(sent(mails)) == 1, "and nobody is told twice, nor that a cause is unknown for ten minutes"


def test_m3_an_alarm_that_nobody_could_be_mailed_is_told_later(
    connected: Store, mails: Script, airflow: AirflowState, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Its run does not change meanwhile, and neither a mail server nor the auditor itself is always there."""
    (job,) = old(connected, "sales", schedule={"from": "2030-01-01", "until": "2030-01-31"})
    airflow.run(job.dag_id, "green", "success", **interval(0), updated_at="2026-01-02T00:00:00+00:00")
    with monkeypatch.context() as failing:
        failing.setattr("export_jobs.orchestration.auditor.record", _raise)
        with pytest.raises(RuntimeError):
            audit()
    mails.replies["GREETING"] = "554 no"
    assert "green in Airflow and delivered nothing" in audit()
    mails.replies.clear()
    assert "green in Airflow and delivered nothing" in audit()
    assert len(sent(mails)) == 1


def test_w1_a_job_that_could_not_be_audited_once_is_looked_at_whole_the_next_time(
    connected: Store, mails: Script, airflow: AirflowState, monkeypatch: pytest.MonkeyPatch
) -> None:
    (job,) = old(connected, "sales", schedule={"from": "2030-01-01", "until": "2030-01-31"})
    airflow.run(job.dag_id, "green", "success", **interval(0), updated_at="2026-01-02T00:00:00+00:00")
    with monkeypatch.context() as failing:
        failing.setattr("export_jobs.orchestration.auditor.find_discrepancies", _raise)
        assert "1 jobs (sales) could not be audited" in audit()
    assert "green in Airflow and delivered nothing" in audit()
    airflow.runs.clear()
    assert audit() == ""


def _raise(*_: Any) -> None:
    raise RuntimeError("killed")


def test_a_run_whose_pool_is_not_there_is_an_alarm(connected: Store, mails: Script, airflow: AirflowState) -> None:
    days = {"from": "2030-01-01", "until": "2030-01-31"}
    (job,) = old(connected, "sales", schedule=days)
    since = (datetime.now(UTC) - timedelta(minutes=20)).isoformat()
    airflow.run(job.dag_id, "waits", "running", **interval(0), start_date=since, run_after=since)
    assert audit() == ""
    airflow.pools.clear()
    assert "no task of run 'waits' starts, since Airflow has no pool 'export_jobs' with a slot" in audit()
    airflow.pools["export_jobs"] = 0
    assert "airflow pools set" in audit()
    airflow.pools["export_jobs"] = -1
    assert audit() == "", "which is as many as there are"


def test_the_pool_of_each_of_several_destinations_is_looked_for(
    connected: Store, mails: Script, airflow: AirflowState, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("EXPORT_JOBS_DESTINATION_SLOTS", "2")
    connected.definitions.save_destination(
        DestinationSpec(tag="second", kind="sftp", connection="second_sftp", folder="in"), "anna"
    )
    days = {"from": "2030-01-01", "until": "2030-01-31"}
    (job,) = old(connected, "sales", schedule=days, destination=None, destinations=["partner", "second"])
    since = (datetime.now(UTC) - timedelta(minutes=20)).isoformat()
    airflow.run(job.dag_id, "waits", "running", **interval(0), start_date=since, run_after=since)
    airflow.pools |= {"export_jobs to partner": 2}
    assert "no pool 'export_jobs to second' with a slot" in audit()
    airflow.pools |= {"export_jobs to second": 2}
    assert audit() == ""
