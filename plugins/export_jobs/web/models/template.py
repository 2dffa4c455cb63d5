"""Response models of templates."""

from __future__ import annotations

from datetime import datetime
from typing import Literal

from export_jobs.core.catalogue.catalogue import ColumnType
from export_jobs.core.definitions.filter import Operator, ValueCount
from export_jobs.core.definitions.job import DateBasis, TemplateKind
from export_jobs.web.models.base import ApiModel
from export_jobs.web.models.errors import IssueAnswer


class TemplateColumn(ApiModel):
    """A column of a template. ``type`` is empty if the catalogue no longer has the column."""

    column: str
    title: str
    type: ColumnType | Literal[""]
    unit: str
    description: str


class FilterOperator(ApiModel):
    """An operator that fits a column, and how many values it takes."""

    op: Operator
    values: ValueCount


class FilterColumn(ApiModel):
    """A column that a job can filter by. ``has_values``: its values can be looked up."""

    column: str
    title: str
    type: ColumnType
    operators: list[FilterOperator]
    has_values: bool


class TemplateChoices(ApiModel):
    """What a job can choose from a template besides its columns.

    ``protected``: titles of the columns that a file may contain but that no job may filter by.
    """

    filters: list[FilterColumn]
    protected: list[str]
    date_bases: list[DateBasis]
    has_customer: bool


class TemplateRow(ApiModel):
    """One template. ``used_by`` counts live jobs, including those that the caller may not see."""

    name: str
    kind: TemplateKind
    description: str
    fact: str | None
    columns: list[str]
    kpis: list[str]
    dimensions: list[str]
    file_columns: list[TemplateColumn]
    used_by: int
    created_at: datetime
    created_by: str
    issues: list[IssueAnswer]


class TemplateList(ApiModel):
    """One page of templates. ``total`` counts all pages."""

    templates: list[TemplateRow]
    total: int


class JobUsingTemplate(ApiModel):
    """A job that uses a template."""

    name: str
    dag_id: str


class TemplateDetail(TemplateRow):
    """One template in full. ``jobs``: the jobs that use it and that the caller may see."""

    choices: TemplateChoices
    jobs: list[JobUsingTemplate]


class TemplateCheck(ApiModel):
    """Every issue of a template; the rest is present if its shape is valid."""

    issues: list[IssueAnswer]
    file_columns: list[TemplateColumn]
    choices: TemplateChoices | None
