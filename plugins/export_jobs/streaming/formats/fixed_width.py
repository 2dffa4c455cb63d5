"""How wide a column of a file of fixed width is, when the job does not say: by the type of the catalogue."""

from __future__ import annotations

from export_jobs.core.definitions.column_use import WIDTHS, Alignment, formatted_width
from export_jobs.core.sql.compiled import Column


def column_width(column: Column, heading: str = "") -> int:
    """The width in characters: at least that of the ``heading`` as the file has it, unless the job says a width."""
    if column.width is not None:
        return column.width
    width = formatted_width(column.type, column.cell_format) or WIDTHS[column.type]
    return max(width, len(heading))


def column_align(column: Column) -> Alignment:
    """Numbers stand on the right, everything else on the left, unless the job says otherwise."""
    return column.align or ("right" if column.type in {"integer", "number"} else "left")
