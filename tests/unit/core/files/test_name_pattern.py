"""A job's own names of files: the value of each field, and texts that are not patterns."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from export_jobs.core.files.name_pattern import (
    FileNumbers,
    NameValues,
    device_issues,
    name_pattern_issues,
    parse_name_pattern,
)
from export_jobs.core.windows.window import Window

BERLIN = "Europe/Berlin"
WEEK = Window(datetime(2025, 12, 28, 23, tzinfo=UTC), datetime(2026, 1, 4, 23, tzinfo=UTC))
VALUES = NameValues(
    "sales", "by-store", WEEK, BERLIN, datetime(2026, 1, 4, 23, 30, tzinfo=UTC), numbers=FileNumbers(7, 12)
)


@pytest.mark.parametrize(
    ("pattern", "name"),
    [
        ("{job}_{template}_{window}", "sales_by-store_2025-12-29_2026-01-04"),
        ("SALES{window_start:%Y%m%d}-{window_end:%d.%m.%y}", "SALES20251229-04.01.26"),
        ("{window_start}", "2025-12-29"),
        ("week {window_end:%G-%V} day {window_end:%j}", "week 2026-01 day 004"),
        ("{run_date:%Y%m%d}", "20260105"),
        ("fixed (v2)", "fixed (v2)"),
        ("S-{sequence}", "S-7"),
        ("S{job}_{sequence:04}.r{revision}", "Ssales_0007.r12"),
    ],
)
def test_a_field_has_the_value_of_its_name(pattern: str, name: str) -> None:
    assert list(name_pattern_issues("", pattern)) == []
    assert parse_name_pattern(pattern).render(VALUES) == name


@pytest.mark.parametrize(
    ("pattern", "is_device"),
    [
        *((device, True) for device in ("con", "NUL.{window}", "lpt9.x", "com{sequence}", "COM{revision:01}.{window}")),
        *((name, False) for name in ("com{job}", "com{sequence:03}", "console", "com{window_start:%d}.x", "com10")),
    ],
)
def test_a_device_of_windows_is_no_name_of_a_new_job_and_an_old_one_is_still_read(
    pattern: str, is_device: bool
) -> None:
    assert any(device_issues("file.name", pattern)) == is_device
    assert parse_name_pattern(pattern).render(VALUES)


@pytest.mark.parametrize(
    "pattern",
    [
        "", " x", ".hidden", "x.", "x ", "a/b", "a\\b", "{job", "job}", "{}", "{{job}}", "{job!r}", "{0}", "{job:%Y}",
        "{window_start:}", "{window_start:Y}", "{window_start:%}", "{window_start:%H}", "{window_start:%Y/%m}",
        "{revision:4}", "{sequence:}", "{sequence:00}", "{sequence}{window}", "{job}{revision}", "r1{revision}",
        "{sequence}0", "{sequence}{revision}", "caf\u00e9", "x\n", "a" * 201,
    ],
)  # fmt: skip
def test_everything_else_is_refused_with_a_reason(pattern: str) -> None:
    assert list(name_pattern_issues("file.name", pattern))
    with pytest.raises(ValueError, match="not a pattern"):
        parse_name_pattern(pattern)


@given(st.text(alphabet="{}:%Yjobwind_ow.ab/ ", max_size=30))
def test_no_text_crashes_it_and_what_passes_is_one_plain_name(text: str) -> None:
    if list(name_pattern_issues("", text)):
        return
    name = parse_name_pattern(text).render(VALUES)
    assert name
    assert name[0].isalnum()
    assert not set(name) & set("{}/%:\\")


@pytest.mark.parametrize(
    ("pattern", "names_each"),
    [
        ("{window}", True),
        ("{window_start}", True),
        ("{window_end:%y%m%d}", True),
        ("{window_start:%Y-%j}", True),
        ("{window_start:%Y%m}", False),
        ("{window_start:%m%d}", False),
        ("{window_end:%G-%V}", False),
        ("{run_date}{job}", False),
        ("x{sequence:04}", True),
        ("x{revision}", False),
    ],
)
def test_a_pattern_with_a_whole_day_names_each_window(pattern: str, names_each: bool) -> None:
    assert parse_name_pattern(pattern).names_each_window is names_each


def test_a_number_that_is_not_known_yet_stays_open() -> None:
    values = NameValues("sales", "rows", WEEK, BERLIN, datetime(2026, 1, 5, tzinfo=UTC))
    assert parse_name_pattern("S{sequence:04}-{revision}").render(values) == "S#-#"


def test_a_name_begins_with_what_is_the_same_for_every_window() -> None:
    assert parse_name_pattern("A_{job}-{template}_{window}.{job}").beginning("sales", "rows") == "A_sales-rows_"
    assert parse_name_pattern("{run_date}_A").beginning("sales", "rows") == ""
