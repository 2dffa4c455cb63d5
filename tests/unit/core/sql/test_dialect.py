"""The parts of SQL that databases write differently; tests/golden has them in whole statements."""

from __future__ import annotations

import sqlite3
from datetime import UTC, date, datetime, timedelta, timezone
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from export_jobs.core.catalogue.catalogue import DateColumn
from export_jobs.core.sql.dialect import (
    date_part,
    in_list,
    needs_bound_time_zone,
    order_term,
    placeholder,
    position,
    quote_identifier,
    to_driver_value,
)
from export_jobs.errors import UserError

INSTANT = DateColumn(column="at")
LOCAL = DateColumn(column="at", type="timestamp", time_zone="Asia/Tokyo")
DAY = DateColumn(column="at", type="date")


@given(st.text(st.characters(codec="utf-8", exclude_characters="\0"), min_size=1), st.text(max_size=3))
def test_any_name_in_quotes_is_one_name(name: str, value: str) -> None:
    with sqlite3.connect(":memory:") as session:
        cursor = session.execute(f"SELECT ? AS {quote_identifier(name, 'sqlite').replace('%%', '%')}", (value,))
        assert cursor.fetchone() == (value,)
        assert cursor.description[0][0] == name


def test_order_is_by_code_points_with_empty_cells_last() -> None:
    assert order_term("x", "text", "postgres") == 'x COLLATE "C" ASC'
    assert order_term("x", "integer", "postgres") == "x ASC"
    assert order_term("x", "integer", "postgres", is_descending=True) == "x DESC NULLS LAST"


@pytest.mark.parametrize("kind", ["text", "integer"])
@pytest.mark.parametrize("is_descending", [False, True])
def test_sqlite_puts_empty_cells_last_as_well(kind: Any, is_descending: bool) -> None:
    with sqlite3.connect(":memory:") as session:
        term = order_term("x", kind, "sqlite", is_descending=is_descending)
        rows = session.execute(
            f"SELECT x FROM (SELECT 2 AS x UNION ALL SELECT NULL UNION ALL SELECT 1) ORDER BY {term}"
        )
        assert rows.fetchall() == [*sorted([(1,), (2,)], reverse=is_descending), (None,)]


@pytest.mark.parametrize(("dialect", "text"), [
    ("postgres", "POSITION(%(v)s IN x)"), ("duckdb", "STRPOS(x, %(v)s)"), ("sqlite", "INSTR(x, %(v)s)")
])  # fmt: skip
def test_a_part_of_a_text_is_found_without_wildcards(dialect: str, text: str) -> None:
    assert position("x", placeholder("v"), dialect) == text


@pytest.mark.parametrize(("column", "part", "text"), [
    (DAY, "day", "CAST(x AS DATE)"),
    (DAY, "month", "CAST(DATE_TRUNC('MONTH', CAST(CAST(x AS DATE) AS TIMESTAMP)) AS DATE)"),
    (INSTANT, "day", "CAST(x AT TIME ZONE %(time_zone)s AS DATE)"),
    (LOCAL, "day", "CAST(x AT TIME ZONE 'Asia/Tokyo' AT TIME ZONE %(time_zone)s AS DATE)"),
])  # fmt: skip
def test_a_part_of_a_date_is_seen_from_the_zone(column: DateColumn, part: str, text: str) -> None:
    assert date_part("x", column, part, "postgres", "Europe/Berlin", bound_time_zone="%(time_zone)s") == text
    assert needs_bound_time_zone(column, "postgres") == ("%(time_zone)s" in text)


@pytest.mark.parametrize(("day", "monday"), [("1997-01-05", "1996-12-30"), ("1997-01-06", "1997-01-06")])
def test_sqlite_weeks_begin_on_monday(day: str, monday: str) -> None:
    with sqlite3.connect(":memory:") as session:
        week = date_part(f"'{day}'", DAY, "week", "sqlite", "UTC")
        month = date_part(f"'{day}'", DAY, "month", "sqlite", "UTC")
        assert session.execute(f"SELECT {week}, {month}").fetchone() == (monday, "1997-01-01")


def test_sqlite_knows_no_zones_and_says_so() -> None:
    assert date_part("x", INSTANT, "day", "sqlite", "UTC") == "date(x)"
    with pytest.raises(UserError, match="SQLite has no time zones, so the day of 'at'"):
        date_part("x", INSTANT, "day", "sqlite", "Europe/Berlin")
    with pytest.raises(UserError, match="are in Asia/Tokyo"):
        date_part("x", LOCAL, "day", "sqlite", "UTC")


@pytest.mark.parametrize(
    ("value", "as_bound"),
    [
        (Decimal("12.50"), 12.5),
        (Decimal("12.00"), 12),
        (Decimal("1e30"), 1e30),
        (datetime(1997, 1, 31, 1, tzinfo=timezone(timedelta(hours=2))), "1997-01-30 23:00:00"),
        (datetime(1997, 1, 31, 1), "1997-01-31 01:00:00"),
        (date(1997, 1, 31), "1997-01-31"),
        (True, True),
        ("x", "x"),
        (5, 5),
    ],
)
def test_sqlite_compares_times_as_text_and_has_no_decimals(value: Any, as_bound: Any) -> None:
    assert to_driver_value(value, "sqlite") == as_bound
    assert to_driver_value(value, "postgres") is value
    with sqlite3.connect(":memory:") as session:
        assert session.execute("SELECT ? = ?", (to_driver_value(value, "sqlite"), as_bound)).fetchone() == (1,)


def test_a_list_has_one_placeholder_for_each_value() -> None:
    assert in_list("x", ["%(a)s", "%(b)s"], is_in=True) == "x IN (%(a)s, %(b)s)"
    assert in_list("x", ["%(a)s"], is_in=False) == "x NOT IN (%(a)s)"


def test_an_instant_is_bound_to_sqlite_in_utc() -> None:
    assert to_driver_value(datetime(1997, 1, 31, tzinfo=UTC), "sqlite") == "1997-01-31 00:00:00"
