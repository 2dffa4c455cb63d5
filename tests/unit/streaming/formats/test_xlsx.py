"""Excel files, read back by openpyxl: types, what Excel cannot keep, limits, the same bytes each time."""

from __future__ import annotations

import io
import time
import zipfile
from datetime import date, datetime
from typing import Any

import openpyxl
import pytest

from export_jobs.core.catalogue.catalogue import ColumnType
from export_jobs.core.files.names import SHEET_ROWS
from export_jobs.core.sql.compiled import Column
from export_jobs.errors import TerminalError
from export_jobs.streaming.formats import xlsx
from export_jobs.streaming.formats.staged_table import StagedTable
from export_jobs.streaming.formats.xlsx import write_xlsx
from tests.unit.streaming.formats.staged import Rows, staged


def written(table: StagedTable) -> bytes:
    sink = io.BytesIO()
    write_xlsx(table, sink)
    return sink.getvalue()


def sheet(columns: list[Column], rows: Rows) -> Any:
    return openpyxl.load_workbook(io.BytesIO(written(staged(columns, rows)))).active


@pytest.mark.parametrize(
    ("kind", "decimals", "text", "expected", "look"),
    [
        ("text", None, 'a "b"\n😀 مرحبا', 'a "b"\n😀 مرحبا', "General"),
        ("text", None, "=1+1", "=1+1", "General"),
        ("text", None, "{=SUM(A1)}", "{=SUM(A1)}", "General"),
        ("text", None, "12", "12", "General"),
        ("text", None, "ftp://a.example/b", "ftp://a.example/b", "General"),
        ("integer", None, "123456789012345", 123456789012345, "0"),
        ("integer", None, "-1", -1, "0"),
        ("integer", None, "1234567890123456", "1234567890123456", "General"),
        ("integer", None, "9223372036854775807", "9223372036854775807", "General"),
        ("number", 2, "-5.10", -5.1, "0.00"),
        ("number", 0, "5", 5, "0"),
        ("number", None, "1e-05", 1e-05, "General"),
        ("number", 10, "123456.0123456789", "123456.0123456789", "General"),
        ("number", None, "0.0000000000000001", 1e-16, "General"),
        ("number", None, "NaN", "NaN", "General"),
        ("number", None, "-Infinity", "-Infinity", "General"),
        ("boolean", None, "true", True, "General"),
        ("boolean", None, "false", False, "General"),
        ("date", None, "1997-01-31", datetime(1997, 1, 31), "yyyy-mm-dd"),
        ("date", None, "9999-12-31", datetime(9999, 12, 31), "yyyy-mm-dd"),
        ("date", None, "1899-12-31", "1899-12-31", "General"),
        ("date", None, "0044-03-15 BC", "0044-03-15 BC", "General"),
        ("timestamp", None, "1997-01-31 13:00:00.25", datetime(1997, 1, 31, 13, 0, 0, 250000), "yyyy-mm-dd hh:mm:ss"),
        ("timestamp", None, "9999-12-31 23:59:59.999999", "9999-12-31 23:59:59.999999", "General"),
        ("timestamp", None, "infinity", "infinity", "General"),
        ("timestamptz", None, "1997-01-31 13:00:00+01", datetime(1997, 1, 31, 13), "yyyy-mm-dd hh:mm:ss"),
        ("timestamptz", None, "1890-01-01 00:53:28+00:53:28", "1890-01-01 00:53:28+00:53:28", "General"),
    ],
)
def test_a_cell_has_its_type_or_is_text(
    kind: ColumnType, decimals: int | None, text: str, expected: object, look: str
) -> None:
    found = sheet([Column("id", "integer"), Column("a", kind, decimals)], [["1", text], ["2", None]])
    cell = found["B2"]
    assert (cell.value, cell.number_format) == (expected, look)
    assert type(cell.value) is type(expected)
    assert cell.data_type != "f"
    assert found["B3"].value is None


def test_control_characters_come_back_as_excel_escapes_them() -> None:
    # openpyxl leaves Excel's own way of writing them as it is.
    assert sheet([Column("a", "text")], [["a\x01_x0041_"]])["A2"].value == "a_x0001__x005F_x0041_"


def test_the_header_is_bold_stays_in_view_and_is_no_formula() -> None:
    found = sheet([Column("=heading", "text"), Column("x" * 100, "date")], [["a", None]])
    assert (found["A1"].value, found["A1"].data_type, found["A1"].font.bold) == ("=heading", "s", True)
    assert found.freeze_panes == "A2"
    assert [found.column_dimensions[name].width for name in "AB"] == pytest.approx([24, 60], abs=1)


def test_a_rerun_has_the_same_bytes() -> None:
    columns, rows = [Column("id", "integer"), Column("at", "timestamptz")], [["1", "1997-01-31 13:00:00+01"]]
    first = written(staged(columns, rows))
    time.sleep(2)
    assert written(staged(columns, rows, chunk_bytes=1000)) == first
    assert zipfile.ZipFile(io.BytesIO(first)).testzip() is None


def test_more_rows_than_a_sheet_holds_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    assert SHEET_ROWS == 1_048_575
    monkeypatch.setattr(xlsx, "SHEET_ROWS", 2)
    columns = [Column("id", "integer")]
    written(staged(columns, [["1"], ["2"]]))
    with pytest.raises(TerminalError, match="an Excel sheet has at most 2 rows below its header, and there are more"):
        written(staged(columns, [["1"], ["2"], ["3"]]))


@pytest.mark.parametrize("text", ["x" * 32_768, "😀" * 16_384])
def test_a_text_that_excel_would_cut_is_refused(text: str) -> None:
    column = Column("note", "text")
    assert sheet([column], [[text[: len(text) - 1]]])["A2"].value == text[: len(text) - 1]
    with pytest.raises(TerminalError, match="column 'note' has a text of more than 32767 characters"):
        written(staged([column], [[text]]))


def test_a_date_is_one_day() -> None:
    assert sheet([Column("a", "date")], [["1900-03-01"]])["A2"].value.date() == date(1900, 3, 1)
