"""The auditor's judgement: what never ran, what is green without a delivery, what is red with one, and nothing else."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from itertools import count
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from export_jobs.core.windows.discrepancy import Finding, WindowRun, find_discrepancies
from export_jobs.core.windows.window import ScheduledWindow, Window

DAY_ONE = datetime(2026, 1, 1, tzinfo=UTC)
DAY, GRACE = timedelta(days=1), timedelta(minutes=15)


def window(day: int) -> Window:
    return Window(DAY_ONE + day * DAY, DAY_ONE + (day + 1) * DAY)


def delivery(day: int) -> ScheduledWindow:
    """The window of one day, due two hours after it."""
    return ScheduledWindow(window=window(day), due=window(day).end + timedelta(hours=2))


def findings(**said: Any) -> list[Finding]:
    usual: dict[str, Any] = {
        "upcoming": [],
        "runs": {},
        "now": DAY_ONE + 9 * DAY,
        "last_activity": None,
        "grace": GRACE,
    }
    return find_discrepancies("sales", **{**usual, **said})


def made(run_state: str | None, *, delivered: bool) -> dict[Window, WindowRun]:
    return {window(0): WindowRun("run-1", run_state, delivered)}


@pytest.mark.parametrize(
    ("run_state", "delivered"),
    [("success", True), ("failed", False), ("running", False), ("queued", False), ("running", True)],
)
def test_airflow_and_the_ledger_agree(run_state: str, delivered: bool) -> None:
    assert findings(runs=made(run_state, delivered=delivered)) == []


@pytest.mark.parametrize("delivered", [True, False])
def test_without_airflows_word_nothing_contradicts_the_ledger(delivered: bool) -> None:
    assert findings(runs=made(None, delivered=delivered)) == []


def test_green_without_a_delivery_is_an_alarm() -> None:
    (finding,) = findings(runs=made("success", delivered=False))
    assert finding.job == "sales"
    assert "'run-1'" in finding.message
    assert "green in Airflow and delivered nothing. Clear that run" in finding.message


def test_red_with_a_delivery_is_an_alarm() -> None:
    (finding,) = findings(runs=made("failed", delivered=True))
    assert "marked failed although its files are delivered" in finding.message
    assert "`export-jobs rerun`" in finding.message


def test_what_was_due_and_has_no_run_is_an_alarm_for_each_window() -> None:
    now = delivery(1).due + GRACE + timedelta(seconds=1)
    found = findings(upcoming=[delivery(0), delivery(1), delivery(2)], now=now)
    assert [finding.message.count(str(delivery(n).due.date())) > 0 for n, finding in enumerate(found)] == [True, True]


def test_within_the_grace_nothing_is_late() -> None:
    assert findings(upcoming=[delivery(0)], now=delivery(0).due + GRACE) == []


def test_a_job_that_catches_up_is_left_to_work() -> None:
    now = delivery(5).due + GRACE + DAY
    late = [delivery(day) for day in range(5)]
    assert findings(upcoming=late, now=now, last_activity=now - GRACE + timedelta(seconds=1)) == []
    assert len(findings(upcoming=late, now=now, last_activity=now - GRACE)) == 5


def test_a_job_at_work_hides_no_contradiction() -> None:
    now = DAY_ONE + 9 * DAY
    assert len(findings(runs=made("success", delivered=False), now=now, last_activity=now)) == 1


def test_a_schedule_without_end_is_asked_no_further_than_now() -> None:
    found = findings(upcoming=(delivery(day) for day in count()), now=delivery(2).due + GRACE + timedelta(seconds=1))
    assert len(found) == 3


@given(st.integers(0, 30), st.integers(0, 60))
def test_the_same_cause_has_the_same_key_at_any_time(late: int, later: int) -> None:
    """Nobody is told the same twice, so an alarm that was told stays the same alarm the day after."""
    to_come = [delivery(day) for day in range(100)]

    def keys(day: int) -> set[str]:
        return {finding.key for finding in findings(upcoming=to_come, now=delivery(day).due + DAY)}

    assert keys(late) <= keys(late + later)
    assert len(keys(late + later) - keys(late)) == later


def test_two_causes_of_one_window_have_two_keys() -> None:
    green = findings(runs=made("success", delivered=False))
    red = findings(runs=made("failed", delivered=True))
    never = findings(upcoming=[delivery(0)])
    assert len({finding.key for finding in [*green, *red, *never]}) == 3
