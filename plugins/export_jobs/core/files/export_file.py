"""The records that steps pass on with a file: the staged rows, and the file to deliver."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from export_jobs.core.base.frozen import Frozen
from export_jobs.core.catalogue.catalogue import ColumnType
from export_jobs.core.definitions.cell_format import AS_STORED, CellFormat
from export_jobs.core.definitions.column_use import Alignment
from export_jobs.core.files.column_numbers import ColumnNumbers


class PackedRows(Frozen):
    """Rows as one raw deflate stream, with sums of the text (``bytes``, ``crc32``, ``sha256`` in hex) and stream."""

    bytes: int
    crc32: int
    sha256: str
    packed_bytes: int
    packed_sha256: str


class CellType(Frozen):
    """The type of a column's cells, the number of decimals, and how the cells are written.

    ``width`` and ``align`` are for fixed-width files; None: by the type. ``is_personal``: the cells are personal data.
    """

    type: ColumnType
    decimals: int | None = None
    cell_format: CellFormat = AS_STORED
    width: int | None = None
    align: Alignment | None = None
    is_personal: bool = False


class StagedRows(Frozen):
    """The staged rows of one template. ``stage`` is the id of the extraction that created them.

    ``uri`` says where they are staged; ``rows`` does not count the header. ``types`` are those of ``columns`` when the
    rows were read; they are missing in files of an early release that had only CSV. ``delimiter`` separates cells;
    releases that did not record it used commas.
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
    """A delivered file after unpacking: its name in the archive, size in bytes and SHA-256 (hex)."""

    name: str
    bytes: int
    sha256: str


_COUNTED = ("name", "type", "decimals")
_NUMBERS = ("nulls", "min", "max", "sum")
"""Fields of ``ColumnNumbers``: those that are the same in each part of a file, and those that differ."""


class ExportFile(Frozen):
    """A file to deliver: ``path`` at the destination, ``uri`` where it is staged, and its content.

    ``is_sent`` is False for a result without rows that the job's policy does not send; it then has no bytes. ``part``
    counts the parts of a split template, from 1. ``revision``: if the file's name contains it.
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
    """Return the files of one template as one task passes them to the next: a file, or its ``parts``.

    There may be a thousand parts with hundreds of columns, and all of it goes through Airflow's database. Therefore
    ``all`` has what is the same in each part, and the numbers of the columns are in the order of ``counted``.
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
    """Read the result of ``files_json``; an active run may have that of an earlier release: a file, or whole parts."""
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
    """Return the extraction of all files of a run: it identifies their publication at several destinations."""
    return files[0].stage
