from __future__ import annotations

import math
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from export_jobs.streaming.csv.number_text import float_text, number_text, rounded_text


@pytest.mark.parametrize(
    ("number", "text"),
    [
        (0, "0"),
        (-7, "-7"),
        (10**30, "1" + "0" * 30),
        (Decimal("1.50"), "1.50"),
        (Decimal("1E+3"), "1000"),
        (Decimal("1E-7"), "0.0000001"),
        (Decimal("-0.00"), "0.00"),
        (Decimal("NaN"), "NaN"),
        (Decimal("-NaN"), "NaN"),
        (Decimal("-Infinity"), "-Infinity"),
        (12.0, "12"),
        (-0.0, "-0"),
        (0.1 + 0.2, "0.30000000000000004"),
        (0.0001, "0.0001"),
        (0.00001, "1e-05"),
        (999999999999999.0, "999999999999999"),
        (1e15, "1e+15"),
        (-1234567890123456.0, "-1.234567890123456e+15"),
        (9007199254740993.0, "9.007199254740992e+15"),
        (1e300, "1e+300"),
        (1e23, "9.999999999999999e+22"),  # 1e+23 lies half way between two floats
        (math.inf, "Infinity"),
        (math.nan, "NaN"),
    ],
)
def test_a_number_is_written_as_postgresql_writes_it(number: float | Decimal, text: str) -> None:
    assert number_text(number) == text


@pytest.mark.parametrize(
    ("number", "decimals", "text"),
    [
        (2.5, 0, "3"),
        (-2.5, 0, "-3"),
        (2.675, 2, "2.68"),  # what was written in the source, not the float's 2.67499…
        (1.0049999999999999, 2, "1.01"),  # 15 digits, as PostgreSQL takes a float8 to numeric
        (Decimal("2.345"), 2, "2.35"),
        (Decimal("-0.001"), 2, "0.00"),
        (5, 2, "5.00"),
        (10**40, 1, "1" + "0" * 40 + ".0"),
        (1e300, 0, "1" + "0" * 300),
        (math.nan, 2, "NaN"),
        (Decimal("Infinity"), 2, "Infinity"),
    ],
)
def test_a_rounded_number_shows_its_places(number: float | Decimal, decimals: int, text: str) -> None:
    assert rounded_text(number, decimals) == text


@given(st.floats(allow_nan=False))
def test_a_float_is_read_back_as_itself(number: float) -> None:
    assert float(float_text(number)) == number
