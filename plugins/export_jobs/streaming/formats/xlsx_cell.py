"""Convert a staged cell to Excel's value and format.

Excel's numbers are floats, of which it shows 15 digits: longer ones, such as ids, become texts. It has no time zones
and no day before 1900: a time with a zone is written in the job's zone, and a time that Excel does not support is text.
"""

from __future__ import annotations

import re
from datetime import date, datetime

from export_jobs.core.catalogue.catalogue import ColumnType
from export_jobs.core.sql.compiled import Column
from export_jobs.streaming.formats.moment_text import split_moment

ExcelValue = bool | int | float | date | str

_DIGITS = 15
_PLAIN_DATE = re.compile(r"\d{4}-\d\d-\d\d", flags=re.ASCII)
_FIRST_DAY = "1900-03-01"
"""Excel treats 1900 as a leap year: programs do not agree on the days before this one."""
_LAST_SECOND = "9999-12-31 23:59:59."
"""A fraction of it would be rounded to the year 10000."""
_DATE, _MOMENT = "yyyy-mm-dd", "yyyy-mm-dd hh:mm:ss"


def excel_value(kind: ColumnType, text: str) -> ExcelValue:
    """Return the value of a cell of the type ``kind``; a text if Excel would change the value."""
    match kind:
        case "boolean":
            return text == "true"
        case "integer" | "number":
            return _number(text)
        case "date":
            return date.fromisoformat(text) if _PLAIN_DATE.fullmatch(text) and text >= _FIRST_DAY else text
        case "timestamp" | "timestamptz":
            return _moment(text)
        case _:
            return text


def number_format(column: Column) -> str:
    """Return Excel's format for the numbers or times of ``column``."""
    if column.type == "date":
        return _DATE
    if column.type in {"timestamp", "timestamptz"}:
        return _MOMENT
    if column.type in {"integer", "number"} and column.decimals is not None:
        return f"0.{'0' * column.decimals}".removesuffix(".")
    return "0" if column.type == "integer" else "General"


def _number(text: str) -> float | str:
    digits = text.partition("e")[0].replace(".", "").lstrip("-0")
    if len(digits) > _DIGITS or not (digits.isdigit() or not digits):  # NaN and the infinities have no digits
        return text
    return float(text)


def _moment(text: str) -> datetime | str:
    parts = split_moment(text)
    if parts is None or not parts.is_of_four_digit_year or not _FIRST_DAY <= text < _LAST_SECOND:
        return text
    return datetime.fromisoformat(f"{parts.date} {parts.clock}.{parts.fraction}")
