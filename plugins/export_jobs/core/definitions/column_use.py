"""One column of a file as a job asks for it: which, under which heading, and how its values are written."""

from __future__ import annotations

from typing import Any, Literal

from pydantic import Field, SerializerFunctionWrapHandler, model_serializer

from export_jobs.core.definitions.cell_format import CellFormat

Alignment = Literal["left", "right"]
MAX_WIDTH = 10_000
"""Characters of a column of fixed width."""
_EMPTY_COUNTS = {"thousands_mark", "true_text", "false_text"}


class ColumnUse(CellFormat):
    """One column of a file: a reference, and the text of its heading where that is another. A plain text is both.

    How its values are written comes before what ``file`` says. ``width`` (in characters) and ``align`` are of fixed
    width.
    """

    column: str
    heading: str = Field(default="", alias="as")
    width: int | None = None
    align: Alignment | None = None

    @model_serializer(mode="wrap")
    def _short(self, whole: SerializerFunctionWrapHandler) -> Any:
        said = {
            key: value
            for key, value in whole(self).items()
            if value is not None and (value != "" or key in _EMPTY_COUNTS)
        }
        return self.column if list(said) == ["column"] else {"column": self.column, **said}


def column_use(value: object) -> object:
    """A plain text is a column alone."""
    return {"column": value} if isinstance(value, str) else value
