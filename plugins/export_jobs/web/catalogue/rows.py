"""Convert the catalogue for the page. Connections, queries and file names stay on the server."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from export_jobs.core.catalogue.catalogue import DATE_PARTS, Catalogue, Dimension, Fact, Kpi, TableColumn
from export_jobs.core.catalogue.page import sorted_by_title
from export_jobs.core.definitions.job import DateBasis
from export_jobs.web.models.catalogue import (
    CatalogueAnswer,
    CatalogueColumn,
    ColumnRole,
    DatePart,
    DimensionEntry,
    FactEntry,
    KpiEntry,
    ReachableDimensions,
)
from export_jobs.web.models.errors import IssueAnswer


def catalogue_answer(catalogue: Catalogue) -> CatalogueAnswer:
    """Convert the whole catalogue."""
    return CatalogueAnswer(
        facts=[_fact(fact, catalogue) for fact in sorted_by_title(catalogue.facts)],
        kpis=[_kpi(kpi) for kpi in sorted_by_title(catalogue.kpis)],
        dimensions=[_dimension(dimension, catalogue) for dimension in sorted_by_title(catalogue.dimensions)],
        date_parts=_date_parts(),
        issues=[IssueAnswer.of(issue) for issue in catalogue.issues],
    )


def reachable_dimensions(kpis: Iterable[str], catalogue: Catalogue) -> ReachableDimensions:
    """Return the dimensions that all KPIs can be grouped by; without a known KPI, every dimension with a fact."""
    facts = {catalogue.kpis[key].fact for key in kpis if key in catalogue.kpis}
    entries = [_dimension(dimension, catalogue) for dimension in sorted_by_title(catalogue.dimensions)]
    found = [entry for entry in entries if entry.facts and facts <= set(entry.facts)]
    attributes = [f"{entry.key}.{column.name}" for entry in found for column in entry.attributes]
    return ReachableDimensions(dimensions=found, attributes=attributes, date_parts=_date_parts())


def _fact(fact: Fact, catalogue: Catalogue) -> FactEntry:
    columns = [
        *_columns(fact.columns, "column"),
        *_columns(fact.measures, "measure"),
        *_columns(fact.custom_fields, "custom_field"),
    ]
    return FactEntry(
        key=fact.key,
        title=fact.title,
        description=fact.description,
        grain=fact.grain,
        columns=columns,
        dimensions=catalogue.dimensions_of(fact.key),
        date_bases=[basis for basis in (DateBasis.EVENT, DateBasis.UPDATED) if fact.date_column(basis)],
        has_customer=fact.customer is not None,
    )


def _kpi(kpi: Kpi) -> KpiEntry:
    return KpiEntry(
        key=kpi.key,
        title=kpi.title,
        description=kpi.description,
        fact=kpi.fact,
        type=kpi.type,
        unit=kpi.unit,
        decimals=kpi.decimals,
        additive=kpi.additive,
    )


def _dimension(dimension: Dimension, catalogue: Catalogue) -> DimensionEntry:
    return DimensionEntry(
        key=dimension.key,
        title=dimension.title,
        description=dimension.description,
        label=dimension.label,
        exportable=dimension.exportable,
        attributes=_columns(dimension.columns, "column"),
        facts=sorted(fact for fact in catalogue.facts if catalogue.path(fact, dimension.key)),
        has_customer=dimension.customer is not None,
    )


def _columns(columns: Mapping[str, TableColumn], role: ColumnRole) -> list[CatalogueColumn]:
    return [
        CatalogueColumn(
            name=name,
            title=column.title_for(name),
            description=column.description,
            type=column.type,
            unit=column.unit,
            filterable=column.filterable,
            role=role,
        )
        for name, column in columns.items()
    ]


def _date_parts() -> list[DatePart]:
    return [DatePart(key=key, title=title) for key, title in DATE_PARTS.items()]
