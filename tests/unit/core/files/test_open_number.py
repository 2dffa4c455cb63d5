"""Two paths with open numbers are one where some numbers make them one."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from export_jobs.core.files.open_number import TakenPaths, can_be_equal, outline

TEXTS = st.text(alphabet="12#a", max_size=5)


@pytest.mark.parametrize(
    ("one", "other", "expected"),
    [
        ("a_1", "a_1", True),
        ("a_1", "a_2", False),
        ("a_#", "a_17", True),
        ("a_#", "a_", False),
        ("a_#_1", "a_2_#", True),
        ("a_#_1", "a_2_3", False),
        ("a1#", "a12", True),
        ("a1#", "a2#", False),
        ("a#1", "a#2", False),
        ("a1#", "a#2", True),
    ],
)
def test_paths_that_can_be_one(one: str, other: str, expected: bool) -> None:
    assert can_be_equal(one, other) is expected
    assert can_be_equal(other, one) is expected


@given(TEXTS, st.lists(st.sampled_from(["1", "2", "12", "21"]), min_size=5, max_size=5))
def test_a_path_can_be_each_of_those_that_its_numbers_make(path: str, numbers: list[str]) -> None:
    given_numbers = iter(numbers)
    made = re.sub("#", lambda _: next(given_numbers), path)
    assert can_be_equal(path, made)
    assert outline(path) == outline(made)


@given(TEXTS, TEXTS)
def test_either_order_says_the_same(one: str, other: str) -> None:
    assert can_be_equal(one, other) is can_be_equal(other, one)


@given(st.lists(TEXTS, max_size=8), TEXTS)
def test_what_is_found_is_what_a_comparison_with_each_would_find(paths: list[str], wanted: str) -> None:
    taken: TakenPaths[str] = TakenPaths()
    for path in paths:
        taken.add(path.upper(), path)
    found = taken.find(wanted)
    assert (found is not None) is any(can_be_equal(wanted, path) for path in paths)
    assert found is None or can_be_equal(wanted, found)
