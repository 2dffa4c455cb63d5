"""References -> the columns of the catalogue they stand for: what a template holds, and what a job may filter by.

``amount`` is a column of the fact, ``store.region`` an attribute of a dimension that the fact reaches, ``store`` its
label, ``day`` a part of the fact's event date. One reading for validation, compiler and page.
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

    ``is_date_part``: ``name`` is a part of the event date and no column.
    """

    column: TableColumn
    name: str
    dimension: str | None = None
    is_date_part: bool = False


def resolve_column(reference: str, table: Table, catalogue: Catalogue) -> ResolvedColumn | None:
    """What ``reference`` means beside ``table``; None when nothing is reached by it."""
    if reference in table.fields:
        return ResolvedColumn(table.fields[reference], reference)
    return resolve_group(reference, table, catalogue) if isinstance(table, Fact) else None


def resolve_group(reference: str, fact: Fact, catalogue: Catalogue) -> ResolvedColumn | None:
    """What ``reference`` means among the dimensions of a custom template, which has no use for the fact's columns."""
    if reference in DATE_PARTS:
        return ResolvedColumn(TableColumn(type="date", filterable=False), reference, is_date_part=True)
    key, _, attribute = reference.partition(".")
    if not catalogue.path(fact.key, key):
        return None
    dimension = catalogue.dimensions[key]
    name = attribute if "." in reference else dimension.label
    return ResolvedColumn(dimension.fields[name], name, key) if name in dimension.fields else None


def tables_of(template: Template, catalogue: Catalogue) -> list[Table]:
    """The known facts that a template reads, each once, or the dimension it holds."""
    if template.kind is TemplateKind.DIMENSION:
        return [catalogue.dimensions[key] for key in template.dimensions[:1] if key in catalogue.dimensions]
    return [*facts_of(template, catalogue)]


def facts_of(template: Template, catalogue: Catalogue) -> list[Fact]:
    """The known facts that a template reads, each once, in the order of its KPIs."""
    keys = {
        TemplateKind.STANDARD: [template.fact or ""],
        TemplateKind.CUSTOM: [catalogue.kpis[key].fact for key in template.kpis if key in catalogue.kpis],
        TemplateKind.DIMENSION: [],
    }[template.kind]
    return [catalogue.facts[key] for key in dict.fromkeys(keys) if key in catalogue.facts]


def columns_in_template(template: Template, catalogue: Catalogue) -> list[str]:
    """References of the columns that a template holds, in its order; a job may choose from these."""
    if template.kind is TemplateKind.CUSTOM:
        return [*template.dimensions, *template.kpis]
    if template.columns:
        return list(template.columns)
    return [name for table in tables_of(template, catalogue) for name in table.fields]


def chosen_columns(template: Template, use: TemplateUse, catalogue: Catalogue) -> Sequence[ColumnUse]:
    """The columns of the file, in its order."""
    return use.columns or tuple(ColumnUse(column=name) for name in columns_in_template(template, catalogue))


def reachable_columns(table: Table, catalogue: Catalogue) -> list[str]:
    """References of everything that can be shown beside ``table``: its columns, and attributes it reaches."""
    names = list(table.fields)
    if isinstance(table, Fact):
        for key in catalogue.dimensions_of(table.key):
            names += [key, *(f"{key}.{name}" for name in catalogue.dimensions[key].fields)]
    return names


def filterable_columns(template: Template, catalogue: Catalogue) -> dict[str, ResolvedColumn]:
    """What a job may filter this template by: columns and attributes that every table of it has or reaches.

    A column of the fact counts only where every fact has it with the same type, for its values are compared in each.
    """
    tables = tables_of(template, catalogue)
    names = reachable_columns(tables[0], catalogue) if tables else []
    resolved_columns = {name: [resolve_column(name, table, catalogue) for table in tables] for name in names}
    return {name: found[0] for name, found in resolved_columns.items() if found[0] and _is_filterable(found)}


def protected_columns(template: Template, catalogue: Catalogue) -> dict[str, ResolvedColumn]:
    """What this template has or reaches and no job may filter by, because the catalogue says so of the column."""
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
