"""Write bound values as literals of a dialect, for a statement that is shown or planned but not run."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal

from sqlglot import exp

from export_jobs.core.catalogue.value import Scalar
from export_jobs.core.sql.compiled import CompiledExport


def runnable_sql(export: CompiledExport) -> str:
    """Return the statement with its values, below a line that says where it runs, for use in a database client."""
    start = f"-- template {export.template}, connection {export.connection}, dialect {export.dialect}"
    return f"{start}\n{with_literals(export).strip()};\n"


def with_literals(export: CompiledExport) -> str:
    """Return the statement as one text with its values."""
    return export.sql % {name: literal(value, export.dialect) for name, value in export.parameters.items()}


def literal(value: Scalar | list[Scalar], dialect: str) -> str:
    """Return one value, or a list of values, as a literal of ``dialect``."""
    return _node(value).sql(dialect)


def _node(value: Scalar | list[Scalar]) -> exp.Expr:
    if isinstance(value, list):
        return exp.Array(expressions=[_node(item) for item in value])
    if isinstance(value, bool):
        return exp.Boolean(this=value)
    if isinstance(value, int | float | Decimal):
        return exp.Literal.number(str(value))
    if isinstance(value, datetime):
        return exp.cast(exp.Literal.string(value.isoformat(" ")), "timestamptz" if value.tzinfo else "timestamp")
    if isinstance(value, date):
        return exp.cast(exp.Literal.string(value.isoformat()), "date")
    return exp.Literal.string(value)
