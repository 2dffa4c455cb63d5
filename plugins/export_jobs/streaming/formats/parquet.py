"""Write staged rows as Parquet by pyarrow: types from the compiled columns, row groups of one size, zstd inside.

Times with a zone are instants in UTC (``isAdjustedToUTC``), times without one are not moved; both count microseconds.
A cell that its type cannot store exactly ends the export: nothing is rounded, cut or left out.
"""

from __future__ import annotations

from collections.abc import Generator, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any, TypeVar, cast

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv as pa_csv
import pyarrow.parquet as pq

from export_jobs.core.sql.compiled import Column
from export_jobs.streaming.base.sink import ByteSink
from export_jobs.streaming.formats.parquet_count import count_cells
from export_jobs.streaming.formats.staged_table import NULL, StagedTable

T = TypeVar("T")

GROUP_ROWS = 100_000
GROUP_BYTES = 64 << 20
"""This much text also ends a row group: rows can be wide."""
READ_BYTES = 1 << 20
PAGE_BYTES = 1 << 20
PACKING_LEVEL = 3
DICTIONARY_BYTES = 1 << 16
_OF_FEW_VALUES = {"text", "date"}
"""A dictionary keeps their columns small; one with many values would only be written twice."""
DECIMAL_DIGITS = 38
_EXACT_DIGITS = 15
"""Every float keeps this many digits."""
_SAME_DIGITS = 16
"""Up to this many digits, two texts of one float may differ: the shortest ones of Python and of PostgreSQL do."""

_TYPES: dict[str, pa.DataType] = {
    "text": pa.string(),
    "integer": pa.int64(),
    "number": pa.float64(),
    "boolean": pa.bool_(),
    "date": pa.date32(),
    "timestamp": pa.timestamp("us"),
    "timestamptz": pa.timestamp("us", tz="UTC"),
}


def write_parquet(table: StagedTable, sink: ByteSink) -> int:
    """Write the rows of ``table`` to ``sink``; return their number.

    Raises ``TerminalError``, with the column but no value, for a cell that its type cannot store.
    """
    schema = pa.schema([pa.field(column.name, _arrow_type(column)) for column in table.columns])
    # The file contains the rows and, of the program that wrote it, only its name, so that bytes repeat.
    with (
        closing(_read_ahead(_groups(table, schema))) as groups,
        pq.ParquetWriter(
            pa.PythonFile(sink, mode="w"),
            schema,
            version="2.6",
            compression="zstd",
            compression_level=PACKING_LEVEL,
            use_dictionary=[column.name for column in table.columns if column.type in _OF_FEW_VALUES],
            data_page_size=PAGE_BYTES,
            dictionary_pagesize_limit=DICTIONARY_BYTES,
            max_rows_per_page=GROUP_ROWS,
            store_schema=False,
        ) as writer,
    ):
        rows = 0
        for group in groups:
            writer.write_table(group, row_group_size=group.num_rows)
            rows += group.num_rows
    return rows


def _arrow_type(column: Column) -> pa.DataType:
    if column.decimals is not None and column.type in {"integer", "number"}:
        return pa.decimal128(DECIMAL_DIGITS, column.decimals)
    return _TYPES[column.type]


def _groups(table: StagedTable, schema: pa.Schema) -> Iterator[pa.Table]:
    waiting: list[pa.Table] = []
    rows, size = 0, 0
    with closing(_read_ahead(table.blocks(READ_BYTES))) as blocks:
        for block in blocks:
            waiting.append(_read(table, schema, block))
            rows += waiting[-1].num_rows
            size += len(block)
            if rows >= GROUP_ROWS or size >= GROUP_BYTES:
                yield pa.concat_tables(waiting)
                waiting, rows, size = [], 0, 0
    if waiting:
        yield pa.concat_tables(waiting)


def _read_ahead(items: Iterator[T]) -> Generator[T, None, None]:
    """Yield the same items; the next one is created while the current one is used.

    Unpacking, reading and writing each release Python's lock most of the time.
    """
    with ThreadPoolExecutor(1, thread_name_prefix="read-ahead") as reader:
        coming = reader.submit(next, items, None)
        while (item := coming.result()) is not None:
            coming = reader.submit(next, items, None)
            yield item


