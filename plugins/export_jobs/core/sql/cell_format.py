"""Build the SQL that formats a value in PostgreSQL, so that the database does the work.

Texts of a format are bound and never part of the SQL. Days outside the years 1 to 9999 and infinite ones always have
PostgreSQL's own format.
"""

from __future__ import annotations

from collections.abc import Callable

from export_jobs.core.catalogue.catalogue import ColumnType
from export_jobs.core.definitions.cell_format import CellFormat
from export_jobs.core.definitions.time_format import has_offset, time_parts

Bind = Callable[[str], str]
"""Takes a value and returns its placeholder."""

_PATTERNS = {
    "%Y": "YYYY",
    "%y": "YY",
    "%m": "MM",
    "%d": "DD",
    "%H": "HH24",
    "%M": "MI",
    "%S": "SS",
    "%L": "MS",
    "%f": "US",
    "%z": "TZHTZM",
    "%:z": "TZH:TZM",
}
_IN_UTC = {"%z": '"+0000"', "%:z": '"+00:00"'}


def formatted_sql(value: str, kind: ColumnType, cell_format: CellFormat, bind: Bind) -> str:
    """Return the cell's SQL; ``value`` itself where ``cell_format`` has nothing for its type."""
    if kind == "boolean":
        return _boolean(value, cell_format, bind)
    if kind in {"integer", "number"}:
        return _number(value, cell_format, bind)
    return _moment(value, kind, cell_format, bind)


def to_char_pattern(text: str, *, is_utc: bool = False) -> str:
    """Return the pattern for ``to_char``. Plain text is in quotes, so that none of it is read as a directive."""
    offsets = _IN_UTC if is_utc else {}
    return "".join(f'"{plain}"' if plain else offsets.get(part, _PATTERNS[part]) for part, plain in time_parts(text))


def _boolean(value: str, cell_format: CellFormat, bind: Bind) -> str:
    if cell_format.true_text is None or cell_format.false_text is None:
        return f"({value})::text"
    yes, no = bind(cell_format.true_text), bind(cell_format.false_text)
    return f"CASE WHEN {value} THEN {yes} WHEN NOT ({value}) THEN {no} END"


def _number(value: str, cell_format: CellFormat, bind: Bind) -> str:
    mark, thousands = cell_format.decimal_mark or ".", cell_format.thousands_mark or ""
    if mark == "." and not thousands:
        return value
    text = f"({value})::text"
    if not thousands:
        return f"replace({text}, '.', {bind(mark)})"
    whole, rest = f"split_part({text}, '.', 1)", f"substr({text}, strpos({text} || '.', '.'))"
    # E'' has the same meaning on a server that reads a backslash in plain quotes as an escape.
    grouped = f"regexp_replace({whole}, '([0-9])(?=([0-9]{{3}})+$)', E'\\\\1' || {bind(thousands)}, 'g')"
    return f"{grouped} || replace({rest}, '.', {bind(mark)})"


def _moment(value: str, kind: ColumnType, cell_format: CellFormat, bind: Bind) -> str:
    pattern = getattr(cell_format, f"{kind}_format")
    if pattern is None:
        return value
    is_plain = f"{value} >= '0001-01-01'::{kind} AND {value} < '10000-01-01'::{kind}"
    cases = [f"WHEN {is_plain} THEN to_char({value}, {bind(to_char_pattern(pattern))})"]
    if kind == "timestamptz" and has_offset(pattern):
        # Local times before standard time have offsets with seconds, which no receiver reads: those are written in UTC.
        in_utc = f"{value} AT TIME ZONE 'UTC'"
        of_minutes = f"extract(timezone FROM {value})::integer %% 60 = 0"
        cases = [
            f"WHEN {is_plain} AND {of_minutes} THEN to_char({value}, {bind(to_char_pattern(pattern))})",
            f"WHEN {is_plain} AND {in_utc} >= '0001-01-01' AND NOT ({of_minutes}) "
            f"THEN to_char({in_utc}, {bind(to_char_pattern(pattern, is_utc=True))})",
        ]
    return f"CASE {' '.join(cases)} ELSE ({value})::text END"
