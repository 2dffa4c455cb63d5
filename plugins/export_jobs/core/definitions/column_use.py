"""One column of a file as a job uses it: its reference, heading, and how its values are written."""

from __future__ import annotations

from typing import Any, Literal

from pydantic import Field, SerializerFunctionWrapHandler, model_serializer

from export_jobs.core.definitions.cell_format import CellFormat
from export_jobs.core.definitions.time_format import shown_width

Alignment = Literal["left", "right"]
MAX_WIDTH = 10_000
"""Characters of a fixed-width column."""
WIDTHS: dict[str, int] = {
    "text": 40,
    "integer": 20,
    "number": 25,
    "boolean": 5,
    "date": 10,
    "timestamp": 26,
    "timestamptz": 32,
}
"""Default widths in characters. Any 64-bit whole number and any time fits; a longer text or number stops the run."""
_EMPTY_COUNTS = {"thousands_mark", "true_text", "false_text"}


class ColumnUse(CellFormat):
    """One column of a file: a reference, and its heading if that is different. A plain text is both.

    Its format overrides that of ``file``. ``width`` (in characters) and ``align`` are for fixed width.
    """

    column: str
    heading: str = Field(default="", alias="as")
    width: int | None = None
    align: Alignment | None = None

    @model_serializer(mode="wrap")
    def _short(self, whole: SerializerFunctionWrapHandler) -> Any:
        given = {
            key: value
            for key, value in whole(self).items()
            if value is not None and (value != "" or key in _EMPTY_COUNTS)
        }
        return self.column if list(given) == ["column"] else {"column": self.column, **given}


def column_use(value: object) -> object:
    """Turn a plain text into a column without a heading."""
    return {"column": value} if isinstance(value, str) else value


def formatted_width(kind: str, cell_format: CellFormat) -> int | None:
    """Return the characters of the widest value where the format decides it: for words of booleans, and for times."""
    if kind == "boolean" and cell_format.true_text is not None and cell_format.false_text is not None:
        return max(len(cell_format.true_text), len(cell_format.false_text), 1)
    pattern = getattr(cell_format, f"{kind}_format", None)
    return None if pattern is None else shown_width(pattern)
