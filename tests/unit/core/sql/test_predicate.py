"""Filters as conditions: every value bound, text by its code points, empty cells where they belong."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from export_jobs.core.definitions.filter import Filter, Operator
from export_jobs.core.sql.predicate import Conditions
from export_jobs.errors import UserError


def condition(
    op: str, values: Any = (), kind: Any = "integer", dialect: str = "postgres"
) -> tuple[str, dict[str, Any]]:
    conditions = Conditions(dialect, "UTC")
    text = conditions.filter_condition(Filter(column="x", op=Operator(op), values=values), "x", kind, "f")
    return text, conditions.parameters


@pytest.mark.parametrize(
    ("op", "values", "kind", "text"),
    [
        ("equals", (7,), "integer", "x = %(f_1)s"),
        ("not_equals", (7,), "integer", "(x <> %(f_1)s OR x IS NULL)"),
        ("less_than", (7,), "integer", "x < %(f_1)s"),
        ("at_most", (7,), "integer", "x <= %(f_1)s"),
        ("greater_than", (7,), "integer", "x > %(f_1)s"),
        ("at_least", (7,), "integer", "x >= %(f_1)s"),
        ("at_least", ("a",), "text", 'x COLLATE "C" >= %(f_1)s'),
        ("equals", ("a",), "text", "x = %(f_1)s"),
        ("between", (7, 9), "integer", "x BETWEEN %(f_1)s AND %(f_2)s"),
        ("between", ("a", "b"), "text", 'x COLLATE "C" BETWEEN %(f_1)s AND %(f_2)s'),
        ("in", (7, 9), "integer", "x = ANY (%(f)s)"),
        ("not_in", (7, 9), "integer", "(x <> ALL (%(f)s) OR x IS NULL)"),
        ("starts_with", ("a",), "text", "POSITION(%(f_1)s IN x) = 1"),
        ("contains", ("a",), "text", "POSITION(%(f_1)s IN x) > 0"),
        ("is_null", (), "text", "x IS NULL"),
        ("is_not_null", (), "date", "x IS NOT NULL"),
    ],
)
def test_a_condition_in_postgresql(op: str, values: Any, kind: Any, text: str) -> None:
    assert condition(op, values, kind)[0] == text


def test_values_are_bound_by_the_type_of_the_column() -> None:
    assert condition("between", ("1997-01-31", "1997-02-01"), "date")[1] == {
        "f_1": date(1997, 1, 31), "f_2": date(1997, 2, 1)
    }  # fmt: skip
    assert condition("in", ("1", "2"))[1] == {"f": [1, 2]}
    assert condition("is_null")[1] == {}


def test_a_list_has_a_placeholder_each_where_lists_cannot_be_bound() -> None:
    assert condition("in", ("1", "2"), dialect="sqlite") == ("x IN (%(f_1)s, %(f_2)s)", {"f_1": 1, "f_2": 2})
    assert condition("not_in", ("1",), dialect="duckdb")[0] == "(x NOT IN (%(f_1)s) OR x IS NULL)"
    assert condition("at_least", ("a",), "text", dialect="sqlite")[0] == "x >= %(f_1)s"


def test_an_audience_is_a_list_of_the_keys_of_customers() -> None:
    conditions = Conditions("postgres", "UTC")
    assert conditions.audience("c", ["7", "9"], "integer", "audience") == "c = ANY (%(audience)s)"
    assert conditions.parameters == {"audience": [7, 9]}


def test_a_value_that_the_column_cannot_have_is_reported() -> None:
    with pytest.raises(UserError, match="A value for 'x' is 'many', but the column needs a whole number"):
        condition("equals", ("many",))
    with pytest.raises(UserError, match="A value for 'audience' is 'anna'"):
        Conditions("postgres", "UTC").audience("c", ["anna"], "integer", "audience")


@given(
    st.sampled_from([op for op in Operator if op not in {Operator.IS_NULL, Operator.IS_NOT_NULL}]),
    st.lists(st.text(st.characters(categories=("L", "N", "P", "S", "Zs")), min_size=4), min_size=2, max_size=2),
    st.sampled_from(["postgres", "sqlite", "duckdb"]),
)
def test_no_value_is_ever_part_of_the_text(op: Operator, values: list[str], dialect: str) -> None:
    text, parameters = condition(op, values, "text", dialect)
    assert text == condition(op, ["other", "values"], "text", dialect)[0]
    bound = [one for value in parameters.values() for one in (value if isinstance(value, list) else [value])]
    assert bound == values
