"""Write a Python value as the text of its cell, exactly as PostgreSQL's ``COPY`` writes the same value."""

from __future__ import annotations

from datetime import date, datetime, time
from decimal import Decimal
from functools import partial
from uuid import UUID
from zoneinfo import ZoneInfo

from export_jobs.core.catalogue.catalogue import ColumnType
from export_jobs.core.catalogue.dialect_names import DUCKDB
from export_jobs.core.definitions.job import FileOptions
from export_jobs.core.sql.cell import FORMULA_STARTS
from export_jobs.core.sql.compiled import Column
from export_jobs.streaming.csv.format_text import CellWriter, formatted
from export_jobs.streaming.csv.number_text import number_text, rounded_text
from export_jobs.streaming.csv.time_text import (
    INFINITIES,
    clock_text,
    date_text,
    timestamp_text,
    timestamptz_text,
    unsupported_time,
)

EXPECTED: dict[ColumnType, str] = {
    "text": "text without NUL characters",
    "integer": "a whole number",
    "number": "a number",
    "boolean": "true, false, 0 or 1",
    "date": "a date such as 1997-01-31, of the years 1 to 9999",
    "timestamp": "a time without a zone such as 1997-01-31 13:00:00, of the years 1 to 9999",
    "timestamptz": "a time such as 1997-01-31 13:00:00+01:00, of the years 1 to 9999",
}
"""What a column of each type can contain, as part of a sentence."""

_TIMES: frozenset[ColumnType] = frozenset({"date", "timestamp", "timestamptz"})


def cell_writer(
    column: Column, dialect: str, time_zone: str, options: FileOptions, *, is_short: bool = False
) -> CellWriter:
    """Return the writer for the cells of ``column``, except NULL. Times with a zone are written in ``time_zone``.

    ``is_short``: its numbers are floats of 32 bits.

    The writer raises ``ValueError`` or ``ArithmeticError``, whose text may quote the value, for a cell that cannot be
    read as the column's type.
    """
    zone = ZoneInfo(time_zone)
    write = formatted(_cell_writer(column, zone, options, is_short=is_short), column.type, column.cell_format, zone)
    return partial(_infinity_or, write=write) if dialect == DUCKDB and column.type in _TIMES else write


def describe_invalid_cell(value: object, kind: ColumnType) -> tuple[str, str]:
    """Return what is wrong with a cell that the writer of the type ``kind`` refuses, and the remedy."""
    if kind in _TIMES and isinstance(value, str) and (what := unsupported_time(value)):
        return what, "Leave out such rows in the catalogue's SQL, round or replace the value there, or cast it to text"
    return (
        f"a cell of the driver's type {type(value).__name__} that is not {EXPECTED[kind]}",
        f"Cast it in the catalogue's SQL, or correct the column's type there, which is {kind}",
    )


def _cell_writer(column: Column, zone: ZoneInfo, options: FileOptions, *, is_short: bool) -> CellWriter:
    if column.decimals is not None and column.type in {"integer", "number"}:
        return partial(_rounded_number, decimals=column.decimals, is_short=is_short)
    kinds: dict[ColumnType, CellWriter] = {
        "text": _text_writer(zone, options),
        "integer": _integer,
        "number": lambda value: number_text(_number(value), is_short=is_short),
        "boolean": _boolean,
        "date": date_text,
        "timestamp": timestamp_text,
        "timestamptz": partial(timestamptz_text, zone=zone),
    }
    return kinds[column.type]


def _infinity_or(value: object, write: CellWriter) -> str:
    """Write an infinity: PostgreSQL and DuckDB spell it the same, and it has no other spelling."""
    return str(value) if value in INFINITIES else write(value)


def _plain_text(value: object, zone: ZoneInfo) -> str:
    """Write text unchanged; write numbers and times that a catalogue declares as text like columns of their type."""
    match value:
        case str():
            if "\0" in value:
                raise ValueError
            return value
        case UUID():
            return str(value)
        case datetime(tzinfo=None) | time(tzinfo=None):
            return clock_text(value)
        case datetime():
            return timestamptz_text(value, zone)
        case date():
            return value.isoformat()
    return number_text(_number(value))


def _text_writer(zone: ZoneInfo, options: FileOptions) -> CellWriter:
    write: CellWriter = partial(_plain_text, zone=zone)
    if options.line_breaks == "blank":
        write = partial(_on_one_line, write=write)
    return partial(_escaped, write=write) if options.escape_formulas else write


def _on_one_line(value: object, write: CellWriter) -> str:
    return write(value).replace("\r\n", " ").replace("\r", " ").replace("\n", " ")


def _escaped(value: object, write: CellWriter) -> str:
    text = write(value)
    return f"'{text}" if text.startswith(FORMULA_STARTS) else text


def _number(value: object) -> int | float | Decimal:
    if isinstance(value, bool) or not isinstance(value, int | float | Decimal):
        raise ValueError  # noqa: TRY004  one error for anything but a number; the caller writes the sentence
    return value


def _rounded_number(value: object, decimals: int, *, is_short: bool) -> str:
    return rounded_text(_number(value), decimals, is_short=is_short)


def _integer(value: object) -> str:
    number = _number(value)
    if number != int(number):  # int() of an infinity or NaN raises its own error
        raise ValueError
    return str(int(number))


def _boolean(value: object) -> str:
    if not isinstance(value, int) or value not in {0, 1}:
        raise ValueError
    return "true" if value else "false"
