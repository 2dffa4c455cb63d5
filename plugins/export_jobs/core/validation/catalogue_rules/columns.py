"""Check the columns that an expression of the catalogue names: they exist, and they are written correctly."""

from __future__ import annotations

from collections.abc import Collection, Iterator

from sqlglot import exp

from export_jobs.core.base.issue import Issue
from export_jobs.core.base.text import quote_value, suggest
from export_jobs.core.catalogue.catalogue import Table
from export_jobs.core.validation.catalogue_rules import sql


def column_issues(path: str, tree: exp.Expr, known: Collection[str], table: Table) -> Iterator[Issue]:
    """Yield columns named in ``tree`` that are not in ``known``, the columns of ``table``; each name once."""
    names = {sql.normalized_quoted_name(name, table.dialect): name for name in known}
    found: dict[str, Issue] = {}
    for column, name in sql.named_columns(tree, table.dialect):
        if column.table:
            what = (
                f"{sql.quote_sql(column, table.dialect)} names a table, but the columns of only one table are available"
            )
            found.setdefault(name, Issue(path, what, f"Write only {column.name!r}"))
        elif name not in names:
            found.setdefault(name, _unknown_column(path, name, names, table))
    yield from found.values()


def _unknown_column(path: str, name: str, names: dict[str, str], table: Table) -> Issue:
    what = f"{table.key!r} has no column {quote_value(name)}"
    capitals = next((known for known in names if known.lower() == name.lower()), None)
    if capitals is not None:
        return Issue(path, what, f"Put {capitals!r} in quotes; names without quotes lose their capitals")
    if name in table.fields:
        what = f"{quote_value(name)} is a custom field, which another custom field cannot use"
        return Issue(path, what, "Repeat its expression")
    return Issue(path, what, suggest(name, names.values(), none="List it in the header of the fact"))
