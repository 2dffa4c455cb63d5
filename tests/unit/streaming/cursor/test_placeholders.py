from __future__ import annotations

import sqlite3
from typing import Any

import pytest

from export_jobs.streaming.cursor.placeholders import to_paramstyle

SQL = "SELECT '5%%', %(b)s, %(a)s, %(b)s -- 100%%"
VALUES = {"a": 1, "b": "x", "unused": None}


@pytest.mark.parametrize(
    ("paramstyle", "text", "values"),
    [
        ("qmark", "SELECT '5%', ?, ?, ? -- 100%", ["x", 1, "x"]),
        ("format", "SELECT '5%%', %s, %s, %s -- 100%%", ["x", 1, "x"]),
        ("pyformat", SQL, {"a": 1, "b": "x"}),
        ("named", "SELECT '5%', :b, :a, :b -- 100%", {"a": 1, "b": "x"}),
        ("numeric", "SELECT '5%', :1, :2, :1 -- 100%", ["x", 1]),
    ],
)
def test_each_style_of_pep_249(paramstyle: str, text: str, values: Any) -> None:
    assert to_paramstyle(SQL, VALUES, paramstyle) == (text, values)


@pytest.mark.parametrize("paramstyle", ["qmark", "format", "pyformat", "named", "numeric"])
def test_without_a_placeholder_nothing_is_filled_in(paramstyle: str) -> None:
    assert to_paramstyle("SELECT '5%%(a)s'", VALUES, paramstyle) == ("SELECT '5%(a)s'", None)


def test_a_doubled_percent_before_a_bracket_is_text() -> None:
    assert to_paramstyle("%%(a)s %(a)s", VALUES, "qmark") == ("%(a)s ?", [1])


@pytest.mark.parametrize("paramstyle", ["qmark", "named"])
def test_a_driver_takes_the_text_and_the_values(paramstyle: str) -> None:
    text, values = to_paramstyle(SQL, VALUES, paramstyle)
    assert sqlite3.connect(":memory:").execute(text, values or ()).fetchall() == [("5%", "x", 1, "x")]


def test_a_value_that_is_missing_and_a_style_that_is_unknown_are_errors() -> None:
    with pytest.raises(KeyError):
        to_paramstyle("%(c)s", VALUES, "qmark")
    with pytest.raises(ValueError, match="no such paramstyle: 'dollar'"):
        to_paramstyle("%(a)s", VALUES, "dollar")
