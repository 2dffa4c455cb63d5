"""Resolve references to columns of the catalogue: the columns of a template, and those that a job can filter by.

``amount`` is a column of the fact, ``store.region`` an attribute of a dimension that the fact reaches, ``store`` its
label, ``day`` a part of the fact's event date. Validation, compiler and page all use these functions.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from export_jobs.core.catalogue.catalogue import DATE_PARTS, Catalogue, Fact, Table, TableColumn
from export_jobs.core.definitions.column_use import ColumnUse
from export_jobs.core.definitions.job import Template, TemplateKind, TemplateUse


@dataclass(frozen=True)
class ResolvedColumn:
    """Where a column's cells come from: ``name`` of the dimension ``dimension``, or of the table itself when None.

    ``is_date_part``: ``name`` is a part of the event date, not a column.
    """

    column: TableColumn
    name: str
    dimension: str | None = None
    is_date_part: bool = False


def resolve_column(reference: str, table: Table, catalogue: Catalogue) -> ResolvedColumn | None:
    """Return the column that ``reference`` means for ``table``; None when there is none."""
    if reference in table.fields:
        return ResolvedColumn(table.fields[reference], reference)
    return resolve_group(reference, table, catalogue) if isinstance(table, Fact) else None


def resolve_group(reference: str, fact: Fact, catalogue: Catalogue) -> ResolvedColumn | None:
    """Return the column that ``reference`` means among the dimensions of a custom template; the fact's are not used."""
    if reference in DATE_PARTS:
        return ResolvedColumn(TableColumn(type="date", filterable=False), reference, is_date_part=True)
    key, _, attribute = reference.partition(".")
    if not catalogue.path(fact.key, key):
        return None
    dimension = catalogue.dimensions[key]
    name = attribute if "." in reference else dimension.label
    return ResolvedColumn(dimension.fields[name], name, key) if name in dimension.fields else None


def tables_of(template: Template, catalogue: Catalogue) -> list[Table]:
    """Return the known facts that a template reads, each once, or its dimension."""
    if template.kind is TemplateKind.DIMENSION:
        return [catalogue.dimensions[key] for key in template.dimensions[:1] if key in catalogue.dimensions]
    return [*facts_of(template, catalogue)]


def facts_of(template: Template, catalogue: Catalogue) -> list[Fact]:
    """Return the known facts that a template reads, each once, in the order of its KPIs."""
    keys = {
        TemplateKind.STANDARD: [template.fact or ""],
        TemplateKind.CUSTOM: [catalogue.kpis[key].fact for key in template.kpis if key in catalogue.kpis],
        TemplateKind.DIMENSION: [],
    }[template.kind]
    return [catalogue.facts[key] for key in dict.fromkeys(keys) if key in catalogue.facts]


def columns_in_template(template: Template, catalogue: Catalogue) -> list[str]:
    """Return references of the columns of a template, in its order; a job can choose from these."""
    if template.kind is TemplateKind.CUSTOM:
        return [*template.dimensions, *template.kpis]
    if template.columns:
        return list(template.columns)
    return [name for table in tables_of(template, catalogue) for name in table.fields]


def chosen_columns(template: Template, use: TemplateUse, catalogue: Catalogue) -> Sequence[ColumnUse]:
    """Return the columns of the file, in its order."""
    return use.columns or tuple(ColumnUse(column=name) for name in columns_in_template(template, catalogue))


def reachable_columns(table: Table, catalogue: Catalogue) -> list[str]:
    """Return references of all columns available for ``table``: its own, and attributes of dimensions it reaches."""
    names = list(table.fields)
    if isinstance(table, Fact):
        for key in catalogue.dimensions_of(table.key):
            names += [key, *(f"{key}.{name}" for name in catalogue.dimensions[key].fields)]
    return names


def filterable_columns(template: Template, catalogue: Catalogue) -> dict[str, ResolvedColumn]:
    """Return the columns that a job can filter this template by: those that every table of it has or reaches.

    A column of the fact counts only if every fact has it with the same type, because it is compared in each.
    """
    tables = tables_of(template, catalogue)
    names = reachable_columns(tables[0], catalogue) if tables else []
    resolved_columns = {name: [resolve_column(name, table, catalogue) for table in tables] for name in names}
    return {name: found[0] for name, found in resolved_columns.items() if found[0] and _is_filterable(found)}


def protected_columns(template: Template, catalogue: Catalogue) -> dict[str, ResolvedColumn]:
    """Return the columns of this template that no job may filter by, because the catalogue forbids it."""
    found: dict[str, ResolvedColumn] = {}
    for table in tables_of(template, catalogue):
        for name in reachable_columns(table, catalogue):
            resolved = resolve_column(name, table, catalogue)
            if resolved and not resolved.column.filterable:
                found.setdefault(name, resolved)
    return found


def _is_filterable(resolved_columns: Sequence[ResolvedColumn | None]) -> bool:
    types = {resolved.column.type if resolved and resolved.column.filterable else None for resolved in resolved_columns}
    return len(types) == 1 and None not in types
