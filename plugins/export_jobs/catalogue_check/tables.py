"""Compare the tables of a catalogue with the database that they describe: columns, types, unique ids."""

from __future__ import annotations

from collections.abc import Iterable

from export_jobs.catalogue_check.probe import Probe, describe_expressions, empty_query
from export_jobs.catalogue_check.session import RefusedError
from export_jobs.core.base.issue import Issue, Level
from export_jobs.core.base.text import quote_value, suggest
from export_jobs.core.catalogue.catalogue import Dimension, Fact, Table, TableColumn
from export_jobs.core.catalogue.database_types import ResultColumn, fits, type_remedy
from export_jobs.core.validation.catalogue_rules.place import sql_path
from export_jobs.core.validation.catalogue_rules.sql import normalized_quoted_name, plain_identifier

SAMPLE_ROWS = 100_000


def probe_table(probe: Probe, table: Table) -> None:
    """Check that the query runs and returns the columns of the header."""
    found = probe.describe(empty_query("*", table.sql))
    if isinstance(found, RefusedError):
        line = max(found.line - 1, 1) if found.line else None
        what = f"the database refuses the query: {found}"
        probe.add_issue(
            table, Issue(sql_path(line), what, "Correct the query, or let the connection's user read these tables")
        )
        return
    measures = table.measures if isinstance(table, Fact) else {}
    sections = {"columns": table.columns, "measures": measures}
    for section, columns in sections.items():
        for name, column in columns.items():
            for issue in _column_issues(f"{section}.{name}", name, column, found, table.dialect):
                probe.add_issue(table, issue)
    if isinstance(table, Fact) and table.file not in probe.broken:
        _probe_fields(probe, table)


def probe_unique_id(probe: Probe, dimension: Dimension) -> None:
    """Check that ids are unique: a second row with an id would count rows of facts twice."""
    name = plain_identifier(dimension.id, dimension.dialect)
    source = f"FROM (\n{dimension.sql}\n) AS source"
    twice = f"SELECT {name} {source} WHERE {name} IS NOT NULL GROUP BY {name} HAVING count(*) > 1"
    count = _count(probe, dimension, "id", f"SELECT count(*) FROM (\n{twice}\n) AS twice")  # noqa: S608
    if count:
        what = f"{count} values of {quote_value(dimension.id)} occur more than once, so rows would be counted twice"
        probe.add_issue(dimension, Issue("id", what, "Return one row for each in the query, or name another id"))
    count = _count(probe, dimension, "id", f"SELECT count(*) {source} WHERE {name} IS NULL")
    if count > 1:
        what = f"{count} rows have no {quote_value(dimension.id)}; no row of a fact reaches them"
        probe.add_issue(dimension, Issue("id", what, "Leave them out in the query", Level.WARNING))


def probe_order(probe: Probe, fact: Fact) -> None:
    """Warn of rows that are equal in all of ``order_by``: their order may differ between exports."""
    names = [name.removeprefix("-") for name in fact.order_by]
    if not names or any(name not in fact.columns and name not in fact.measures for name in names):
        return
    listed = ", ".join(plain_identifier(name, fact.dialect) for name in names)
    sample = f"SELECT {listed} FROM (\n{fact.sql}\n) AS source LIMIT {SAMPLE_ROWS}"  # noqa: S608
    query = f"SELECT 1 FROM (\n{sample}\n) AS sample GROUP BY {listed} HAVING count(*) > 1 LIMIT 1"  # noqa: S608
    if _count(probe, fact, "order_by", query):
        what = f"some rows are equal in {', '.join(names)}, so their order may differ between exports"
        probe.add_issue(fact, Issue("order_by", what, "Name a unique column last", Level.WARNING))


def _probe_fields(probe: Probe, fact: Fact) -> None:
    expressions = {name: column.sql for name, column in fact.custom_fields.items()}
    types, refused = describe_expressions(probe, expressions, fact.sql, fact.dialect)
    for name, column in fact.custom_fields.items():
        path = f"custom_fields.{name}"
        if error := refused.get(name):
            what = f"the database refuses the expression: {error}"
            probe.add_issue(fact, Issue(f"{path}.sql", what, "Correct it; it is computed over one row of the query"))
        elif found := types.get(name):
            for issue in _type_issues(path, name, column, found):
                probe.add_issue(fact, issue)


def _column_issues(
    path: str, name: str, column: TableColumn, described: list[ResultColumn], dialect: str
) -> Iterable[Issue]:
    same = [
        result
        for result in described
        if normalized_quoted_name(result.name, dialect) == normalized_quoted_name(name, dialect)
    ]
    if not same:
        remedy = suggest(name, [result.name for result in described], none="Add it to the query")
        yield Issue(path, f"the query returns no column {quote_value(name)}", remedy)
    elif len(same) > 1:
        yield Issue(
            path, f"the query returns {len(same)} columns {quote_value(name)}", "Give one of them another name (AS)"
        )
    else:
        yield from _type_issues(path, name, column, same[0])


def _type_issues(path: str, name: str, column: TableColumn, found: ResultColumn) -> Iterable[Issue]:
    if found.type_name and not fits(column.type, found.type):
        what = f"{quote_value(name)} is declared {column.type}, but the database returns {found.type_name}"
        yield Issue(path, what, type_remedy(found.type, name))


def _count(probe: Probe, table: Table, path: str, query: str) -> int:
    """Return the number that a query returns; 0, with a warning, when the database refuses it."""
    probe.questions += 1
    try:
        return int(probe.session.value(query) or 0)
    except RefusedError as error:
        what = f"uniqueness could not be checked: {error}"
        probe.add_issue(table, Issue(path, what, "Check the table itself", Level.WARNING))
        return 0
