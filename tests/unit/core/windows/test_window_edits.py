"""A schedule that is edited, once or often: the new one takes over where the last window ended."""

from __future__ import annotations

import itertools
from datetime import date, datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from export_jobs.core.definitions.job import Schedule
from export_jobs.core.windows.window import (
    Window,
    bounds,
    last_complete_window,
    scheduled_windows,
)
from tests.unit.core.windows.schedules import assert_timeline, schedule, schedules, utc

Edit = tuple[str, str | None, str, str]
"""Frequency, execute-on, deliver-at and time zone."""
EDITS: list[Edit] = [
    *(("daily", None, at, zone) for at in ("02:00", "06:00", "23:59") for zone in ("UTC", "America/New_York")),
    ("daily", None, "00:00", "Pacific/Auckland"),
    ("daily", None, "02:30", "Europe/Berlin"),
    ("daily", None, "02:00", "Pacific/Pago_Pago"),
    ("daily", None, "02:00", "Pacific/Kiritimati"),
    *(("weekly", day, "02:00", "Europe/Berlin") for day in ("monday", "wednesday", "sunday")),
    ("weekly", "friday", "18:00", "Australia/Lord_Howe"),
    ("weekly", "friday", "18:00", "America/Los_Angeles"),
    *(("monthly", day, "02:00", "Europe/Berlin") for day in ("1", "15", "29", "30", "31", "last")),
    ("monthly", "15", "02:00", "Asia/Kathmandu"),
]


def edited(spec: Edit, anchor: datetime | None = None) -> Schedule:
    frequency, execute_on, at, zone = spec
    return schedule(frequency, "2024-01-01", "2024-06-30", zone, execute_on=execute_on, deliver_at=at, anchor=anchor)


@pytest.mark.parametrize(("before", "after"), list(itertools.permutations(EDITS, 2)))
def test_an_edited_schedule_takes_over_where_the_last_window_ended(before: Edit, after: Edit) -> None:
    made = [each.window for each in scheduled_windows(edited(before))]
    for taken in {1, len(made) // 3, len(made) - 1} - {0}:
        last_end = made[taken - 1].end
        for taking_over in (edited(after), edited(after, anchor=last_end)):
            following = [each.window for each in scheduled_windows(taking_over, after=last_end)]
            assert_timeline(
                made[:taken] + following, bounds(edited(before)).start, max(last_end, bounds(taking_over).end)
            )


@settings(max_examples=150)
@given(st.lists(st.tuples(schedules(), st.integers(1, 40)), min_size=2, max_size=6))
def test_any_number_of_edits_leaves_no_gap_and_no_overlap(edits: list[tuple[Schedule, int]]) -> None:
    first = edits[0][0]
    windows: list[Window] = []
    after: datetime | None = None
    for plan, count in edits:
        same_days = plan.model_copy(
            update={"valid_from": first.valid_from, "valid_until": first.valid_until, "anchor": after}
        )
        for each in itertools.islice(scheduled_windows(same_days, after), count):
            assert each.due >= each.window.end
            windows.append(each.window)
            after = each.window.end
    if windows:
        assert_timeline(windows, windows[0].start, windows[-1].end)


# Outside UTC-10..UTC+13 a date alone does not identify one window.
@pytest.mark.parametrize(
    ("before", "after"),
    list(
        itertools.permutations(
            [spec for spec in EDITS if spec[3] not in {"Pacific/Kiritimati", "Pacific/Pago_Pago"}], 2
        )
    ),
)
def test_each_date_of_a_date_column_is_exported_once_over_an_edit(before: Edit, after: Edit) -> None:
    made = list(scheduled_windows(edited(before)))
    kept = made[: len(made) // 3]
    following = scheduled_windows(edited(after), after=kept[-1].window.end if kept else None)
    ranges = [
        *(each.window.dates(before[3]) for each in kept),
        *(each.window.dates(after[3]) for each in following),
    ]
    assert ranges[0][0] == date(2024, 1, 1)
    assert all(earlier[1] == later[0] for earlier, later in itertools.pairwise(ranges))
    assert ranges[-1][1] == date(2024, 7, 1)


def test_a_validity_moved_to_begin_days_later_is_obeyed() -> None:
    plan = schedule("daily", "2024-02-01", "2024-02-10", anchor="2024-01-20T00:00Z")
    assert next(scheduled_windows(plan, utc("2024-01-20T00:00"))).window.start == utc("2024-02-01T00:00")


def test_right_after_an_edit_the_last_complete_window_is_one_before_the_anchor() -> None:
    plan = schedule("weekly", "2024-01-01", "2024-03-31", execute_on="sunday", anchor="2024-01-11T00:00Z")
    assert last_complete_window(plan, utc("2024-01-11T12:00")) == Window(
        utc("2024-01-01T00:00"), utc("2024-01-08T00:00")
    )
    assert last_complete_window(plan, utc("2024-01-15T00:00")) == Window(
        utc("2024-01-11T00:00"), utc("2024-01-15T00:00")
    )
