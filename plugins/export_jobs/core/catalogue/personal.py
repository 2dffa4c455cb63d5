"""Decide which columns contain personal data: the single rule for previews and for values to filter by."""

from __future__ import annotations

from export_jobs.core.catalogue.catalogue import Catalogue, Table, TableColumn
from export_jobs.core.catalogue.selection import chosen_columns, resolve_column, tables_of
from export_jobs.core.definitions.job import Template, TemplateUse


def is_personal(table: Table, name: str, column: TableColumn) -> bool:
    """Whether a column is personal: marked so, a customer's key, or any column but booleans of a table of customers."""
    if column.personal or name == table.customer:
        return True
    is_of_customers = table.customer is not None and table.customer == getattr(table, "id", None)
    return is_of_customers and column.type != "boolean"


def personal_columns(template: Template, use: TemplateUse, catalogue: Catalogue) -> set[int]:
    """Return the positions, from 0, of the file's columns that contain personal data."""
    references = [column.column for column in chosen_columns(template, use, catalogue)]
    tables = tables_of(template, catalogue)
    return {
        index
        for index, reference in enumerate(references)
        if any(_is_personal_reference(reference, table, catalogue) for table in tables)
    }


def _is_personal_reference(reference: str, table: Table, catalogue: Catalogue) -> bool:
    resolved = resolve_column(reference, table, catalogue)
    if resolved is None:
        return False
    owner = catalogue.dimensions[resolved.dimension] if resolved.dimension else table
    return is_personal(owner, resolved.name, resolved.column)
