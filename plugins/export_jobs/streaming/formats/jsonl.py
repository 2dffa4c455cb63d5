"""Write staged rows as JSON lines: one object per row with the headings as keys, in UTF-8, with line feeds.

Numbers are the digits of the database, so a decimal keeps its places and a whole number of 19 digits its last one. JSON
has no NaN and no infinity: they become texts. Times are ISO 8601, in one shape per column.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import partial
from itertools import chain, repeat
from json.encoder import encode_basestring as json_text
from typing import cast

from export_jobs.core.catalogue.catalogue import ColumnType
from export_jobs.streaming.base.sink import ByteSink
from export_jobs.streaming.formats.count import Cells
from export_jobs.streaming.formats.moment_text import common_shape, split_instant
from export_jobs.streaming.formats.staged_table import StagedTable

_NO_JSON_NUMBER = {"NaN", "Infinity", "-Infinity"}
_WHOLE_SECONDS = "0000-00-00 00:00:00"
_WHOLE_SECONDS_AND_OFFSET = {f"{_WHOLE_SECONDS}+00", f"{_WHOLE_SECONDS}-00"}
_PLAIN_LENGTH = len(_WHOLE_SECONDS)
_PLACES = 6

ColumnWriter = Callable[[Sequence[str]], Iterable[str]]
"""Returns the cells of a column, except NULL, as JSON."""


def write_jsonl(table: StagedTable, sink: ByteSink) -> int:
    """Write the rows of ``table`` to ``sink``; return their number."""
    rows = 0
    for lines in json_lines(table):
        sink.write(lines)
        rows += lines.count(b"\n")  # a line feed in a text is written as \n
    return rows


def json_lines(table: StagedTable) -> Iterator[bytes]:
    """Yield the lines, some thousand at a time."""
    keys = [f", {json_text(column.name)}: " for column in table.columns]
    keys[0] = "{" + keys[0].removeprefix(", ")
    writers = [_WRITERS[column.type] for column in table.columns]
    for batch in table.batches():
        pieces: list[Iterable[str]] = []
        for key, write, cells in zip(keys, writers, batch, strict=True):
            pieces += repeat(key), _values(write, cells)
        yield "".join(chain.from_iterable(zip(*pieces, repeat("}\n"), strict=False))).encode()


def _values(write: ColumnWriter, cells: Cells) -> Iterable[str]:
    if None not in cells:
        return write(cast("Sequence[str]", cells))
    written = iter(write([cell for cell in cells if cell is not None]))
    return ["null" if cell is None else next(written) for cell in cells]


def _texts(cells: Sequence[str]) -> Iterable[str]:
    return map(json_text, cells)


def _numbers(cells: Sequence[str]) -> Iterable[str]:
    if _NO_JSON_NUMBER.isdisjoint(cells):
        return cells
    return [f'"{cell}"' if cell in _NO_JSON_NUMBER else cell for cell in cells]


def _moments(cells: Sequence[str], offset_length: int) -> Iterable[str]:
    shape = common_shape(cells) if cells else ""
    if offset_length and shape in _WHOLE_SECONDS_AND_OFFSET:
        return [f'"{cell[:10]}T{cell[11:19]}.000000{cell[19:]}:00"' for cell in cells]
    if not offset_length and shape == _WHOLE_SECONDS:
        return [f'"{cell[:10]}T{cell[11:]}.000000"' for cell in cells]
    return [_moment(cell, offset_length) for cell in cells]


def _moment(text: str, offset_length: int) -> str:
    """Return ISO 8601 with six decimals of a second; anything that is no plain time stays as in the database."""
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


_WRITERS: dict[ColumnType, ColumnWriter] = {
    "text": _texts,
    "integer": _numbers,  # one that has decimals can be NaN, too
    "number": _numbers,
    "boolean": lambda cells: cells,
    "date": _texts,
    "timestamp": partial(_moments, offset_length=0),
    "timestamptz": partial(_moments, offset_length=3),
}
