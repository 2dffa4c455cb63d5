"""What one task hands to the next: one file, or the parts of one, and what an earlier release has written."""

from __future__ import annotations

from export_jobs.core.files.export_file import ExportFile, FileContent, files_json, read_files


def file(part: int | None) -> ExportFile:
    content = FileContent(name="a.csv", bytes=1, sha256="00")
    return ExportFile(template="rows", path="a.zip", rows=1, columns=("a",), stage="s", content=content, part=part)


def test_what_is_written_is_read_back() -> None:
    for files in ([file(None)], [file(1)], [file(1), file(2)]):
        assert read_files(files_json(files)) == files


def test_a_file_of_an_earlier_release_has_no_part() -> None:
    document = files_json([file(None)])
    del document["part"]
    assert read_files(document) == [file(None)]
