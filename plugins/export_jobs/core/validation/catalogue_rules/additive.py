"""Whether the groups of a KPI may be summed: only when it is a linear combination of sums and counts.

The operands decide, not the operator: ``sum(a) * 2`` adds up, ``sum(a) + 5`` does not, since every group brings a 5.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from sqlglot import Dialect, exp

from export_jobs.core.base.text import quote_value
from export_jobs.core.catalogue.catalogue import TableColumn
from export_jobs.core.catalogue.dialect_names import POSTGRES, SQLITE
from export_jobs.core.validation.catalogue_rules.aggregates import aggregates, calls_unknown_function
from export_jobs.core.validation.catalogue_rules.division import is_whole

_SUMS = (exp.Sum, exp.Count, exp.CountIf)
_WITHOUT_ROUNDING = {exp.DataType.Type.DOUBLE, exp.DataType.Type.FLOAT}
_WHOLE_NUMBERS = exp.DataType.INTEGER_TYPES | _WITHOUT_ROUNDING | {exp.DataType.Type.DECIMAL}
_CONSTANT = (exp.Literal, exp.Neg, exp.Paren, exp.Add, exp.Sub, exp.Mul, exp.Div, exp.Cast, exp.DataType)
_Judge = Callable[[exp.Expr], str | None]
_ONCE_A_GROUP = "it counts {} once for each group"


@dataclass(frozen=True)
class Additivity:
    """Finds out whether expressions over ``columns`` in ``dialect`` are additive."""

    columns: Mapping[str, TableColumn]
    dialect: str

    def objection(self, node: exp.Expr) -> str | None:
        """Return why groups of ``node`` must not be summed, as the end of a sentence; None when they may be.

        For an aggregate that only the database knows, the author's word counts.
        """
        judge = next((judge for kinds, judge in self._judges() if isinstance(node, kinds)), self._objection_to_other)
        return judge(node)

    def _judges(self) -> tuple[tuple[tuple[type[exp.Expr], ...], _Judge], ...]:
        """Map kinds of expressions to the method that judges them."""
        return (
            ((exp.Paren, exp.Neg, exp.Filter), lambda node: self.objection(node.this)),
            ((exp.Add, exp.Sub), self._objection_to_sum),
            ((exp.Mul,), self._objection_to_product),
            ((exp.Div, exp.SafeDivide), self._objection_to_ratio),
            ((exp.Coalesce,), self._objection_to_default),
            ((exp.Cast,), self._objection_to_cast),
            ((exp.AnonymousAggFunc,), lambda _: None),
            ((exp.AggFunc,), _objection_to_aggregate),
        )

    def _objection_to_other(self, node: exp.Expr) -> str | None:
        if calls_unknown_function(node) and not aggregates(node):
            return None
        return _ONCE_A_GROUP.format(_quote(node)) if _is_constant(node) else _objection_to_non_sum(node)

    def _objection_to_sum(self, node: exp.Expr) -> str | None:
        parts = [part for part in (node.this, node.expression) if not _is_zero(part)]
        return next((why for part in parts if (why := self.objection(part))), None)

    def _objection_to_product(self, node: exp.Expr) -> str | None:
        left, right = node.this, node.expression
        constant, other = (left, right) if _is_constant(left) else (right, left)
        if _is_constant(constant):
            return self.objection(other)
        both = bool(aggregates(left) and aggregates(right))
        return "a product of sums is not a sum of products" if both else _objection_to_non_sum(node)

    def _objection_to_ratio(self, node: exp.Expr) -> str | None:
        above, below = node.this, node.expression
        if not _is_constant(below):
            return "a ratio of sums is not a sum of ratios" if aggregates(below) else _objection_to_non_sum(node)
        drops = isinstance(node, exp.Div) and Dialect.get_or_raise(self.dialect).TYPED_DIVISION
        if drops and is_whole(above, self.columns) and is_whole(below, self.columns):
            return f"{_quote(node)} drops a fraction in each group"
        return self.objection(above)

    def _objection_to_default(self, node: exp.Expr) -> str | None:
        default = next((part for part in node.expressions if not _is_zero(part)), None)
        return self.objection(node.this) if default is None else _ONCE_A_GROUP.format(_quote(default))

    def _objection_to_cast(self, node: exp.Expr) -> str | None:
        target = node.args["to"]
        is_any_numeric = target.this is exp.DataType.Type.DECIMAL and not target.expressions
        keeps = target.this in _WITHOUT_ROUNDING or (is_any_numeric and self.dialect in {POSTGRES, SQLITE})
        if keeps or (target.this in _WHOLE_NUMBERS and is_whole(node.this, self.columns)):
            return self.objection(node.this)
        return f"{_quote(node)} rounds each group"


def _objection_to_aggregate(node: exp.Expr) -> str | None:
    name = node.key if not isinstance(node, exp.Func) else node.sql_name().lower()
    if isinstance(node.this, exp.Distinct):
        return f"{name}(DISTINCT …) counts twice what two groups have in common"
    if isinstance(node, exp.Avg):
        return "the average of several groups is not the sum of their averages"
    return None if isinstance(node, _SUMS) else f"{name}() of several groups is not the sum of the groups' values"


def _objection_to_non_sum(node: exp.Expr) -> str:
    inner = next((why for found in aggregates(node) if (why := _objection_to_aggregate(found))), None)
    return inner or f"{_quote(node)} of several groups is not the sum of the groups' values"


def _is_constant(node: exp.Expr) -> bool:
    """Whether the expression consists only of numbers."""
    return all(isinstance(part, _CONSTANT) and not part.args.get("is_string") for part in node.walk())


def _is_zero(node: exp.Expr) -> bool:
    return isinstance(node, exp.Literal) and not node.is_string and not float(node.this)


def _quote(node: exp.Expr) -> str:
    return quote_value(node.sql(comments=False))
