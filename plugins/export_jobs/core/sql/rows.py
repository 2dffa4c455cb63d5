"""Build the rows of one table that a statement reads: source, joins to dimensions, conditions.

Each row of the table gives one row. Joins are LEFT JOINs on the id of a dimension, so a missing dimension row gives
NULLs and drops nothing. A unique id is a precondition of the statement: a second row with it would count rows twice.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from export_jobs.core.catalogue.catalogue import DateColumn, Fact, Table
from export_jobs.core.catalogue.selection import ResolvedColumn
from export_jobs.core.definitions.job import DateBasis
from export_jobs.core.sql.compiled import Precondition
from export_jobs.core.sql.dialect import date_part, needs_bound_time_zone, quote_identifier, to_driver_value
from export_jobs.core.sql.draft import StatementDraft
from export_jobs.core.sql.text import escape_percent, indent_sql
from export_jobs.core.windows.window import Window
from export_jobs.errors import UserError


@dataclass(frozen=True)
class Join:
    """One LEFT JOIN as text: ``alias.id = by``."""

    source: str
    alias: str
    id: str
    by: str


@dataclass(frozen=True)
class TableRows:
    """A table's rows for a statement template, in which the table itself is called ``fact``."""

    key: str
    source: str
    joins: tuple[Join, ...]
    conditions: tuple[str, ...]


def table_rows(
    draft: StatementDraft, table: Table, resolved_columns: Iterable[ResolvedColumn], prefix: str = ""
) -> TableRows:
    """Return the rows of ``table`` with every dimension that ``resolved_columns`` and the job's filters need.

    ``prefix`` separates the bound values of several facts in one statement.
    """
    filtered = [(job_filter, draft.resolve(job_filter.column, table)) for job_filter in draft.use.filters]
    needed = [*resolved_columns, *(resolved for _, resolved in filtered)]
    conditions = _window_conditions(draft, table, prefix)
    for number, (job_filter, resolved) in enumerate(filtered, start=1):
        text = column_sql(draft, table, resolved)
        conditions.append(
            draft.conditions.filter_condition(job_filter, text, resolved.column.type, f"{prefix}filter_{number}")
        )
    if draft.use.audience:
        resolved = draft.resolve(_customer_column(draft, table), table)
        text = column_sql(draft, table, resolved)
        name = f"{prefix}audience"
        conditions.append(draft.conditions.audience(text, draft.use.audience, resolved.column.type, name))
    keys = dict.fromkeys(resolved.dimension for resolved in needed if resolved.dimension)
    return TableRows(table.key, _source(table), _joins(draft, table, keys), tuple(conditions))


def column_sql(draft: StatementDraft, table: Table, resolved: ResolvedColumn) -> str:
    """Return the SQL of a column for ``table``; date parts are in the job's zone."""
    if resolved.is_date_part and isinstance(table, Fact):
        draft.dependencies.add_column(table, table.event_date.column)
        return _date_part_sql(draft, table, resolved.name)
    owner = table if resolved.dimension is None else draft.catalogue.dimensions[resolved.dimension]
    draft.dependencies.add_column(owner, resolved.name)
    if resolved.dimension is None:
        return _fact_column(table, resolved.name)
    return f"{_dimension_alias(resolved.dimension, table.dialect)}.{quote_identifier(resolved.name, table.dialect)}"


def _date_part_sql(draft: StatementDraft, fact: Fact, part: str) -> str:
    column, zone = fact.event_date, draft.time_zone
    bound_zone = draft.conditions.bind("time_zone", zone) if needs_bound_time_zone(column, fact.dialect) else ""
    return date_part(_fact_column(fact, column.column), column, part, fact.dialect, zone, bound_time_zone=bound_zone)


def _source(table: Table) -> str:
    sql = escape_percent(table.sql)
    fields = table.custom_fields if isinstance(table, Fact) else {}
    if not fields:
        return sql
    extra = "".join(
        f"\n    , {escape_percent(field.sql)} AS {quote_identifier(name, table.dialect)}"
        for name, field in fields.items()
    )
    return f"SELECT source.*{extra}\nFROM (\n{indent_sql(sql, 4)}\n) AS source"


