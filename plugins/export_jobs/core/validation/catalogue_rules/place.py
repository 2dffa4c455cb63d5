"""Where in a catalogue file an issue is: a key of the header, or a line of the SQL below it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from export_jobs.core.base.issue import Issue
from export_jobs.core.catalogue.catalogue import Catalogue, Fact, Kpi, Table, TableColumn

_SQL = "\n"
"""No key of a header is a line break and a number, so the two kinds of path cannot be confused."""


def sql_path(line: int | None = None) -> str:
    """The path of an issue in the SQL below the header; ``line`` is counted from 1 there."""
    return f"{_SQL}{line or 1}"


def locate_issue(entry: Table | Kpi, issue: Issue) -> Issue:
    """Return ``issue`` with its place in the folder: ``facts/purchases.sql:7: columns.cds``."""
    if issue.path.startswith(_SQL):
        return replace(issue, path=f"{entry.file}:{entry.line + int(issue.path.removeprefix(_SQL)) - 1}")
    place = f"{entry.file}:{key_line(entry, issue.path)}"
    key = "".join(char if char.isprintable() else ascii(char)[1:-1] for char in issue.path)
    return replace(issue, path=f"{place}: {key}" if key else place)


def table_columns(table: Table) -> Iterator[tuple[str, str, TableColumn]]:
    """Yield path, name and column of everything that a header lists, including what it lists twice."""
    sections = {"columns": table.columns}
    if isinstance(table, Fact):
        sections |= {"measures": table.measures, "custom_fields": table.custom_fields}
    for section, columns in sections.items():
        for name, column in columns.items():
            yield f"{section}.{name}", name, column


def is_unreadable(catalogue: Catalogue, folder: str, key: str) -> bool:
    """Whether there is a file for ``key`` that could not be read, so that its content is unknown."""
    return any(issue.path.startswith(f"{folder}/{key}.sql") for issue in catalogue.issues)


def key_line(entry: Table | Kpi, path: str) -> int:
    """The line of a key, or of the nearest one around it: a missing key has no line of its own."""
    while path:
        if path in entry.lines:
            return entry.lines[path]
        path = path[: max(path.rfind("."), path.rfind("["), 0)]
    return 1
