"""Find divisions of whole numbers, whose fraction many databases silently drop."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from sqlglot import Dialect, exp

from export_jobs.core.base.issue import Issue
from export_jobs.core.catalogue.catalogue import ColumnType, TableColumn
from export_jobs.core.validation.catalogue_rules import sql

# Expressions that return a whole number for whole numbers.
_KEEPS_WHOLE = (exp.Sum, exp.Min, exp.Max, exp.Abs, exp.Neg, exp.Paren, exp.Nullif, exp.Distinct, exp.Filter)
_ARITHMETIC = (exp.Add, exp.Sub, exp.Mul, exp.IntDiv, exp.Mod)


def lost_fraction_issues(
    path: str, tree: exp.Expr, kind: ColumnType, columns: Mapping[str, TableColumn], dialect: str
) -> Iterator[Issue]:
    """The first division in ``tree`` whose fraction ``dialect`` drops, where the result is declared a ``number``."""
    if kind != "number" or not Dialect.get_or_raise(dialect).TYPED_DIVISION:
        return
    for division in tree.find_all(exp.Div):
        if is_whole(division.left, columns) and is_whole(division.right, columns):
            what = f"{sql.quote_sql(division, dialect)} divides whole numbers, so the database drops the fraction"
            yield Issue(path, what, "Multiply the first by 1.0, as in 1.0 * sum(a) / count(*), or write type: integer")
            return


def is_whole(node: exp.Expr, columns: Mapping[str, TableColumn]) -> bool:
    """Whether the database takes ``node`` for a whole number, as far as its text and the header tell."""
    if isinstance(node, exp.Column):
        return node.name in columns and columns[node.name].type == "integer"
    if isinstance(node, exp.Literal | exp.Count):
        return isinstance(node, exp.Count) or node.is_int
    parts = _deciding_parts(node)
    return bool(parts) and all(is_whole(part, columns) for part in parts)


def _deciding_parts(node: exp.Expr) -> list[exp.Expr]:
    """Return the parts that decide the type of ``node``: it is whole when all of them are. Empty when none is known."""
    if isinstance(node, exp.Case):
        results = [branch.args["true"] for branch in node.args["ifs"]] + [node.args.get("default")]
        return [result for result in results if result is not None and not isinstance(result, exp.Null)]
    if isinstance(node, exp.Coalesce):
        return [node.this, *node.expressions]
    if isinstance(node, (*_ARITHMETIC, exp.Div)):
        return [node.left, node.right]
    if isinstance(node, _KEEPS_WHOLE):
        return [node.expressions[0] if node.expressions else node.this]
    return []
