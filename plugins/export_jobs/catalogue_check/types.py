"""What databases call the types of columns -> the types of the catalogue."""

from __future__ import annotations

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
"""By the object identifiers of pg_type, which are the same in every PostgreSQL."""

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


def type_by_name(name: str) -> ColumnType | None:
    """The type of the catalogue for a type's name, as DuckDB says it; None when there is none."""
    upper = name.upper()
    if upper.endswith("]") or upper.startswith(("STRUCT", "MAP", "UNION")):
        return None
    return next((kind for kind, stems in _STEMS if upper.startswith(stems)), None)


def fits(declared: ColumnType, found: ColumnType | None) -> bool:
    """Whether a column of the type ``found`` may be declared so; a whole number is a number too."""
    return found in _FITTING[declared]


def type_remedy(found: ColumnType | None, name: str) -> str:
    """The remedy for a column or KPI whose type is not what its header says."""
    if found is None:
        return "Cast it in the SQL to text, a number or a date, and write that type here"
    return f"Write {name}: {found}, or cast it in the SQL"
