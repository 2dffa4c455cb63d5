"""Numbers about the columns of CSV are those of the same rows in JSON lines, however the CSV is written."""

from __future__ import annotations

import io
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from export_jobs.core.catalogue.catalogue import ColumnType
from export_jobs.core.definitions.cell_format import CellFormat
from export_jobs.core.definitions.job import FileOptions
from export_jobs.core.files.column_numbers import ColumnNumbers
from export_jobs.core.sql.compiled import Column
from export_jobs.streaming.csv.format_text import number_in_marks
from export_jobs.streaming.csv.text import CsvFormatter, header_line
from export_jobs.streaming.formats.csv_count import count_csv
from export_jobs.streaming.formats.jsonl import write_jsonl
from export_jobs.streaming.formats.staged_table import StagedTable
from tests.unit.streaming.formats.staged import Rows, staged

KINDS: dict[str, ColumnType] = {
    "id": "integer",
    "amount": "number",
    "say": "text",
    "at": "timestamptz",
    "ok": "boolean",
}
COLUMNS = tuple(Column(name, kind, 2 if name == "amount" else None) for name, kind in KINDS.items())
CELLS = (
    st.none() | st.integers(-(2**63), 2**63).map(str),
    st.none() | st.decimals(places=2, allow_nan=False, allow_infinity=False, max_value=10**9).map("{:f}".format),
    st.none() | st.text(st.sampled_from('a"\\,;\n\rN|é '), max_size=4) | st.sampled_from(["\\N", "NULL", ""]),
    st.none() | st.sampled_from(["2024-10-27 02:30:00.5+02", "2024-10-27 02:10:00+01", "infinity"]),
    st.none() | st.sampled_from(["true", "false"]),
)
DIALECTS = st.fixed_dictionaries(
    {
        "delimiter": st.sampled_from(",;\t|^-"),
        "null_text": st.sampled_from(["", "\\N", "NULL", "0"]),
        "quoting": st.sampled_from(["minimal", "all"]),
        "line_ending": st.sampled_from(["lf", "crlf"]),
        "header": st.booleans(),
        "encoding": st.sampled_from(["utf-8", "utf-16", "windows-1252"]),
    }
)


def written(rows: Rows, options: FileOptions, columns: tuple[Column, ...] = COLUMNS) -> bytes:
    """A file as it is delivered, quoted by PostgreSQL's rules."""
    csv = CsvFormatter(options, len(columns))
    cell = csv.quote if options.quoting == "all" else csv.cell
    text = csv.lines([[csv.null if value is None else cell(value) for value in row] for row in rows])
    head = header_line([column.name for column in columns], options).decode() if options.header else ""
    return (head + text).encode("utf-16" if options.encoding == "utf-16" else options.encoding)


def counted(
    rows: Rows, options: FileOptions, columns: tuple[Column, ...] = COLUMNS, chunk: int = 7
) -> tuple[ColumnNumbers, ...] | None:
    content = written(rows, options, columns)
    chunks = [content[start : start + chunk] for start in range(0, len(content), chunk)]
    return count_csv(StagedTable("t", columns, chunks, options), len(rows))


@given(rows=st.lists(st.tuples(*CELLS), max_size=6), dialect=DIALECTS, chunk=st.integers(3, 50))
def test_they_are_those_of_json_lines(rows: Rows, dialect: dict[str, Any], chunk: int) -> None:
    table = staged(COLUMNS, rows)
    write_jsonl(table, io.BytesIO())
    assert counted(rows, FileOptions.model_validate(dialect), chunk=chunk) == table.counts.result()


def test_a_mark_before_the_text_belongs_to_no_cell_whenever_it_comes() -> None:
    options = FileOptions(bom=True, header=False, line_ending="lf")
    [numbers] = count_csv(StagedTable("t", (Column("id", "integer"),), [b"", b"\xef\xbb\xbf7\n"], options), 1) or ()
    assert numbers.sum == "7"


def test_headings_may_hold_quotes_and_ends_of_lines() -> None:
    columns = (Column('say "a,\nb"', "text"), Column("n\n\n", "integer"))
    found = counted([["x", "2"], [None, "3"]], FileOptions(), columns)
    assert found
    assert [(numbers.nulls, numbers.sum) for numbers in found] == [(1, None), (0, "5")]


def test_numbers_with_marks_of_their_own_are_read() -> None:
    german = CellFormat(decimal_mark=",", thousands_mark=".")
    columns = (Column("amount", "number", 2, german),)
    texts = [[number_in_marks(text, ",", ".")] for text in ("-1234567.50", "0.25")]
    [numbers] = counted(texts, FileOptions(delimiter=";"), columns) or ()
    assert (numbers.min, numbers.max, numbers.sum) == ("-1234567.50", "0.25", "-1234567.25")


@pytest.mark.parametrize(
    ("content", "rows", "reason"),
    [
        (b"a,1\r\nb,two\r\n", 2, "a cell is not of its column's type"),
        (b"a,1\r\n", 2, "1 of 2 rows were found"),
        (b"a,1,2\r\n", 1, "3 cells are not whole rows of 2"),
    ],
)
def test_what_cannot_be_counted_is_delivered_all_the_same_and_the_log_tells(
    content: bytes, rows: int, reason: str, caplog: pytest.LogCaptureFixture
) -> None:
    columns = (Column("say", "text"), Column("id", "integer"))
    assert count_csv(StagedTable("t", columns, [content], FileOptions(header=False)), rows) is None
    assert f"its columns are not counted ({reason})" in caplog.text
    assert "two" not in caplog.text
