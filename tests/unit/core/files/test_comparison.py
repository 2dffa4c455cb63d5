from __future__ import annotations

from typing import Any

import pytest

from export_jobs.core.files.column_numbers import ColumnNumbers
from export_jobs.core.files.comparison import DeliveredNumbers, combine_parts, compare_columns, difference


def column(name: str, **numbers: Any) -> ColumnNumbers:
    return ColumnNumbers(**{"name": name, "type": "number", **numbers})


def side(*numbers: ColumnNumbers, rows: int = 1) -> DeliveredNumbers:
    return DeliveredNumbers(rows, 10, tuple(one.name for one in numbers), numbers)


@pytest.mark.parametrize(
    ("before", "after", "gap", "percent"),
    [
        (3219, 3540, "+321", 10.0),
        ("100.00", "99.50", "-0.50", -0.5),
        ("-50", "-25", "+25", 50.0),
        ("0", "7", "+7", None),
        ("5", "5.00", None, None),
        (None, "5", None, None),
        ("9007199254740993", "9007199254740994", "+1", 0.0),
        ("0.1", "1" + "0" * 400, "+" + "9" * 400 + ".9", None),
    ],
)
def test_a_difference_is_exact_and_has_a_sign(before: Any, after: Any, gap: str | None, percent: float | None) -> None:
    found = difference(before, after)
    assert (found.difference, found.percent) == (gap, percent)
    assert found.before == (None if before is None else str(before))


def test_days_are_compared_and_not_subtracted() -> None:
    before = side(column("day", type="date", nulls=0, min="1997-01-01", max="1997-01-31"))
    after = side(column("day", type="date", nulls=2, min="1997-02-01", max="1997-02-28"))
    (found,) = compare_columns(before, after)
    assert found.figures["min"].difference is None and found.figures["min"].after == "1997-02-01"
    assert found.figures["nulls"].difference == "+2" and "sum" not in found.figures


def test_columns_that_came_went_and_changed_their_type_are_named() -> None:
    before = side(column("id"), column("amount"), column("old"))
    after = side(column("id"), column("amount", type="text"), column("new"))
    found = {one.name: one for one in compare_columns(before, after)}
    assert list(found) == ["id", "amount", "new", "old"]
    assert [found[name].state for name in found] == ["in both", "other type", "added", "removed"]
    assert found["amount"].types == ("number", "text")


def test_of_a_delivery_without_numbers_the_columns_are_compared_all_the_same() -> None:
    before, after = DeliveredNumbers(1, 1, ("a", "b")), DeliveredNumbers(2, 1, ("b", "c"))
    found = {one.name: one.state for one in compare_columns(before, after)}
    assert found == {"b": "in both", "c": "added", "a": "removed"}
    assert not before.is_counted and not side(column("a")).is_counted and side(column("a", nulls=0)).is_counted


def test_a_personal_column_shows_only_the_number_of_empty_cells() -> None:
    numbers = column("phone", nulls=1, min="49", max="51", sum="100")
    (found,) = compare_columns(side(numbers), side(numbers), personal={"phone"})
    assert found.masked and set(found.figures) == {"nulls"}
    assert "49" not in found.model_dump_json()
    (plain,) = compare_columns(side(column("phone", nulls=1)), side(column("phone", nulls=1)), personal={"phone"})
    assert not plain.masked, "there was nothing to mask"


def test_parts_are_one_file() -> None:
    first = side(
        column("n", nulls=1, min="9", max="10", sum="19.5"), column("d", type="date", min="1997-02-01"), rows=2
    )
    second = side(
        column("n", nulls=0, min="-3", max="-3", sum="-3"), column("d", type="date", min="1997-01-01"), rows=1
    )
    found = combine_parts([first, second])
    assert (found.rows, found.bytes, found.columns) == (3, 20, ("n", "d"))
    number, day = found.numbers
    assert (number.nulls, number.min, number.max, number.sum) == (1, "-3", "10", "16.5")
    assert (day.min, day.max, day.nulls) == ("1997-01-01", None, None)
    assert combine_parts([first, DeliveredNumbers(1, 1, ("n", "d"))]).numbers == ()
