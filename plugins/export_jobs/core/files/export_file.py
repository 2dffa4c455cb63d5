"""The records that travel from step to step with a file: the staged rows, and the file to deliver."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from export_jobs.core.base.frozen import Frozen
from export_jobs.core.catalogue.catalogue import ColumnType
from export_jobs.core.definitions.cell_format import AS_STORED, CellFormat
from export_jobs.core.definitions.column_use import Alignment
from export_jobs.core.files.column_numbers import ColumnNumbers


class PackedRows(Frozen):
    """Rows as one raw deflate stream: sums of the text (``bytes``, ``crc32``, ``sha256`` in hex) and of the stream."""

    bytes: int
    crc32: int
    sha256: str
    packed_bytes: int
    packed_sha256: str


class CellType(Frozen):
    """What the cells of a column are, to how many places numbers are rounded, and how they are spelt.

    ``width`` and ``align`` are of files of fixed width; None: by the type. ``is_personal``: they tell of a person.
    """

    type: ColumnType
    decimals: int | None = None
    cell_format: CellFormat = AS_STORED
    width: int | None = None
    align: Alignment | None = None
    is_personal: bool = False


class StagedRows(Frozen):
    """The staged rows of one template. ``stage`` is the id of the extraction that made them.

    ``uri`` says where they are staged; ``rows`` leaves the header out. ``types`` are those of ``columns``, as they were
    when the rows were read; an earlier release, which knew CSV alone, did not say them. ``delimiter`` stands between
    two cells; releases that did not say it had commas there.
    """

    template: str
    uri: str
    rows: int
    packed: PackedRows
    columns: tuple[str, ...]
    types: tuple[CellType, ...] = ()
    delimiter: str = ","
    stage: str


class FileContent(Frozen):
    """What a delivered file is once it is unpacked: its name in the archive, size in bytes and SHA-256 (hex)."""

    name: str
    bytes: int
    sha256: str


_COUNTED = ("name", "type", "decimals")
_NUMBERS = ("nulls", "min", "max", "sum")
"""Of ``ColumnNumbers``: what is the same in each part of a file, and what each part says of a column."""


class ExportFile(Frozen):
    """A file to deliver: ``path`` at the destination, ``uri`` where it is staged, what is in it.

    ``is_sent`` is False for a result without rows that the job's policy leaves out; it has no bytes then. ``part``
    counts the parts of a template that is split, from 1. ``revision``: where the file's name holds one.
    """

    template: str
    path: str
    uri: str = ""
    rows: int
    bytes: int = 0
    sha256: str = ""
    columns: tuple[str, ...]
    stage: str
    content: FileContent
    column_numbers: tuple[ColumnNumbers, ...] = ()
    is_sent: bool = True
    part: int | None = None
    revision: int | None = None


def files_json(files: Iterable[ExportFile]) -> dict[str, Any]:
    """The files of one template as one task hands them to the next: a file, or its ``parts``.

    There may be a thousand parts of hundreds of columns, and all of it goes through Airflow's database: what is the
    same in each part is said once, under ``all``; the numbers of its columns stand in the order of ``counted``.
    """
    documents = [file.model_dump(mode="json") for file in files]
    first = documents[0]
    if first["part"] is None:
        return first
    counted = [[column[key] for key in _COUNTED] for column in first["column_numbers"]]
    for document in documents:
        document["column_numbers"] = [[column[key] for key in _NUMBERS] for column in document["column_numbers"]]
    same = {key for key, value in first.items() if all(document[key] == value for document in documents)}
    return {
        "all": {key: first[key] for key in first if key in same},
        "counted": counted,
        "parts": [{key: value for key, value in document.items() if key not in same} for document in documents],
    }


def read_files(document: Mapping[str, Any]) -> list[ExportFile]:
    """What ``files_json`` was given; a run in flight may have what an earlier release wrote: a file, or whole parts."""
    if "all" not in document:
        return [ExportFile.model_validate(part) for part in document.get("parts", [document])]
    return [_read_part({**document["all"], **part}, document["counted"]) for part in document["parts"]]


def _read_part(part: Mapping[str, Any], counted: Sequence[Sequence[Any]]) -> ExportFile:
    numbers = [
        dict(zip((*_COUNTED, *_NUMBERS), (*column, *found), strict=True))
        for column, found in zip(counted, part["column_numbers"], strict=True)
    ]
    return ExportFile.model_validate({**part, "column_numbers": numbers})


def stage_of(files: Sequence[ExportFile]) -> str:
    """The extraction that all files of a run come from: by it their publication at several destinations is known."""
    return files[0].stage
