"""Write rows of any driver as lines of CSV, quoted by the rules of PostgreSQL's ``COPY … (FORMAT csv)``."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Sequence
from typing import Any

from export_jobs.core.definitions.job import FileOptions
from export_jobs.core.sql.compiled import Column, CompiledExport
from export_jobs.errors import TerminalError
from export_jobs.streaming.csv.cell_text import cell_writer, describe_invalid_cell
from export_jobs.streaming.csv.format_text import CellWriter


class CsvFormatter:
    """Formats cells and lines of one file. ``columns``: the number of cells per line."""

    def __init__(self, options: FileOptions, columns: int) -> None:
        self._delimiter = options.delimiter
        self._null_text = options.null_text
        self._end = "\r\n" if options.line_ending == "crlf" else "\n"
        self._needs_quotes = re.compile(f'["\r\n{re.escape(options.delimiter)}]').search
        # Alone on its line, it would be read as the end of the data.
        self._never_bare = {options.null_text, "\\."} if columns == 1 else {options.null_text}

    def cell(self, text: str) -> str:
        """Return the text, in quotes if it would else be read as the end of the cell or as NULL."""
        if self._needs_quotes(text) or text in self._never_bare:
            return self.quote(text)
        return text

    def quote(self, text: str) -> str:
        """Return any text in quotes."""
        return f'"{text.replace(chr(34), chr(34) * 2)}"'

    @property
    def null(self) -> str:
        """A cell without a value, which is always bare."""
        return self._null_text

    def lines(self, rows: Iterable[Iterable[str]]) -> str:
        """Return the lines of formatted cells."""
        join, end = self._delimiter.join, self._end
        return "".join([join(row) + end for row in rows])


def header_line(headings: Sequence[str], options: FileOptions) -> bytes:
    """Return the heading line. As in ``COPY``, headings are quoted only if necessary, even if all cells are quoted."""
    csv = CsvFormatter(options, len(headings))
    return csv.lines([[csv.cell(heading) for heading in headings]]).encode()


class RowWriter:
    """Writes rows of a driver as lines of CSV in UTF-8. ``short_floats``: columns with floats of 32 bits, from 0."""

    def __init__(
        self, export: CompiledExport, options: FileOptions, time_zone: str, short_floats: Collection[int] = ()
    ) -> None:
        self._template = export.template
        self._csv = CsvFormatter(options, len(export.columns))
        self._cell = self._csv.quote if options.quoting == "all" else self._csv.cell
        self._columns: list[tuple[Column, CellWriter]] = [
            (column, cell_writer(column, export.dialect, time_zone, options, is_short=place in short_floats))
            for place, column in enumerate(export.columns)
        ]

    def lines(self, rows: Sequence[Sequence[Any]]) -> bytes:
        """Return the lines of ``rows``; raises ``TerminalError``, with the column but no value, for a bad cell."""
        # Column by column: each has one writer, which need not be looked up for every row.
        cells = [
            self._cells(*column, values) for column, values in zip(self._columns, zip(*rows, strict=True), strict=True)
        ]
        try:
            return self._csv.lines(zip(*cells, strict=True)).encode()
        except UnicodeEncodeError:
            raise TerminalError(
                f"Template {self._template!r}: a text contains half of a UTF-16 pair, which UTF-8 cannot encode",
                "Correct the text in the database, or leave its column out",
            ) from None

    def _cells(self, column: Column, write_cell: CellWriter, values: Sequence[Any]) -> list[str]:
        cell, null = self._cell, self._csv.null
        try:
            return [null if value is None else cell(write_cell(value)) for value in values]
        except (ValueError, ArithmeticError):
            invalid = next(value for value in values if not _is_readable(write_cell, value))
        what, remedy = describe_invalid_cell(invalid, column.type)
        raise TerminalError(f"Template {self._template!r}, column {column.name!r}: the database returns {what}", remedy)


def _is_readable(write_cell: CellWriter, value: object) -> bool:
    try:
        if value is not None:
            write_cell(value)
    except (ValueError, ArithmeticError):
        return False
    return True
