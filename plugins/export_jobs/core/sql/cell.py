"""An expression -> the expression of a finished cell, as ``COPY`` writes it; other sources leave this to the writer."""

from __future__ import annotations

from export_jobs.core.catalogue.catalogue import ColumnType
from export_jobs.core.catalogue.dialect_names import POSTGRES
from export_jobs.core.definitions.job import FileOptions

_FORMULA = ("=", "+", "-", "@", "\t", "\r")


def cell_sql(expression: str, kind: ColumnType, decimals: int | None, options: FileOptions, dialect: str) -> str:
    """The cell's SQL: numbers rounded, ``true`` and ``false`` in full, text that is a formula escaped if asked for."""
    if dialect != POSTGRES:
        return expression
    if decimals is not None:
        return f"round(({expression})::numeric, {decimals})"
    if kind == "boolean":
        return f"({expression})::text"
    if kind == "text" and options.escape_formulas:
        return f"CASE WHEN {expression} ~ '^[=+@\\t\\r-]' THEN '''' || {expression} ELSE {expression} END"
    return expression


def escape_heading(text: str, options: FileOptions) -> str:
    """A heading; one that a spreadsheet would run as a formula is escaped as cells are."""
    return f"'{text}" if options.escape_formulas and text.startswith(_FORMULA) else text
