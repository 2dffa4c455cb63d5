"""Write a CSV from any kind of source: byte order mark, header, rows, and the job's size limit."""

from __future__ import annotations

from dataclasses import dataclass

from export_jobs.core.definitions.job import FileOptions
from export_jobs.core.files.charset import Charset
from export_jobs.core.sql.compiled import CompiledExport
from export_jobs.errors import TerminalError
from export_jobs.streaming.base.sink import ByteSink, LimitedSink
from export_jobs.streaming.csv.encode import HEADING, CsvEncoder
from export_jobs.streaming.csv.text import header_line


@dataclass(frozen=True)
class ExtractResult:
    """A complete CSV: data rows without the header, size in bytes."""

    rows: int
    bytes: int


class CsvSink:
    """Writes one file; call ``begin`` once the query runs, so that a refused query writes nothing."""

    def __init__(self, sink: ByteSink, export: CompiledExport, options: FileOptions) -> None:
        self._sink = LimitedSink(sink, options.max_bytes, export.template)
        self._export = export
        self._options = options
        self._charset = Charset(options)
        # The rows arrive in UTF-8, which is passed on unchanged.
        self._encoder = (
            None if options.encoding == "utf-8" else CsvEncoder(export.template, export.columns, options, self._charset)
        )
        self._rows = 0

    def begin(self, columns: int) -> None:
        """Write what comes before the rows; ``columns``: how many columns the database returns."""
        expected = len(self._export.columns)
        if columns != expected:
            raise TerminalError(
                f"Template {self._export.template!r}: the query returns {columns} columns but the file has {expected}, "
                "so headings would be above the wrong cells",
                "Correct the query in the catalogue",
            )
        if mark := self._charset.byte_order_mark:
            self._sink.write(mark)
        if self._options.header:
            line = header_line([column.name for column in self._export.columns], self._options)
            self._sink.write(line if self._encoder is None else self._encoder.encode(line, HEADING))

    def write(self, lines: bytes | bytearray, rows: int) -> None:
        """Write ``rows`` whole records, in UTF-8.

        Raises ``TooLargeError`` and writes nothing if the limit would be exceeded, and ``TerminalError`` for a
        character that the file's encoding does not have.
        """
        self._sink.write(lines if self._encoder is None else self._encoder.encode(lines, self._rows + 1))
        self._rows += rows

    def finish(self, rows: int) -> ExtractResult:
        """Flush the file and return its result, with ``rows`` data rows."""
        self._sink.flush()
        return ExtractResult(rows, self._sink.bytes)
