"""The parts of a template: whole files of each format, the same on a rerun, and together all the rows."""

from __future__ import annotations

import csv
import io
import json
import zipfile
from datetime import UTC, datetime
from typing import Any

import openpyxl
import pyarrow.parquet as pq
import pytest

from export_jobs.core.definitions.job import FileOptions
from export_jobs.core.files.export_file import CellType, StagedRows
from export_jobs.errors import TerminalError
from export_jobs.streaming.formats.staged_table import STAGED_DIALECT, staged_dialect
from export_jobs.streaming.parts import PartResult, split_rows
from export_jobs.streaming.staged.deflate_sink import DeflateSink
from tests.unit.streaming.formats.staged import Rows, staged_text

WINDOW_END = datetime(2026, 1, 2, tzinfo=UTC)
ROWS: list[list[str | None]] = [[str(number), f'line {number}\nsays "x"'] for number in range(1, 12)]


def staged(rows: Rows, options: FileOptions) -> tuple[bytes, StagedRows]:
    mark = staged_dialect(options).delimiter
    sink = io.BytesIO()
    with DeflateSink(sink, "rows") as packing:
        packing.write(staged_text(rows, STAGED_DIALECT.model_copy(update={"delimiter": mark})))
        packed = packing.finish()
    types = (CellType(type="integer"), CellType(type="text"))
    described = StagedRows(
        template="sales",
        uri="",
        rows=len(rows),
        packed=packed,
        columns=("id", "note"),
        types=types,
        delimiter=mark,
        stage="s",
    )
    return sink.getvalue(), described


def made(rows: Rows, **options: Any) -> list[tuple[bytes, PartResult]]:
    """The bytes of each part, and what is said of it."""
    file = FileOptions.model_validate(options)
    source, described = staged(rows, file)
    assert file.split is not None
    found = []
    for part in split_rows(io.BytesIO(source), rows=described, options=file, split=file.split):
        sink = io.BytesIO()
        name = f"sales-{part.number}"
        found.append((sink.getvalue, part.write(sink, rows=described, options=file, member=name, modified=WINDOW_END)))
    return [(content(), result) for content, result in found]


def in_csv(content: bytes) -> list[list[str]]:
    return list(csv.reader(io.StringIO(content.decode("utf-8-sig"), newline="")))


def in_parquet(content: bytes) -> list[list[str]]:
    table = pq.read_table(io.BytesIO(content))
    return [table.column_names, *([str(id_), note] for id_, note in zip(*table.to_pydict().values(), strict=True))]


def in_excel(content: bytes) -> list[list[str]]:
    sheet = openpyxl.load_workbook(io.BytesIO(content)).active
    return [[str(cell) for cell in row] for row in sheet.iter_rows(values_only=True)]


def in_json(content: bytes) -> list[list[str]]:
    rows = [json.loads(line) for line in content.decode().split("\n")[:-1]]
    return [["id", "note"], *([str(row["id"]), row["note"]] for row in rows)]


READERS = {"csv": in_csv, "parquet": in_parquet, "xlsx": in_excel, "jsonl": in_json}


@pytest.mark.parametrize("name", READERS)
def test_each_part_is_a_whole_file(name: str) -> None:
    found = made(ROWS, format=name, compression="none", split={"rows": 4})
    assert [result.rows for _, result in found] == [4, 4, 3]
    read = [READERS[name](content) for content, _ in found]
    assert [part[0] for part in read] == [["id", "note"]] * 3
    assert [row for part in read for row in part[1:]] == ROWS
    again = made(ROWS, format=name, compression="none", split={"rows": 4})
    assert [content for content, _ in again] == [content for content, _ in found]


def test_parts_by_bytes_are_no_larger_and_none_is_empty() -> None:
    for name in ("csv", "jsonl"):
        found = made(ROWS, format=name, compression="none", split={"bytes": 100})
        assert all(len(content) <= 100 and result.rows for content, result in found)
        assert [row for content, _ in found for row in READERS[name](content)[1:]] == ROWS


def test_each_part_is_an_archive_of_its_own() -> None:
    found = made(ROWS, split={"rows": 6}, bom=True)
    for number, (content, result) in enumerate(found, 1):
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            [member] = archive.infolist()
            text = archive.read(member)
        assert member.filename == f"sales-{number}"
        assert text.startswith(b"\xef\xbb\xbfid,note\r\n")
        assert (result.file.bytes, result.file.content_bytes) == (len(content), len(text))


@pytest.mark.parametrize("encoding", ["utf-16", "windows-1252"])
def test_each_part_is_in_the_encoding_of_the_file(encoding: str) -> None:
    rows = [["1", "Größe €"], ["2", 'a\nb "c"'], ["3", "ē"]]
    options = {"compression": "none", "encoding": encoding, "split": {"rows": 2}}
    if encoding == "utf-16":
        found = [content.decode("utf-16") for content, _ in made(rows, **options)]
    else:
        found = [content.decode("cp1252") for content, _ in made(rows, unencodable="transliterate", **options)]
        rows[2][1] = "e"
        with pytest.raises(TerminalError, match="row 3, column 'note'"):
            made([*rows[:2], ["3", "ē"]], **options)
    read = [list(csv.reader(io.StringIO(text, newline=""))) for text in found]
    assert read == [[["id", "note"], *rows[:2]], [["id", "note"], rows[2]]]


def test_parts_of_fixed_width() -> None:
    found = made([["1", "a"], ["22", "b"], ["3", "c"]], format="fixed", compression="none", split={"rows": 2})
    assert [content.decode().split() for content, _ in found] == [["1a", "22b"], ["3c"]]


@pytest.mark.parametrize(
    "options", [{}, {"quoting": "all", "encoding": "utf-16"}, {"format": "jsonl"}, {"format": "parquet"}], ids=str
)
def test_the_columns_of_each_part_are_counted(options: dict[str, Any]) -> None:
    found = [result.file.column_numbers for _, result in made(ROWS, split={"rows": 6}, line_ending="lf", **options)]
    assert [[(column.nulls, column.sum) for column in columns] for columns in found] == [
        [(0, "21"), (0, None)],
        [(0, "45"), (0, None)],
    ]


def test_no_rows_are_one_part_with_its_headings() -> None:
    [(content, result)] = made([], compression="none", split={"rows": 6})
    assert (content, result.rows) == (b"id,note\r\n", 0)


def test_a_part_of_more_bytes_than_a_file_may_have_is_an_error() -> None:
    made(ROWS, split={"rows": 2}, max_bytes=60)
    with pytest.raises(TerminalError, match="would have more than 60 bytes"):
        made(ROWS, split={"rows": 4}, max_bytes=60)


def test_rows_that_are_missing_are_told() -> None:
    options = FileOptions.model_validate({"split": {"rows": 100}})
    source, described = staged(ROWS, options)
    assert options.split
    more = described.model_copy(update={"rows": 12})
    with pytest.raises(TerminalError, match="12 rows were extracted, but the parts have 11"):
        for part in split_rows(io.BytesIO(source), rows=more, options=options, split=options.split):
            part.write(io.BytesIO(), rows=more, options=options, member="x", modified=WINDOW_END)
