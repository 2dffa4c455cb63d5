"""What an expression does with many rows: where it aggregates, and whether its parts may be summed again."""

from __future__ import annotations

from sqlglot import exp

from export_jobs.core.base.text import quote_value

_AGGREGATING = (exp.AggFunc, exp.Filter, exp.WithinGroup)
_SUMS = (exp.Sum, exp.Count, exp.CountIf)
_LINEAR = (exp.Add, exp.Sub, exp.Neg, exp.Paren, exp.Cast, exp.Coalesce, exp.Nullif, exp.Round, exp.Mul, exp.Div)
_DIVISIONS = (exp.Div, exp.IntDiv, exp.Mod, exp.SafeDivide)


def aggregates(tree: exp.Expr) -> list[exp.AggFunc]:
    """The aggregates of an expression, outer ones first."""
    return list(tree.find_all(exp.AggFunc))


def calls_unknown_function(tree: exp.Expr) -> bool:
    """Whether it calls functions that only the database knows; one of them may be an aggregate."""
    return tree.find(exp.Anonymous, exp.AnonymousAggFunc) is not None


def is_inside_aggregate(node: exp.Expr) -> bool:
    """Whether ``node`` stands inside an aggregate, or inside a function that may be one."""
    parent = node.parent
    while parent is not None:
        if isinstance(parent, (*_AGGREGATING, exp.Anonymous)):
            return True
        parent = parent.parent
    return False


def nested_aggregate(tree: exp.Expr) -> exp.AggFunc | None:
    """An aggregate inside another one, which no database computes."""
    return next((aggregate for aggregate in aggregates(tree) if aggregate.find_ancestor(exp.AggFunc)), None)


def why_not_additive(tree: exp.Expr) -> str | None:
    """Why groups of this KPI must not be summed, as the end of a sentence; None when they may be.

    Sums and counts may, and what is linear in them. An expression with functions that only the database knows is
    left to its author.
    """
    if calls_unknown_function(tree):
        return None
    for aggregate in aggregates(tree):
        name = aggregate.sql_name().lower()
        if isinstance(aggregate.this, exp.Distinct):
            return f"{name}(DISTINCT …) counts what two groups share twice"
        if isinstance(aggregate, exp.Avg):
            return "an average of groups is not their sum"
        if not isinstance(aggregate, _SUMS):
            return f"{name}() of several groups is not their sum"
        above = _non_linear_reason(aggregate)
        if above is not None:
            return above
    return None


def _non_linear_reason(aggregate: exp.Expr) -> str | None:
    child: exp.Expr = aggregate
    parent = aggregate.parent
    while parent is not None and not isinstance(parent, exp.Select):
        if isinstance(parent, _DIVISIONS) and child is parent.expression:
            return "a ratio of sums is not a sum of ratios"
        other = parent.this if child is parent.args.get("expression") else parent.args.get("expression")
        if isinstance(parent, exp.Mul) and isinstance(other, exp.Expr) and other.find(exp.AggFunc):
            return "a product of sums is not a sum of products"
        if not isinstance(parent, (*_LINEAR, *_AGGREGATING)):
            return f"{quote_value(parent.sql(comments=False))} of several groups is not the sum of theirs"
        child, parent = parent, parent.parent
    return None
