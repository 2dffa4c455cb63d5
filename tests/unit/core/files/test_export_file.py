"""What one task hands to the next: one file, or the parts of one, and what an earlier release has written."""

from __future__ import annotations

import json

from export_jobs.core.files.column_numbers import ColumnNumbers
from export_jobs.core.files.export_file import ExportFile, FileContent, files_json, read_files


def file(part: int | None, columns: int = 1) -> ExportFile:
    names = tuple(f"column {number}" for number in range(columns))
    numbers = tuple(
        ColumnNumbers(name=name, type="number", decimals=2, nulls=part, min="-1.00", max="17.25", sum=f"{part}.50")
        for name in names
    )
    return ExportFile(
        template="rows",
        path=f"a.part-{part}.zip",
        rows=1,
        columns=names,
        stage="s",
        content=FileContent(name="a.csv", bytes=1, sha256="00"),
        part=part,
        column_numbers=numbers,
    )


def test_what_is_written_is_read_back() -> None:
    for files in ([file(None)], [file(1)], [file(1), file(2)], [file(1), file(2).model_copy(update={"rows": 0})]):
        assert read_files(json.loads(json.dumps(files_json(files)))) == files
    bare = [file(number).model_copy(update={"column_numbers": ()}) for number in (1, 2)]
    assert read_files(files_json(bare)) == bare


def test_what_an_earlier_release_wrote_is_read() -> None:
    document = files_json([file(None)])
    del document["part"]
    assert read_files(document) == [file(None)]
    parts = [file(1), file(2)]
    assert read_files({"parts": [part.model_dump(mode="json") for part in parts]}) == parts


def test_many_parts_say_once_what_they_have_in_common() -> None:
    """Airflow keeps it in its database and reads it for each task behind."""
    files = [file(part, columns=50) for part in range(1, 301)]
    whole = json.dumps([part.model_dump(mode="json") for part in files])
    assert len(json.dumps(files_json(files))) < len(whole) / 3
