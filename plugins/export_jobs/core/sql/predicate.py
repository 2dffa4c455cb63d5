"""Build conditions of WHERE from a job's filters and audience, with every value bound.

An empty cell is not equal to anything: ``not_equals`` and ``not_in`` keep it; every other operator except ``is_null``
leaves it out.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from export_jobs.core.catalogue.catalogue import ColumnType
from export_jobs.core.catalogue.dialect_names import POSTGRES
from export_jobs.core.catalogue.value import Scalar, parse_value
from export_jobs.core.definitions.filter import Filter, Operator
from export_jobs.core.sql.dialect import in_list, placeholder, position, to_driver_value
from export_jobs.errors import UserError

_SIGNS = {
    Operator.EQUALS: "=",
    Operator.NOT_EQUALS: "<>",
    Operator.LESS_THAN: "<",
    Operator.AT_MOST: "<=",
    Operator.GREATER_THAN: ">",
    Operator.AT_LEAST: ">=",
}
_WITHOUT_VALUES = {Operator.IS_NULL: "IS NULL", Operator.IS_NOT_NULL: "IS NOT NULL"}
_KEEP_EMPTY = {Operator.NOT_EQUALS, Operator.NOT_IN}


@dataclass
class Conditions:
    """Conditions of one statement and their bound values; ``time_zone`` is the job's."""

    dialect: str
    time_zone: str
    parameters: dict[str, Scalar | list[Scalar]] = field(default_factory=dict)

    def filter_condition(self, job_filter: Filter, expression: str, kind: ColumnType, name: str) -> str:
        """Return the condition of a filter on ``expression``; its values are bound as ``name`` with a number.

        Raises ``UserError`` for a value that is not of the column's type; validation reports it earlier.
        """
        values = [self._value(text, job_filter.column, kind) for text in job_filter.values]
        if kind == "text" and self.dialect == POSTGRES and job_filter.op.compares_order:
            expression = f'{expression} COLLATE "C"'
        if job_filter.op in _WITHOUT_VALUES:
            return f"{expression} {_WITHOUT_VALUES[job_filter.op]}"
        if job_filter.op.value_count == "many":
            test = self.membership(expression, values, name, is_in=job_filter.op is Operator.IN)
        else:
            places = [self.bind(f"{name}_{number}", value) for number, value in enumerate(values, start=1)]
            test = self._comparison(job_filter.op, expression, places)
        return f"({test} OR {expression} IS NULL)" if job_filter.op in _KEEP_EMPTY else test

    def _comparison(self, op: Operator, expression: str, places: list[str]) -> str:
        if op is Operator.BETWEEN:
            return f"{expression} BETWEEN {places[0]} AND {places[1]}"
        if op is Operator.STARTS_WITH:
            return f"{position(expression, places[0], self.dialect)} = 1"
        if op is Operator.CONTAINS:
            return f"{position(expression, places[0], self.dialect)} > 0"
        return f"{expression} {_SIGNS[op]} {places[0]}"

    def audience(self, expression: str, keys: Sequence[str], kind: ColumnType, name: str) -> str:
        """Return the condition that a row belongs to one of these customers; their keys are bound as ``name``."""
        return self.membership(expression, [self._value(key, "audience", kind) for key in keys], name)

    def membership(self, expression: str, values: list[Scalar], name: str, *, is_in: bool = True) -> str:
        """Return the condition that a cell is one of ``values``, or none of them."""
        if self.dialect == POSTGRES:
            return f"{expression} {'= ANY' if is_in else '<> ALL'} ({self.bind(name, values)})"
        places = [self.bind(f"{name}_{number}", value) for number, value in enumerate(values, start=1)]
        return in_list(expression, places, is_in=is_in)

    def bind(self, name: str, value: Scalar | list[Scalar]) -> str:
        """Bind a value, and return its placeholder."""
        self.parameters[name] = value
        return placeholder(name)

    def _value(self, text: str, column: str, kind: ColumnType) -> Scalar:
        try:
            return to_driver_value(parse_value(text, kind, self.time_zone), self.dialect)
        except ValueError as error:
            raise UserError(f"A value for {column!r} {error}", "Create a new job with a corrected filter") from None
