"""The CSV being written, whichever way its rows come: byte order mark, header, the job's limit, what was written."""

from __future__ import annotations

from dataclasses import dataclass

from export_jobs.core.definitions.job import FileOptions
from export_jobs.core.sql.compiled import CompiledExport
from export_jobs.errors import TerminalError
from export_jobs.streaming.base.sink import ByteSink, LimitedSink
from export_jobs.streaming.csv.text import header_line

UTF8_BOM = b"\xef\xbb\xbf"


@dataclass(frozen=True)
class ExtractResult:
    """A complete CSV: data rows without the header, size in bytes."""

    rows: int
    bytes: int


class CsvSink:
    """Writes one file; ``begin`` once the query runs, so that a refused query writes nothing."""

    def __init__(self, sink: ByteSink, export: CompiledExport, options: FileOptions) -> None:
        self._sink = LimitedSink(sink, options.max_bytes, export.template)
        self._export = export
        self._options = options

    def begin(self, columns: int) -> None:
        """Write what stands before the rows; ``columns`` is how many the database says that it gives."""
        expected = len(self._export.columns)
        if columns != expected:
            raise TerminalError(
                f"Template {self._export.template!r}: the query returns {columns} columns but the file has {expected}, "
                "so headings would stand over the wrong cells",
                "Correct the query in the catalogue",
            )
        if self._options.bom:
            self.write(UTF8_BOM)
        if self._options.header:
            self.write(header_line(self._export, self._options))

    def write(self, chunk: bytes | bytearray) -> None:
        """Write all of ``chunk``; raises ``TooLargeError`` and writes nothing when the limit would be passed."""
        self._sink.write(chunk)

    def finish(self, rows: int) -> ExtractResult:
        """The complete file, of ``rows`` data rows."""
        self._sink.flush()
        return ExtractResult(rows, self._sink.bytes)
