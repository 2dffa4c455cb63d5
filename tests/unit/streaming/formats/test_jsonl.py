"""JSON lines, read back by Python and by DuckDB."""

from __future__ import annotations

import io
import json
from decimal import Decimal
from pathlib import Path
from typing import Any

import duckdb
import pytest
from hypothesis import given
from hypothesis import strategies as st

from export_jobs.core.catalogue.catalogue import ColumnType
from export_jobs.core.sql.compiled import Column
from export_jobs.streaming.formats.jsonl import write_jsonl
from tests.unit.streaming.formats.staged import Rows, staged


def lines(columns: list[Column], rows: Rows) -> bytes:
    sink = io.BytesIO()
    assert write_jsonl(staged(columns, rows), sink) == len(rows)
    return sink.getvalue()


def read(columns: list[Column], rows: Rows) -> list[dict[str, Any]]:
    return [json.loads(line, parse_float=Decimal) for line in lines(columns, rows).splitlines()]


@pytest.mark.parametrize(
    ("kind", "text", "expected"),
    [
        ("text", 'a "b"\r\nc\t\\ \x01 😀 مرحبا', 'a "b"\r\nc\t\\ \x01 😀 مرحبا'),
        ("text", "", ""),
        ("text", "NaN", "NaN"),
        ("text", '{"a": 1}', '{"a": 1}'),
        ("integer", "9223372036854775807", 9223372036854775807),
        ("integer", "9007199254740993", 9007199254740993),
        ("number", "1234567890123456789012345678.0123456789", Decimal("1234567890123456789012345678.0123456789")),
        ("number", "NaN", "NaN"),
        ("integer", "NaN", "NaN"),
        ("integer", "Infinity", "Infinity"),
        ("number", "-Infinity", "-Infinity"),
        ("number", "1e-05", Decimal("0.00001")),
        ("boolean", "true", True),
        ("boolean", "false", False),
        ("date", "9999-12-31", "9999-12-31"),
        ("date", "0044-03-15 BC", "0044-03-15 BC"),
        ("timestamp", "1997-01-31 13:00:00", "1997-01-31T13:00:00.000000"),
        ("timestamp", "1997-01-31 13:00:00.25", "1997-01-31T13:00:00.250000"),
        ("timestamp", "infinity", "infinity"),
        ("timestamptz", "1997-01-31 13:00:00+01", "1997-01-31T13:00:00.000000+01:00"),
        ("timestamptz", "1997-01-31 13:00:00.000001-03:30", "1997-01-31T13:00:00.000001-03:30"),
        ("timestamptz", "1890-01-01 00:53:28+00:53:28", "1890-01-01T00:00:00.000000+00:00"),
        ("timestamptz", "0044-03-15 13:00:00 BC", "0044-03-15 13:00:00 BC"),
        ("timestamptz", "-infinity", "-infinity"),
    ],
)
def test_a_cell_keeps_its_type_and_all_its_digits(kind: ColumnType, text: str, expected: object) -> None:
    [row, without] = read([Column("a", kind)], [[text], [None]])
    assert row == {"a": expected} and type(row["a"]) is type(expected)
    assert without == {"a": None}


def test_places_of_a_decimal_stay() -> None:
    assert lines([Column("a", "number", 2)], [["5.00"]]) == b'{"a": 5.00}\n'


def test_any_heading_is_a_key() -> None:
    names = ["50% of", 'say "a"', "%s", "{x}", "größe"]
    [row] = read([Column(name, "text") for name in names], [["1", "2", "3", "4", "5"]])
    assert list(row) == names


def test_no_rows_are_no_lines() -> None:
    assert lines([Column("a", "text")], []) == b""


def test_duckdb_reads_it(tmp_path: Path) -> None:
    columns = [Column("id", "integer"), Column("name", "text"), Column("moment", "timestamptz")]
    rows: Rows = [["1", "a\nb", "2024-01-01 10:00:00+05:30"], ["2", None, None], ["3", "", "2024-01-01 10:00:00.5+01"]]
    (tmp_path / "rows.jsonl").write_bytes(lines(columns, rows))
    with duckdb.connect() as connection:
        found = connection.execute(
            "SELECT id, name, epoch_us(CAST(moment AS TIMESTAMPTZ)) FROM read_json(?, columns = "
            "{id: 'BIGINT', name: 'VARCHAR', moment: 'VARCHAR'}, format = 'newline_delimited')",
            [str(tmp_path / "rows.jsonl")],
        ).fetchall()
    assert found == [(1, "a\nb", 1704083400_000000), (2, None, None), (3, "", 1704099600_500000)]


MOMENTS = [
    "1997-01-31 13:00:00+01", "1997-07-31 13:00:00+02", "1997-01-31 13:00:00-08", "1997-01-31 13:00:00.25+01",
    "1997-01-31 13:00:00.123456-08", "1997-01-31 13:00:00-03:30", "1890-01-01 00:53:28+00:53:28", "infinity",
    "0044-03-15 13:00:00+00 BC", "10000-01-01 00:00:00+00",
]  # fmt: skip


@given(
    cells=st.lists(st.none() | st.sampled_from(MOMENTS), max_size=6)
    | st.lists(st.sampled_from(MOMENTS[:2]), min_size=1)
)
def test_a_time_is_written_alike_alone_and_among_others(cells: list[str | None]) -> None:
    columns = [Column("a", "timestamptz")]
    assert lines(columns, [[cell] for cell in cells]) == b"".join(lines(columns, [[cell]]) for cell in cells)


def test_times_without_a_zone_are_written_alike_alone_and_among_others() -> None:
    cells = ["1997-01-31 13:00:00", "1997-02-28 14:30:59"]
    expected = ["1997-01-31T13:00:00.000000", "1997-02-28T14:30:59.000000"]
    for added in ([], ["1997-01-31 13:00:00.5"]):
        found = read([Column("a", "timestamp")], [[cell] for cell in [*cells, *added]])
        assert [row["a"] for row in found][:2] == expected
