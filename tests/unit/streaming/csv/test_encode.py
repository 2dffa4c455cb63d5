"""CSV in other encodings, read back by Python's csv module; what stands in for a character may look like syntax."""

# ruff: noqa: RUF001

from __future__ import annotations

import csv
import io

import pytest
from hypothesis import given
from hypothesis import strategies as st

from export_jobs.core.definitions.job import DateBasis, Encoding, FileOptions
from export_jobs.core.files.charset import Charset
from export_jobs.core.sql.compiled import Column, CompiledExport
from export_jobs.errors import TerminalError
from export_jobs.streaming.csv.encode import HEADING, CsvEncoder
from export_jobs.streaming.csv.sink import CsvSink
from export_jobs.streaming.csv.text import RowWriter, header_line

TEXT = st.text(st.characters(codec="utf-8", exclude_characters="\0")) | st.text('“”‚‘’…–½＝=+ß€,;"\r\nN?aé')


def export(columns: int, kind: str = "text") -> CompiledExport:
    found = tuple(Column(f"c{number}", kind) for number in range(columns))  # type: ignore[arg-type]
    return CompiledExport("sales", "c", "other", "", {}, found, DateBasis.NONE)


def encoded(rows: list[list[str | None]], options: FileOptions) -> bytes:
    table = export(len(rows[0]))
    return CsvEncoder(table.template, table.columns, options, Charset(options)).encode(
        RowWriter(table, options, "UTC").lines(rows), 1
    )


def read(content: bytes, options: FileOptions) -> list[list[str]]:
    text = content.decode(options.encoding.replace("utf-16", "utf-16-le"))
    return list(csv.reader(io.StringIO(text, newline=""), delimiter=options.delimiter, strict=True))


@given(
    rows=st.lists(st.lists(st.none() | TEXT, min_size=3, max_size=3), min_size=1, max_size=4),
    encoding=st.sampled_from(["iso-8859-1", "windows-1252"]),
    unencodable=st.sampled_from(["replace", "transliterate"]),
    delimiter=st.sampled_from([",", ";", "'", "?", "-"]),
    quoting=st.sampled_from(["minimal", "all"]),
)
def test_cells_stay_cells(
    rows: list[list[str | None]], encoding: Encoding, unencodable: str, delimiter: str, quoting: str
) -> None:
    options = FileOptions.model_validate(
        {"encoding": encoding, "unencodable": unencodable, "delimiter": delimiter, "quoting": quoting}
    )
    expected = [["" if cell is None else Charset(options).fit(cell) for cell in row] for row in rows]
    assert read(encoded(rows, options), options) == expected


@given(rows=st.lists(st.lists(st.none() | TEXT, min_size=2, max_size=2), min_size=1, max_size=3))
def test_utf_16_has_every_character(rows: list[list[str | None]]) -> None:
    options = FileOptions(encoding="utf-16")
    assert read(encoded(rows, options), options) == [[cell or "" for cell in row] for row in rows]


def test_an_empty_text_stays_another_than_no_value() -> None:
    options = FileOptions(encoding="iso-8859-1", unencodable="replace", line_ending="lf")
    assert encoded([["", None, "€"]], options) == b'"",,?\n'
    null = FileOptions(encoding="iso-8859-1", unencodable="transliterate", line_ending="lf", null_text="NULL")
    assert encoded([["ＮＵＬＬ", None, "NULL"]], null) == b'"NULL",NULL,"NULL"\n'


def test_the_first_cell_that_does_not_fit_is_named_and_its_value_is_not() -> None:
    options = FileOptions(encoding="iso-8859-1")
    rows: list[list[str | None]] = [["plain", 'a\n"b"'], ["Größe", "secret 😀 one"], ["€", "€"]]
    with pytest.raises(TerminalError) as caught:
        encoded(rows, options)
    assert "row 2, column 'c1': the character '😀' (U+1F600 GRINNING FACE) is not in the encoding iso-8859-1" in str(
        caught.value
    )
    assert "secret" not in str(caught.value)


def test_rows_are_counted_over_all_batches() -> None:
    options, table, file = FileOptions(encoding="windows-1252"), export(1), io.BytesIO()
    sink, writer = CsvSink(file, table, options), RowWriter(table, options, "UTC")
    sink.begin(1)
    sink.write(writer.lines([["a"], ["b"]]), 2)
    with pytest.raises(TerminalError, match="row 4, column 'c0'"):
        sink.write(writer.lines([["€"], ["Ω"]]), 2)
    assert file.getvalue() == b"c0\r\na\r\nb\r\n"


def test_headings_are_encoded_too() -> None:
    options = FileOptions(encoding="windows-1252")
    table = CompiledExport("sales", "c", "other", "", {}, (Column("Ω", "text"),), DateBasis.NONE)
    with pytest.raises(TerminalError, match="the heading 'Ω': the character 'Ω'"):
        CsvEncoder(table.template, table.columns, options, Charset(options)).encode(
            header_line([column.name for column in table.columns], options), HEADING
        )


def test_a_formula_that_only_the_encoding_makes_is_escaped() -> None:
    options = FileOptions(
        encoding="iso-8859-1", unencodable="transliterate", escape_formulas=True, line_ending="lf", delimiter=";"
    )
    assert encoded([["＝1+1", "＠a", "=1"]], options) == b"'=1+1;'@a;'=1\n"


@pytest.mark.parametrize(
    ("options", "mark"),
    [
        (FileOptions(bom=True), b"\xef\xbb\xbf"),
        (FileOptions(encoding="utf-16"), b"\xff\xfe"),
        (FileOptions(), b""),
        (FileOptions(encoding="windows-1252"), b""),
    ],
)
def test_the_byte_order_mark(options: FileOptions, mark: bytes) -> None:
    file = io.BytesIO()
    CsvSink(file, export(1), options.model_copy(update={"header": False})).begin(1)
    assert file.getvalue() == mark


@pytest.mark.parametrize(
    ("text", "spelt"),
    [("Łódź", "Lódz"), ("Straße", "Straße"), ("12 €", "12 EUR"), ("e\u0301 ő", "e o"), ("عمر", "???"), ("½", "½")],
)
def test_letters_of_another_script_or_with_an_accent(text: str, spelt: str) -> None:
    assert Charset(FileOptions(encoding="iso-8859-1", unencodable="transliterate")).fit(text) == spelt
