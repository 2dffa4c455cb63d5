"""Rules for dimensions: an id that can be joined, a label, and a valid path from each fact."""

from __future__ import annotations

from collections.abc import Iterator

from export_jobs.core.base.issue import Issue, Level
from export_jobs.core.base.text import quote_value, suggest
from export_jobs.core.catalogue.catalogue import Catalogue, Dimension, Fact, TableColumn
from export_jobs.core.validation.catalogue_rules.place import is_unreadable
from export_jobs.core.validation.catalogue_rules.tables import is_connection_name, is_known_dialect
from export_jobs.core.validation.rule import RuleContext, Rules

DIMENSION_RULES: Rules[Dimension] = Rules()
_JOINS_AS = {"number": "integer"}


@DIMENSION_RULES.reads()
def id_and_label_are_columns(dimension: Dimension) -> Iterator[Issue]:
    """Facts are joined by the id, and people read the label."""
    for path, name in (("id", dimension.id), ("label", dimension.label)):
        if name not in dimension.columns:
            remedy = suggest(name, dimension.columns, none="List it under columns")
            yield Issue(path, f"there is no column {quote_value(name)}", remedy)
    column = dimension.columns.get(dimension.id)
    if column is not None and column.type == "boolean":
        what = f"the id {quote_value(dimension.id)} is true or false, so it cannot distinguish more than two rows"
        yield Issue("id", what, "Name a column that is unique for each row")


@DIMENSION_RULES.reads()
def dimension_is_used(dimension: Dimension) -> Iterator[Issue]:
    """Warn of a dimension that no fact reaches and that may not be exported whole: nobody can use it."""
    if not dimension.facts and not dimension.exportable:
        what = f"no fact reaches the dimension {dimension.key!r}, and it may not be exported whole"
        yield Issue("facts", what, "Name its facts, or write exportable: true", Level.WARNING)


@DIMENSION_RULES.looks_up()
def fact_paths_exist(dimension: Dimension, context: RuleContext) -> Iterator[Issue]:
    """Every path exists, ends where it says, and joins two columns that can be equal."""
    for key, by in dimension.facts.items():
        fact, path = context.catalogue.facts.get(key), f"facts.{key}"
        if fact is None:
            yield _missing_entry(path, "fact", key, context.catalogue)
            continue
        yield from _connection_issues(path, fact, dimension)
        found = _join_column(path, by, fact, dimension, context.catalogue)
        if isinstance(found, Issue):
            yield found
            continue
        column, name = found, dimension.columns.get(dimension.id)
        if name and _JOINS_AS.get(column.type, column.type) != _JOINS_AS.get(name.type, name.type):
            what = (
                f"{quote_value(by)} has the type {column.type}, but the id {quote_value(dimension.id)} has {name.type}"
            )
            yield Issue(
                path, what, "Cast one of them in its SQL so that both have one type, and correct its type in the header"
            )


def _join_column(path: str, by: str, fact: Fact, dimension: Dimension, catalogue: Catalogue) -> TableColumn | Issue:
    """Return the column that the last join compares with the dimension's id, or why there is none."""
    via, dot, name = by.partition(".")
    if by in fact.fields:
        return fact.fields[by]
    if not dot:
        remedy = suggest(by, fact.fields, none="List it under columns of the fact")
        return Issue(path, f"the fact {fact.key!r} has no column {quote_value(by)}", remedy)
    middle = catalogue.dimensions.get(via)
    if middle is None:
        return _missing_entry(path, "dimension", via, catalogue)
    if name not in middle.columns:
        remedy = suggest(name, middle.columns, none="List it there under columns")
        return Issue(path, f"the dimension {via!r} has no column {quote_value(name)}", remedy)
    return _broken_path(path, via, fact, dimension, catalogue) or middle.columns[name]


def _broken_path(path: str, via: str, fact: Fact, dimension: Dimension, catalogue: Catalogue) -> Issue | None:
    if fact.key not in catalogue.dimensions[via].facts:
        what = f"the fact {fact.key!r} does not reach the dimension {via!r}, through which it should reach this one"
        return Issue(path, what, f"Add its path to dimensions/{via}.sql, or choose another path")
    circle = _find_circle(dimension.key, fact, catalogue)
    if not circle:
        return None
    what = f"the path is a circle: {' -> '.join(circle)}"
    return Issue(path, what, f"Give one of them a path that is a column of {fact.key!r}")


def _find_circle(start: str, fact: Fact, catalogue: Catalogue) -> list[str]:
    """Return the dimensions on the path from ``start`` back to itself; empty when it ends, or circles elsewhere."""
    way, key = [start], start
    while True:
        by = catalogue.dimensions[key].facts.get(fact.key, "")
        key = by.partition(".")[0]
        if by in fact.fields or key not in catalogue.dimensions:
            return []
        if key in way:
            return [*way, key] if key == start else []
        way.append(key)


def _connection_issues(path: str, fact: Fact, dimension: Dimension) -> Iterator[Issue]:
    for what, is_sound in (("connection", is_connection_name), ("dialect", is_known_dialect)):
        here, there = getattr(dimension, what), getattr(fact, what)
        if here != there and is_sound(here) and is_sound(there):
            ours, theirs = quote_value(here), quote_value(there)
            message = f"the {what} of the fact {fact.key!r} is {theirs}, but that of this dimension is {ours}"
            remedy = "Tables are joined in one database: add one dimension for each connection"
            yield Issue(path, message, remedy if what == "connection" else "Write the same dialect in both")


def _missing_entry(path: str, noun: str, key: str, catalogue: Catalogue) -> Issue:
    if is_unreadable(catalogue, f"{noun}s", key):
        return Issue(path, f"the {noun} {quote_value(key)} cannot be read", f"Correct {noun}s/{key}.sql first")
    keys = catalogue.facts if noun == "fact" else catalogue.dimensions
    return Issue(path, f"there is no {noun} {quote_value(key)}", suggest(key, keys, none=f"Add a file under {noun}s/"))
