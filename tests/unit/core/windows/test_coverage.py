"""Coverage: every day of a job is delivered, on its way, failed, missing, or not covered, and none is counted twice."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from export_jobs.core.windows.coverage import (
    CoverageGap,
    CoverageState,
    TemplateOutcome,
    WindowCoverage,
    compute_coverage,
    skipped_spans,
)
from export_jobs.core.windows.window import Window

DAY_ONE = datetime(2026, 1, 1, tzinfo=UTC)


def at(day: int) -> datetime:
    return DAY_ONE + timedelta(days=day)


def window(first: int, stop: int | None = None) -> Window:
    return Window(at(first), at(first + 1 if stop is None else stop))


def outcome(
    span: Window, state: CoverageState = CoverageState.DELIVERED, run_id: str = "run", template: str = "rows"
) -> TemplateOutcome:
    return TemplateOutcome(template, span, run_id, state)


def test_what_is_due_and_unknown_to_the_ledger_is_missing() -> None:
    rows, gaps = compute_coverage(["rows"], [window(1), window(2)], [outcome(window(0))])
    assert [(row.window, row.state) for row in rows] == [
        (window(0), CoverageState.DELIVERED),
        (window(1), CoverageState.MISSING),
        (window(2), CoverageState.MISSING),
    ]
    assert gaps == []


def test_nothing_due_and_nothing_done_is_nothing() -> None:
    assert compute_coverage(["rows"], [], []) == ([], [])


def test_every_template_is_counted_by_itself() -> None:
    found = [outcome(window(0)), outcome(window(0), CoverageState.EMPTY, template="totals")]
    rows, _ = compute_coverage(["rows", "totals"], [], found)
    assert [(row.template, row.state) for row in rows] == [
        ("rows", CoverageState.DELIVERED),
        ("totals", CoverageState.EMPTY),
    ]


def test_of_several_runs_of_a_window_the_best_counts() -> None:
    found = [
        outcome(window(0), CoverageState.FAILED, "first"),
        outcome(window(0), CoverageState.DELIVERED, "second"),
        outcome(window(0), CoverageState.RUNNING, "third"),
    ]
    (row,), _ = compute_coverage(["rows"], [], found)
    assert row == WindowCoverage("rows", window(0), CoverageState.DELIVERED, ("first", "second", "third"))


def test_windows_that_share_days_are_named_on_both_sides() -> None:
    wide, narrow = window(0, 7), window(3)
    rows, gaps = compute_coverage(["rows"], [], [outcome(wide), outcome(narrow), outcome(window(7))])
    assert [row.overlaps for row in rows] == [(narrow,), (wide,), ()]
    assert gaps == []


def test_what_was_not_delivered_overlaps_nothing() -> None:
    rows, _ = compute_coverage(["rows"], [], [outcome(window(0, 7)), outcome(window(3), CoverageState.FAILED)])
    assert [row.overlaps for row in rows] == [(), (window(0, 7),)]


def test_days_that_no_window_covers_are_a_gap() -> None:
    _, gaps = compute_coverage(["rows"], [window(6)], [outcome(window(0)), outcome(window(3, 5))])
    assert gaps == [CoverageGap("rows", at(1), at(3)), CoverageGap("rows", at(5), at(6))]


def test_first_days_that_no_window_covers_are_a_gap() -> None:
    """The first run failed before it could write to the ledger, the second one did not."""
    _, gaps = compute_coverage(["rows"], [], [outcome(window(1))], since=at(0))
    assert gaps == [CoverageGap("rows", at(0), at(1))]


def test_a_change_of_zone_is_no_gap() -> None:
    """The first day as the new zone sees it begins hours before the first window, which the old zone cut."""
    _, gaps = compute_coverage(["rows"], [], [outcome(window(1))], since=at(1) - timedelta(hours=9))
    assert gaps == []


WINDOWS = st.builds(lambda start, length: window(start, start + length), st.integers(0, 20), st.integers(1, 5))
OUTCOMES = st.builds(outcome, WINDOWS, st.sampled_from(CoverageState), st.sampled_from("abc"))


@given(st.lists(WINDOWS), st.lists(OUTCOMES))
def test_each_day_is_in_a_window_or_in_a_gap_and_never_in_both(due: list[Window], found: list[TemplateOutcome]) -> None:
    rows, gaps = compute_coverage(["rows"], due, found)
    assert [row.window for row in rows] == sorted({*due, *(one.window for one in found)})
    stop = max((row.window.end for row in rows), default=DAY_ONE)
    day = min((row.window.start for row in rows), default=DAY_ONE)
    while day < stop:
        in_window = any(row.window.start <= day < row.window.end for row in rows)
        assert in_window is not any(gap.start <= day < gap.end for gap in gaps)
        day += timedelta(days=1)


@given(st.lists(WINDOWS), st.lists(OUTCOMES))
def test_delivered_is_delivered_whatever_else_was_tried(due: list[Window], found: list[TemplateOutcome]) -> None:
    rows, _ = compute_coverage(["rows"], due, found)
    delivered = {one.window for one in found if one.state is CoverageState.DELIVERED}
    assert {row.window for row in rows if row.state is CoverageState.DELIVERED} == delivered
    for row in rows:
        assert len(row.run_ids) == sum(one.window == row.window for one in found)


def test_what_the_schedule_has_passed_over_is_what_no_run_is_known_of() -> None:
    known = [window(20, 22), window(1), window(3, 5), window(-9, -7)]
    assert skipped_spans([(at(0), at(6)), (at(8), at(9))], at(0), known) == [
        window(0),
        window(2),
        window(5),
        window(8),
    ]
    assert skipped_spans([(at(0), at(6))], at(0), [window(-1, 7)]) == []


def test_a_first_window_that_starts_hours_after_the_first_day_has_passed_nothing_over() -> None:
    """The zone was changed after it was made."""
    assert skipped_spans([(None, at(0) + timedelta(hours=11))], at(0)) == []
    assert skipped_spans([(None, at(1))], at(0)) == [window(0)]
    assert skipped_spans([(None, at(-30)), (at(-29), at(0))], at(0)) == [], "days that are not the job's"
