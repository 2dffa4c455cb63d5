"""Rules for keys and names of columns: SQL uses them as identifiers, and jobs as references."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

from export_jobs.core.base.issue import Issue, Level
from export_jobs.core.base.text import MAX_DESCRIPTION, is_control, quote_value, text_issues
from export_jobs.core.catalogue.catalogue import DATE_PARTS, Catalogue, Dimension, Fact, Kpi, Table
from export_jobs.core.validation.catalogue_rules.place import table_columns
from export_jobs.core.validation.rule import RuleContext, Rules

KEY_RULES: Rules[Table | Kpi] = Rules()
TABLE_NAME_RULES: Rules[Table] = Rules()
MAX_IDENTIFIER_BYTES = 63
"""PostgreSQL silently cuts a longer one."""
MAX_KEY = 50
"""Statements add words of their own to a key, and the whole must fit into an identifier."""
RESERVED_KEYS = {"fact_number": "statements over several facts have a column of this name"}
_KEY = re.compile(r"[A-Za-z0-9_]+", re.ASCII)


@KEY_RULES.reads()
def key_fits(entry: Table | Kpi) -> Iterator[Issue]:
    """A key is a file's name, part of a reference such as ``store.region``, and an identifier of SQL."""
    key, remedy = entry.key, f"Rename the file: letters a-z, digits and _, at most {MAX_KEY}, then .sql"
    if not _KEY.fullmatch(key):
        odd = next((char for char in key if not _KEY.fullmatch(char)), "")
        yield Issue("", f"the key {quote_value(key)} {f'contains {quote_value(odd)}' if odd else 'is empty'}", remedy)
    elif len(key) > MAX_KEY:
        yield Issue("", f"the key {quote_value(key)} has {len(key)} characters", remedy)
    elif isinstance(entry, Kpi | Dimension) and key.lower() in DATE_PARTS:
        what = f"{quote_value(key)} is the {key.lower()} of the event date, which every fact already has"
        yield Issue("", what, "Rename the file, or remove it")
    elif key.lower() in RESERVED_KEYS:
        yield Issue("", f"the key {quote_value(key)} is reserved: {RESERVED_KEYS[key.lower()]}", "Rename the file")


@KEY_RULES.reads()
def texts_are_readable(entry: Table | Kpi) -> Iterator[Issue]:
    """Pages and mails show titles."""
    if not entry.title.strip():
        yield Issue("title", "the title is empty", "Say in a few words what this is")
    yield from text_issues("title", entry.title)
    yield from text_issues("description", entry.description, limit=MAX_DESCRIPTION, lines=True)
    if isinstance(entry, Kpi):
        yield from text_issues("unit", entry.unit)
    if isinstance(entry, Fact):
        yield from text_issues("grain", entry.grain)


@TABLE_NAME_RULES.reads()
def columns_are_readable(table: Table) -> Iterator[Issue]:
    """Names are identifiers and headings; what is shown beside them is plain text."""
    for path, name, column in table_columns(table):
        if not name or name != name.strip():
            yield Issue(
                path, f"the column {quote_value(name)} is empty, or starts or ends with a space", "Rename it in the SQL"
            )
        elif odd := next((char for char in name if is_control(char)), None):
            yield Issue(
                path, f"the column {quote_value(name)} contains the control character {odd!a}", "Rename it in the SQL"
            )
        elif len(name.encode()) > MAX_IDENTIFIER_BYTES:
            what = f"the column {quote_value(name)} is longer than {MAX_IDENTIFIER_BYTES} bytes"
            yield Issue(path, what, "Give it a shorter name in the SQL; a job can choose any heading")
        yield from text_issues(f"{path}.title", column.title)
        yield from text_issues(f"{path}.description", column.description, limit=MAX_DESCRIPTION, lines=True)
        yield from text_issues(f"{path}.unit", column.unit)


@TABLE_NAME_RULES.reads()
def columns_are_unique(table: Table) -> Iterator[Issue]:
    """Names of columns differ by more than capitals, which most databases and spreadsheets ignore."""
    seen: dict[str, tuple[str, str]] = {}
    for path, name, _ in table_columns(table):
        twin = seen.setdefault(name.lower(), (name, path))
        if twin[1] != path and twin[0] == name:
            yield Issue(
                path,
                f"{quote_value(name)} is also listed under {twin[1].partition('.')[0]}",
                "Remove it from one of the two",
            )
        elif twin[1] != path:
            what = f"{quote_value(name)} and {quote_value(twin[0])} differ in capitals only"
            yield Issue(path, what, "Rename one of the two in the SQL")


@TABLE_NAME_RULES.looks_up()
def columns_shadow_nothing(table: Table, context: RuleContext) -> Iterator[Issue]:
    """Warn of a column that hides a dimension's label or a part of the date of the same name."""
    if not isinstance(table, Fact):
        return
    hidden = {
        **dict.fromkeys(DATE_PARTS, "part of the date"),
        **dict.fromkeys(context.catalogue.dimensions, "dimension"),
    }
    for path, name, _ in table_columns(table):
        if hidden.get(name) == "part of the date" or context.catalogue.path(table.key, name):
            what = f"the column {quote_value(name)} hides the {hidden[name]} of the same name among this fact's rows"
            remedy = "Rename the column in the SQL if you want both"
            yield Issue(path, what, remedy, Level.WARNING)


@KEY_RULES.looks_up()
def kpi_is_not_a_column(entry: Table | Kpi, context: RuleContext) -> Iterator[Issue]:
    """A KPI is not named like a column: a filter by that name would select rows but look like one on the KPI."""
    fact = context.catalogue.facts.get(entry.fact) if isinstance(entry, Kpi) else None
    column = next((name for name in fact.fields if name.lower() == entry.key.lower()), None) if fact else None
    if fact is not None and column is not None:
        what = f"{quote_value(entry.key)} is also a column of {fact.file}, so a filter by it could mean either"
        yield Issue("", what, f"Rename this file, such as {entry.key}_total.sql, or the column (AS)")


def duplicate_key_issues(catalogue: Catalogue) -> Iterator[tuple[Table | Kpi, Issue]]:
    """Yield keys that are too similar: two that differ only in capitals, or a KPI named like a dimension."""
    folders: tuple[Mapping[str, Table | Kpi], ...] = (catalogue.facts, catalogue.kpis, catalogue.dimensions)
    for folder in folders:
        seen: dict[str, str] = {}
        for key, entry in folder.items():
            twin = seen.setdefault(key.lower(), key)
            if twin != key:
                what = f"the keys {quote_value(key)} and {quote_value(twin)} differ in capitals only"
                yield entry, Issue("", what, "Rename one of the two files; many file systems can have only one of them")
    dimensions = {key.lower(): dimension for key, dimension in catalogue.dimensions.items()}
    for key, kpi in catalogue.kpis.items():
        if key.lower() in dimensions:
            what = f"{quote_value(key)} is also the dimension of {dimensions[key.lower()].file}"
            yield kpi, Issue("", what, "Rename one of the two files; otherwise an export has two columns of this name")
