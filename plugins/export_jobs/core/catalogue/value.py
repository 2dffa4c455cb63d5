"""Read the text of a filter's value as the type of its column, or say why it cannot be read."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime
from decimal import Decimal
from zoneinfo import ZoneInfo

from export_jobs.core.base.text import is_control, quote_value
from export_jobs.core.catalogue.catalogue import ColumnType

Scalar = str | int | float | Decimal | bool | date | datetime
MAX_TEXT = 1000
_LARGEST = 2**63
_YEARS = range(1000, 9999)
"""Four digits, with a margin at both ends, so that no zone leads out of the range of databases and Python."""
_DATE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", re.ASCII)
_INTEGER = re.compile(r"[-+]?[0-9]{1,19}", re.ASCII)
_NUMBER = re.compile(r"[-+]?[0-9]{1,30}(\.[0-9]{1,30})?([eE][-+]?[0-9]{1,2})?", re.ASCII)
_NOUNS = {
    "integer": "a whole number, such as 42",
    "number": "a number, such as 12.50",
    "boolean": "true or false",
    "date": "a date, such as 1997-01-31",
    "timestamp": "a date or a date and time, such as 1997-01-31 18:30",
    "timestamptz": "a date or a date and time, such as 1997-01-31T18:30+01:00",
}


def parse_value(text: str, kind: ColumnType, time_zone: str) -> Scalar:
    """Return ``text`` as a value of the type ``kind``. A timestamp without an offset is in ``time_zone``.

    Raises ``ValueError`` with what is wrong, as part of a sentence.
    """
    if len(text) > MAX_TEXT:
        raise ValueError(f"has {len(text)} characters; at most {MAX_TEXT} are allowed")
    if kind == "text":
        return _visible_text(text)
    value = _parse(text.strip(), kind)
    if value is None or (isinstance(value, date) and value.year not in _YEARS):
        raise ValueError(f"is {quote_value(text)}, but the column needs {_NOUNS[kind]}")
    if isinstance(value, datetime):
        return _in_time_zone(value, kind, time_zone)
    return value


def _visible_text(text: str) -> str:
    """Return text of any script; refuse invisible characters, which would be compared but not seen."""
    odd = next((char for char in text if is_control(char)), None)
    if odd is not None:
        raise ValueError(f"contains the control character {odd!a}")
    return text


def _parse(text: str, kind: ColumnType) -> Scalar | None:
    """Return None when ``text`` is not a value of the type."""
    if kind == "integer":
        return int(text) if _INTEGER.fullmatch(text) and -_LARGEST <= int(text) < _LARGEST else None
    if kind == "number":
        return Decimal(text) if _NUMBER.fullmatch(text) else None
    if kind == "boolean":
        return {"true": True, "false": False}.get(text.lower())
    try:
        if kind == "date":
            return date.fromisoformat(text) if _DATE.fullmatch(text) else None
        return datetime.fromisoformat(text) if _DATE.match(text) else None
    except ValueError:
        return None


def _in_time_zone(value: datetime, kind: ColumnType, time_zone: str) -> datetime:
    if kind == "timestamptz":
        aware = value if value.tzinfo else value.replace(tzinfo=ZoneInfo(time_zone))
        return aware.astimezone(UTC)  # Python knows offsets that databases refuse to read
    if value.tzinfo:
        raise ValueError("has an offset from UTC, but the times of the column have none")
    return value
