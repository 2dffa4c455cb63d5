"""The width of a column in a fixed-width file: from the job, else by the type in the catalogue."""

from __future__ import annotations

from export_jobs.core.definitions.column_use import WIDTHS, Alignment, formatted_width
from export_jobs.core.sql.compiled import Column


def column_width(column: Column, heading: str = "") -> int:
    """Return the width in characters: the job's, else at least that of the ``heading`` as in the file."""
    if column.width is not None:
        return column.width
    width = formatted_width(column.type, column.cell_format) or WIDTHS[column.type]
    return max(width, len(heading))


def column_align(column: Column) -> Alignment:
    """Return the alignment: numbers on the right, everything else on the left, unless the job says otherwise."""
    return column.align or ("right" if column.type in {"integer", "number"} else "left")
