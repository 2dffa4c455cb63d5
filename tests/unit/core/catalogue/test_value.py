"""The text of a filter's value as a value of a type; what is none is said, and nothing else is ever raised."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta, timezone
from decimal import Decimal
from typing import Any, get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st

from export_jobs.core.catalogue.catalogue import ColumnType
from export_jobs.core.catalogue.value import MAX_TEXT, parse_value
from export_jobs.core.definitions.filter import canonical_text
from tests.unit.core.samples import ZONES

TYPES: tuple[ColumnType, ...] = get_args(ColumnType)
BERLIN = "Europe/Berlin"
NEAR = st.from_regex(r"[-+0-9eE.:TZW /,_]{0,30}", fullmatch=True)
ELSEWHERE = timezone(timedelta(hours=-9, minutes=-30))
FIRST, LAST = datetime(1000, 1, 2), datetime(9998, 12, 30)
SPELT = {
    "integer": st.integers(-(2**63), 2**63 - 1),
    "number": st.decimals(-(10**20), 10**20, places=6) | st.floats(-1e30, 1e30).filter(lambda x: abs(x) > 1e-30),
    "boolean": st.booleans(),
    "date": st.dates(date(1000, 1, 1), date(9998, 12, 31)),
    "timestamp": st.datetimes(FIRST, LAST),
    "timestamptz": st.datetimes(FIRST, LAST, timezones=st.sampled_from([UTC, ELSEWHERE])),
}


@given(st.text() | NEAR, st.sampled_from(TYPES), st.sampled_from(ZONES))
def test_any_text_is_a_value_or_a_sentence_that_can_be_shown(text: str, kind: ColumnType, zone: str) -> None:
    try:
        value = parse_value(text, kind, zone)
    except ValueError as error:
        assert str(error).isprintable() and len(str(error)) < 200
    else:
        assert isinstance(value, {"text": str, "integer": int, "number": Decimal, "boolean": bool}.get(kind, date))


@pytest.mark.parametrize("kind", SPELT)
@given(data=st.data())
def test_values_of_yaml_and_json_come_back(kind: ColumnType, data: st.DataObject) -> None:
    value = data.draw(SPELT[kind])
    text = canonical_text(value)
    assert isinstance(text, str)
    assert parse_value(text, kind, "UTC") == (Decimal(repr(value)) if isinstance(value, float) else value)


@pytest.mark.parametrize(
    ("text", "kind", "value"),
    [
        ("  5 ", "integer", 5),
        ("+7", "integer", 7),
        ("-9223372036854775808", "integer", -(2**63)),
        ("12.50", "number", Decimal("12.50")),
        ("1e-3", "number", Decimal("0.001")),
        ("TRUE", "boolean", True),
        ("1997-01-31", "date", date(1997, 1, 31)),
        ("1997-01-31", "timestamp", datetime(1997, 1, 31)),
        ("1997-01-31 18:30:00.5", "timestamp", datetime(1997, 1, 31, 18, 30, 0, 500000)),
        ("1997-01-31", "timestamptz", datetime(1997, 1, 30, 23, tzinfo=UTC)),
        ("1997-07-31T18:30", "timestamptz", datetime(1997, 7, 31, 16, 30, tzinfo=UTC)),
        ("1997-07-31T18:30Z", "timestamptz", datetime(1997, 7, 31, 18, 30, tzinfo=UTC)),
        (" 5 ", "text", " 5 "),
        ("", "text", ""),
        ("'; DROP TABLE x; --", "text", "'; DROP TABLE x; --"),
        ("x" * MAX_TEXT, "text", "x" * MAX_TEXT),
    ],
)
def test_a_value(text: str, kind: ColumnType, value: Any) -> None:
    assert parse_value(text, kind, BERLIN) == value


def test_a_time_that_the_clocks_pass_twice_is_its_first_one() -> None:
    found = parse_value("2024-10-27 02:30", "timestamptz", BERLIN)
    assert isinstance(found, datetime)
    assert found.astimezone(UTC) == datetime(2024, 10, 27, 0, 30, tzinfo=UTC)


NO_VALUES: dict[ColumnType, tuple[str, ...]] = {
    "integer": ("", "5.0", "1e3", "1_000", "\u0665", "0x10", "9223372036854775808", "5\0"),
    "number": ("", ".5", "5.", "1,5", "NaN", "Infinity", "1e100", "1" * 31, "²"),
    "boolean": ("", "t", "1", "yes", "on", "wahr"),
    "date": ("", "1997-02-30", "1997-W05-1", "19970131", "97-01-31", "today", "1997-01-31T00:00"),
    "timestamp": ("", "18:30", "1997-01-31 25:00", "1997-01-31 18:30Z", "infinity", "0999-12-31"),
    "timestamptz": ("", "now", "-infinity", "0001-01-01T00:00+01:00", "9999-12-31T23:00-05:00"),
    "text": ("a\0b", "a\nb", "\u202eb", "\ud800", "\x7f", "x" * (MAX_TEXT + 1)),
}


@pytest.mark.parametrize(("kind", "text"), [(kind, text) for kind, texts in NO_VALUES.items() for text in texts])
def test_what_is_no_value(kind: ColumnType, text: str) -> None:
    with pytest.raises(ValueError, match=r"^(is|has|contains) "):
        parse_value(text, kind, BERLIN)
