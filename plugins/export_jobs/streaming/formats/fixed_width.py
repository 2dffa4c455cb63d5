"""How wide a column of a file of fixed width is, when the job does not say: by the type of the catalogue."""

from __future__ import annotations

from export_jobs.core.catalogue.catalogue import ColumnType
from export_jobs.core.definitions.column_use import Alignment
from export_jobs.core.definitions.time_format import time_parts
from export_jobs.core.sql.compiled import Column

WIDTHS: dict[ColumnType, int] = {
    "text": 40,
    "integer": 20,
    "number": 25,
    "boolean": 5,
    "date": 10,
    "timestamp": 26,
    "timestamptz": 32,
}
"""In characters. Any whole number of 64 bits and any time fits; a longer text or number stops the run."""
_DIRECTIVE_WIDTHS = {"%Y": 4, "%L": 3, "%f": 6, "%z": 5, "%:z": 6}


def column_width(column: Column, *, header: bool) -> int:
    """The width in characters; with a ``header`` at least that of the heading."""
    if column.width is not None:
        return column.width
    return max(_value_width(column), len(column.name) if header else 0)


def column_align(column: Column) -> Alignment:
    """Numbers stand on the right, everything else on the left, unless the job says otherwise."""
    return column.align or ("right" if column.type in {"integer", "number"} else "left")


def _value_width(column: Column) -> int:
    spelling = column.cell_format
    if column.type == "boolean" and spelling.true_text is not None and spelling.false_text is not None:
        return max(len(spelling.true_text), len(spelling.false_text), 1)
    pattern = getattr(spelling, f"{column.type}_format", None)
    if pattern is not None:
        return sum(_DIRECTIVE_WIDTHS.get(part, 2) if part else len(plain) for part, plain in time_parts(pattern))
    return WIDTHS[column.type]
