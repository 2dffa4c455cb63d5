"""The few pieces of SQL that databases spell differently, each as text of one dialect; sqlglot knows how.

Text made here goes through a driver that reads ``%(name)s`` as a placeholder, so a ``%`` of a name is doubled.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import TYPE_CHECKING

from sqlglot import exp
from sqlglot.errors import ErrorLevel, UnsupportedError

from export_jobs.core.catalogue.catalogue import ColumnType, DateColumn
from export_jobs.core.catalogue.dialect_names import POSTGRES, SQLITE
from export_jobs.errors import UserError

if TYPE_CHECKING:
    from export_jobs.core.catalogue.value import Scalar

LARGEST_INTEGER = 2**63


def quote_identifier(name: str, dialect: str) -> str:
    """An identifier in the quotes of ``dialect``."""
    return exp.to_identifier(name, quoted=True).sql(dialect).replace("%", "%%")


def placeholder(name: str) -> str:
    """Where the value ``name`` is bound."""
    return f"%({name})s"


def order_term(expression: str, kind: ColumnType, dialect: str, *, is_descending: bool = False) -> str:
    """A term of ORDER BY: text by its code points whatever the server's locale, and empty cells last."""
    if kind == "text" and dialect == POSTGRES:
        expression = f'{expression} COLLATE "C"'
    return _text(exp.Ordered(this=exp.Var(this=expression), desc=is_descending, nulls_first=False), dialect)


def position(expression: str, part: str, dialect: str) -> str:
    """Where ``part`` begins in the text ``expression``, from 1; 0 when it is not in it."""
    return _text(exp.StrPosition(this=exp.Var(this=expression), substr=exp.Var(this=part)), dialect)


def date_part(
    expression: str, column: DateColumn, part: str, dialect: str, time_zone: str, *, bound_time_zone: str = ""
) -> str:
    """The first date of the day, week (Monday) or month in which a time lies, as ``time_zone`` sees it.

    ``bound_time_zone``: the placeholder that stands for it, where :func:`needs_bound_time_zone`. Raises ``UserError``
    when the dialect has no time zones and would need one.
    """
    if dialect == SQLITE:
        return _sqlite_date_part(expression, column, part, time_zone)
    value: exp.Expression = exp.Var(this=expression)
    if column.type == "timestamp":
        value = exp.AtTimeZone(this=value, zone=exp.Literal.string(column.time_zone or "UTC"))
    if column.type != "date":
        value = exp.AtTimeZone(this=value, zone=exp.Var(this=bound_time_zone))
    day = exp.cast(value, "date")
    if part != "day":
        day = exp.cast(exp.TimestampTrunc(this=exp.cast(day, "timestamp"), unit=exp.Var(this=part.upper())), "date")
    return _text(day, dialect)


def needs_bound_time_zone(column: DateColumn, dialect: str) -> bool:
    """Whether a part of this date depends on a zone that the statement has to be given."""
    return dialect != SQLITE and column.type != "date"


def to_driver_value(value: Scalar, dialect: str) -> Scalar:
    """A value as the driver of ``dialect`` takes it. SQLite has no type for times and decimals and compares text."""
    if dialect != SQLITE:
        return value
    if isinstance(value, Decimal):
        is_whole = value == value.to_integral_value() and abs(value) < LARGEST_INTEGER
        return int(value) if is_whole else float(value)
    if isinstance(value, datetime):
        return (value.astimezone(UTC) if value.tzinfo else value).replace(tzinfo=None).isoformat(" ")
    return value.isoformat() if isinstance(value, date) else value


def in_list(expression: str, places: Iterable[str], *, is_in: bool) -> str:
    """``IN`` over placeholders, for dialects that cannot bind a list whole."""
    return f"{expression} {'IN' if is_in else 'NOT IN'} ({', '.join(places)})"


def _sqlite_date_part(expression: str, column: DateColumn, part: str, time_zone: str) -> str:
    zone = "UTC" if column.type == "timestamptz" else column.time_zone or "UTC"
    if column.type != "date" and zone != time_zone:
        raise UserError(
            f"SQLite has no time zones, so the {part} of {column.column!r} cannot be computed in {time_zone}: its "
            f"times are in {zone}",
            f"Set the job's time zone to {zone}, or name a column of type date as the event date",
        )
    shift = {"day": "", "week": ", 'weekday 0', '-6 days'", "month": ", 'start of month'"}[part]
    return f"date({expression}{shift})"


def _text(expression: exp.Expression, dialect: str) -> str:
    try:
        return expression.sql(dialect, unsupported_level=ErrorLevel.RAISE)
    except UnsupportedError as error:
        raise UserError(
            f"The database dialect {dialect!r} cannot do what this export needs ({error})",
            "Leave out the date part or the filter, or put the expression into the fact as a column",
        ) from error
