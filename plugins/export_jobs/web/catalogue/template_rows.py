"""Convert templates for the page, with titles and types from the catalogue."""

from __future__ import annotations

import logging

from export_jobs.core.base.issue import Issue
from export_jobs.core.catalogue.catalogue import Catalogue, ColumnType, Fact
from export_jobs.core.catalogue.selection import (
    ResolvedColumn,
    columns_in_template,
    facts_of,
    filterable_columns,
    protected_columns,
    resolve_column,
    tables_of,
)
from export_jobs.core.definitions.filter import Operator
from export_jobs.core.definitions.job import DateBasis, Template, TemplateKind
from export_jobs.core.validation.definitions import validate_template
from export_jobs.store.tables.template_usage import TemplateUsage
from export_jobs.web.catalogue.filter_values import can_list_values
from export_jobs.web.models.errors import IssueAnswer
from export_jobs.web.models.template import (
    FilterColumn,
    FilterOperator,
    TemplateChoices,
    TemplateColumn,
    TemplateRow,
)

log = logging.getLogger(__name__)


def template_row(template: Template, note: TemplateUsage, catalogue: Catalogue) -> TemplateRow:
    """Return one row of the list of templates; for a template that causes an error, a row that says so."""
    try:
        return _template_row(template, note, catalogue)
    except Exception as error:
        log.exception("Template %r cannot be shown as it is", template.name)
        what = f"the template cannot be compared with the catalogue ({type(error).__name__})"
        issue = Issue("", what, "See the log of Airflow's API server, and report what it says")
        return TemplateRow(
            **template.model_dump(),
            file_columns=[],
            used_by=len(note.jobs),
            created_at=note.created_at,
            created_by=note.created_by,
            issues=[IssueAnswer.of(issue)],
        )


def _template_row(template: Template, note: TemplateUsage, catalogue: Catalogue) -> TemplateRow:
    return TemplateRow(
        **template.model_dump(),
        file_columns=template_columns(template, catalogue),
        used_by=len(note.jobs),
        created_at=note.created_at,
        created_by=note.created_by,
        issues=[IssueAnswer.of(issue) for issue in validate_template(template, catalogue=catalogue)],
    )


def template_columns(template: Template, catalogue: Catalogue) -> list[TemplateColumn]:
    """Return the columns of a template's file before a job chooses from them."""
    return [template_column(name, template, catalogue) for name in columns_in_template(template, catalogue)]


def template_choices(template: Template, catalogue: Catalogue) -> TemplateChoices:
    """Return the filters and date bases that a job can use with a template, and whether it has customers."""
    tables = tables_of(template, catalogue)
    facts = facts_of(template, catalogue)
    bases = [basis for basis in (DateBasis.EVENT, DateBasis.UPDATED) if facts and _has(facts, basis)]
    return TemplateChoices(
        filters=[
            FilterColumn(
                column=name,
                title=title_of(name, place, catalogue),
                type=place.column.type,
                operators=_operators(place.column.type),
                has_values=_has_values(place, template, catalogue),
            )
            for name, place in filterable_columns(template, catalogue).items()
        ],
        protected=[title_of(name, place, catalogue) for name, place in protected_columns(template, catalogue).items()],
        date_bases=bases or [DateBasis.NONE],
        has_customer=bool(tables) and all(table.customer for table in tables),
    )


def title_of(reference: str, place: ResolvedColumn, catalogue: Catalogue) -> str:
    """Return the title of a column. For an attribute, the title of its dimension comes first."""
    own = place.column.title_for(place.name)
    if place.dimension is None:
        return own
    dimension = catalogue.dimensions[place.dimension]
    return f"{dimension.title}: {own}" if "." in reference else dimension.title


def _operators(column_type: ColumnType) -> list[FilterOperator]:
    return [FilterOperator(op=op, values=op.value_count) for op in Operator if op.fits(column_type)]


def _has_values(place: ResolvedColumn, template: Template, catalogue: Catalogue) -> bool:
    own = template.dimensions[0] if template.kind is TemplateKind.DIMENSION else None
    dimension = catalogue.dimensions.get(place.dimension or own or "")
    return dimension is not None and can_list_values(dimension, place.column)


def _has(facts: list[Fact], basis: DateBasis) -> bool:
    return all(fact.date_column(basis) for fact in facts)


def template_column(name: str, template: Template, catalogue: Catalogue) -> TemplateColumn:
    """Return one column. A column that the catalogue no longer has has only its name."""
    kpi = catalogue.kpis.get(name) if name in template.kpis else None
    if kpi is not None:
        return TemplateColumn(column=name, title=kpi.title, type=kpi.type, unit=kpi.unit, description=kpi.description)
    places = (resolve_column(name, table, catalogue) for table in tables_of(template, catalogue))
    place = next(filter(None, places), None)
    if place is None:
        return TemplateColumn(column=name, title=name, type="", unit="", description="")
    column = place.column
    return TemplateColumn(
        column=name,
        title=title_of(name, place, catalogue),
        type=column.type,
        unit=column.unit,
        description=column.description,
    )
