"""Write a value in the format of its column, exactly as the SQL of :mod:`export_jobs.core.sql.cell_format` does."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from functools import partial
from zoneinfo import ZoneInfo

from export_jobs.core.catalogue.catalogue import ColumnType
from export_jobs.core.definitions.cell_format import CellFormat
from export_jobs.core.definitions.time_format import TimeParts, has_offset, time_parts
from export_jobs.streaming.csv.time_text import read_date, read_instant, read_timestamp

CellWriter = Callable[[object], str]

_BEFORE_THOUSANDS = re.compile(r"(\d)(?=(\d{3})+$)")
_MINUTE = timedelta(minutes=1)
_FIELDS = {
    "%Y": "{0.year:04d}",
    "%m": "{0.month:02d}",
    "%d": "{0.day:02d}",
    "%H": "{0.hour:02d}",
    "%M": "{0.minute:02d}",
    "%S": "{0.second:02d}",
    "%f": "{0.microsecond:06d}",
    "%y": "{1:02d}",
    "%L": "{2:03d}",
    "%z": "{3}{4:02d}{5:02d}",
    "%:z": "{3}{4:02d}:{5:02d}",
}


def formatted(write: CellWriter, kind: ColumnType, cell_format: CellFormat, zone: ZoneInfo) -> CellWriter:
    """Return ``write``, or a writer for the type ``kind`` in ``cell_format``; it raises what ``write`` raises."""
    yes, no = cell_format.true_text, cell_format.false_text
    if kind == "boolean" and yes is not None and no is not None:
        words = {"true": yes, "false": no}
        return lambda value: words[write(value)]
    if kind in {"integer", "number"}:
        marks = cell_format.decimal_mark or ".", cell_format.thousands_mark or ""
        return write if marks == (".", "") else lambda value: number_in_marks(write(value), *marks)
    pattern = getattr(cell_format, f"{kind}_format", None)
    return write if pattern is None else _time_writer(write, kind, pattern, zone)


def _time_writer(write: CellWriter, kind: ColumnType, pattern: str, zone: ZoneInfo) -> CellWriter:
    shape = _shape(pattern)
    if kind == "timestamptz":
        return partial(_instant, write=write, zone=zone, shape=shape, has_offset=has_offset(pattern))
    return partial(_moment, read=read_date if kind == "date" else read_timestamp, shape=shape)


def number_in_marks(text: str, decimal_mark: str, thousands_mark: str) -> str:
    """Return a number in PostgreSQL's spelling with other marks."""
    whole, point, rest = text.partition(".")
    if thousands_mark:
        whole = _BEFORE_THOUSANDS.sub(rf"\1{thousands_mark}", whole)
    return whole + (decimal_mark if point else "") + rest


def _shape(pattern: str) -> str:
    parts: TimeParts = time_parts(pattern)
    return "".join(_FIELDS.get(directive, plain) for directive, plain in parts)


def _moment(value: object, read: Callable[[object], datetime], shape: str) -> str:
    return _filled(shape, read(value), timedelta())


def _instant(value: object, write: CellWriter, zone: ZoneInfo, shape: str, *, has_offset: bool) -> str:
    moment = read_instant(value, zone)
    offset = moment.utcoffset() or timedelta()
    if has_offset and offset % _MINUTE:
        # Local times before there were zones have offsets with seconds, which no receiver reads: write them in UTC.
        try:
            moment, offset = moment.astimezone(UTC), timedelta()
        except OverflowError:  # the first hours that Python supports
            return write(value)
    return _filled(shape, moment, offset)


def _filled(shape: str, moment: datetime, offset: timedelta) -> str:
    hours, minutes = divmod(abs(offset) // _MINUTE, 60)
    sign = "-" if offset < timedelta() else "+"
    return shape.format(moment, moment.year % 100, moment.microsecond // 1000, sign, hours, minutes)
