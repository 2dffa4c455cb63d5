"""Which columns of a file tell of a person: the one rule for previews and for values to filter by."""

from __future__ import annotations

from export_jobs.core.catalogue.catalogue import Catalogue, Table, TableColumn
from export_jobs.core.catalogue.selection import chosen_columns, resolve_column, tables_of
from export_jobs.core.definitions.job import Template, TemplateUse


def is_personal(table: Table, name: str, column: TableColumn) -> bool:
    """Marked so in the catalogue, the key of a customer, or anything of a table of customers but a yes or no."""
    if column.personal or name == table.customer:
        return True
    is_of_customers = table.customer is not None and table.customer == getattr(table, "id", None)
    return is_of_customers and column.type != "boolean"


def personal_columns(template: Template, use: TemplateUse, catalogue: Catalogue) -> set[int]:
    """Places, from 0, of the file's columns whose cells tell of a person."""
    references = [column.column for column in chosen_columns(template, use, catalogue)]
    tables = tables_of(template, catalogue)
    return {
        index
        for index, reference in enumerate(references)
        if any(_tells_of_a_person(reference, table, catalogue) for table in tables)
    }


def _tells_of_a_person(reference: str, table: Table, catalogue: Catalogue) -> bool:
    resolved = resolve_column(reference, table, catalogue)
    if resolved is None:
        return False
    holder = catalogue.dimensions[resolved.dimension] if resolved.dimension else table
    return is_personal(holder, resolved.name, resolved.column)
