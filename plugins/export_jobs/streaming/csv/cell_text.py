"""A Python value and its column -> the text of the cell, exactly as PostgreSQL's ``COPY`` writes the same value."""

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
from export_jobs.streaming.csv.time_text import clock_text, date_text, timestamp_text, timestamptz_text

EXPECTED: dict[ColumnType, str] = {
    "text": "text without NUL characters",
    "integer": "a whole number",
    "number": "a number",
    "boolean": "true, false, 0 or 1",
    "date": "a date such as 1997-01-31, of the years 1 to 9999",
    "timestamp": "a time without a zone such as 1997-01-31 13:00:00, of the years 1 to 9999",
    "timestamptz": "a time such as 1997-01-31 13:00:00+01:00, of the years 1 to 9999",
}
"""What a column of each type may hold, as part of a sentence."""


_INFINITIES = (datetime.min, datetime.max)
"""What DuckDB's driver gives for the infinities; a cell of the year 9999 in their place would be a quiet lie."""


def cell_writer(column: Column, dialect: str, time_zone: str, options: FileOptions) -> CellWriter:
    """How to write the cells of ``column``, except NULL. Times with a zone are written in ``time_zone``.

    What it returns raises ``ValueError`` or ``ArithmeticError``, whose text may quote the value, for a cell that
    cannot be read as the column's type.
    """
    zone = ZoneInfo(time_zone)
    write = formatted(_cell_writer(column, zone, options), column.type, column.cell_format, zone)
    may_be_endless = dialect == DUCKDB and column.type in {"timestamp", "timestamptz"}
    return partial(_refuse_infinity, write=write) if may_be_endless else write


def _cell_writer(column: Column, zone: ZoneInfo, options: FileOptions) -> CellWriter:
    if column.decimals is not None and column.type in {"integer", "number"}:
        return partial(_rounded_number, decimals=column.decimals)
    kinds: dict[ColumnType, CellWriter] = {
        "text": _text_writer(zone, options),
        "integer": _integer,
        "number": lambda value: number_text(_number(value)),
        "boolean": _boolean,
        "date": date_text,
        "timestamp": timestamp_text,
        "timestamptz": partial(timestamptz_text, zone=zone),
    }
    return kinds[column.type]


def _refuse_infinity(value: object, write: CellWriter) -> str:
    if isinstance(value, datetime) and value.replace(tzinfo=None) in _INFINITIES:
        raise ValueError
    return write(value)


def _plain_text(value: object, zone: ZoneInfo) -> str:
    """Text as it is; numbers and times that a catalogue calls text, as columns of their own type are written."""
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
        raise ValueError  # noqa: TRY004  one error for all that is no number; the caller makes the sentence
    return value


def _rounded_number(value: object, decimals: int) -> str:
    return rounded_text(_number(value), decimals)


def _integer(value: object) -> str:
    number = _number(value)
    if number != int(number):  # int() of an infinity or NaN is an error of its own
        raise ValueError
    return str(int(number))


def _boolean(value: object) -> str:
    if not isinstance(value, int) or value not in {0, 1}:
        raise ValueError
    return "true" if value else "false"
