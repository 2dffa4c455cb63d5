"""How people write a filter, and the one spelling in which it is kept."""

from __future__ import annotations

from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from export_jobs.core.definitions.filter import Filter, Operator


def kept(**raw: Any) -> Filter:
    return Filter.model_validate({"column": "x", "op": "in", **raw})


@pytest.mark.parametrize(
    ("written", "op"),
    [
        ("equals", "equals"), (" Not In ", "not_in"), ("IS NOT NULL", "is_not_null"), ("starts with", "starts_with"),
        ("=", "equals"), ("!=", "not_equals"), ("<", "less_than"), ("<=", "at_most"), (">", "greater_than"),
        (">=", "at_least"), ("between", "between"),
    ],
)  # fmt: skip
def test_an_operator_may_be_written_as_people_do(written: str, op: str) -> None:
    assert kept(op=written).op == Operator(op)


@pytest.mark.parametrize("op", ["", "like", "==", "= ", "in; DROP TABLE x", "__class__", None, 1, ["in"]])
def test_no_other_operator_is_known(op: object) -> None:
    if op == "= ":
        assert kept(op=op).op is Operator.EQUALS
        return
    with pytest.raises(ValidationError):
        kept(op=op)


@pytest.mark.parametrize(
    ("written", "values"),
    [
        ("x", ("x",)),
        ("", ("",)),
        (7, ("7",)),
        (True, ("true",)),
        ([True, 1, 1.5, "1"], ("true", "1", "1.5", "1")),
        ((Decimal("1.50"), date(1997, 1, 31)), ("1.50", "1997-01-31")),
        (datetime(1997, 1, 31, 18, 30, tzinfo=UTC), ("1997-01-31T18:30:00+00:00",)),
        ([], ()),
    ],
)
def test_values_have_one_spelling(written: object, values: tuple[str, ...]) -> None:
    assert kept(values=written).values == values


@pytest.mark.parametrize("written", [None, {"a": 1}, [None], [["x"]], [{"a": 1}], object()])
def test_what_is_no_value_is_refused(written: object) -> None:
    with pytest.raises(ValidationError):
        kept(values=written)


@given(st.lists(st.booleans() | st.integers() | st.decimals(allow_nan=False) | st.text() | st.dates(), max_size=5))
def test_the_spelling_of_a_spelling_is_itself(values: list[Any]) -> None:
    once = kept(values=values)
    assert Filter.model_validate(once.model_dump(mode="json")) == once


def test_an_operator_says_with_how_many_values_it_compares() -> None:
    counts = {op: op.value_count for op in Operator if op.value_count != "one"}
    assert counts == {"in": "many", "not_in": "many", "between": "two", "is_null": "none", "is_not_null": "none"}


def test_true_and_false_have_no_order_and_only_text_has_a_beginning() -> None:
    assert [op for op in Operator if op.fits("text")] == list(Operator)
    assert set(Operator) - {op for op in Operator if op.fits("integer")} == {"starts_with", "contains"}
    assert [op for op in Operator if op.fits("boolean")] == [
        "equals", "not_equals", "in", "not_in", "is_null", "is_not_null"
    ]  # fmt: skip