def _joins(draft: StatementDraft, table: Table, keys: Iterable[str]) -> tuple[Join, ...]:
    joins: dict[str, Join] = {}
    for hop in (hop for key in keys for hop in draft.catalogue.path(table.key, key)):
        dimension = draft.catalogue.dimensions[hop.dimension]
        owner = f"{_dimension_alias(hop.via, table.dialect)}." if hop.via else "fact."
        alias, by = _dimension_alias(dimension.key, table.dialect), owner + quote_identifier(hop.by, table.dialect)
        joins[dimension.key] = Join(
            escape_percent(dimension.sql), alias, quote_identifier(dimension.id, table.dialect), by
        )
        draft.preconditions[dimension.key] = _id_is_unique(draft, dimension.key)
        draft.dependencies.add_column(dimension, dimension.id)
        draft.dependencies.add_column(draft.catalogue.dimensions[hop.via] if hop.via else table, hop.by)
    return tuple(joins.values())


def _id_is_unique(draft: StatementDraft, key: str) -> Precondition:
    dimension = draft.catalogue.dimensions[key]
    name = quote_identifier(dimension.id, dimension.dialect)
    return Precondition(
        f"SELECT 1 FROM (\n{escape_percent(dimension.sql)}\n) AS dimension\n"  # noqa: S608  both are the catalogue's
        f"WHERE {name} IS NOT NULL GROUP BY {name} HAVING count(*) > 1 LIMIT 1",
        f"Template {draft.template.name!r}: the dimension {key!r} has a {dimension.id} more than once, so rows would "
        "be counted twice. Nothing is delivered",
        f"Make {dimension.id} unique in dimensions/{key}.sql or in the table it reads, then clear this task",
    )


def _window_conditions(draft: StatementDraft, table: Table, prefix: str) -> list[str]:
    if not isinstance(table, Fact) or draft.basis is DateBasis.NONE:
        return []
    column = table.date_column(draft.basis)
    if column is None:
        raise UserError(
            f"Template {draft.template.name!r}: the fact {table.key!r} has no {draft.basis} date",
            "Use the event date, or add the column to the fact's header",
        )
    draft.dependencies.add_column(table, column.column)
    name = _fact_column(table, column.column)
    bounds = _window_bounds(column, draft.window, draft.time_zone)
    start, end = (to_driver_value(bound, table.dialect) for bound in bounds)
    return [
        f"{name} >= {draft.conditions.bind(f'{prefix}window_start', start)}",
        f"{name} < {draft.conditions.bind(f'{prefix}window_end', end)}",
    ]


def changed_after(draft: StatementDraft, fact: Fact, moment: datetime) -> str:
    """Return the condition that a row of ``fact`` changed after ``moment``; the fact has an updated date."""
    column = fact.updated_at
    assert column is not None, "only facts with an updated date are asked"  # noqa: S101
    start, _ = _window_bounds(column, Window(moment, moment + timedelta(microseconds=1)), draft.time_zone)
    bound = draft.conditions.bind("read_at", to_driver_value(start, fact.dialect))
    return f"{_fact_column(fact, column.column)} > {bound}"


def _window_bounds(column: DateColumn, window: Window, time_zone: str) -> tuple[datetime, datetime] | tuple[date, date]:
    """Return the window's bounds in the column's type, so that an index on the column itself can be used."""
    if column.type == "date":
        return window.dates(time_zone)
    if column.type == "timestamp":
        # Never the job's own zone: a job whose zone changes would then read some hours twice, or not at all.
        zone = ZoneInfo(column.time_zone or "UTC")
        return window.start.astimezone(zone).replace(tzinfo=None), window.end.astimezone(zone).replace(tzinfo=None)
    return window.start, window.end


def _customer_column(draft: StatementDraft, table: Table) -> str:
    if table.customer is None:
        raise UserError(
            f"Template {draft.template.name!r}: {table.key!r} has no customer column, so it has no audience",
            "Remove the audience, or set customer in the header of its catalogue file",
        )
    return table.customer


def _fact_column(table: Table, name: str) -> str:
    return f"fact.{quote_identifier(name, table.dialect)}"


def _dimension_alias(dimension: str, dialect: str) -> str:
    return quote_identifier(f"dim_{dimension}", dialect)
