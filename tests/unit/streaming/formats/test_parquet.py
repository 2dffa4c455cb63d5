"""Parquet, read back by pyarrow and by DuckDB: types, exact values, NULL, row groups, the same bytes each time."""

from __future__ import annotations

import io
import math
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import duckdb
import pyarrow.parquet as pq
import pytest

from export_jobs.core.catalogue.catalogue import ColumnType
from export_jobs.core.sql.compiled import Column
from export_jobs.errors import TerminalError
from export_jobs.streaming.formats import parquet
from export_jobs.streaming.formats.parquet import write_parquet
from export_jobs.streaming.formats.staged_table import StagedTable
from tests.unit.streaming.formats.staged import Rows, staged


def written(table: StagedTable) -> bytes:
    sink = io.BytesIO()
    write_parquet(table, sink)
    return sink.getvalue()


def read(columns: list[Column], rows: Rows) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = pq.read_table(io.BytesIO(written(staged(columns, rows)))).to_pylist()
    return found


@pytest.mark.parametrize(
    ("kind", "decimals", "text", "expected"),
    [
        ("text", None, 'a "b"\r\n\tc, \\N 😀 مرحبا', 'a "b"\r\n\tc, \\N 😀 مرحبا'),
        ("text", None, "", ""),
        ("text", None, "\\N", "\\N"),
        ("text", None, "NULL", "NULL"),
        ("integer", None, "-9223372036854775808", -(2**63)),
        ("integer", None, "9007199254740993", 9007199254740993),
        ("integer", 0, "12345678901234567890123456789012345678", Decimal("12345678901234567890123456789012345678")),
        ("number", 10, "1234567890123456789012345678.0123456789", Decimal("1234567890123456789012345678.0123456789")),
        ("number", 2, "-0.01", Decimal("-0.01")),
        ("number", None, "0.1", 0.1),
        ("number", None, "0.30000000000000004", 0.1 + 0.2),
        ("number", None, "1e+300", 1e300),
        ("number", None, "-Infinity", -math.inf),
        ("boolean", None, "true", True),
        ("boolean", None, "false", False),
        ("date", None, "9999-12-31", date(9999, 12, 31)),
        ("date", None, "0001-01-01", date(1, 1, 1)),
        ("timestamp", None, "9999-12-31 23:59:59.999999", datetime(9999, 12, 31, 23, 59, 59, 999999)),
        ("timestamp", None, "1800-01-01 00:00:00", datetime(1800, 1, 1)),
        ("timestamptz", None, "1997-01-31 13:00:00+01", datetime(1997, 1, 31, 12, tzinfo=UTC)),
        ("timestamptz", None, "1997-01-31 13:00:00.000001-03:30", datetime(1997, 1, 31, 16, 30, 0, 1, tzinfo=UTC)),
        ("timestamptz", None, "1890-01-01 00:53:28+00:53:28", datetime(1890, 1, 1, tzinfo=UTC)),
    ],
)
def test_a_cell_is_exact(kind: ColumnType, decimals: int | None, text: str, expected: object) -> None:
    # Beside it a cell of one that is read in the second way only, so that both ways are tried.
    for other in ("1997-01-31 13:00:00+01", "1890-01-01 00:53:28+00:53:28"):
        columns = [Column("a", kind, decimals), Column("b", "timestamptz")]
        found = read(columns, [[text, other], [None, None]])
        assert [row["a"] for row in found] == [expected, None]
        assert type(found[0]["a"]) is type(expected)


def test_nan_is_nan() -> None:
    [row] = read([Column("a", "number")], [["NaN"]])
    assert math.isnan(row["a"])


@pytest.mark.parametrize(
    ("kind", "decimals", "text"),
    [
        ("integer", None, "9223372036854775808"),
        ("number", 2, "NaN"),
        ("number", 2, "Infinity"),
        ("number", 10, "12345678901234567890123456789.0000000000"),
        ("date", None, "infinity"),
        ("date", None, "0044-03-15 BC"),
        ("date", None, "10000-01-01"),
        ("timestamp", None, "infinity"),
        ("timestamp", None, "0044-03-15 13:00:00 BC"),
        ("timestamptz", None, "-infinity"),
        ("timestamptz", None, "0044-03-15 13:00:00+00 BC"),
    ],
)
def test_what_a_type_cannot_hold_is_refused(kind: ColumnType, decimals: int | None, text: str) -> None:
    table = staged([Column("id", "integer"), Column("a", kind, decimals)], [["1", None], ["2", text]])
    with pytest.raises(
        TerminalError, match=r"Template 'sales': column 'a' has a value that a Parquet column"
    ) as caught:
        written(table)
    assert text not in str(caught.value)


