"""Compare the columns and types that the database has now with the catalogue and with the last delivery.

``COPY`` writes anything that a column contains. Without this check ``120.00`` could become ``120``, or a column of
numbers contain ``n/a``, under the same heading as before.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from sqlglot import exp

from export_jobs.core.catalogue.catalogue import ColumnType
from export_jobs.core.catalogue.database_types import ResultColumn, is_compatible, written_as
from export_jobs.core.sql.compiled import CompiledExport
from export_jobs.core.sql.sources import SourceQuery, name_as_stored
from export_jobs.errors import TerminalError

Shape = Mapping[str, ResultColumn]
"""Columns by place, such as ``purchases.amount_usd``, or by the key of a KPI."""

ShapeJson = Mapping[str, Mapping[str, Any]]
"""A shape as the ledger keeps it."""

_ANY_NUMBER: frozenset[ColumnType] = frozenset({"integer", "number"})
_NEXT = ", then clear this run"


def read_shape(export: CompiledExport, describe: Callable[[str], list[ResultColumn]]) -> Shape:
    """Find out with ``describe`` what the statement of ``export`` would read.

    Raises ``TerminalError`` when a column of the catalogue no longer exists.
    """
    shape: dict[str, ResultColumn] = {}
    missing = []
    for source in export.sources:
        found = {_normalized(column.name, export.dialect): column for column in describe(source.sql)}
        for name in source.declared:
            column = found.get(_normalized(name, export.dialect))
            if column is None:
                missing.append(f"{source.key} has no column {name}")
            else:
                shape[_place(source, name)] = column
    if missing:
        differences = [*missing, *catalogue_differences(export, shape)]
        raise TerminalError(
            f"Template {export.template!r}: the source has changed: {'; '.join(differences)}. Nothing was read",
            "Restore the column's name in the database, or with AS in the fact or dimension" + _NEXT,
        )
    return shape


def catalogue_differences(export: CompiledExport, shape: Shape) -> list[str]:
    """Return where the database's types differ from those of the catalogue."""
    found = []
    for source in export.sources:
        for name, declared in source.declared.items():
            column = shape.get(_place(source, name))
            if column is None:
                continue
            fits = is_compatible(declared, column) or (source.is_kpis and _is_number(declared, column))
            if not fits:
                found.append(f"{_place(source, name)} is {column.type_name}, but {declared} in the catalogue")
    return found


def delivery_differences(shape: Shape, last: ShapeJson) -> list[str]:
    """Return where the database's columns differ from those of the last delivery."""
    found = []
    for place, column in shape.items():
        before = last.get(place)
        if before is None or not before["type"] or not column.type_name:
            continue
        if written_as(before["type"]) != written_as(column.type_name):
            found.append(f"{place} is {column.type_name}, but was {before['type']} at the last delivery")
        elif _is_another_column(column.origin, before.get("origin")):
            found.append(f"{place} is a different column of its table than the one with this name at the last delivery")
    return found


def refuse_other_types(export: CompiledExport, shape: Shape) -> None:
    """Raise ``TerminalError`` unless the database's types are those of the catalogue."""
    differences = catalogue_differences(export, shape)
    if differences:
        raise shape_error(export, differences)


def shape_error(export: CompiledExport, differences: list[str]) -> TerminalError:
    """Return the error for a source that has changed; ``differences`` come from the functions of this module."""
    return TerminalError(
        f"Template {export.template!r}: the source has changed: {'; '.join(differences)}. Nothing was read",
        "Correct the source or the catalogue. If the change is intended, set the job's shape_change to `warn` for a run"
        + _NEXT,
    )


def shape_json(shape: Shape) -> dict[str, dict[str, Any]]:
    """Return the shape as the ledger keeps it."""
    return {place: {"type": column.type_name, "origin": column.origin} for place, column in shape.items()}


def depends_on_plan(export: CompiledExport, shape: Shape) -> bool:
    """Whether a different plan of the same statement could produce different bytes.

    This is so for rows without an order, and for aggregates that are not exact: of floating-point numbers, or of text
    that is joined in the order of the rows.
    """
    kpis = [shape[_place(source, name)] for source in export.sources if source.is_kpis for name in source.declared]
    return not export.is_ordered or any(_is_inexact(kpi) for kpi in kpis)


def _is_inexact(kpi: ResultColumn) -> bool:
    return kpi.type not in {"integer", "date", "timestamp", "timestamptz"} and not kpi.type_name.startswith("numeric")


def _is_number(declared: ColumnType, column: ResultColumn) -> bool:
    """The sum of whole numbers is a ``numeric`` in PostgreSQL."""
    return declared in _ANY_NUMBER and column.type in _ANY_NUMBER


def _is_another_column(origin: tuple[int, int] | None, before: Any) -> bool:
    """Whether it is another column of the same table. A table that was created again proves nothing."""
    return bool(origin and before and origin[0] == before[0] and origin[1] != before[1])


def _place(source: SourceQuery, name: str) -> str:
    return name if source.is_kpis else f"{source.key}.{name}"


def _normalized(name: str, dialect: str) -> str:
    return name_as_stored(exp.to_identifier(name, quoted=True), dialect)
