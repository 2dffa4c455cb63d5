"""The catalogue as objects: facts, KPIs and dimensions by key, and the paths from facts to dimensions.

:mod:`export_jobs.core.catalogue.files` reads them from a folder of reviewed files.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Annotated, Literal, TypeVar

from pydantic import BeforeValidator, Field

from export_jobs.core.base.frozen import Frozen
from export_jobs.core.base.issue import Issue
from export_jobs.core.catalogue.dialect_names import POSTGRES
from export_jobs.core.definitions.job import DateBasis

ColumnType = Literal["text", "integer", "number", "date", "timestamp", "timestamptz", "boolean"]
Decimals = Annotated[int | None, Field(ge=0, le=10)]

DATE_PARTS = {"day": "Day", "week": "Week (its Monday)", "month": "Month (its first day)"}
"""Dimensions that every fact has: parts of its event date, as the job's zone sees it; each is a date."""


class DateColumn(Frozen):
    """A column by which a window selects rows. ``time_zone`` is that of a ``timestamp`` column; UTC when not given."""

    column: str
    type: Literal["timestamptz", "timestamp", "date"] = "timestamptz"
    time_zone: str | None = None


class TableColumn(Frozen):
    """A column of a fact or dimension. ``sql`` is set for a custom field: an expression over the other columns.

    ``decimals``: numbers are rounded to this many places, half away from zero, in every database.
    ``personal``: people without access to the warehouse's connection see no value of it on the page.
    """

    type: ColumnType
    title: str = ""
    description: str = ""
    unit: str = ""
    decimals: Decimals = None
    filterable: bool = True
    personal: bool = False
    sql: str = ""

    def title_for(self, name: str) -> str:
        """Return the title of this column, whose name is ``name``."""
        return self.title or name.replace("_", " ").capitalize()


def _column_mapping(value: object) -> object:
    return {"type": value} if isinstance(value, str) else value


_Columns = dict[str, Annotated[TableColumn, BeforeValidator(_column_mapping)]]
_Lines = Annotated[Mapping[str, int], Field(exclude=True, repr=False)]


class Table(Frozen):
    """The base of facts and dimensions: a query, in the dialect of its connection, that returns every listed column.

    ``customer`` names the column that is compared with an audience. ``file`` and ``line`` say where the query begins,
    ``lines`` where each key of the header does.
    """

    title: str
    description: str = ""
    connection: str
    dialect: str = POSTGRES
    customer: str | None = None
    columns: _Columns
    key: str
    sql: str
    file: str = ""
    line: int = 1
    lines: _Lines = Field(default_factory=dict)

    @cached_property
    def fields(self) -> dict[str, TableColumn]:
        """Every column that can be exported, in the order of the file's header."""
        return self.columns


class Fact(Table):
    """An event table with one row for each event. ``order_by`` makes the order stable; name a unique column last."""

    grain: str = ""
    event_date: DateColumn
    updated_at: DateColumn | None = None
    measures: _Columns = Field(default_factory=dict)
    custom_fields: _Columns = Field(default_factory=dict)
    order_by: tuple[str, ...] = ()

    @cached_property
    def fields(self) -> dict[str, TableColumn]:
        """Every column that can be exported: columns, then measures, then custom fields."""
        return {**self.columns, **self.measures, **self.custom_fields}

    def date_column(self, basis: DateBasis) -> DateColumn | None:
        """Return the date column for ``basis``; None when this fact has none."""
        return {DateBasis.EVENT: self.event_date, DateBasis.UPDATED: self.updated_at}.get(basis)


class Kpi(Frozen):
    """An aggregate over one fact. ``sql`` is an expression over the fact's columns, such as ``sum(amount)``.

    ``additive``: it may be summed over dimensions. Ratios and distinct counts are not; they are computed
    separately at every grain.
    """

    title: str
    description: str = ""
    fact: str
    additive: bool = True
    type: Literal["number", "integer", "date", "timestamp", "timestamptz", "text"] = "number"
    unit: str = ""
    decimals: Decimals = None
    key: str
    sql: str
    file: str = ""
    line: int = 1
    lines: _Lines = Field(default_factory=dict)


class Dimension(Table):
    """A table by which KPIs are grouped. ``facts`` says how each fact reaches the dimension's ``id``.

    A path is a column of the fact (``store_id``), or a column of another dimension that the fact reaches
    (``customer.home_store_id``).
    """

    id: str
    label: str
    facts: dict[str, str] = Field(default_factory=dict)
    exportable: bool = False


Entry = TypeVar("Entry", Fact, Kpi, Dimension)


@dataclass(frozen=True)
class Hop:
    """One join on the path to a dimension: ``by`` is a column of the dimension ``via``, or of the fact when None."""

    dimension: str
    by: str
    via: str | None = None


@dataclass(frozen=True)
class Catalogue:
    """Everything that can be exported, by key, and the issues of files that could not be read."""

    facts: dict[str, Fact] = field(default_factory=dict)
    kpis: dict[str, Kpi] = field(default_factory=dict)
    dimensions: dict[str, Dimension] = field(default_factory=dict)
    issues: tuple[Issue, ...] = ()
    _paths: dict[tuple[str, str], tuple[Hop, ...]] = field(default_factory=dict, init=False, repr=False, compare=False)

    @property
    def tables(self) -> list[Table]:
        """The tables that are read from databases: facts, then dimensions."""
        return [*self.facts.values(), *self.dimensions.values()]

    def dimensions_of(self, fact: str) -> list[str]:
        """Return the keys of the dimensions that ``fact`` reaches, in alphabetical order; without date parts."""
        return sorted(key for key in self.dimensions if self.path(fact, key))

    def path(self, fact: str, dimension: str) -> tuple[Hop, ...]:
        """Return the joins from a fact to a dimension, the dimension's own last; empty when there is no path."""
        key = (fact, dimension)
        if key not in self._paths:
            self._paths[key] = self._path(fact, dimension, ())
        return self._paths[key]

    def _path(self, fact: str, dimension: str, seen: tuple[str, ...]) -> tuple[Hop, ...]:
        target = self.dimensions.get(dimension)
        by = target.facts.get(fact) if target else None
        if target is None or by is None or fact not in self.facts or dimension in seen:
            return ()
        if by in self.facts[fact].fields:
            return (Hop(dimension, by),)
        via, _, column = by.partition(".")
        before = self._path(fact, via, (*seen, dimension))
        if not before or column not in self.dimensions[via].fields:
            return ()
        return (*before, Hop(dimension, column, via))
