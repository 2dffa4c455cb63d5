"""Write staged rows as the file to deliver, of any format and compression, in constant memory."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from io import BytesIO
from tempfile import TemporaryFile
from typing import BinaryIO

from export_jobs.core.definitions.job import Compression, FileOptions
from export_jobs.core.files.column_numbers import ColumnNumbers
from export_jobs.core.files.export_file import CellType, StagedRows
from export_jobs.core.sql.compiled import Column
from export_jobs.errors import TerminalError
from export_jobs.streaming.base.sink import ByteSink, HashingSink, LimitedSink
from export_jobs.streaming.compress import compress
from export_jobs.streaming.formats.csv_count import COUNTED_BYTES, count_csv
from export_jobs.streaming.formats.format_writer import format_writer
from export_jobs.streaming.formats.staged_table import StagedTable
from export_jobs.streaming.staged.deflate_sink import DeflateSink
from export_jobs.streaming.staged.read_back import packed_chunks, text_chunks

Filler = Callable[[ByteSink], tuple[ColumnNumbers, ...]]
"""Writes the content of a file and returns the numbers of its columns."""


@dataclass(frozen=True)
class DeliverableResult:
    """The written file and its unpacked content: sizes in bytes, SHA-256 in hex, numbers of its columns."""

    bytes: int
    sha256: str
    content_bytes: int
    content_sha256: str
    column_numbers: tuple[ColumnNumbers, ...]


def make_file(
    source: BinaryIO, sink: ByteSink, *, rows: StagedRows, options: FileOptions, member: str, modified: datetime
) -> DeliverableResult:
    """Write the file of the rows staged in ``source``.

    ``member`` is the name of the content and ``modified`` its date in a zip (use the window's end, never the clock).

    Raises ``TerminalError`` if no space is left, ``source`` contains other rows, the content is too large, or this
    format cannot store a cell.
    """
    if options.format == "csv":
        source, numbers = _count(source, rows, options, member)
        done = compress(
            source, sink, packed=rows.packed, compression=options.compression, member=member, modified=modified
        )
        return DeliverableResult(done.bytes, done.sha256, rows.packed.bytes, rows.packed.sha256, numbers)
    return pack(
        sink, lambda content: _write(source, content, rows, options, member), options.compression, member, modified
    )


def pack(sink: ByteSink, fill: Filler, compression: Compression, member: str, modified: datetime) -> DeliverableResult:
    """Compress what ``fill`` writes into ``sink``; a temporary file holds it meanwhile, already packed."""
    if compression == "none":
        output = HashingSink(sink, member)
        numbers = fill(output)
        output.flush()
        return DeliverableResult(output.bytes, output.sha256, output.bytes, output.sha256, numbers)
    with TemporaryFile(prefix="export-jobs-") as content:
        with DeflateSink(content, member) as packing:
            numbers = fill(packing)
            packed = packing.finish()
        content.seek(0)
        done = compress(content, sink, packed=packed, compression=compression, member=member, modified=modified)
    return DeliverableResult(done.bytes, done.sha256, packed.bytes, packed.sha256, numbers)


def is_counted(rows: StagedRows) -> bool:
    """Return whether the columns of a CSV of ``rows`` are counted; that depends only on the size of the text."""
    return bool(rows.types) and rows.packed.bytes <= COUNTED_BYTES


def uncounted(rows: StagedRows) -> tuple[ColumnNumbers, ...]:
    """Return what is known of the columns of a large CSV, whose text is not read again; see docs/adr/0014."""
    cells = zip(rows.columns, rows.types, strict=bool(rows.types))
    return tuple(ColumnNumbers(name=name, type=cell.type, decimals=cell.decimals) for name, cell in cells)


def staged_types(columns: Sequence[Column]) -> tuple[CellType, ...]:
    """Return what is kept of ``columns`` besides their headings, from which ``staged_columns`` restores them."""
    return tuple(
        CellType(
            type=column.type,
            decimals=column.decimals,
            cell_format=column.cell_format,
            width=column.width,
            align=column.align,
            is_personal=column.is_personal,
        )
        for column in columns
    )


def staged_columns(rows: StagedRows) -> tuple[Column, ...]:
    """Return the columns of staged rows; those of CSV that an earlier release staged have no types, and need none."""
    types = rows.types or (CellType(type="text"),) * len(rows.columns)
    return tuple(
        Column(name, cell.type, cell.decimals, cell.cell_format, cell.width, cell.align, cell.is_personal)
        for name, cell in zip(rows.columns, types, strict=True)
    )


def _count(
    source: BinaryIO, rows: StagedRows, options: FileOptions, member: str
) -> tuple[BinaryIO, tuple[ColumnNumbers, ...]]:
    """Return a CSV's rows again, from memory if they were read for counting, and the numbers of its columns."""
    if not is_counted(rows):
        return source, uncounted(rows)
    packed = BytesIO(b"".join(packed_chunks(source, rows.packed, member)))
    table = staged_table(rows, text_chunks(packed, rows.packed, member), options)
    numbers = count_csv(table, rows.rows) or uncounted(rows)
    packed.seek(0)
    return packed, numbers


def staged_table(rows: StagedRows, chunks: Iterable[bytes], options: FileOptions) -> StagedTable:
    """Return a table of ``chunks``, the text of ``rows``, for a file with ``options``."""
    return StagedTable(rows.template, staged_columns(rows), chunks, options, rows.delimiter)


def _write(
    source: BinaryIO, sink: ByteSink, rows: StagedRows, options: FileOptions, member: str
) -> tuple[ColumnNumbers, ...]:
    table = staged_table(rows, text_chunks(source, rows.packed, member), options)
    written = format_writer(options.format)(table, LimitedSink(sink, options.max_bytes, rows.template))
    if written != rows.rows:
        raise TerminalError(
            f"Template {rows.template!r}: {rows.rows} rows were extracted, but the file has {written}",
            "Clear the extract task of this run to read the rows again",
        )
    return table.counts.result()
