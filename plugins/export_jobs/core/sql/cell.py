"""Build the SQL of a finished cell for ``COPY``; for other databases the writer formats cells."""

from __future__ import annotations

import re

from export_jobs.core.catalogue.catalogue import ColumnType
from export_jobs.core.catalogue.dialect_names import POSTGRES
from export_jobs.core.definitions.cell_format import AS_STORED, CellFormat
from export_jobs.core.definitions.job import FileOptions
from export_jobs.core.sql.cell_format import Bind, formatted_sql

_WIDE = tuple("\N{FULLWIDTH EQUALS SIGN}\N{FULLWIDTH PLUS SIGN}\N{FULLWIDTH HYPHEN-MINUS}\N{FULLWIDTH COMMERCIAL AT}")
FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r", "\n", *_WIDE)
"""Starts by which spreadsheets recognise a formula; those of East Asia also the full-width signs (OWASP's list)."""
_SIGNED_NUMBER = re.compile(r"[-+][0-9]+([.,][0-9]+)?|[-+]{1,3}", flags=re.ASCII)
_WIDE_CODES = ", ".join(str(ord(sign)) for sign in _WIDE)
# A database with another encoding than UTF-8 could not read the full-width signs themselves.
_IS_WIDE = f"CASE current_setting('server_encoding') WHEN 'UTF8' THEN ascii({{text}}) END IN ({_WIDE_CODES})"


def cell_sql(
    expression: str,
    kind: ColumnType,
    decimals: int | None,
    options: FileOptions,
    dialect: str,
    *,
    cell_format: CellFormat = AS_STORED,
    bind: Bind | None = None,
) -> str:
    """Return the cell's SQL: numbers rounded, ``true`` and ``false`` in full, formatted as in ``cell_format``.

    If ``options`` say so, formulas are escaped and line breaks become blanks. ``bind`` takes a value and returns its
    placeholder; without it ``cell_format`` is not applied.
    """
    if dialect != POSTGRES:
        return expression
    value = value_sql(expression, decimals, dialect)
    if kind == "text":
        return _text_sql(value, options)
    if cell_format != AS_STORED and bind is not None:
        return formatted_sql(value, kind, cell_format, bind)
    return f"({value})::text" if kind == "boolean" else value


def value_sql(expression: str, decimals: int | None, dialect: str) -> str:
    """Return the value of the cell before it is formatted: rows are ordered by it."""
    rounds = dialect == POSTGRES and decimals is not None
    return f"round(({expression})::numeric, {decimals})" if rounds else expression


def _text_sql(expression: str, options: FileOptions) -> str:
    if options.line_breaks == "keep" and not options.escape_formulas:
        return expression
    # format() writes the same as COPY for any type that a catalogue calls text; a cast would add /32 to an address.
    text = f"format('%%s', {expression})"
    if options.line_breaks == "blank":
        text = f"translate(replace({text}, E'\\r\\n', ' '), E'\\r\\n', '  ')"
    if options.escape_formulas:
        is_formula = f"{text} ~ '^[=+@\\t\\r\\n-]' OR {_IS_WIDE.format(text=text)}"
        text = f"CASE WHEN {is_formula} THEN '''' || {text} ELSE {text} END"
    return f"CASE WHEN {expression} IS DISTINCT FROM NULL THEN {text} END"


def is_formula(text: str) -> bool:
    """Whether a spreadsheet would run ``text``. A sign alone, or a number with one, is only shown."""
    return text.startswith(FORMULA_STARTS) and len(text) > 1 and not _SIGNED_NUMBER.fullmatch(text)


def escape_heading(text: str, options: FileOptions) -> str:
    """Return a heading, escaped like a cell if a spreadsheet would run it as a formula."""
    return f"'{text}" if options.escape_formulas and text.startswith(FORMULA_STARTS) else text
