"""Filters, columns and long lists as a person reads them in a plan."""

from __future__ import annotations

import pytest

from export_jobs.core.definitions.job import JobSpec
from export_jobs.core.validation.choice_text import change_text, choice_lines, texts_of_change, value_text
from tests.unit.core.samples import job

MANY = [str(number) for number in range(100)]


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (None, "(none)"),
        ("", "(none)"),
        (["a@example.com", "b@example.com"], "a@example.com, b@example.com"),
        (["amount", {"column": "store.region", "as": "Region, €"}], "amount, store.region as 'Region, €'"),
        (
            [
                {"column": "region", "op": "not_in", "values": ["north", "O'Hara", ""]},
                {"column": "amount", "op": "at_least", "values": ["12.5"]},
                {"column": "store", "op": "is_not_null", "values": []},
            ],
            "region not in ('north', \"O'Hara\", ''); amount at least '12.5'; store is not null",
        ),
        (
            [{"column": "store", "op": "in", "values": MANY}],
            "store in ('0', '1', '2', '3', '4' … (100 in all))",
        ),
        (
            [{"column": "a\x1b[2J", "op": "equals", "values": ["\u202e\x1b[2J"]}],
            r"'a\x1b[2J' equals '\u202e\x1b[2J'",
        ),
    ],
)
def test_a_value_is_one_line(value: object, text: str) -> None:
    assert value_text(value) == text


def test_of_long_lists_only_what_came_and_went_is_shown() -> None:
    assert change_text(MANY, [*MANY[2:], "new"]) == "100 -> 99 entries, added 'new', removed '0', '1'"
    assert change_text(None, MANY) == "0 -> 100 entries, added '0', '1', '2', '3', '4' … (100 in all)"
    assert change_text(MANY[:2], None) == "0, 1 -> (none)"


def test_a_changed_order_of_a_long_list_is_reported() -> None:
    assert change_text(MANY, MANY[::-1]) == "100 -> 100 entries, in another order"


def test_every_choice_is_a_line_in_the_words_of_the_yaml() -> None:
    use = {
        "template": "rows",
        "columns": [{"column": "amount", "as": "Betrag"}],
        "filters": [{"column": "amount", "op": "less_than", "values": [5]}],
        "audience": MANY,
        "order_by": ["-amount", "day"],
    }
    chosen: JobSpec = job(templates=[use, {"template": "totals", "audience": ["7"]}, {"template": "stores"}])
    assert list(choice_lines(chosen)) == [
        "templates[rows].columns: amount as 'Betrag'",
        "templates[rows].filters: amount less than '5'",
        "templates[rows].order_by: -amount, day",
        "templates[rows].audience: 100 customers: '0', '1', '2', '3', '4' … (100 in all)",
        "templates[totals].audience: 1 customer: '7'",
    ]


def test_a_change_is_shown_side_by_side() -> None:
    assert texts_of_change(None, "x") == ("(none)", "x")
    assert texts_of_change(["a"], ["a", "b"]) == ("a", "a, b")
    assert texts_of_change(MANY, [*MANY, "new"]) == ("100 entries", "101 entries, added 'new'")
    assert texts_of_change(MANY, MANY[::-1])[1] == "100 entries, in another order"