@pytest.mark.parametrize("text", ["9007199254740993", "0.1000000000000000001", "1234567890.12345678"])
def test_a_number_that_a_double_would_round_is_refused(text: str) -> None:
    with pytest.raises(TerminalError, match="'a' has a number with more digits than a Parquet double keeps"):
        written(staged([Column("a", "number")], [[text]]))


@pytest.mark.parametrize("text", ["9.999999999999999e+22", "0.30000000000000004", "1.7976931348623157e+308", "5e-324"])
def test_a_float_as_postgresql_writes_it_is_kept(text: str) -> None:
    """Of 1e23 it writes another text than Python does; both are the same float."""
    table = pq.read_table(io.BytesIO(written(staged([Column("a", "number")], [[text]]))))
    assert table.column("a").to_pylist() == [float(text)]


def test_the_schema_is_that_of_the_columns_also_without_rows() -> None:
    columns = [
        Column("größe 50%", "text"), Column("id", "integer"), Column("eur", "number", 2), Column("rate", "number"),
        Column("ok", "boolean"), Column("day", "date"), Column("local", "timestamp"), Column("at", "timestamptz"),
    ]  # fmt: skip
    text = str(pq.ParquetFile(io.BytesIO(written(staged(columns, [])))).schema)
    fields = [line.strip() for line in text.splitlines() if "field_id" in line][1:]
    assert fields == [
        "optional binary field_id=-1 größe 50% (String);",
        "optional int64 field_id=-1 id;",
        "optional fixed_len_byte_array(16) field_id=-1 eur (Decimal(precision=38, scale=2));",
        "optional double field_id=-1 rate;",
        "optional boolean field_id=-1 ok;",
        "optional int32 field_id=-1 day (Date);",
        "optional int64 field_id=-1 local (Timestamp(isAdjustedToUTC=false, timeUnit=microseconds, "
        "is_from_converted_type=false, force_set_converted_type=false));",
        "optional int64 field_id=-1 at (Timestamp(isAdjustedToUTC=true, timeUnit=microseconds, "
        "is_from_converted_type=false, force_set_converted_type=false));",
    ]


def test_row_groups_end_by_rows_and_by_bytes_never_by_chunks(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(parquet, "GROUP_ROWS", 500)
    monkeypatch.setattr(parquet, "READ_BYTES", 1000)
    columns = [Column("id", "integer"), Column("name", "text")]
    rows = [[str(number), "x" * (number % 50)] for number in range(2000)]
    files = {written(staged(columns, rows, chunk)) for chunk in (64, 1000, 99_999)}
    assert len(files) == 1
    found = pq.ParquetFile(io.BytesIO(files.pop()))
    sizes = [found.metadata.row_group(number).num_rows for number in range(found.metadata.num_row_groups)]
    assert sum(sizes) == 2000 and all(500 <= size < 600 for size in sizes[:-1])
    assert found.read().column("id").to_pylist() == list(range(2000))
    monkeypatch.setattr(parquet, "GROUP_BYTES", 1)
    many = pq.ParquetFile(io.BytesIO(written(staged(columns, rows))))
    assert many.metadata.num_row_groups > 30


def test_duckdb_reads_the_same(tmp_path: Path) -> None:
    columns = [
        Column("id", "integer"),
        Column("eur", "number", 10),
        Column("name", "text"),
        Column("moment", "timestamptz"),
    ]
    rows: Rows = [
        ["9007199254740993", "1234567890123456789012345678.0123456789", "", "2024-01-01 10:00:00.000001+05:30"],
        [None, None, None, None],
    ]
    (tmp_path / "rows.parquet").write_bytes(written(staged(columns, rows)))
    with duckdb.connect() as connection:
        connection.execute("SET TimeZone = 'UTC'")
        found = connection.execute(
            "SELECT id, eur, name, epoch_us(moment), typeof(eur), typeof(moment) FROM read_parquet(?)",
            [str(tmp_path / "rows.parquet")],
        ).fetchall()
    types = ("DECIMAL(38,10)", "TIMESTAMP WITH TIME ZONE")
    exact = Decimal("1234567890123456789012345678.0123456789")
    assert found == [(9007199254740993, exact, "", 1704083400_000001, *types), (None, None, None, None, *types)]
