"""The picture of a job's windows: begun ones with what became of them, then those to come."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from export_jobs.core.definitions.job import Schedule
from export_jobs.core.windows.coverage import CoverageState
from export_jobs.core.windows.timeline import FUTURE, ExpectedWindows, RunOutcome, build_timeline
from export_jobs.core.windows.window import Window

DAY_ONE = datetime(2026, 1, 1, tzinfo=UTC)
BOTH = {"rows": CoverageState.DELIVERED, "totals": CoverageState.DELIVERED}


def at(day: int) -> datetime:
    return DAY_ONE + timedelta(days=day)


def window(day: int) -> Window:
    return Window(at(day), at(day + 1))


def schedule(days: int = 5) -> Schedule:
    until = (DAY_ONE + timedelta(days=days - 1)).date()
    return Schedule.model_validate({"frequency": "daily", "from": DAY_ONE.date(), "until": until})


def plan(last_window_end: int | None, now: float, days: int = 5) -> ExpectedWindows:
    last = None if last_window_end is None else at(last_window_end)
    return ExpectedWindows(["rows", "totals"], schedule(days), last, DAY_ONE + timedelta(days=now))


def test_windows_are_in_order_with_future_ones_last() -> None:
    made = [
        RunOutcome("a", window(0), BOTH, rows=5, seconds=2.0),
        RunOutcome("b", window(1), {"rows": CoverageState.DELIVERED, "totals": CoverageState.FAILED}),
    ]
    found = build_timeline(plan(2, now=3.5), made, {})
    assert [(cell.window, cell.state) for cell in found.cells] == [
        (window(0), CoverageState.DELIVERED),
        (window(1), CoverageState.FAILED),
        (window(2), CoverageState.MISSING),
        (window(3), FUTURE),
        (window(4), FUTURE),
    ]
    first = found.cells[0].run
    assert first and (first.run_id, first.rows, first.seconds) == ("a", 5, 2.0)
    assert found.cells[1].templates == {"rows": "delivered", "totals": "failed"}
    assert found.counts() == {
        "delivered": 1,
        "empty": 0,
        "running": 0,
        "due": 0,
        "early": 0,
        "failed": 1,
        "missing": 1,
        "future": 2,
    }
    assert found.gaps == ()


def test_a_window_is_due_until_an_hour_has_passed_without_a_sign() -> None:
    made = [RunOutcome("a", window(0), BOTH)]
    expected = replace(plan(1, now=3.1), alive_at=at(3) + timedelta(hours=2))
    found = build_timeline(expected, made, {})
    assert [cell.state for cell in found.cells] == ["delivered", "due", "due", FUTURE, FUTURE]
    assert found.cells[1].templates == {"rows": "due", "totals": "due"}
    assert [cell.window for cell in found.around_now(past=2, future=0)] == [window(1), window(2)]
    silent = build_timeline(replace(expected, alive_at=at(3)), made, {})
    assert [cell.state for cell in silent.cells][1:3] == ["missing", "due"], "the second is due for minutes only"


def test_a_window_whose_run_has_ended_without_a_word_is_missing_at_once() -> None:
    expected = replace(plan(1, now=3.1), alive_at=at(3) + timedelta(hours=2), ended={window(1)})
    found = build_timeline(expected, [RunOutcome("a", window(0), BOTH)], {})
    assert [cell.state for cell in found.cells][1:3] == ["missing", "due"]


def test_a_run_that_waits_to_go_again_is_due_and_not_what_it_was() -> None:
    failed = {"rows": CoverageState.DELIVERED, "totals": CoverageState.FAILED}
    made = [RunOutcome("a", window(0), failed), RunOutcome("b", window(1), failed)]
    found = build_timeline(plan(2, now=2.05), made, {"a": window(0), "b": window(1)}, queued={"b"})
    assert [cell.state for cell in found.cells[:2]] == [CoverageState.RUNNING, CoverageState.DUE]
    assert [dict(cell.templates) for cell in found.cells[:2]] == [
        {"rows": "delivered", "totals": "running"},
        {"rows": "delivered", "totals": "due"},
    ]


def test_what_airflow_works_on_is_running_whatever_was_made_of_it() -> None:
    made = [RunOutcome("a", window(0), {"rows": CoverageState.FAILED, "totals": CoverageState.FAILED})]
    found = build_timeline(plan(1, now=1.5), made, {"a": window(0), "again": window(0)})
    assert [cell.state for cell in found.cells][:1] == [CoverageState.RUNNING]
    assert found.cells[0].run and found.cells[0].run.run_id == "again"


def test_of_several_runs_of_a_window_the_one_that_delivered_tells() -> None:
    failed = {"rows": CoverageState.FAILED, "totals": CoverageState.FAILED}
    made = [
        RunOutcome("old", window(0), BOTH, rows=1),
        RunOutcome("new", window(0), BOTH, rows=2),
        RunOutcome("last", window(0), failed),
    ]
    cell = build_timeline(plan(1, now=1.5), made, {}).cells[0]
    assert cell.state == CoverageState.DELIVERED and cell.run and (cell.run.run_id, cell.run.rows) == ("new", 2)


def test_a_file_that_had_no_rows_does_not_make_the_window_empty() -> None:
    one = {"rows": CoverageState.EMPTY, "totals": CoverageState.DELIVERED}
    none = {"rows": CoverageState.EMPTY, "totals": CoverageState.EMPTY}
    cells = build_timeline(
        plan(2, now=2.5), [RunOutcome("a", window(0), one), RunOutcome("b", window(1), none)], {}
    ).cells
    assert [cell.state for cell in cells[:2]] == [CoverageState.DELIVERED, CoverageState.EMPTY]


def test_only_what_is_near_now_is_shown() -> None:
    found = build_timeline(plan(3, now=3.5), [RunOutcome(str(day), window(day), BOTH) for day in range(3)], {})
    assert [cell.window for cell in found.around_now(past=1, future=1)] == [window(2), window(3)]
    assert [cell.window for cell in found.around_now(past=0, future=9)] == [window(3), window(4)]


def test_an_invalid_definition_still_shows_its_past_windows() -> None:
    found = build_timeline(
        ExpectedWindows(["rows"], None, None, at(9)),
        [RunOutcome("a", window(0), {"rows": CoverageState.DELIVERED})],
        {},
    )
    assert [(cell.state, cell.due) for cell in found.cells] == [(CoverageState.DELIVERED, None)]


def test_days_without_a_window_are_reported() -> None:
    found = build_timeline(plan(4, now=4.5), [RunOutcome("a", window(0), BOTH), RunOutcome("b", window(3), BOTH)], {})
    assert found.gaps == (Window(at(1), at(3)),)


@given(st.integers(1, 30), st.integers(0, 30), st.floats(0, 40))
def test_every_day_of_the_validity_is_in_exactly_one_cell(days: int, made: int, now: float) -> None:
    made = min(made, days, int(now))
    done = [RunOutcome(str(day), window(day), BOTH) for day in range(made)]
    cells = build_timeline(plan(made or None, now, days), done, {}).cells
    assert sorted(cell.window for cell in cells) == [window(day) for day in range(days)]
