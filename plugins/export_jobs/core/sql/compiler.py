"""Compile a job's template for a window: the SQL of one file, its bound values and its columns.

The statement templates in ``statements/`` define the shape of each kind; only reviewed files are rendered. Identifiers
come from the catalogue and are quoted here. Every value of a definition is bound as a parameter. Neither values nor
headings that a person chose are ever part of the text.
"""

from __future__ import annotations

from dataclasses import replace
from functools import lru_cache
from pathlib import Path
from typing import Any

import jinja2

from export_jobs.core.catalogue.catalogue import Catalogue, Dimension, Fact, Table
from export_jobs.core.catalogue.personal import personal_columns
from export_jobs.core.definitions.job import ExportJob, TemplateKind, default_basis
from export_jobs.core.sql.cell import escape_heading
from export_jobs.core.sql.compiled import Column, CompiledExport
from export_jobs.core.sql.dialect import order_term, quote_identifier
from export_jobs.core.sql.draft import StatementDraft
from export_jobs.core.sql.groups import groups_context
from export_jobs.core.sql.rows import column_sql, table_rows
from export_jobs.core.sql.text import comment_text, indent_sql
from export_jobs.core.windows.window import Window


def compile_export(job: ExportJob, template_name: str, catalogue: Catalogue, window: Window) -> CompiledExport:
    """Compile one template of a job for one window.

    Raises ``UserError`` when the definition names something that is not in the catalogue; validation reports this
    earlier, together with every other issue.
    """
    kind = job.template(template_name).kind
    basis = job.use(template_name).date_basis or default_basis(kind)
    draft = StatementDraft.of(job, template_name, catalogue, window, basis)
    file, context = _STATEMENTS[kind]
    values, columns = context(draft)
    sql = statement_text(file, job=job.name, template=template_name, **values)
    return CompiledExport(
        template=template_name,
        connection=draft.tables[0].connection,
        dialect=draft.dialect,
        sql=sql,
        parameters=draft.conditions.parameters,
        columns=_with_headings(draft, columns),
        date_basis=basis,
        preconditions=tuple(draft.preconditions.values()),
        sources=draft.dependencies.queries(),
        unqualified_tables=draft.dependencies.unqualified_tables(),
        is_ordered=bool(values["order_by"]) or kind is TemplateKind.CUSTOM,
    )


def statement_text(file: str, **values: Any) -> str:
    """Render a statement of ``statements/`` with texts of the catalogue and placeholders, never of a definition."""
    return _environment().get_template(file).render(**values)


def _rows_context(draft: StatementDraft) -> tuple[dict[str, Any], tuple[Column, ...]]:
    """Return the values for the statement template of rows, and the columns of the file."""
    table = draft.tables[0]
    chosen = [use.column for use in draft.columns]
    ordered_by = [reference.removeprefix("-") for reference in draft.use.order_by]
    resolved_columns = {reference: draft.resolve(reference, table) for reference in [*chosen, *ordered_by]}
    columns = tuple(
        draft.column(name, resolved_columns[name].column.type, resolved_columns[name].column.decimals)
        for name in chosen
    )
    cells = [draft.cell(column_sql(draft, table, resolved_columns[column.name]), column) for column in columns]
    values = {
        "rows": table_rows(draft, table, resolved_columns.values()),
        "columns": [
            {"sql": sql, "name": quote_identifier(c.name, draft.dialect)} for sql, c in zip(cells, columns, strict=True)
        ],
        "order_by": _order_terms(draft, table),
    }
    return values, columns


def _order_terms(draft: StatementDraft, table: Table) -> list[str]:
    """Return the job's order, then the table's own, so that the order of rows is always the same."""
    terms = []
    for reference in [*draft.use.order_by, *_default_order(table)]:
        name = reference.removeprefix("-")
        resolved = draft.resolve(name, table)
        terms.append((column_sql(draft, table, resolved), resolved.column.type, name != reference))
    return list(dict.fromkeys(order_term(sql, kind, draft.dialect, is_descending=down) for sql, kind, down in terms))


def _default_order(table: Table) -> tuple[str, ...]:
    if isinstance(table, Dimension):
        return (table.id,)
    return table.order_by if isinstance(table, Fact) else ()


def _with_headings(draft: StatementDraft, columns: tuple[Column, ...]) -> tuple[Column, ...]:
    headings = [use.heading or use.column for use in draft.columns]
    personal = personal_columns(draft.template, draft.use, draft.catalogue)
    return tuple(
        replace(column, name=escape_heading(heading, draft.options), is_personal=place in personal)
        for place, (heading, column) in enumerate(zip(headings, columns, strict=True))
    )


_STATEMENTS = {
    TemplateKind.STANDARD: ("rows.sql", _rows_context),
    TemplateKind.CUSTOM: ("groups.sql", groups_context),
    TemplateKind.DIMENSION: ("rows.sql", _rows_context),
}


@lru_cache(maxsize=1)
def _environment() -> jinja2.Environment:
    environment = jinja2.Environment(
        loader=jinja2.FileSystemLoader(Path(__file__).with_name("statements")),
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=False,
        autoescape=False,  # noqa: S701  SQL, not HTML: every identifier has already been quoted
    )
    environment.filters["indented"] = indent_sql
    environment.filters["commented"] = comment_text
    return environment
