"""How values are written as text, where a receiver wants another spelling than PostgreSQL's: for a job or a column."""

from __future__ import annotations

from typing import Literal

from export_jobs.core.base.frozen import Frozen

DecimalMark = Literal[".", ","]
ThousandsMark = Literal["", ",", ".", " ", "'"]


class CellFormat(Frozen):
    """What is not said (None) is written as in ``docs/reference/csv-format.md``.

    ``date_format`` to ``timestamptz_format``: patterns of :mod:`export_jobs.core.definitions.time_format`, one for each
    type of the catalogue. ``true_text`` and ``false_text`` are said together.
    """

    date_format: str | None = None
    timestamp_format: str | None = None
    timestamptz_format: str | None = None
    decimal_mark: DecimalMark | None = None
    thousands_mark: ThousandsMark | None = None
    true_text: str | None = None
    false_text: str | None = None


CELL_FORMAT_KEYS = tuple(CellFormat.model_fields)
AS_STORED = CellFormat()
OF_TYPE: dict[str, tuple[str, ...]] = {
    "text": (),
    "integer": ("decimal_mark", "thousands_mark"),
    "number": ("decimal_mark", "thousands_mark"),
    "boolean": ("true_text", "false_text"),
    "date": ("date_format",),
    "timestamp": ("timestamp_format",),
    "timestamptz": ("timestamptz_format",),
}
"""Which keys say how values of a type of the catalogue are written."""


def column_format(kind: str, decimals: int | None, job: CellFormat, column: CellFormat) -> CellFormat:
    """How a column of the type ``kind`` is written: what it says itself, else what the job says.

    Whole numbers are grouped only where their own column says so: most of them are ids.
    """
    chosen = {key: getattr(job, key) if getattr(column, key) is None else getattr(column, key) for key in OF_TYPE[kind]}
    if kind == "integer" and decimals is None:
        chosen["thousands_mark"] = column.thousands_mark
    return CellFormat(**{key: value for key, value in chosen.items() if value is not None})
