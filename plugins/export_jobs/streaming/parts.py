"""Write staged rows as the parts of a template, each a complete file of any format, in constant memory."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import BinaryIO

from export_jobs.core.definitions.job import FileOptions, FileSplit
from export_jobs.core.files.charset import Charset
from export_jobs.core.files.column_numbers import ColumnNumbers
from export_jobs.core.files.export_file import StagedRows
from export_jobs.errors import TerminalError
from export_jobs.streaming.base.sink import ByteSink, LimitedSink
from export_jobs.streaming.csv.encode import HEADING, CsvEncoder
from export_jobs.streaming.csv.text import header_line
from export_jobs.streaming.deliverable import (
    DeliverableResult,
    is_counted,
    pack,
    staged_columns,
    staged_table,
    uncounted,
)
from export_jobs.streaming.formats.csv_count import CsvCounts
from export_jobs.streaming.formats.format_writer import format_writer
from export_jobs.streaming.formats.jsonl import json_lines
from export_jobs.streaming.formats.staged_table import PARSED_BYTES
from export_jobs.streaming.staged.part_cut import PartCutter, RecordText, count_records
from export_jobs.streaming.staged.read_back import text_chunks


@dataclass(frozen=True)
class PartResult:
    """One part: its file and the number of its rows."""

    file: DeliverableResult
    rows: int


class Part:
    """One part of a template, which must be written before the next one is requested. ``number`` counts from 1."""

    def __init__(self, number: int, first_row: int, cutter: PartCutter, records: Iterator[bytes]) -> None:
        self.number = number
        self._first_row, self._cutter, self._records = first_row, cutter, records

    def write(
        self, sink: ByteSink, *, rows: StagedRows, options: FileOptions, member: str, modified: datetime
    ) -> PartResult:
        """Write the file of this part; raises what ``make_file`` raises."""

        def fill(content: ByteSink) -> tuple[ColumnNumbers, ...]:
            limited = LimitedSink(content, options.max_bytes, rows.template)
            if options.format == "csv":
                return self._write_csv(limited, rows, options)
            if _is_cut_as_written(options):
                for lines in self._records:
                    limited.write(lines)
                return uncounted(rows)
            table = staged_table(rows, self._records, options)
            format_writer(options.format)(table, limited)
            return table.counts.result()

        written = pack(sink, fill, options.compression, member, modified)
        return PartResult(written, self._cutter.rows)

    def _write_csv(self, sink: ByteSink, rows: StagedRows, options: FileOptions) -> tuple[ColumnNumbers, ...]:
        charset = Charset(options)
        columns = staged_columns(rows)
        encoder = CsvEncoder(rows.template, columns, options, charset)
        counts = CsvCounts(rows.template, columns, options) if is_counted(rows) else None
        sink.write(charset.byte_order_mark)
        if options.header:
            sink.write(encoder.encode(header_line(rows.columns, options), HEADING))
        for lines in self._records:
            first = self._first_row + self._cutter.rows - count_records(lines, has_quotes=True)
            sink.write(lines if options.encoding == "utf-8" else encoder.encode(lines, first))
            if counts:
                counts.add(lines.decode())
        return (counts and counts.result(self._cutter.rows)) or uncounted(rows)


def split_rows(source: BinaryIO, *, rows: StagedRows, options: FileOptions, split: FileSplit) -> Iterator[Part]:
    """Yield the parts of the rows staged in ``source``; raises ``TerminalError`` at the end if rows are missing."""
    cutter = PartCutter(_record_text(source, rows, options), split)
    seen = 0
    for records in cutter:
        yield Part(cutter.number, seen + 1, cutter, records)
        for _ in records:
            raise AssertionError("a part was left before its end")
        seen += cutter.rows
    if seen != rows.rows:
        raise TerminalError(
            f"Template {rows.template!r}: {rows.rows} rows were extracted, but the parts have {seen}",
            "Clear the extract task of this run to read the rows again",
        )


def _record_text(source: BinaryIO, rows: StagedRows, options: FileOptions) -> RecordText:
    table = staged_table(rows, text_chunks(source, rows.packed, rows.template), options)
    if _is_cut_as_written(options):
        return RecordText(rows.template, json_lines(table), has_quotes=False)
    head = _csv_head_bytes(rows, options) if options.format == "csv" else 0
    return RecordText(rows.template, table.blocks(PARSED_BYTES), has_quotes=True, head_bytes=head)


def _is_cut_as_written(options: FileOptions) -> bool:
    """Whether all rows are turned into lines before they are cut: the length of the lines decides where a part ends."""
    return options.format == "jsonl" and options.split is not None and options.split.bytes is not None


def _csv_head_bytes(rows: StagedRows, options: FileOptions) -> int:
    headings = header_line(rows.columns, options) if options.header else b""
    return len(Charset(options).byte_order_mark) + len(headings)