def _read(table: StagedTable, schema: pa.Schema, block: bytes) -> pa.Table:
    """Read a block by the types of ``schema``; floats as text, since their digits are checked first."""
    types = [pa.string() if pa.types.is_float64(field.type) else field.type for field in schema]
    try:
        found = _read_as(block, types, table.delimiter)
    except pa.ArrowInvalid:
        # The columns are converted one by one, which shows the wrong one and what can be read in another way.
        found = _read_as(block, [pa.string()] * len(types), table.delimiter)
    columns = [
        _convert(table, column, cells, field.type)
        for column, cells, field in zip(table.columns, found.columns, schema, strict=True)
    ]
    for place, (texts, cells) in enumerate(zip(found.columns, columns, strict=True)):
        count_cells(table.counts, place, texts, cells)
    return pa.table(columns, schema=schema)


def _read_as(block: bytes, types: Iterable[pa.DataType], delimiter: str) -> pa.Table:
    # Columns are named by their number, since headings can be any text.
    named = {str(number): kind for number, kind in enumerate(types)}
    return pa_csv.read_csv(
        pa.BufferReader(block),
        read_options=pa_csv.ReadOptions(column_names=list(named), block_size=len(block) + 1, use_threads=False),
        parse_options=pa_csv.ParseOptions(delimiter=delimiter, newlines_in_values=True, ignore_empty_lines=False),
        convert_options=pa_csv.ConvertOptions(
            column_types=named,
            null_values=[NULL],
            true_values=["true"],
            false_values=["false"],
            strings_can_be_null=True,
            quoted_strings_can_be_null=False,
        ),
    )


def _convert(table: StagedTable, column: Column, cells: pa.ChunkedArray, kind: pa.DataType) -> pa.ChunkedArray:
    if cells.type == kind:
        return cells
    try:
        if pa.types.is_float64(kind):
            _refuse_rounding(table, column, cells)
        return cells.cast(kind)
    except pa.ArrowInvalid:
        if column.type == "timestamptz":
            return _old_offsets(table, column, cells, kind)
        raise _unfit(table, column) from None


def _refuse_rounding(table: StagedTable, column: Column, cells: pa.ChunkedArray) -> None:
    """Refuse a float that reads back as other digits: it is another number."""
    long = cells.filter(pc.fill_null(pc.greater(pc.utf8_length(cells), _EXACT_DIGITS), False))
    for text in cast("Iterable[str]", long.to_pylist()):
        number = Decimal(text)
        if number.is_finite() and not _is_kept(number, float(text)):
            raise table.cell_error(
                column,
                "has a number with more digits than a Parquet double keeps",
                "Set the column's decimals in the catalogue, so that it becomes a decimal",
            )


def _is_kept(number: Decimal, double: float) -> bool:
    """Whether ``double`` has these digits. PostgreSQL writes 1e23 as 9.999999999999999e+22: the same double."""
    if Decimal(repr(double)) == number:
        return True
    digits = len(number.as_tuple().digits)
    return digits <= _SAME_DIGITS and Decimal(f"{double:.{digits - 1}e}") == number


def _old_offsets(table: StagedTable, column: Column, cells: pa.ChunkedArray, kind: pa.DataType) -> pa.ChunkedArray:
    """Read offsets with seconds, as local times had before there were zones; only Python reads them."""
    try:
        moments: list[Any] = [
            None if text is None else datetime.fromisoformat(cast("str", text)).astimezone(UTC)
            for text in cells.to_pylist()
        ]
    except (ValueError, OverflowError):
        raise _unfit(table, column) from None
    return pa.chunked_array([pa.array(moments, kind)])


def _unfit(table: StagedTable, column: Column) -> Exception:
    return table.cell_error(
        column,
        f"has a value that a Parquet column of the type {_arrow_type(column)} cannot store",
        "Leave out such values in the catalogue's SQL, or cast the column to text there; CSV and JSON lines store any",
    )
