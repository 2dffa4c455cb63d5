"""Finished cells: rounding, true and false in full, formulas escaped when asked for. COPY needs them in the SQL."""

from __future__ import annotations

import pytest

from export_jobs.core.definitions.job import FileOptions
from export_jobs.core.sql.cell import finished, finished_heading

PLAIN, ESCAPED = FileOptions(), FileOptions(escape_formulas=True)


def test_numbers_are_rounded_and_only_where_places_are_named() -> None:
    assert finished("x", "number", 2, PLAIN, "postgres") == "round((x)::numeric, 2)"
    assert finished("x", "number", 0, PLAIN, "postgres") == "round((x)::numeric, 0)"
    assert finished("x", "number", None, PLAIN, "postgres") == "x"


def test_true_and_false_are_words() -> None:
    assert finished("a OR b", "boolean", None, PLAIN, "postgres") == "(a OR b)::text"


def test_text_alone_is_escaped_and_only_when_asked_for() -> None:
    assert finished("x", "text", None, PLAIN, "postgres") == "x"
    assert finished("x", "text", None, ESCAPED, "postgres").startswith("CASE WHEN x ~ ")
    assert finished("x", "integer", None, ESCAPED, "postgres") == "x"
    assert finished("x", "date", None, ESCAPED, "postgres") == "x"


@pytest.mark.parametrize("dialect", ["sqlite", "duckdb"])
def test_other_sources_leave_it_to_the_writer(dialect: str) -> None:
    assert finished("x", "number", 2, ESCAPED, dialect) == "x"
    assert finished("x", "boolean", None, ESCAPED, dialect) == "x"
    assert finished("x", "text", None, ESCAPED, dialect) == "x"


@pytest.mark.parametrize("heading", ["=1+1", "+1", "-1", "@x", "\tx", "\rx"])
def test_a_heading_that_is_a_formula_is_escaped_when_asked_for(heading: str) -> None:
    assert finished_heading(heading, ESCAPED) == f"'{heading}"
    assert finished_heading(heading, PLAIN) == heading


@pytest.mark.parametrize("heading", ["", "amount", "a=b", "'=x"])
def test_other_headings_stay_as_they_are(heading: str) -> None:
    assert finished_heading(heading, ESCAPED) == heading
