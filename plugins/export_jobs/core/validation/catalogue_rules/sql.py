"""Parse the SQL of a catalogue file with sqlglot: one query, or one expression, and the columns that it names."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

import sqlglot
from sqlglot import exp
from sqlglot.dialects.dialect import Dialect
from sqlglot.errors import ParseError

from export_jobs.core.base.text import quote_value

DIALECTS = sorted(dialect.value for dialect in sqlglot.Dialects if dialect.value)
_EXPRESSION = "SELECT\n"
_ONE_EXPRESSION = "Write one expression over the fact's columns, such as sum(amount)"
_TOKEN = re.compile(r",? but got <Token .*", re.DOTALL)
_WRITES = (exp.Insert, exp.Update, exp.Delete, exp.Merge, exp.Create, exp.Drop, exp.Alter, exp.Command, exp.Into)


@dataclass(frozen=True)
class SqlFault:
    """Why SQL is not valid in a catalogue file; ``line`` is counted from the first line of that SQL."""

    what: str
    remedy: str
    line: int = 1


@lru_cache(maxsize=4096)
def parse_query(sql: str, dialect: str) -> exp.Query | SqlFault:
    """Parse one SELECT that reads and does not write; return the fault otherwise."""
    trees = _parse_statements(sql, dialect)
    if isinstance(trees, SqlFault):
        return trees
    remedy = "Write one SELECT, which may start with WITH"
    if len(trees) != 1:
        return SqlFault(f"there are {len(trees)} statements, separated by a semicolon", remedy)
    [tree] = trees
    if not isinstance(tree, exp.Query):
        return SqlFault(f"this is {_statement_verb(tree)}, not a query", remedy)
    writing = tree.find(*_WRITES)
    if writing is not None:
        return SqlFault(f"the query contains {_statement_verb(writing)}, which writes; exports only read", remedy)
    if tree.find(exp.Lock):
        return SqlFault("the query locks rows (FOR UPDATE or FOR SHARE); exports only read", "Remove the lock")
    return tree


@lru_cache(maxsize=4096)
def parse_expression(sql: str, dialect: str) -> exp.Expr | SqlFault:
    """Parse one expression over the columns of a table, without a subquery; return the fault otherwise."""
    if sql.lstrip().upper().startswith(("SELECT ", "SELECT\n", "WITH ")):
        return SqlFault("this is a query", f"{_ONE_EXPRESSION}; the query belongs in the fact's file")
    trees = _parse_statements(_EXPRESSION + sql, dialect)
    if isinstance(trees, SqlFault):
        return SqlFault(trees.what, trees.remedy, max(trees.line - 1, 1))
    tree = trees[0]
    clauses = [name for name, part in tree.args.items() if part and name not in {"expressions", "kind", "hint"}]
    if len(trees) != 1 or not isinstance(tree, exp.Select) or clauses:
        return SqlFault(
            "this is more than one expression", f"{_ONE_EXPRESSION}; FROM and WHERE belong in the fact's file"
        )
    return _single_expression(tree.selects)


def quote_sql(node: exp.Expr, dialect: str) -> str:
    """Return a part of SQL as a message quotes it."""
    return quote_value(node.sql(dialect, comments=False))


def _single_expression(parts: list[exp.Expr]) -> exp.Expr | SqlFault:
    if len(parts) != 1:
        return SqlFault(
            f"there are {len(parts)} expressions, separated by commas",
            f"{_ONE_EXPRESSION}; create one file for each",
        )
    if isinstance(parts[0], exp.Alias):
        return SqlFault("the expression has a name (AS)", "Remove it; the key is the name")
    if parts[0].find(exp.Query):
        return SqlFault("the expression contains a query", "Move it into the fact's SQL, as a column")
    return parts[0]


def named_columns(tree: exp.Expr, dialect: str) -> Iterator[tuple[exp.Column, str]]:
    """Yield every column that an expression names, and its name as the database understands it."""
    for column in tree.find_all(exp.Column):
        if isinstance(column.this, exp.Identifier):
            yield column, normalized_name(column.this, dialect)


def plain_identifier(name: str, dialect: str) -> str:
    """Quote a name for ``dialect``, for a statement that binds no values."""
    return exp.to_identifier(name, quoted=True).sql(dialect)


def normalized_quoted_name(name: str, dialect: str) -> str:
    """Return a name of the header as the database understands it: statements quote it."""
    return normalized_name(exp.to_identifier(name, quoted=True), dialect)


def normalized_name(node: exp.Identifier, dialect: str) -> str:
    """Apply the dialect's rule for capitals to a name."""
    return str(Dialect.get_or_raise(dialect).normalize_identifier(node.copy()).this)


def query_columns(tree: exp.Query, dialect: str) -> list[str] | None:
    """Return the columns of a query's result; None where only the database knows them (``*``, unnamed expressions)."""
    names = []
    for part in tree.selects:
        inner = part
        while isinstance(inner, exp.Cast | exp.Paren):
            inner = inner.this
        node = part.args["alias"] if isinstance(part, exp.Alias) else inner.this
        if not isinstance(part, exp.Alias) and not isinstance(inner, exp.Column):
            return None
        if not isinstance(node, exp.Identifier):
            return None
        names.append(normalized_name(node, dialect))
    return names or None


def _parse_statements(sql: str, dialect: str) -> list[exp.Expr] | SqlFault:
    try:
        trees = [tree for tree in sqlglot.parse(sql, read=dialect) if tree is not None]
    except ParseError as error:
        first = error.errors[0] if error.errors else {}
        near = f" near {first['highlight']!r}" if first.get("highlight") else ""
        message = _TOKEN.sub("", str(first.get("description") or error)).rstrip(". ")
        return SqlFault(f"this is not valid {dialect} SQL: {message}{near}", "Correct it", int(first.get("line") or 1))
    except Exception as error:  # sqlglot raises IndexError for some invalid input, and RecursionError for deep nesting
        message = str(error).splitlines()[0].rstrip(".") if str(error) else type(error).__name__
        return SqlFault(f"this is not valid {dialect} SQL: {message}", "Correct it")
    return trees or [exp.Command(this="nothing")]


def _statement_verb(tree: exp.Expr) -> str:
    return str(tree.this).upper() if isinstance(tree, exp.Command) else tree.key.upper()
