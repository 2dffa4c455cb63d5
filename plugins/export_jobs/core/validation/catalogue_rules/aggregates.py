"""Find the aggregates of an expression."""

from __future__ import annotations

from sqlglot import exp

_AGGREGATING = (exp.AggFunc, exp.Filter, exp.WithinGroup)


def aggregates(tree: exp.Expr) -> list[exp.AggFunc]:
    """Return the aggregates of an expression, outer ones first."""
    return list(tree.find_all(exp.AggFunc))


def calls_unknown_function(tree: exp.Expr) -> bool:
    """Whether ``tree`` calls functions that only the database knows; one of them may be an aggregate."""
    return tree.find(exp.Anonymous, exp.AnonymousAggFunc) is not None


def is_inside_aggregate(node: exp.Expr) -> bool:
    """Whether ``node`` is inside an aggregate, or inside a function that may be one."""
    parent = node.parent
    while parent is not None:
        if isinstance(parent, (*_AGGREGATING, exp.Anonymous)):
            return True
        parent = parent.parent
    return False


def nested_aggregate(tree: exp.Expr) -> exp.AggFunc | None:
    """Return an aggregate inside another one, which no database computes; None if there is none."""
    return next((aggregate for aggregate in aggregates(tree) if aggregate.find_ancestor(exp.AggFunc)), None)
