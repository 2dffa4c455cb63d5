"""Map the types of databases to the types of the catalogue."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import get_args

from export_jobs.core.catalogue.catalogue import ColumnType

POSTGRES_TYPES: dict[int, ColumnType] = {
    16: "boolean",
    **dict.fromkeys((20, 21, 23), "integer"),  # bigint, smallint, integer
    **dict.fromkeys((700, 701, 1700), "number"),  # real, double precision, numeric
    **dict.fromkeys((18, 19, 25, 1042, 1043), "text"),  # "char", name, text, char, varchar
    1082: "date",
    1114: "timestamp",
    1184: "timestamptz",
}
"""By the OIDs of pg_type, which are the same in every PostgreSQL."""

_STEMS: tuple[tuple[ColumnType, tuple[str, ...]], ...] = (
    ("boolean", ("BOOL",)),
    ("timestamptz", ("TIMESTAMP WITH TIME ZONE", "TIMESTAMPTZ")),
    ("timestamp", ("TIMESTAMP", "DATETIME")),
    ("date", ("DATE",)),
    (
        "integer",
        ("TINYINT", "SMALLINT", "INTEGER", "BIGINT", "HUGEINT", "UTINYINT", "USMALLINT", "UINTEGER", "UBIGINT"),
    ),
    ("number", ("DECIMAL", "NUMERIC", "DOUBLE", "FLOAT", "REAL")),
    ("text", ("VARCHAR", "CHAR", "TEXT", "STRING")),
)
_FITTING: dict[ColumnType, frozenset[ColumnType]] = {
    **{kind: frozenset({kind}) for kind in get_args(ColumnType)},
    "number": frozenset({"number", "integer"}),
}


_SAME_TEXT = (
    (re.compile(r"(tiny|small|big|huge)?int(eger)?|u(tiny|small|big|huge)?int(eger)?|int[248]"), "integer"),
    (re.compile(r"(character varying|varchar|nvarchar|text|string|name|citext)(\(.*\))?"), "text"),
    (re.compile(r"(?:numeric|decimal)\(\d+(?:, ?(\d+))?\)"), r"numeric(…,\1)"),
)
"""Types whose values are written the same way: for numbers, digits do not matter, but decimals do."""


@dataclass(frozen=True)
class ResultColumn:
    """A column of a result. ``type`` None: no type of the catalogue; ``type_name`` empty: not reported.

    ``origin``: the table and the number of the column in it, where the database reports them; renaming changes neither.
    ``is_opaque``: the type's name is a code of the driver, which only distinguishes types.
    """

    name: str
    type: ColumnType | None
    type_name: str
    origin: tuple[int, int] | None = None
    is_opaque: bool = False


def written_as(type_name: str) -> str:
    """Return a common name for types that are written the same way, such as ``numeric(10,2)`` and ``numeric(12,2)``."""
    plain = type_name.lower()
    for pattern, common in _SAME_TEXT:
        if match := pattern.fullmatch(plain):
            return match.expand(common)
    return plain


def type_by_name(name: str) -> ColumnType | None:
    """Return the catalogue's type for the name of a type in DuckDB; None when there is none."""
    upper = name.upper()
    if upper.endswith("]") or upper.startswith(("STRUCT", "MAP", "UNION")):
        return None
    return next((kind for kind, stems in _STEMS if upper.startswith(stems)), None)


def is_compatible(declared: ColumnType, found: ResultColumn) -> bool:
    """Whether cells of the column ``found`` fit the type ``declared``; always true when the database reports no type.

    Text fits types that only the database knows, such as UUID; a whole number may be a ``numeric`` without decimals.
    """
    if not found.type_name or found.is_opaque or fits(declared, found.type):
        return True
    if declared == "text":
        return found.type is None
    return declared == "integer" and written_as(found.type_name) == "numeric(…,0)"


def fits(declared: ColumnType, found: ColumnType | None) -> bool:
    """Whether a column of the type ``found`` may be declared as ``declared``; a whole number is a number too."""
    return found in _FITTING[declared]


def type_remedy(found: ColumnType | None, name: str) -> str:
    """Return the remedy for a column or KPI whose type differs from its header."""
    if found is None:
        return "Cast it in the SQL to text, a number or a date, and write that type here"
    return f"Write {name}: {found}, or cast it in the SQL"
