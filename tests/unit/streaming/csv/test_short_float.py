"""Texts that PostgreSQL's own ``float4`` has; ``tests/integration/streaming/test_duckdb_values.py`` compares any."""

from __future__ import annotations

import math
import struct

import pytest
from hypothesis import given
from hypothesis import strategies as st

from export_jobs.streaming.csv import short_float
from export_jobs.streaming.csv.number_text import number_text, rounded_text
from export_jobs.streaming.csv.short_float import short_float_text


@pytest.mark.parametrize(
    ("number", "text"),
    [
        (0.0, "0"),
        (-0.0, "-0"),
        (0.10000000149011612, "0.1"),
        (0.1, "0.1"),
        (123456.0, "123456"),
        (1e6, "1e+06"),
        (1234567.0, "1.234567e+06"),
        (0.0001, "0.0001"),
        (-0.00001, "-1e-05"),
        (16777216.0, "1.6777216e+07"),
        (0.00146484375, "0.0014648438"),  # half way between two of eight digits
        (3.4028234663852886e38, "3.4028235e+38"),
        (1.401298464324817e-45, "1e-45"),
        (math.inf, "Infinity"),
        (-math.inf, "-Infinity"),
        (math.nan, "NaN"),
    ],
)
def test_the_fewest_digits_that_tell_a_float_of_32_bits_from_others(number: float, text: str) -> None:
    assert short_float_text(number) == number_text(number, is_short=True) == text


@given(st.floats(width=32, min_value=0, allow_infinity=False, exclude_min=True))
def test_doubles_and_fractions_find_the_same(number: float) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(short_float, "_nearest_in_doubles", lambda *_: None)
        short_float._size_text.cache_clear()
        by_fractions = short_float_text(number)
    short_float._size_text.cache_clear()
    assert short_float_text(number) == by_fractions
    assert struct.pack("<f", float(by_fractions)) == struct.pack("<f", number)


def test_a_number_beyond_32_bits_is_none() -> None:
    with pytest.raises(OverflowError):
        short_float_text(1e39)


def test_rounding_goes_by_six_digits() -> None:
    assert rounded_text(16777216.0, 1, is_short=True) == "16777200.0"
    assert rounded_text(16777216.0, 1) == "16777216.0"
