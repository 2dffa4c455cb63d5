"""Rules for KPIs: one aggregate over the rows of one fact, and a correct ``additive``."""

from __future__ import annotations

from collections.abc import Iterator

from sqlglot import exp

from export_jobs.core.base.issue import Issue
from export_jobs.core.base.text import quote_value, suggest
from export_jobs.core.catalogue.catalogue import Kpi
from export_jobs.core.catalogue.dialect_names import POSTGRES
from export_jobs.core.validation.catalogue_rules import sql
from export_jobs.core.validation.catalogue_rules.additive import Additivity
from export_jobs.core.validation.catalogue_rules.aggregates import (
    aggregates,
    calls_unknown_function,
    is_inside_aggregate,
    nested_aggregate,
)
from export_jobs.core.validation.catalogue_rules.columns import column_issues
from export_jobs.core.validation.catalogue_rules.division import lost_fraction_issues
from export_jobs.core.validation.catalogue_rules.endless_digits import endless_digits_issues
from export_jobs.core.validation.catalogue_rules.place import is_unreadable, sql_path
from export_jobs.core.validation.catalogue_rules.tables import NUMBERS, is_known_dialect
from export_jobs.core.validation.rule import RuleContext, Rules

KPI_RULES: Rules[Kpi] = Rules()


@KPI_RULES.looks_up()
def kpi_fact_is_known(kpi: Kpi, context: RuleContext) -> Iterator[Issue]:
    """A KPI is of one fact."""
    if kpi.fact in context.catalogue.facts:
        return
    if is_unreadable(context.catalogue, "facts", kpi.fact):
        yield Issue("fact", f"the fact {quote_value(kpi.fact)} cannot be read", f"Correct facts/{kpi.fact}.sql first")
        return
    remedy = suggest(kpi.fact, context.catalogue.facts, none="Add a file under facts/")
    yield Issue("fact", f"there is no fact {quote_value(kpi.fact)}", remedy)


@KPI_RULES.reads()
def only_numbers_are_rounded(kpi: Kpi) -> Iterator[Issue]:
    """Decimals of a date mean nothing."""
    if kpi.decimals is not None and kpi.type not in NUMBERS:
        yield Issue("decimals", f"a KPI of type {kpi.type} has no decimals", "Remove it, or correct the type")


@KPI_RULES.looks_up()
def sql_is_one_aggregate(kpi: Kpi, context: RuleContext) -> Iterator[Issue]:
    """The SQL is one aggregate: it returns one value for any number of rows."""
    fact = context.catalogue.facts.get(kpi.fact)
    dialect = fact.dialect if fact else POSTGRES
    if not is_known_dialect(dialect):
        return
    tree = sql.parse_expression(kpi.sql, dialect)
    if isinstance(tree, sql.SqlFault):
        yield Issue(sql_path(tree.line), tree.what, tree.remedy)
        return
    yield from _aggregate_issues(tree, dialect)
    yield from endless_digits_issues("decimals", tree, kpi.type, kpi.decimals, dialect)
    if fact is not None:
        yield from column_issues(sql_path(), tree, fact.fields, fact)
        yield from lost_fraction_issues(sql_path(), tree, kpi.type, fact.fields, dialect)


@KPI_RULES.looks_up()
def additive_kpi_adds_up(kpi: Kpi, context: RuleContext) -> Iterator[Issue]:
    """A KPI with ``additive: true`` can be summed over groups, because its readers will do so."""
    fact = context.catalogue.facts.get(kpi.fact)
    if not kpi.additive or fact is None or not is_known_dialect(fact.dialect):
        return
    tree = sql.parse_expression(kpi.sql, fact.dialect)
    if isinstance(tree, sql.SqlFault) or not (aggregates(tree) or calls_unknown_function(tree)):
        return
    why = Additivity(fact.fields, fact.dialect).objection(tree)
    if why:
        what = f"the KPI is declared additive, but it is not: {why}"
        yield Issue("additive", what, "Write additive: false; it is then recomputed at every grain")


def _aggregate_issues(tree: exp.Expr, dialect: str) -> Iterator[Issue]:
    window, inner = tree.find(exp.Window), nested_aggregate(tree)
    if window is not None:
        what = f"{sql.quote_sql(window, dialect)} is computed for each row (OVER), but a KPI is for a group of rows"
        yield Issue(sql_path(), what, "Compute it in the fact's SQL as a column, and aggregate that")
    elif inner is not None:
        what = f"{sql.quote_sql(inner, dialect)} is an aggregate inside another one"
        yield Issue(sql_path(), what, "Compute the inner one in the fact's SQL as a column")
    elif not aggregates(tree) and not calls_unknown_function(tree):
        remedy = "Aggregate it, as in sum(amount) or count(*)"
        yield Issue(sql_path(), "the expression is not an aggregate, so a group of rows has no single value", remedy)
    else:
        bare = next((column for column in tree.find_all(exp.Column) if not is_inside_aggregate(column)), None)
        if bare is not None:
            what = f"{sql.quote_sql(bare, dialect)} is outside an aggregate, so a group has no single value for it"
            yield Issue(sql_path(), what, "Put it into the aggregate, or group by it as a dimension")
