"""Find numbers without a last digit, such as a third: each database cuts them at a different place."""

from __future__ import annotations

from collections.abc import Iterator

from sqlglot import exp

from export_jobs.core.base.issue import Issue, Level
from export_jobs.core.catalogue.catalogue import ColumnType
from export_jobs.core.validation.catalogue_rules import sql

_ENDLESS = (exp.Avg, exp.Stddev, exp.StddevPop, exp.StddevSamp, exp.Variance, exp.VariancePop, exp.PercentileCont,
            exp.Median, exp.Corr, exp.Sqrt, exp.Ln, exp.Log, exp.Exp)  # fmt: skip
_ROUNDED = (exp.Round, exp.Floor, exp.Ceil)


def endless_digits_issues(
    path: str, tree: exp.Expr, kind: ColumnType, decimals: int | None, dialect: str
) -> Iterator[Issue]:
    """A warning for the first part of ``tree`` whose digits do not end, where the result is a number left as it is."""
    if kind != "number" or decimals is not None:
        return
    for node in tree.find_all(*_ENDLESS, exp.Div):
        if node.find_ancestor(*_ROUNDED) or (isinstance(node, exp.Div) and isinstance(node.right, exp.Literal)):
            continue
        what = f"the digits of {sql.quote_sql(node, dialect)} never end, and databases differ in the last ones"
        yield Issue(path, what, "Write decimals, such as decimals: 2", Level.WARNING)
        return
