"""A filter of a job: a column of the catalogue, an operator, and values, which are always bound as parameters.

Values are kept as text in one canonical spelling (``true``, ``12.5``, ``1997-01-31``), as in the store's table;
:mod:`export_jobs.core.catalogue.value` reads them by the type of the column.
"""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from enum import StrEnum
from typing import Annotated, Literal

from pydantic import BeforeValidator

from export_jobs.core.base.frozen import Frozen

ValueCount = Literal["none", "one", "two", "many"]
"""The number of values that an operator needs."""


class Operator(StrEnum):
    """How a cell is compared with the values of a filter. This class alone defines what each operator takes."""

    EQUALS = "equals"
    NOT_EQUALS = "not_equals"
    IN = "in"
    NOT_IN = "not_in"
    BETWEEN = "between"
    LESS_THAN = "less_than"
    AT_MOST = "at_most"
    GREATER_THAN = "greater_than"
    AT_LEAST = "at_least"
    STARTS_WITH = "starts_with"
    CONTAINS = "contains"
    IS_NULL = "is_null"
    IS_NOT_NULL = "is_not_null"

    @property
    def value_count(self) -> ValueCount:
        """The number of values that it needs; "many" is one or more."""
        return _VALUE_COUNTS.get(self, "one")

    @property
    def compares_order(self) -> bool:
        """Whether it depends on the order of values."""
        return self in _OF_ORDER

    def fits(self, column_type: str) -> bool:
        """Whether cells of this type can be compared this way: only text has a start; booleans have no order."""
        if self in _OF_TEXT:
            return column_type == "text"
        return column_type != "boolean" or not self.compares_order


_VALUE_COUNTS: dict[Operator, ValueCount] = {
    Operator.IS_NULL: "none",
    Operator.IS_NOT_NULL: "none",
    Operator.BETWEEN: "two",
    Operator.IN: "many",
    Operator.NOT_IN: "many",
}
_OF_TEXT = {Operator.STARTS_WITH, Operator.CONTAINS}
_OF_ORDER = {Operator.LESS_THAN, Operator.AT_MOST, Operator.GREATER_THAN, Operator.AT_LEAST, Operator.BETWEEN}
_SIGNS = {"=": "equals", "!=": "not_equals", "<": "less_than", "<=": "at_most", ">": "greater_than", ">=": "at_least"}


def _parse_operator(value: object) -> object:
    """Accept other spellings of operators, such as ``not in`` and ``>=``."""
    if not isinstance(value, str):
        return value
    word = value.strip().lower()
    return _SIGNS.get(word, word.replace(" ", "_"))


def canonical_text(value: object) -> object:
    """Return a single value of YAML or JSON in its canonical spelling; pydantic refuses anything else."""
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, int | Decimal):
        return str(value)
    if isinstance(value, float):
        return repr(value)
    return value.isoformat() if isinstance(value, date) else value


def canonical_texts(value: object) -> object:
    """Return a list of values in their canonical spelling; a single value becomes a list of one."""
    if isinstance(value, list | tuple):
        return tuple(canonical_text(entry) for entry in value)
    return value if value is None or isinstance(value, dict) else (canonical_text(value),)


class Filter(Frozen):
    """Rows to keep. ``column`` is a reference such as ``region`` of a fact or ``store.region`` of a dimension."""

    column: str
    op: Annotated[Operator, BeforeValidator(_parse_operator)]
    values: Annotated[tuple[str, ...], BeforeValidator(canonical_texts)] = ()
