"""Files are made of staged rows, also of those that a release before this one has staged for a run in flight."""

from __future__ import annotations

import io
import json
from datetime import UTC, datetime

import pytest

from export_jobs.core.definitions.job import FileOptions
from export_jobs.core.files.export_file import StagedRows
from export_jobs.core.sql.compiled import Column
from export_jobs.streaming.deliverable import make_file, staged_types
from export_jobs.streaming.formats.staged_table import DELIMITER, staged_dialect
from export_jobs.streaming.staged.deflate_sink import DeflateSink

COLUMNS = (Column("id", "integer"), Column("note", "text"))
END = datetime(1997, 1, 2, tzinfo=UTC)


def staged(text: bytes) -> tuple[io.BytesIO, dict[str, object]]:
    """``text`` as it is staged, and what an earlier release said of it: not what stands between cells."""
    source = io.BytesIO()
    with DeflateSink(source, "t") as sink:
        sink.write(text)
        packed = sink.finish()
    source.seek(0)
    types = [cell.model_dump(mode="json") for cell in staged_types(COLUMNS)]
    said = {"template": "t", "uri": "", "rows": 2, "columns": ["id", "note"], "types": types, "stage": "s"}
    return source, {**said, "packed": packed.model_dump(mode="json")}


def made(source: io.BytesIO, rows: StagedRows) -> list[dict[str, object]]:
    sink, options = io.BytesIO(), FileOptions(format="jsonl", compression="none")
    make_file(source, sink, rows=rows, options=options, member="t.jsonl", modified=END)
    return [json.loads(line) for line in sink.getvalue().splitlines()]


@pytest.mark.parametrize("text", [b"1,a\n2,\\N\n", b'1,"a"\n2,\\N\n'], ids=["plain", "quotes"])
def test_rows_of_an_earlier_release_are_cut_at_commas(text: bytes) -> None:
    source, said = staged(text)
    assert made(source, StagedRows.model_validate(said)) == [{"id": 1, "note": "a"}, {"id": 2, "note": None}]


def test_rows_of_this_release_say_what_stands_between_their_cells() -> None:
    mark = staged_dialect(FileOptions(format="jsonl")).delimiter
    assert mark == DELIMITER
    source, said = staged(f"1{mark}a, b\n2{mark}\\N\n".encode())
    rows = StagedRows.model_validate({**said, "delimiter": mark})
    assert made(source, StagedRows.model_validate(rows.model_dump(mode="json"))) == [
        {"id": 1, "note": "a, b"},
        {"id": 2, "note": None},
    ]
