"""Formats of files and the keys that apply to each; how values are written as text, for a job or a column."""

from __future__ import annotations

from typing import Literal

from export_jobs.core.base.frozen import Frozen

FileFormat = Literal["csv", "jsonl", "parquet", "xlsx", "fixed"]
PACKED_FORMATS: frozenset[FileFormat] = frozenset({"parquet", "xlsx"})
"""Formats that are compressed inside, so that compressing the file again gains nothing."""
TEXT_FORMATS: frozenset[FileFormat] = frozenset({"csv", "fixed"})
"""Formats of plain text, whose encoding and cell formats a job may choose."""

DecimalMark = Literal[".", ","]
ThousandsMark = Literal["", ",", ".", " ", "'"]


class CellFormat(Frozen):
    """How cells are written. None: as in ``docs/reference/csv-format.md``.

    ``date_format`` to ``timestamptz_format``: patterns of :mod:`export_jobs.core.definitions.time_format`, one for each
    type of the catalogue. ``true_text`` and ``false_text`` are set together.
    """

    date_format: str | None = None
    timestamp_format: str | None = None
    timestamptz_format: str | None = None
    decimal_mark: DecimalMark | None = None
    thousands_mark: ThousandsMark | None = None
    true_text: str | None = None
    false_text: str | None = None


CELL_FORMAT_KEYS = tuple(CellFormat.model_fields)
CSV_KEYS = ("delimiter", "quoting", "escape_formulas")
"""Keys that apply only to CSV."""
TEXT_KEYS = (
    "header", "null_text", "bom", "line_ending", "encoding", "unencodable", "line_breaks", *CELL_FORMAT_KEYS
)  # fmt: skip
"""Keys that apply only to text formats: CSV and fixed width."""
AS_STORED = CellFormat()
KEYS_BY_TYPE: dict[str, tuple[str, ...]] = {
    "text": (),
    "integer": ("decimal_mark", "thousands_mark"),
    "number": ("decimal_mark", "thousands_mark"),
    "boolean": ("true_text", "false_text"),
    "date": ("date_format",),
    "timestamp": ("timestamp_format",),
    "timestamptz": ("timestamptz_format",),
}
"""By type of the catalogue: the keys that say how its values are written."""


def column_format(kind: str, decimals: int | None, job: CellFormat, column: CellFormat) -> CellFormat:
    """Return how a column of the type ``kind`` is written: as the column says, otherwise as the job says.

    Whole numbers have a thousands mark only if their own column sets it: most of them are ids.
    """
    chosen = {
        key: getattr(job, key) if getattr(column, key) is None else getattr(column, key) for key in KEYS_BY_TYPE[kind]
    }
    if kind == "integer" and decimals is None:
        chosen["thousands_mark"] = column.thousands_mark
    return CellFormat(**{key: value for key, value in chosen.items() if value is not None})
