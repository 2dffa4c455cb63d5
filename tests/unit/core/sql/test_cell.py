"""Finished cells: rounding, true and false in full, formulas escaped when asked for. COPY needs them in the SQL."""

from __future__ import annotations

import pytest

from export_jobs.core.definitions.job import FileOptions
from export_jobs.core.sql.cell import cell_sql, escape_heading

PLAIN, ESCAPED = FileOptions(), FileOptions(escape_formulas=True)


def test_numbers_are_rounded_and_only_where_places_are_named() -> None:
    assert cell_sql("x", "number", 2, PLAIN, "postgres") == "round((x)::numeric, 2)"
    assert cell_sql("x", "number", 0, PLAIN, "postgres") == "round((x)::numeric, 0)"
    assert cell_sql("x", "number", None, PLAIN, "postgres") == "x"


def test_true_and_false_are_words() -> None:
    assert cell_sql("a OR b", "boolean", None, PLAIN, "postgres") == "(a OR b)::text"


def test_only_text_is_escaped_and_only_if_the_option_is_set() -> None:
    assert cell_sql("x", "text", None, PLAIN, "postgres") == "x"
    escaped = cell_sql("x", "text", None, ESCAPED, "postgres")
    assert escaped.startswith("CASE WHEN x IS DISTINCT FROM NULL THEN CASE WHEN format('%%s', x) ~ ")
    assert cell_sql("x", "integer", None, ESCAPED, "postgres") == "x"
    assert cell_sql("x", "date", None, ESCAPED, "postgres") == "x"


@pytest.mark.parametrize("dialect", ["sqlite", "duckdb"])
def test_other_sources_leave_it_to_the_writer(dialect: str) -> None:
    assert cell_sql("x", "number", 2, ESCAPED, dialect) == "x"
    assert cell_sql("x", "boolean", None, ESCAPED, dialect) == "x"
    assert cell_sql("x", "text", None, ESCAPED, dialect) == "x"


@pytest.mark.parametrize(
    "heading", ["=1+1", "+1", "-1", "@x", "\tx", "\rx", "\nx", "\uff1d1+1", "\uff0b1", "\uff0d1", "\uff20x"]
)
def test_a_heading_that_is_a_formula_is_escaped_if_the_option_is_set(heading: str) -> None:
    assert escape_heading(heading, ESCAPED) == f"'{heading}"
    assert escape_heading(heading, PLAIN) == heading


@pytest.mark.parametrize("heading", ["", "amount", "a=b", "'=x"])
def test_other_headings_stay_as_they_are(heading: str) -> None:
    assert escape_heading(heading, ESCAPED) == heading
