"""Fixed width: read back by slicing; nothing is cut, and the first cell that does not fit is named."""

from __future__ import annotations

import io
from dataclasses import replace

import pytest

from export_jobs.core.catalogue.catalogue import ColumnType
from export_jobs.core.definitions.job import FileOptions
from export_jobs.core.sql.compiled import Column
from export_jobs.errors import TerminalError
from export_jobs.streaming.formats.fixed import write_fixed
from tests.unit.streaming.formats.staged import Rows, staged

COLUMNS = (Column("id", "integer", width=4), Column("name", "text", width=6), Column("ok", "boolean", width=5))


def written(rows: Rows, columns: tuple[Column, ...] = COLUMNS, **options: object) -> bytes:
    sink = io.BytesIO()
    table = replace(staged(columns, rows), options=FileOptions.model_validate({"format": "fixed", **options}))
    assert write_fixed(table, sink) == len(rows)
    return sink.getvalue()


def test_each_cell_has_its_place() -> None:
    rows: Rows = [["1", "Anna", "true"], ["-22", "", "false"], [None, None, None]]
    assert written(rows) == b"   1Anna  true \r\n -22      false\r\n               \r\n"


def test_a_header_only_if_asked_for() -> None:
    assert written([], header=True, line_ending="lf") == b"  idname  ok   \n"
    assert written([]) == b""


def test_no_value_and_alignment() -> None:
    columns = (Column("a", "text", width=5, align="right"), Column("b", "number", width=5, align="left"))
    assert written([["x", None]], columns, null_text="-") == b"    x-    \r\n"


def test_a_cell_that_is_too_wide_is_named_and_not_shown() -> None:
    rows = [["1", "Anna", "true"]] * 3 + [["1", "Annabelle", "true"]]
    with pytest.raises(TerminalError) as caught:
        written(rows)
    assert "'sales', row 4, column 'name': a text of 9 characters does not fit the column's width of 6" in str(
        caught.value
    )
    assert "Annabelle" not in str(caught.value)


@pytest.mark.parametrize(
    ("kind", "text", "what"),
    [
        ("date", "infinity", "an infinite time of 8 characters"),
        ("timestamptz", "-infinity", "an infinite time of 9 characters"),
        ("date", "0044-03-15 BC", "a time outside the years 1 to 9999 of 13 characters"),
        ("timestamp", "12024-03-15 00:00:00", "a time outside the years 1 to 9999 of 20 characters"),
        ("timestamp", "2024-03-15 00:00:00", "a time of 19 characters"),
        ("integer", "1234567", "a number of 7 characters"),
        ("text", "infinity", "a text of 8 characters"),
    ],
)
def test_what_is_too_wide_is_called_by_what_it_is(kind: ColumnType, text: str, what: str) -> None:
    columns = (Column("c", kind, width=6),)
    with pytest.raises(TerminalError, match=f"row 1, column 'c': {what} does not fit the column's width of 6"):
        written([[text]], columns)


def test_the_first_row_is_named_and_not_the_first_column() -> None:
    rows = [["1", "Anna", "true"], ["1", "Annabelle", "true"], ["12345", "Anna", "true"]]
    with pytest.raises(TerminalError, match="row 2, column 'name'"):
        written(rows)


def test_rows_are_counted_over_all_batches() -> None:
    rows = [["1", "Anna", "true"]] * 40_000 + [["12345", "Anna", "true"]]
    with pytest.raises(TerminalError, match="row 40001, column 'id'"):
        written(rows)


def test_letters_are_spelt_before_they_are_measured() -> None:
    content = written([["1", "Łódź ½", "true"]], encoding="iso-8859-1", unencodable="transliterate")
    assert content.decode("iso-8859-1") == "   1Lódz ½true \r\n"
    columns = (Column("a", "text", width=5),)
    with pytest.raises(TerminalError, match="row 1, column 'a': a text of 6 characters"):
        written([["12 €"]], columns, encoding="iso-8859-1", unencodable="transliterate")
    with pytest.raises(TerminalError, match=r"row 1, column 'a': the character '€' \(U\+20AC EURO SIGN\)"):
        written([["12 €"]], columns, encoding="iso-8859-1")


def test_a_heading_is_spelt_before_its_column_is_as_wide() -> None:
    columns = (Column("Preis €", "boolean"),)
    options = {"encoding": "iso-8859-1", "unencodable": "transliterate", "header": True, "line_ending": "lf"}
    assert written([["true"]], columns, **options) == b"Preis EUR\ntrue     \n"


def test_widths_count_characters() -> None:
    columns = (Column("a", "text", width=4),)
    assert written([["😀é"]], columns) == "😀é  \r\n".encode()
    assert written([["😀é"]], columns, encoding="utf-16") == b"\xff\xfe" + "😀é  \r\n".encode("utf-16-le")
