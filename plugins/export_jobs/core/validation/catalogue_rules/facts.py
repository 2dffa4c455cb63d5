"""Rules for facts: dates for windows, a stable order, measures and custom fields."""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache
from zoneinfo import available_timezones

from export_jobs.core.base.issue import Issue, Level
from export_jobs.core.base.text import quote_value, suggest
from export_jobs.core.catalogue.catalogue import DateColumn, Fact
from export_jobs.core.catalogue.selection import resolve_column
from export_jobs.core.validation.catalogue_rules import sql
from export_jobs.core.validation.catalogue_rules.aggregates import aggregates
from export_jobs.core.validation.catalogue_rules.columns import column_issues
from export_jobs.core.validation.catalogue_rules.division import lost_fraction_issues
from export_jobs.core.validation.catalogue_rules.endless_digits import endless_digits_issues
from export_jobs.core.validation.catalogue_rules.tables import NUMBERS, is_known_dialect
from export_jobs.core.validation.rule import RuleContext, Rules

FACT_RULES: Rules[Fact] = Rules()


@FACT_RULES.reads()
def dates_can_be_bounded(fact: Fact) -> Iterator[Issue]:
    """A date column exists and has the type that the header gives."""
    for path, date in (("event_date", fact.event_date), ("updated_at", fact.updated_at)):
        if date is not None:
            yield from _date_issues(path, date, fact)


def _date_issues(path: str, date: DateColumn, fact: Fact) -> Iterator[Issue]:
    column = fact.fields.get(date.column)
    if column is None:
        remedy = suggest(date.column, fact.fields, none="List it under columns")
        yield Issue(f"{path}.column", f"there is no column {quote_value(date.column)}", remedy)
    elif column.type != date.type:
        what = f"the type is {date.type}, but the column {quote_value(date.column)} is declared {column.type}"
        dated = column.type in {"date", "timestamp", "timestamptz"}
        remedy = f"Write type: {column.type} here, or correct the column" if dated else "Name a column of dates"
        yield Issue(f"{path}.type", what, remedy)
    if date.time_zone is not None and date.type != "timestamp":
        what = f"only a timestamp can have a time zone, but this is a {date.type}"
        yield Issue(f"{path}.time_zone", what, "Remove time_zone, or correct the type")
    elif date.time_zone is not None and date.time_zone not in _time_zones():
        what = f"there is no time zone {quote_value(date.time_zone)}"
        remedy = suggest(date.time_zone, _time_zones(), none="", far="Write an IANA name, such as Europe/Berlin or UTC")
        yield Issue(f"{path}.time_zone", what, remedy)


@FACT_RULES.looks_up()
def default_order_exists(fact: Fact, context: RuleContext) -> Iterator[Issue]:
    """``order_by`` names existing columns: rows have this order unless a job sets another."""
    for index, reference in enumerate(fact.order_by):
        name = reference.removeprefix("-")
        if resolve_column(name, fact, context.catalogue) is None:
            remedy = suggest(name, fact.fields, none="List it under columns")
            yield Issue(f"order_by[{index}]", f"there is no column {quote_value(name)}", remedy)


@FACT_RULES.reads()
def measures_are_numbers(fact: Fact) -> Iterator[Issue]:
    """Measures are numbers; other columns belong under ``columns``."""
    for name, column in fact.measures.items():
        if column.type not in NUMBERS:
            what = f"the measure {quote_value(name)} has the type {column.type}, but measures are numbers"
            yield Issue(f"measures.{name}", what, "Move it to columns, or correct its type")


@FACT_RULES.reads()
def custom_fields_have_sql(fact: Fact) -> Iterator[Issue]:
    """A custom field is an expression over the columns and measures of one row, not over other custom fields."""
    row_columns = {**fact.columns, **fact.measures}
    for name, field in fact.custom_fields.items():
        path = f"custom_fields.{name}"
        if not field.sql.strip():
            yield Issue(path, f"the custom field {quote_value(name)} has no sql", "Add sql, or move it to columns")
        elif is_known_dialect(fact.dialect):
            tree = sql.parse_expression(field.sql, fact.dialect)
            if isinstance(tree, sql.SqlFault):
                yield Issue(f"{path}.sql", tree.what, tree.remedy)
                continue
            if aggregates(tree):
                what = f"the custom field {quote_value(name)} is an aggregate, but it is computed for one row"
                yield Issue(f"{path}.sql", what, "Create a KPI instead")
            yield from column_issues(f"{path}.sql", tree, row_columns, fact)
            yield from lost_fraction_issues(f"{path}.sql", tree, field.type, row_columns, fact.dialect)
            yield from endless_digits_issues(path, tree, field.type, field.decimals, fact.dialect)


@FACT_RULES.looks_up()
def fact_has_a_kpi(fact: Fact, context: RuleContext) -> Iterator[Issue]:
    """Warn of a fact without a KPI: only standard templates can use it, which may be intended."""
    unread = any(issue.path.startswith("kpis/") for issue in context.catalogue.issues)
    if not unread and all(kpi.fact != fact.key for kpi in context.catalogue.kpis.values()):
        what = f"no KPI uses the fact {fact.key!r}, so only its rows can be exported"
        yield Issue("", what, "Add a file under kpis/ if you want to export KPIs", Level.WARNING)


@lru_cache(maxsize=1)
def _time_zones() -> frozenset[str]:
    return frozenset(available_timezones())
