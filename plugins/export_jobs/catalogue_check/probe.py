"""Query one database about a catalogue: collect issues, and check many expressions with one query."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from export_jobs.catalogue_check.session import CatalogueSession, RefusedError
from export_jobs.core.base.issue import Issue, Level
from export_jobs.core.catalogue.catalogue import Catalogue, Fact, Kpi, Table
from export_jobs.core.catalogue.database_types import ResultColumn
from export_jobs.core.sql.text import indent_sql
from export_jobs.core.validation.catalogue_rules.place import locate_issue
from export_jobs.core.validation.catalogue_rules.sql import plain_identifier


@dataclass
class Probe:
    """The state of checking one connection. ``broken``: files with an error, which are not checked any further."""

    session: CatalogueSession
    catalogue: Catalogue
    broken: set[str]
    issues: list[Issue] = field(default_factory=list)
    questions: int = 0

    def add_issue(self, entry: Table | Kpi, issue: Issue) -> None:
        """Record an issue of an entry."""
        self.issues.append(locate_issue(entry, issue))
        if issue.level is Level.ERROR:
            self.broken.add(entry.file)

    def refusal_of(self, ask: Callable[[], object]) -> RefusedError | None:
        """Return the error with which the database refuses a query; None when it answers."""
        self.questions += 1
        try:
            ask()
        except RefusedError as error:
            return error
        return None

    def describe(self, query: str) -> list[ResultColumn] | RefusedError:
        """Return the columns of a query's result, or the error with which the database refuses it."""
        self.questions += 1
        try:
            return self.session.describe(query)
        except RefusedError as error:
            return error


def describe_expressions(
    probe: Probe, expressions: Mapping[str, str], source: str, dialect: str
) -> tuple[dict[str, ResultColumn], dict[str, RefusedError]]:
    """Return the database's answer for each expression, using as few queries as possible."""
    found: dict[str, ResultColumn] = {}

    def ask(keys: list[str]) -> RefusedError | None:
        listed = ",\n".join(f"{expressions[key]} AS {plain_identifier(key, dialect)}" for key in keys)
        columns = probe.describe(empty_query(listed, source))
        if isinstance(columns, RefusedError):
            return columns
        found.update(zip(keys, columns, strict=True))
        return None

    return found, find_refused_keys(list(expressions), ask)


def find_refused_keys(keys: list[str], ask: Callable[[list[str]], RefusedError | None]) -> dict[str, RefusedError]:
    """Return the keys that the database refuses, each with its error, by bisection instead of one query for each."""
    error = ask(keys) if keys else None
    if error is None:
        return {}
    if len(keys) == 1:
        return {keys[0]: error}
    half = len(keys) // 2
    return find_refused_keys(keys[:half], ask) | find_refused_keys(keys[half:], ask)


def fact_source(fact: Fact) -> str:
    """Return the fact's query with its custom fields, as statements read it."""
    if not fact.custom_fields:
        return fact.sql
    extra = "".join(
        f",\n    {one.sql} AS {plain_identifier(name, fact.dialect)}" for name, one in fact.custom_fields.items()
    )
    return f"SELECT source.*{extra}\nFROM (\n{indent_sql(fact.sql, 4)}\n) AS source"


def empty_query(expressions: str, source: str) -> str:
    """Return a query over no row of ``source``; ``source`` starts on the second line of the text."""
    return f"SELECT {expressions} FROM (\n{source}\n) AS source WHERE 1 = 0"  # noqa: S608
