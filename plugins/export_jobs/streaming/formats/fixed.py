"""Write staged rows as fixed-width text: one line per row, with each cell at the same position in every line.

Widths count characters, not bytes. Nothing is cut: a cell that is wider than its column ends the export.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from itertools import chain, repeat
from typing import cast

from export_jobs.core.catalogue.catalogue import ColumnType
from export_jobs.core.definitions.column_use import Alignment
from export_jobs.core.files.charset import Charset, MissingCharacterError
from export_jobs.errors import TerminalError
from export_jobs.streaming.base.sink import ByteSink
from export_jobs.streaming.formats.fixed_width import column_align, column_width
from export_jobs.streaming.formats.staged_table import StagedTable

_TIMES: frozenset[ColumnType] = frozenset({"date", "timestamp", "timestamptz"})
_KINDS: dict[ColumnType, str] = {"integer": "a number", "number": "a number", **dict.fromkeys(_TIMES, "a time")}
_OTHER_YEAR = re.compile(r"\d{5,}-|.* BC$", flags=re.ASCII)
"""These always have PostgreSQL's own text, whatever format the column has."""
_FILL: dict[Alignment, Callable[[str, int], str]] = {"left": str.ljust, "right": str.rjust}


def write_fixed(table: StagedTable, sink: ByteSink) -> int:
    """Write the rows of ``table`` to ``sink``; return their number.

    Raises ``TerminalError``, with row and column, for the first cell that is too wide or not in the encoding.
    """
    writer = _FixedWriter(table)
    if mark := writer.charset.byte_order_mark:
        sink.write(mark)
    if table.options.header:
        sink.write(writer.lines([[column.name] for column in table.columns], first_row=0))
    rows = 0
    for batch in table.batches():
        sink.write(writer.lines(batch, first_row=rows + 1))
        rows += len(batch[0])
    return rows


class _UnfitCellError(Exception):
    """The first cell of a column that does not fit. Columns are checked one by one; the first row is reported."""

    def __init__(self, row: int, reason: TerminalError) -> None:
        super().__init__(row)
        self.row = row
        self.reason = reason


class _FixedWriter:
    def __init__(self, table: StagedTable) -> None:
        self.charset = Charset(table.options)
        self._table = table
        self._null = table.options.null_text
        self._end = "\r\n" if table.options.line_ending == "crlf" else "\n"
        headings = [self.charset.as_written(column.name) if table.options.header else "" for column in table.columns]
        self._widths = [column_width(*shown) for shown in zip(table.columns, headings, strict=True)]

    def lines(self, batch: Sequence[Sequence[str | None]], first_row: int) -> bytes:
        """Return the lines of a batch, which is passed column by column."""
        cells: list[list[str]] = []
        unfit: list[_UnfitCellError] = []
        for place, column in enumerate(batch):
            try:
                cells.append(self._column(place, column, first_row))
            except _UnfitCellError as error:
                unfit.append(error)
        if unfit:
            raise min(unfit, key=lambda error: error.row).reason
        lines = zip(*cells, repeat(self._end, len(batch[0])), strict=True)
        return self.charset.encode("".join(chain.from_iterable(lines)))

    def _column(self, place: int, cells: Sequence[str | None], first_row: int) -> list[str]:
        fill, width, null = _FILL[column_align(self._table.columns[place])], self._widths[place], self._null
        texts = [null if cell is None else cell for cell in cells] if None in cells else cast("Sequence[str]", cells)
        if not self.charset.has("".join(texts)):
            texts = [self._fit(place, text, row) for row, text in enumerate(texts, start=first_row)]
        if max(map(len, texts)) > width:
            row, text = next((row, text) for row, text in enumerate(texts, start=first_row) if len(text) > width)
            raise _UnfitCellError(row, self._too_wide(place, row, text))
        return [*map(fill, texts, repeat(width))]

    def _fit(self, place: int, text: str, row: int) -> str:
        try:
            return self.charset.fit(text)
        except MissingCharacterError as error:
            missing = self.charset.missing(self._table.template, self._where(place, row), error.character)
            raise _UnfitCellError(row, missing) from None

    def _too_wide(self, place: int, row: int, text: str) -> TerminalError:
        kind = self._table.columns[place].type
        what = _KINDS.get(kind, "a text") if row else "a text"
        if row and kind in _TIMES and not text[0].isdigit():
            what = "an infinite time"
        elif row and kind in _TIMES and _OTHER_YEAR.match(text):
            what = "a time outside the years 1 to 9999"
        return TerminalError(
            f"Template {self._table.template!r}, {self._where(place, row)}: {what} of {len(text)} characters does not "
            f"fit the column's width of {self._widths[place]}",
            "Create a job with a larger `width` for the column, or replace or shorten the value in the catalogue's SQL",
        )

    def _where(self, place: int, row: int) -> str:
        name = self._table.columns[place].name
        return f"row {row}, column {name!r}" if row else f"the heading {name!r}"
