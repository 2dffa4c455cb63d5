"""Rerun: from the last successful schedule, by the ledger's word; never under a running execution."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from export_jobs.core.definitions.job import Schedule
from export_jobs.core.windows.rerun import DagRunSummary, plan_rerun
from export_jobs.errors import UserError

FIRST_DAY = datetime(2024, 1, 1, tzinfo=UTC)


def run(day: int, state: str = "success", run_type: str = "scheduled", run_id: str = "") -> DagRunSummary:
    start = FIRST_DAY + timedelta(days=day)
    return DagRunSummary(run_id or f"day-{day}", run_type, state, start, start + timedelta(days=1), start=start)


def ids(runs: tuple[DagRunSummary, ...]) -> list[str]:
    return [run.run_id for run in runs]


def test_every_window_after_the_last_success_oldest_first() -> None:
    runs = [run(4, "failed"), run(0), run(1), run(3, "failed"), run(2, "failed")]
    plan = plan_rerun("j", runs, {"day-0", "day-1"})
    assert (ids(plan.clear), ids(plan.heal), ids(plan.gaps)) == (["day-2", "day-3", "day-4"], [], [])


def test_earlier_gaps_are_listed_and_cleared_only_on_request() -> None:
    runs = [run(0, "failed"), run(1), run(2, "failed"), run(3), run(4, "failed")]
    plan = plan_rerun("j", runs, {"day-1", "day-3"})
    assert (ids(plan.clear), ids(plan.gaps)) == (["day-4"], ["day-0", "day-2"])
    plan = plan_rerun("j", runs, {"day-1", "day-3"}, include_gaps=True)
    assert (ids(plan.clear), ids(plan.gaps)) == (["day-0", "day-2", "day-4"], [])


def test_nothing_ever_delivered_clears_everything() -> None:
    assert ids(plan_rerun("j", [run(1, "failed"), run(0, "failed")], set()).clear) == ["day-0", "day-1"]


def test_green_without_a_delivery_is_cleared() -> None:
    assert ids(plan_rerun("j", [run(0), run(1)], {"day-0"}).clear) == ["day-1"]


def test_delivered_but_red_is_only_healed() -> None:
    plan = plan_rerun("j", [run(0, "failed"), run(1)], {"day-0", "day-1"})
    assert (ids(plan.clear), ids(plan.heal)) == ([], ["day-0"])


def test_everything_delivered_leaves_nothing_to_do() -> None:
    assert plan_rerun("j", [run(0), run(1)], {"day-0", "day-1"}).is_empty
    assert plan_rerun("j", [], set()).is_empty


@pytest.mark.parametrize("state", ["running", "queued"])
def test_refused_while_an_execution_is_in_progress(state: str) -> None:
    with pytest.raises(UserError, match=rf"run 'day-1' is {state}\. Wait until it has ended"):
        plan_rerun("j", [run(0, "failed"), run(1, state)], set())


def test_a_window_delivered_by_another_run_is_done() -> None:
    again = run(0, "success", "manual", "again")
    assert plan_rerun("j", [run(0, "failed"), again], {"again"}).is_empty


def test_of_several_runs_of_a_window_the_scheduled_one_is_cleared() -> None:
    later = run(0, "failed", "manual", "later")
    assert ids(plan_rerun("j", [run(0, "failed"), later], set()).clear) == ["day-0"]


def test_runs_without_a_window_are_left_alone() -> None:
    assert plan_rerun("j", [DagRunSummary("odd", "manual", "failed", None, None)], set()).is_empty


@given(st.lists(st.tuples(st.sampled_from(["success", "failed"]), st.booleans()), max_size=8), st.booleans())
def test_each_undelivered_window_is_cleared_or_listed_and_no_delivered_one_is_cleared(
    history: list[tuple[str, bool]], include_gaps: bool
) -> None:
    runs = [run(day, state) for day, (state, _) in enumerate(history)]
    delivered = {f"day-{day}" for day, (_, is_delivered) in enumerate(history) if is_delivered}
    plan = plan_rerun("j", runs, delivered, include_gaps=include_gaps)
    assert {*ids(plan.clear), *ids(plan.gaps)} == {one.run_id for one in runs} - delivered
    assert ids(plan.clear) == sorted(ids(plan.clear)) and not set(ids(plan.clear)) & set(ids(plan.gaps))
    assert set(ids(plan.heal)) <= delivered


def test_l1_a_window_that_is_not_over_is_not_cleared() -> None:
    runs = [run(0, "failed"), run(1, "failed")]
    assert ids(plan_rerun("j", runs, set(), now=runs[0].data_interval_end).clear) == ["day-0"]


def test_a_window_that_is_not_closed_is_left_out() -> None:
    days = {"frequency": "daily", "from": "2024-01-01", "until": "2024-01-31", "deliver_after_days": 3}
    runs, now = [run(0, "failed"), run(1, "failed")], FIRST_DAY + timedelta(days=3)
    assert ids(plan_rerun("j", runs, set(), now=now).clear) == ["day-0", "day-1"]
    assert ids(plan_rerun("j", runs, set(), now=now, schedule=Schedule.model_validate(days)).clear) == ["day-0"]
