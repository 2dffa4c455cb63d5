"""Compile statements that count the rows of a delivered window that came or changed after they were read."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from export_jobs.core.catalogue.catalogue import Catalogue, Fact
from export_jobs.core.definitions.job import DateBasis, ExportJob, default_basis
from export_jobs.core.sql.compiled import Column, CompiledExport
from export_jobs.core.sql.compiler import statement_text
from export_jobs.core.sql.dialect import quote_identifier
from export_jobs.core.sql.draft import StatementDraft
from export_jobs.core.sql.rows import changed_after, table_rows
from export_jobs.core.windows.window import Window

COUNT = "late_rows"


def compile_late_rows(job: ExportJob, catalogue: Catalogue, window: Window, read_at: datetime) -> list[CompiledExport]:
    """Return one statement for each fact of each template that uses the event date, if the fact has an updated date.

    A window on the updated date has no late rows: a row that changes gets a new date. A fact whose updated date has no
    time of day does not show what changed on the day on which it was read, and is left out.
    """
    return [
        _compile(draft, fact, read_at)
        for use in job.templates
        if (use.date_basis or default_basis(job.template(use.template).kind)) is DateBasis.EVENT
        for draft, fact in _drafts(job, use.template, catalogue, window)
    ]


def _drafts(
    job: ExportJob, template: str, catalogue: Catalogue, window: Window
) -> Iterator[tuple[StatementDraft, Fact]]:
    """Yield a separate statement for each fact, because each binds its own values."""
    for table in StatementDraft.of(job, template, catalogue, window, DateBasis.EVENT).tables:
        if isinstance(table, Fact) and table.updated_at is not None and table.updated_at.type != "date":
            yield StatementDraft.of(job, template, catalogue, window, DateBasis.EVENT), table


def _compile(draft: StatementDraft, fact: Fact, read_at: datetime) -> CompiledExport:
    values = {
        "rows": table_rows(draft, fact, ()),
        "changed": changed_after(draft, fact, read_at),
        "name": quote_identifier(COUNT, draft.dialect),
    }
    return CompiledExport(
        template=draft.template.name,
        connection=fact.connection,
        dialect=draft.dialect,
        sql=statement_text("late_rows.sql", job=draft.job.name, template=draft.template.name, **values),
        parameters=draft.conditions.parameters,
        columns=(Column(COUNT, "integer"),),
        date_basis=DateBasis.EVENT,
        unqualified_tables=draft.dependencies.unqualified_tables(),
    )
