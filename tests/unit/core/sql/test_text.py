"""Reviewed SQL inside a larger statement: its lines move, its literals do not."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from export_jobs.core.sql.text import comment_text, escape_percent, indent_sql


@given(st.text())
def test_a_percent_sign_is_doubled_and_nothing_else_changes(text: str) -> None:
    assert escape_percent(text).replace("%%", "%") == text
    assert "%" not in escape_percent(text).replace("%%", "")


@given(st.text())
def test_a_comment_stays_on_its_line_and_binds_nothing(text: str) -> None:
    comment = comment_text(text)
    assert len(f"-- {comment} x".splitlines()) == 1
    assert "%" not in comment.replace("%%", "")


def test_a_comment_shows_plain_names_as_they_are() -> None:
    assert comment_text("daily-sales Größe") == "daily-sales Größe"
    assert comment_text("x\n; DROP TABLE y; --") == "x?; DROP TABLE y; --"


def test_lines_move_and_empty_ones_stay_empty() -> None:
    assert indent_sql("SELECT 1\n\nFROM x", 4) == "    SELECT 1\n\n    FROM x"
    assert indent_sql("SELECT 'a' -- it's\nFROM x", 2) == "  SELECT 'a' -- it's\n  FROM x"
    assert indent_sql("SELECT 'C:\\' AS x,\n'y'", 2) == "  SELECT 'C:\\' AS x,\n  'y'"
    assert indent_sql("/* two\nlines */ SELECT 1", 2) == "  /* two\n  lines */ SELECT 1"


@pytest.mark.parametrize(
    "sql",
    [
        "SELECT 'a\nb'",
        "SELECT 'it''s\nb'",
        "SELECT E'it\\'s\nb'",
        "SELECT e'\\\\', 'a\nb'",
        "SELECT $$a\nb$$",
        "SELECT $x$ $$ \n $x$",
        'SELECT 1 AS "a\nb"',
        "SELECT 1 -- it's\n, 'a\nb'",
        "SELECT 1 /* it's */, 'a\nb'",
    ],
)
def test_a_line_end_inside_a_literal_is_data(sql: str) -> None:
    assert indent_sql(sql, 4) == sql
