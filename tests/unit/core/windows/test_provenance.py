"""Where the definition changed between deliveries, and what of it."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime, timedelta

import pytest

from export_jobs.core.windows.provenance import FileProvenance, definition_changes, provenance_ranges
from export_jobs.core.windows.window import Window

DAY = timedelta(days=1)
START = datetime(2026, 1, 1, tzinfo=UTC)


def delivered(*made: tuple[int, int, str]) -> list[FileProvenance]:
    """One delivery an hour: (day of the window, version, hash)."""
    return [
        FileProvenance(
            Window(START + day * DAY, START + (day + 1) * DAY), version, text, START + hour * timedelta(hours=1)
        )
        for hour, (day, version, text) in enumerate(made)
    ]


def changes(*made: tuple[int, int, str], keys: dict[int, Iterable[str]]) -> list[tuple[int, int, str]]:
    """Changes as (hour before, hour after, why)."""
    return [
        (one.before.delivered_at.hour, one.after.delivered_at.hour, one.why)
        for one in definition_changes(provenance_ranges(delivered(*made)), keys)
    ]


def test_nothing_delivered_is_no_stretch() -> None:
    assert provenance_ranges([]) == [] and definition_changes([], {}) == []


def test_deliveries_of_one_definition_are_one_stretch() -> None:
    found = provenance_ranges(delivered((0, 1, "a"), (1, 1, "a"), (2, 2, "a"), (3, 2, "b"), (0, 2, "b"), (4, 1, "a")))
    assert [(one.first.version, one.first.definition_hash, one.files) for one in found] == [
        (1, "a", 2),
        (2, "a", 1),
        (2, "b", 2),
        (1, "a", 1),
    ]
    assert [(one.first.window.start.day, one.last.window.start.day) for one in found] == [
        (1, 2),
        (3, 3),
        (4, 1),
        (5, 5),
    ]


def test_a_version_of_the_same_files_is_no_change() -> None:
    assert changes((0, 1, "a"), (1, 2, "a"), keys={2: ["recipients"]}) == []


@pytest.mark.parametrize(
    ("version", "keys", "why"),
    [
        (1, {1: ["created"]}, "catalogue files changed"),
        (2, {2: ["recipients", "schedule.until"]}, "catalogue files changed"),
        (2, {2: ["schedule.time_zone"]}, "schedule.time_zone changed, perhaps catalogue files too"),
        (3, {2: ["schedule.time_zone"], 3: ["owner"]}, "schedule.time_zone changed, perhaps catalogue files too"),
        (2, {2: ["owner"], 3: ["schedule.time_zone"]}, "catalogue files changed"),
        (
            2,
            {2: ["template_definitions", "templates"]},
            "template_definitions, templates changed, perhaps catalogue files too",
        ),
    ],
)
def test_a_change_says_what_changed(version: int, keys: dict[int, Iterable[str]], why: str) -> None:
    assert changes((0, 1, "a"), (1, version, "b"), keys=keys) == [(0, 1, why)]


def test_a_rerun_of_an_older_version_is_a_change_back() -> None:
    why = "schedule.time_zone changed, perhaps catalogue files too"
    made = [(0, 1, "a"), (1, 2, "b"), (0, 1, "a")]
    assert changes(*made, keys={2: ["schedule.time_zone"]}) == [(0, 1, why), (1, 2, why)]
