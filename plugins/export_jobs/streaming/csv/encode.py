"""Convert lines of CSV in UTF-8 to the encoding of the file.

Most text is encoded at once. A record with a character that the encoding does not have is split into cells, because the
replacement may be a quote, a delimiter, NULL's text or the start of a formula.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from export_jobs.core.definitions.job import FileOptions
from export_jobs.core.files.charset import Charset, MissingCharacterError
from export_jobs.core.sql.cell import escape_heading
from export_jobs.core.sql.compiled import Column
from export_jobs.streaming.csv.text import CsvFormatter

_RECORD = re.compile(r'(?:[^"\n]|"[^"]*")*\n')
HEADING = 0
"""The number of the heading line, which is no row."""


class CsvEncoder:
    """Encodes the lines of one file."""

    def __init__(self, template: str, columns: Sequence[Column], options: FileOptions, charset: Charset) -> None:
        self._template = template
        self._columns = columns
        self._options = options
        self._charset = charset
        self._csv = CsvFormatter(options, len(columns))
        mark = re.escape(options.delimiter)
        self._cell = re.compile(rf'(?:"((?:[^"]|"")*)"|([^"\r\n{mark}]*))(?:{mark}|\r?\n)')

    def encode(self, lines: bytes | bytearray, first_row: int) -> bytes:
        """Encode ``lines``: whole records, of which the first is the row ``first_row`` (from 1) or the ``HEADING``.

        Raises ``TerminalError``, with row, column and character, for the first character that cannot be encoded, if the
        options do not allow a replacement.
        """
        text = lines.decode()
        try:
            return self._charset.encode(text)
        except UnicodeEncodeError:
            records = enumerate(_RECORD.findall(text), start=first_row)
            return self._charset.encode("".join([self._fit(record, row) for row, record in records]))

    def _fit(self, record: str, row: int) -> str:
        try:
            self._charset.encode(record)
        except UnicodeEncodeError:
            found = enumerate(self._cell.finditer(record))
            return self._csv.lines([[self._fit_cell(place, cell[1], cell[2], row) for place, cell in found]])
        return record

    def _fit_cell(self, place: int, quoted: str | None, bare: str, row: int) -> str:
        if quoted is None and bare == self._csv.null and row != HEADING:
            return bare
        old = bare if quoted is None else quoted.replace('""', '"')
        column = self._columns[place]
        try:
            text = self._charset.fit(old)
        except MissingCharacterError as error:
            where = f"row {row}, column {column.name!r}" if row else f"the heading {column.name!r}"
            raise self._charset.missing(self._template, where, error.character) from None
        if text != old and (row == HEADING or column.type == "text"):
            text = escape_heading(text, self._options)
        return self._csv.cell(text) if quoted is None else self._csv.quote(text)
