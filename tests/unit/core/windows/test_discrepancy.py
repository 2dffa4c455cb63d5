"""The auditor's judgement: one finding for each job and cause, by its name, and nothing else."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import count
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from export_jobs.core.windows.audited_run import AuditedRun
from export_jobs.core.windows.discrepancy import (
    DagStatus,
    Finding,
    JobFacts,
    find_discrepancies,
    is_standstill,
    runs_to_delete,
)
from export_jobs.core.windows.rerun import DagRunSummary
from export_jobs.core.windows.window import ScheduledWindow, Window

DAY_ONE = datetime(2026, 1, 1, tzinfo=UTC)
DAY, GRACE = timedelta(days=1), timedelta(minutes=15)
NOW = DAY_ONE + 9 * DAY
LONG_AGO = NOW - timedelta(days=300)
WELL = DagStatus()


def window(day: int) -> Window:
    return Window(DAY_ONE + day * DAY, DAY_ONE + (day + 1) * DAY)


def delivery(day: int) -> ScheduledWindow:
    """The window of one day, due two hours after it."""
    return ScheduledWindow(window=window(day), due=window(day).end + timedelta(hours=2))


def facts(**changes: Any) -> JobFacts:
    return JobFacts(**{"job": "sales", "now": NOW, "grace": GRACE, "dag": WELL, **changes})


def findings(**changes: Any) -> list[Finding]:
    return find_discrepancies(facts(**changes))


def run(state: str, day: int = 0, run_type: str = "scheduled", **changes: Any) -> DagRunSummary:
    times = {"data_interval_start": window(day).start, "data_interval_end": window(day).end}
    usual = {"run_id": f"run-{day}", "run_type": run_type, "state": state, "start": window(day).end, **times}
    return DagRunSummary(**{**usual, **changes})


def audited(state: str, day: int = 0, *, by_other: bool = False, **changes: Any) -> AuditedRun:
    delivered = changes.pop("delivered", False)
    return AuditedRun(
        run(state, day, **changes.pop("run", {})),
        delivered=delivered,
        window_delivered=delivered or by_other,
        owner_notified=changes.pop("owner_notified", True),
        **changes,
    )


# Airflow's word against the ledger's --------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("state", "delivered"),
    [("success", True), ("failed", False), ("running", False), ("queued", False), ("running", True)],
)
def test_airflow_and_the_ledger_agree(state: str, delivered: bool) -> None:
    assert findings(runs=[audited(state, delivered=delivered, last_event=NOW)]) == []


def test_green_without_a_delivery_is_an_alarm() -> None:
    (finding,) = findings(runs=[audited("success")])
    assert finding.job == "sales"
    assert "run 'run-0' for 2026-01-01T00:00:00+00:00 to " in finding.message
    assert "is successful in Airflow but delivered nothing. Clear that run." in finding.message


def test_green_for_a_window_that_another_run_has_delivered_is_none() -> None:
    assert findings(runs=[audited("success", by_other=True)]) == []


def test_red_with_a_delivery_is_an_alarm() -> None:
    (finding,) = findings(runs=[audited("failed", delivered=True)])
    assert "marked failed although its files are delivered" in finding.message
    assert "`export-jobs rerun`" in finding.message


def test_red_for_a_window_that_another_run_has_delivered_is_none() -> None:
    assert findings(runs=[audited("failed", by_other=True, owner_notified=False)]) == []


def test_m3_a_failure_without_a_notification_is_an_alarm() -> None:
    (finding,) = findings(runs=[audited("failed", owner_notified=False)])
    assert "marked failed, but nobody was notified" in finding.message


def test_l1_a_window_that_was_read_before_its_end_is_an_alarm() -> None:
    (finding,) = findings(early=[(window(2), "manual__1"), (window(1), "manual__0")])
    assert finding.message.count("read before the window was over") == 1
    assert "2 windows (2026-01-02T00:00:00+00:00 to " in finding.message and "'manual__1'" in finding.message


# One alarm a job and cause ------------------------------------------------------------------------------------------
@pytest.mark.parametrize("cause", ["success", "silent", "early", "never"])
def test_m3_a_year_of_windows_is_one_alarm(cause: str) -> None:
    days = range(365)
    now = DAY_ONE + 400 * DAY
    match cause:
        case "success":
            changes: dict[str, Any] = {"runs": [audited("success", day) for day in days]}
        case "silent":
            changes = {"runs": [audited("failed", day, owner_notified=False) for day in days]}
        case "early":
            changes = {"early": [(window(day), f"run-{day}") for day in days]}
        case _:
            changes = {"upcoming": [delivery(day) for day in days]}
    (finding,) = findings(now=now, **changes)
    assert "and 362 more" in finding.message and len(finding.message) < 700
    assert finding.message.count("2026-01-0") in {6, 7}, "the first three are named"


def test_m3_each_cause_is_an_alarm_of_its_own() -> None:
    found = findings(
        runs=[audited("success", 0), audited("failed", 1, delivered=True), audited("failed", 2, owner_notified=False)],
        upcoming=[delivery(3)],
        early=[(window(4), "run-4")],
    )
    assert len({finding.key for finding in found}) == len(found) == 5


@given(st.integers(1, 30), st.integers(1, 60))
def test_the_same_cause_has_the_same_key_at_any_time(late: int, later: int) -> None:
    """Nobody is notified twice, so an alarm that was sent is still the same alarm the next day."""
    to_come = [delivery(day) for day in range(100)]
    first, second = (
        [finding.key for finding in findings(upcoming=to_come, now=delivery(day).due + DAY)]
        for day in (late, late + later)
    )
    assert first == second and len(first) == 1


# The cause by its name ----------------------------------------------------------------------------------------------
def why(**changes: Any) -> str:
    (finding,) = findings(upcoming=[delivery(0), delivery(1)], **changes)
    assert "2 windows (2026-01-01T00:00:00+00:00 to " in finding.message
    assert "have no run, due since 2026-01-02T02:00:00+00:00: " in finding.message
    return finding.message.partition("+00:00: ")[2]


@pytest.mark.parametrize(
    ("dag", "sentence"),
    [
        (None, "Airflow was not asked"),
        (DagStatus(is_known=False), "Airflow has no current Dag for it. Check that the Dag processor runs"),
        (DagStatus(is_stale=True), "Airflow has no current Dag for it"),
        (DagStatus(is_paused=True), "its Dag is paused in Airflow. Unpause it there"),
        (DagStatus(is_invalid=True, is_paused=True), "its definition is invalid"),
        (WELL, "Airflow creates no runs. Check that its scheduler runs"),
    ],
)
def test_m3_an_overdue_window_has_its_cause(dag: DagStatus | None, sentence: str) -> None:
    assert why(dag=dag).startswith(sentence)


def test_m3_a_run_that_does_nothing_is_the_cause() -> None:
    silent = audited("running", 5, last_event=NOW - timedelta(hours=7), run={"run_id": "stuck"})
    assert "the earlier run 'stuck' is running and does nothing" in why(runs=[silent])
    queued = audited("queued", 5, run={"run_id": "waits", "start": None, "run_after": NOW - timedelta(hours=2)})
    assert "the earlier run 'waits' is queued and does nothing" in why(runs=[queued])


@pytest.mark.parametrize(
    "at_work",
    [
        audited("running", 5, last_event=NOW - timedelta(hours=5)),
        audited("running", 5, run={"start": NOW - timedelta(minutes=50)}),
        audited("queued", 5, run={"start": None, "run_after": NOW - timedelta(minutes=50)}),
        audited("queued", 5, run={"start": None, "run_after": LONG_AGO, "queued_at": NOW - timedelta(minutes=50)}),
        audited("queued", 5, run={"start": None, "queued_at": NOW - timedelta(minutes=50)}, last_event=LONG_AGO),
        audited("running", 5, run={"start": LONG_AGO, "queued_at": NOW - timedelta(minutes=50)}, last_event=LONG_AGO),
    ],
)
def test_m3_a_long_run_and_one_of_days_long_past_are_no_alarm(at_work: AuditedRun) -> None:
    """Airflow says of a run that catches up that it may run since its days, which were long ago."""
    assert findings(upcoming=[delivery(0)], runs=[at_work]) == []
    assert findings(runs=[at_work]) == []


def test_a_run_of_days_long_past_that_has_just_been_queued_waits_for_no_pool() -> None:
    young = audited("queued", 8, run={"start": None, "run_after": LONG_AGO, "queued_at": NOW - GRACE})
    assert findings(runs=[young], missing_pools=["export_jobs"]) == []
    old = audited("queued", 8, run={"start": None, "queued_at": NOW - GRACE - timedelta(seconds=1)})
    (finding,) = findings(runs=[old], missing_pools=["export_jobs"])
    assert "no pool 'export_jobs' with a slot" in finding.message


def test_a_run_that_waits_since_its_dag_is_paused_says_so() -> None:
    waits = audited("queued", 8, run={"start": None, "queued_at": NOW - timedelta(hours=7)})
    (finding,) = findings(runs=[waits], dag=DagStatus(is_paused=True))
    assert "Its Dag is paused in Airflow: unpause it there" in finding.message


def test_l6_a_run_that_took_the_date_of_the_next_window_is_named() -> None:
    taken = audited("success", 7, delivered=True, run={"run_type": "manual", "logical_date": window(0).start})
    assert "run 'run-7' has taken its logical date. Delete that run" in why(runs=[taken])


# Grace --------------------------------------------------------------------------------------------------------------
def test_within_the_grace_nothing_is_late() -> None:
    assert findings(upcoming=[delivery(0)], now=delivery(0).due + GRACE) == []
    assert len(findings(upcoming=[delivery(0)], now=delivery(0).due + GRACE + timedelta(seconds=1))) == 1


@pytest.mark.parametrize("age_s", [0, 60, 900])
def test_m3_a_job_that_is_new_or_changed_has_its_grace(age_s: int) -> None:
    """A job of days that are past is overdue at once, and Airflow has yet to parse it."""
    assert findings(upcoming=[delivery(0)], changed_at=NOW - timedelta(seconds=age_s)) == []
    assert len(findings(upcoming=[delivery(0)], changed_at=NOW - GRACE - timedelta(seconds=1))) == 1


def test_a_job_that_catches_up_is_left_to_work() -> None:
    late = [delivery(day) for day in range(5)]
    assert findings(upcoming=late, last_activity=NOW - GRACE + timedelta(seconds=1)) == []
    assert len(findings(upcoming=late, last_activity=NOW - GRACE)) == 1


def test_a_job_at_work_hides_no_contradiction() -> None:
    assert len(findings(runs=[audited("success")], last_activity=NOW)) == 1


def test_an_endless_schedule_is_read_only_up_to_now() -> None:
    (finding,) = findings(upcoming=(delivery(day) for day in count()))
    assert "8 windows" in finding.message


# Runs that keep the schedule waiting --------------------------------------------------------------------------------
IN_2030 = datetime(2030, 1, 1, tzinfo=UTC)


def waiting(**changes: Any) -> AuditedRun:
    usual = {"run_id": "later", "run_type": "manual", "start": None, "logical_date": IN_2030, "run_after": IN_2030}
    return audited("queued", 0, run={**usual, **changes.pop("run", {})}, **changes)


def test_l6_a_run_of_the_future_is_named_once_and_is_the_cause_of_what_waits() -> None:
    (finding,) = findings(runs=[waiting()], upcoming=[delivery(0)])
    assert "run 'later' waits until 2030-01-01T00:00:00+00:00" in finding.message
    assert "Delete that run in Airflow" in finding.message


def test_l6_only_a_run_of_the_future_that_has_begun_nothing_is_deleted() -> None:
    """Airflow calls it queued, or running without a task, as its interval was left out or given."""
    started = AuditedRun(replace(waiting().run, state="running", start=NOW, run_after=NOW))
    for one in (waiting(), started):
        assert [found.run_id for found in runs_to_delete(facts(runs=[one]))] == ["later"]
    kept = [
        waiting(run={"run_after": NOW, "logical_date": NOW}),
        AuditedRun(replace(waiting().run, state="success")),
        waiting(run={"run_type": "scheduled"}),
        waiting(run={"run_type": "backfill"}),
        waiting(last_event=NOW),
    ]
    assert runs_to_delete(facts(runs=kept)) == []


def test_l6_a_reversed_interval_is_named_for_a_day() -> None:
    turned = {"data_interval_start": window(1).end, "data_interval_end": window(1).start, "run_id": "turned"}
    (finding,) = findings(runs=[audited("failed", run={**turned, "end": NOW - timedelta(hours=23)})])
    assert "run 'turned' has a data interval that ends before it starts" in finding.message
    assert findings(runs=[audited("failed", run={**turned, "end": NOW - timedelta(hours=25)})]) == []


# Runs that are under way and do nothing ------------------------------------------------------------------------------
def test_a_run_without_a_pool_is_named_after_its_grace() -> None:
    waits = audited("running", 8, run={"start": NOW - GRACE - timedelta(seconds=1)})
    (finding,) = findings(runs=[waits], missing_pools=["export_jobs"])
    assert "no pool 'export_jobs' with a slot" in finding.message and is_standstill(finding.key)
    assert findings(runs=[waits]) == []
    for run in (audited("running", 8, run={"start": NOW - GRACE}), audited("success", 8, delivered=True)):
        assert findings(runs=[run], missing_pools=["export_jobs"]) == []


@pytest.mark.parametrize("state", ["queued", "running"])
def test_a_run_without_a_sign_for_longer_than_a_task_may_take_is_reported(state: str) -> None:
    """Also when no further window is due for a month, so that nothing is late."""
    patience = timedelta(hours=6) + GRACE
    (finding,) = findings(runs=[audited(state, 0, last_event=NOW - patience - timedelta(seconds=1))])
    assert f"is {state} in Airflow and has done nothing since" in finding.message and is_standstill(finding.key)
    assert findings(runs=[audited(state, 0, last_event=NOW - patience)]) == []


def test_a_silent_run_and_what_it_keeps_waiting_are_one_alarm() -> None:
    stuck = audited("running", 0, last_event=NOW - timedelta(days=2))
    (finding,) = findings(runs=[stuck], upcoming=[delivery(1)])
    assert "stuck run" in finding.key
