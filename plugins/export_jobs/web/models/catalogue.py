"""Response models of the catalogue: what can be exported."""

from __future__ import annotations

from typing import Literal

from export_jobs.core.catalogue.catalogue import ColumnType
from export_jobs.core.definitions.job import DateBasis
from export_jobs.web.models.base import ApiModel
from export_jobs.web.models.errors import IssueAnswer

ColumnRole = Literal["column", "measure", "custom_field"]


class CatalogueColumn(ApiModel):
    """A column of a fact or dimension. ``role``: the part of the fact's header that defines it."""

    name: str
    title: str
    description: str
    type: ColumnType
    unit: str
    filterable: bool
    role: ColumnRole


class FactEntry(ApiModel):
    """A fact. ``dimensions``: the keys of the dimensions that it reaches."""

    key: str
    title: str
    description: str
    grain: str
    columns: list[CatalogueColumn]
    dimensions: list[str]
    date_bases: list[DateBasis]
    has_customer: bool


class KpiEntry(ApiModel):
    """A KPI."""

    key: str
    title: str
    description: str
    fact: str
    type: ColumnType
    unit: str
    decimals: int | None
    additive: bool


class DimensionEntry(ApiModel):
    """A dimension. ``facts``: keys of the facts that reach it. ``label``: the attribute that its key alone means."""

    key: str
    title: str
    description: str
    label: str
    exportable: bool
    attributes: list[CatalogueColumn]
    facts: list[str]
    has_customer: bool


class DatePart(ApiModel):
    """A part of a fact's event date, by which every KPI can be grouped."""

    key: str
    title: str


class CatalogueAnswer(ApiModel):
    """Everything that can be exported, sorted by title. ``issues``: catalogue files that could not be read."""

    facts: list[FactEntry]
    kpis: list[KpiEntry]
    dimensions: list[DimensionEntry]
    date_parts: list[DatePart]
    issues: list[IssueAnswer]


class ReachableDimensions(ApiModel):
    """What every fact of the chosen KPIs reaches: dimensions, their attributes as references, date parts."""

    dimensions: list[DimensionEntry]
    attributes: list[str]
    date_parts: list[DatePart]


class FilterValues(ApiModel):
    """Values of a column in their own order. ``truncated``: there are more."""

    values: list[str]
    truncated: bool
