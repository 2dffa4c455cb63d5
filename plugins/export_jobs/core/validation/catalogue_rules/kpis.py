"""Rules of KPIs: one aggregate over the rows of one fact, and honest about whether it adds up."""

from __future__ import annotations

from collections.abc import Iterator

from sqlglot import exp

from export_jobs.core.base.issue import Issue
from export_jobs.core.base.text import choice, shown
from export_jobs.core.catalogue.catalogue import Kpi
from export_jobs.core.validation.catalogue_rules import sql
from export_jobs.core.validation.catalogue_rules.aggregates import (
    aggregates,
    is_gathered,
    is_unknown,
    nested,
    why_not_additive,
)
from export_jobs.core.validation.catalogue_rules.columns import column_issues
from export_jobs.core.validation.catalogue_rules.division import fraction_issues
from export_jobs.core.validation.catalogue_rules.place import in_sql, unread
from export_jobs.core.validation.catalogue_rules.tables import NUMBERS, is_dialect
from export_jobs.core.validation.rule import Known, Rules

KPI_RULES: Rules[Kpi] = Rules()


@KPI_RULES.looks_up()
def fact_is_known(kpi: Kpi, known: Known) -> Iterator[Issue]:
    """A KPI is of one fact."""
    if kpi.fact in known.catalogue.facts:
        return
    if unread(known.catalogue, "facts", kpi.fact):
        yield Issue("fact", f"the fact {shown(kpi.fact)} cannot be read", f"Correct facts/{kpi.fact}.sql first")
        return
    remedy = choice(kpi.fact, known.catalogue.facts, none="Add a file under facts/")
    yield Issue("fact", f"there is no fact {shown(kpi.fact)}", remedy)


@KPI_RULES.reads()
def only_numbers_are_rounded(kpi: Kpi) -> Iterator[Issue]:
    """Decimals of a date mean nothing."""
    if kpi.decimals is not None and kpi.type not in NUMBERS:
        yield Issue("decimals", f"a KPI of type {kpi.type} has no decimals", "Remove it, or correct the type")


@KPI_RULES.looks_up()
def sql_is_one_aggregate(kpi: Kpi, known: Known) -> Iterator[Issue]:
    """It gives one value for any number of rows."""
    fact = known.catalogue.facts.get(kpi.fact)
    dialect = fact.dialect if fact else "postgres"
    if not is_dialect(dialect):
        return
    tree = sql.expression(kpi.sql, dialect)
    if isinstance(tree, sql.Fault):
        yield Issue(in_sql(tree.line), tree.what, tree.remedy)
        return
    yield from _aggregate_issues(tree, dialect)
    if fact is not None:
        yield from column_issues(in_sql(), tree, fact.fields, fact)
        yield from fraction_issues(in_sql(), tree, kpi.type, fact.fields, dialect)


@KPI_RULES.looks_up()
def additive_is_true(kpi: Kpi, known: Known) -> Iterator[Issue]:
    """Whoever reads ``additive: true`` will sum it over groups."""
    fact = known.catalogue.facts.get(kpi.fact)
    if not kpi.additive or fact is None or not is_dialect(fact.dialect):
        return
    tree = sql.expression(kpi.sql, fact.dialect)
    why = None if isinstance(tree, sql.Fault) else why_not_additive(tree)
    if why:
        what = f"the KPI is said to be additive, and it is not: {why}"
        yield Issue("additive", what, "Write additive: false; it is then computed anew at every grain")


def _aggregate_issues(tree: exp.Expr, dialect: str) -> Iterator[Issue]:
    window, inner = tree.find(exp.Window), nested(tree)
    if window is not None:
        what = f"{sql.quote(window, dialect)} is computed for each row (OVER), and a KPI for a group of rows"
        yield Issue(in_sql(), what, "Compute it in the fact's SQL as a column, and aggregate that")
    elif inner is not None:
        what = f"{sql.quote(inner, dialect)} is an aggregate inside another one"
        yield Issue(in_sql(), what, "Compute the inner one in the fact's SQL as a column")
    elif not aggregates(tree) and not is_unknown(tree):
        remedy = "Aggregate it, as in sum(amount) or count(*)"
        yield Issue(in_sql(), "the expression is not an aggregate, so a group of rows has no one value of it", remedy)
    else:
        bare = next((column for column in tree.find_all(exp.Column) if not is_gathered(column)), None)
        if bare is not None:
            what = f"{sql.quote(bare, dialect)} stands outside an aggregate, so a group has no one value of it"
            yield Issue(in_sql(), what, "Put it into the aggregate, or group by it as a dimension")
