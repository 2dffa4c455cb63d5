"""Rules for what facts and dimensions share: connection, dialect, the query and the columns that it returns."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from export_jobs.core.base.issue import Issue
from export_jobs.core.base.text import quote_value, suggest, text_issues
from export_jobs.core.catalogue.catalogue import Table
from export_jobs.core.catalogue.selection import resolve_column
from export_jobs.core.validation.catalogue_rules import sql
from export_jobs.core.validation.catalogue_rules.place import sql_path, table_columns
from export_jobs.core.validation.rule import RuleContext, Rules

TABLE_RULES: Rules[Table] = Rules()
NUMBERS = ("integer", "number")


@TABLE_RULES.reads()
def connection_is_named(table: Table) -> Iterator[Issue]:
    """``connection`` is the id of an Airflow connection; ``--connection`` checks whether it exists."""
    yield from text_issues("connection", table.connection)
    if not table.connection.strip():
        yield Issue("connection", "the connection is empty", "Name the Airflow connection of the database")
    if "://" in table.connection:
        what = "this is an address, which may contain a password"
        yield Issue("connection", what, "Create an Airflow connection for it, and write the id of that connection")


@TABLE_RULES.reads()
def dialect_is_known(table: Table) -> Iterator[Issue]:
    """Statements are written in the dialect of the connection's database."""
    if not is_known_dialect(table.dialect):
        what = f"there is no dialect {quote_value(table.dialect)}"
        yield Issue("dialect", what, suggest(table.dialect, sql.DIALECTS, none="Use postgres"))


@TABLE_RULES.reads()
def sql_is_one_query(table: Table) -> Iterator[Issue]:
    """The SQL is one query that only reads; it becomes part of a larger one."""
    found = is_known_dialect(table.dialect) and sql.parse_query(table.sql, table.dialect)
    if isinstance(found, sql.SqlFault):
        yield Issue(sql_path(found.line), found.what, found.remedy)


@TABLE_RULES.reads()
def query_yields_the_columns(table: Table) -> Iterator[Issue]:
    """The query returns each column of the header; checked where the query itself names its columns."""
    names = table_query_columns(table)
    if names is None:
        return
    distinct_names = sorted(set(names))
    for path, name, _ in table_columns(table):
        count = Counter(names)[sql.normalized_quoted_name(name, table.dialect)]
        if path.startswith("custom_fields.") or count == 1:
            continue
        if count:
            yield Issue(
                path, f"the query returns {count} columns {quote_value(name)}", "Give one of them another name (AS)"
            )
            continue
        folded = [candidate for candidate in distinct_names if candidate.lower() == name.lower()]
        remedy = suggest(name, distinct_names, none="Add it to the query, or remove it here")
        if folded:
            remedy = f"Write {folded[0]!r} here, or put the name in quotes in the SQL, so that it keeps its capitals"
        yield Issue(path, f"the query returns no column {quote_value(name)}", remedy)


@TABLE_RULES.reads()
def columns_make_sense(table: Table) -> Iterator[Issue]:
    """A column of the query has no SQL of its own; only numbers are rounded."""
    for path, name, column in table_columns(table):
        if column.sql and not path.startswith("custom_fields."):
            what = f"{quote_value(name)} has its own SQL, but the query already returns it"
            has_custom = path.startswith("measures.") or hasattr(table, "custom_fields")
            remedy = "Move it to custom_fields" if has_custom else "Move the expression into the query below"
            yield Issue(f"{path}.sql", what, remedy)
        if column.decimals is not None and column.type not in NUMBERS:
            yield Issue(
                f"{path}.decimals",
                f"{quote_value(name)} has the type {column.type}, which has no decimals",
                "Remove it",
            )
    if not table.columns:
        yield Issue("columns", "no column is listed, so nothing can be exported", "List each as name: type")


@TABLE_RULES.looks_up()
def customer_is_a_column(table: Table, context: RuleContext) -> Iterator[Issue]:
    """``customer`` is a column of text or numbers; audiences are compared with it."""
    if table.customer is None:
        return
    resolved = resolve_column(table.customer, table, context.catalogue)
    if resolved is None or resolved.is_date_part:
        remedy = suggest(table.customer, table.fields, none="List it under columns")
        yield Issue("customer", f"there is no column {quote_value(table.customer)}", remedy)
    elif resolved.column.type not in {"text", "integer", "number"}:
        column = quote_value(table.customer)
        what = f"{column} has the type {resolved.column.type}, but keys of customers are text or numbers"
        yield Issue("customer", what, "Name the column with the customer's key")


def is_connection_name(name: str) -> bool:
    """Whether ``name`` can be the id of a connection. Messages must not repeat an address."""
    return bool(name.strip()) and "://" not in name


def is_known_dialect(name: str) -> bool:
    """Whether SQL in the dialect ``name`` can be parsed."""
    return name in sql.DIALECTS


def table_query_columns(table: Table) -> list[str] | None:
    """Return the names of columns that the query itself gives; None where only the database knows them."""
    found = sql.parse_query(table.sql, table.dialect) if is_known_dialect(table.dialect) else None
    return None if found is None or isinstance(found, sql.SqlFault) else sql.query_columns(found, table.dialect)
