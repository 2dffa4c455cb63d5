"""Staged rows -> JSON lines: one object a row, its keys the headings, in UTF-8 and each line ended by a line feed.

Numbers are the digits that the database gives, so a decimal keeps its places and a whole number of 19 digits its last
one. JSON has no NaN and no infinity: they are texts. Times are ISO 8601, all of a column in one shape.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import partial
from json.encoder import encode_basestring as json_text
from typing import cast

from export_jobs.core.catalogue.catalogue import ColumnType
from export_jobs.streaming.base.sink import ByteSink
from export_jobs.streaming.formats.count import Cells
from export_jobs.streaming.formats.moment_text import split_instant
from export_jobs.streaming.formats.staged_table import StagedTable

_NO_JSON_NUMBER = {"NaN", "Infinity", "-Infinity"}
_PLAIN_LENGTH = len("YYYY-MM-DD HH:MM:SS")
_PLACES = 6


def write_jsonl(table: StagedTable, sink: ByteSink) -> int:
    """Write the rows of ``table`` to ``sink``; returns their number."""
    rows = 0
    for lines in json_lines(table):
        sink.write(lines)
        rows += lines.count(b"\n")  # a line feed in a text is written as \n
    return rows


def json_lines(table: StagedTable) -> Iterator[bytes]:
    """The lines, some thousand at a time."""
    keys = [json_text(column.name).replace("%", "%%") for column in table.columns]
    line = "{" + ", ".join(f"{key}: %s" for key in keys) + "}\n"
    writers = [_WRITERS[column.type] for column in table.columns]
    for batch in table.batches():
        values = [_values(write, cells) for write, cells in zip(writers, batch, strict=True)]
        yield "".join([line % row for row in zip(*values, strict=True)]).encode()


def _values(write: Callable[[str], str], cells: Cells) -> Cells:
    if None in cells:
        return ["null" if cell is None else write(cell) for cell in cells]
    return list(map(write, cast("list[str]", cells)))


def _number(text: str) -> str:
    return f'"{text}"' if text in _NO_JSON_NUMBER else text


def _moment(text: str, offset_length: int) -> str:
    """ISO 8601 with six places of a second; what is no plain time stays as the database writes it."""
    end = len(text) - offset_length
    if text[10:11] == " " and (not offset_length or text[end] in "+-"):
        offset = f"{text[end:]}:00" if offset_length else ""
        if end == _PLAIN_LENGTH:
            return f'"{text[:10]}T{text[11:19]}.000000{offset}"'
        fraction = text[_PLAIN_LENGTH + 1 : end]
        if (
            text[_PLAIN_LENGTH : _PLAIN_LENGTH + 1] == "."
            and fraction.isdecimal()
            and fraction.isascii()
            and len(fraction) <= _PLACES
        ):
            return f'"{text[:10]}T{text[11:19]}.{fraction:0<6}{offset}"'
    parts = split_instant(text)
    return json_text(text) if parts is None else f'"{parts.date}T{parts.clock}.{parts.fraction}{parts.offset}"'


_WRITERS: dict[ColumnType, Callable[[str], str]] = {
    "text": json_text,
    "integer": _number,  # one that has decimals can be NaN, too
    "number": _number,
    "boolean": str,
    "date": json_text,
    "timestamp": partial(_moment, offset_length=0),
    "timestamptz": partial(_moment, offset_length=3),
}
