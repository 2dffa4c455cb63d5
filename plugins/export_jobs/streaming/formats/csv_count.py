"""Count the columns of a small CSV file from its own text, with the same numbers as for the other formats.

A large one is not read; see docs/adr/0014.
"""

from __future__ import annotations

import codecs
import logging
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace

from export_jobs.core.definitions.job import FileOptions
from export_jobs.core.files.charset import Charset
from export_jobs.core.files.column_numbers import ColumnNumbers
from export_jobs.core.sql.compiled import Column
from export_jobs.streaming.formats.count import Cells, ColumnCounts
from export_jobs.streaming.formats.staged_table import PARSED_BYTES, StagedTable

log = logging.getLogger(__name__)

COUNTED_BYTES = 16 << 20
"""Limit of a template's text. Reading it takes at most a second, which is little compared to a task's start."""


class CsvCounts:
    """Counts the rows of one CSV file of ``template``.

    A cell that is not of its column's type is delivered as in the database: only the file's numbers are then missing,
    and the log says so.
    """

    def __init__(self, template: str, columns: Sequence[Column], options: FileOptions) -> None:
        self._template = template
        self._counts = ColumnCounts(columns)
        self._width = len(columns)
        self._delimiter, self._null = options.delimiter, options.null_text
        self._end = "\r\n" if options.line_ending == "crlf" else "\n"
        mark = re.escape(options.delimiter)
        self._cell = re.compile(f'(?:(")([^"]*(?:""[^"]*)*)"|([^"{mark}\r\n]*))({mark}|{self._end})')
        self._rows = 0
        self._reason = ""

    def add(self, records: str) -> None:
        """Count whole records."""
        if self._reason or not records:
            return
        cells = self._cells(records)
        rows, rest = divmod(len(cells), self._width)
        self._rows += rows
        if rest:
            self._reason = f"{len(cells)} cells are not whole rows of {self._width}"
            return
        try:
            self._counts.add([cells[place :: self._width] for place in range(self._width)])
        except (ValueError, ArithmeticError):  # its message may contain the cell
            self._reason = "a cell is not of its column's type"

    def result(self, rows: int) -> tuple[ColumnNumbers, ...] | None:
        """Return the numbers of the columns of ``rows`` rows, in order; None if they could not be counted."""
        if not self._reason and self._rows != rows:
            self._reason = f"{self._rows} of {rows} rows were found"
        if self._reason:
            log.warning("Template %s: its columns are not counted (%s)", self._template, self._reason)
            return None
        return self._counts.result()

    def _cells(self, records: str) -> Cells:
        null = self._null
        if '"' in records:
            found = self._cell.findall(records)
            return [quoted if mark else None if bare == null else bare for mark, quoted, bare, _ in found]
        cells = records.removesuffix(self._end).replace(self._end, self._delimiter).split(self._delimiter)
        return [None if cell == null else cell for cell in cells]


def count_csv(table: StagedTable, rows: int) -> tuple[ColumnNumbers, ...] | None:
    """Return the numbers of the columns of a file of ``rows`` rows; ``table`` has the bytes to deliver."""
    options = table.options
    counts = CsvCounts(table.template, table.columns, options)
    has_head = options.header
    text = replace(table, chunks=_in_utf8(table.chunks, options))
    for block in text.blocks(PARSED_BYTES):
        records = block.decode()
        counts.add(records[_head_end(records) :] if has_head else records)
        has_head = False
    return counts.result(rows)


def _in_utf8(chunks: Iterable[bytes], options: FileOptions) -> Iterator[bytes]:
    charset = Charset(options)
    decoder = codecs.getincrementaldecoder(charset.codec)()
    before = charset.byte_order_mark
    for chunk in chunks:
        yield decoder.decode(chunk.removeprefix(before)).encode()
        before = b"" if chunk else before
    yield decoder.decode(b"", final=True).encode()


def _head_end(records: str) -> int:
    """Return where the headings end; one may contain a line feed in quotes."""
    end = records.index("\n") + 1
    while records.count('"', 0, end) % 2:
        end = records.index("\n", end) + 1
    return end
