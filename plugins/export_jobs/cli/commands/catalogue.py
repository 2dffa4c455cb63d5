"""``catalogue check``, ``show`` and ``docs``: what can be exported, and whether its files are valid.

Needs no store, and Airflow only for ``check --connection``.
"""

from __future__ import annotations

import argparse
import logging
import os
from collections.abc import Collection
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any

from export_jobs import settings
from export_jobs.cli.output import Output
from export_jobs.cli.text.catalogue_text import entry_document, entry_text, find_entries, list_document, list_rows
from export_jobs.core.base.document import html_page, markdown
from export_jobs.core.base.issue import Issue, Level, errors
from export_jobs.core.catalogue.catalogue import Catalogue
from export_jobs.core.catalogue.page import TITLE, catalogue_page
from export_jobs.core.validation.catalogue import sort_by_location, split_location, validate_catalogue
from export_jobs.core.validation.catalogue_rules.stray_files import stray_files
from export_jobs.errors import UserError
from export_jobs.orchestration.catalogue import load_configured_catalogue

if TYPE_CHECKING:
    from export_jobs.catalogue_check.check import ConnectionCheck

ALL_CONNECTIONS = "all"


def check(options: argparse.Namespace, output: Output) -> int:
    """Show every issue of every file; with ``--connection`` also those that the database reports."""
    logging.getLogger("sqlglot").setLevel(logging.ERROR)  # it logs warnings for what we report as issues
    folder = settings.catalogue_folder()
    catalogue = _catalogue()
    issues = [*validate_catalogue(catalogue), *stray_files(folder)]
    checked = _check_connections(options.connection, catalogue, issues) if options.connection else []
    issues = sort_by_location([*issues, *(issue for result in checked for issue in result.issues)])
    for issue in issues:
        output.line(_sentence(folder, issue))
    for result in checked:
        output.line(f"connection {result.connection}, {result.dialect}: {_describe_check(result)}")
    warnings = [issue for issue in issues if issue.level is Level.WARNING]
    found = f"{_count(errors(issues), 'error')}, {_count(warnings, 'warning')}"
    output.line(f"{_size(catalogue)}: {found}")
    output.json(
        {
            "folder": str(folder),
            "errors": len(errors(issues)),
            "warnings": len(warnings),
            "issues": [_document(issue) for issue in issues],
            "connections": [{**asdict(result), "issues": len(result.issues)} for result in checked],
        }
    )
    return 1 if errors(issues) else 0


def show_catalogue(options: argparse.Namespace, output: Output) -> int:
    """List every entry, one per line, or show the entries of a key with all details."""
    catalogue = _catalogue()
    if options.key is None:
        output.table(("KIND", "KEY", "TITLE", "OF", "REACHES"), list_rows(catalogue))
        output.json(list_document(catalogue))
        return _report_unread_files(catalogue, output)
    entries = find_entries(options.key, catalogue)
    for number, entry in enumerate(entries):
        output.text(("\n" if number else "") + entry_text(entry, catalogue))
    output.json([entry_document(entry, catalogue) for entry in entries])
    return 0


def docs(options: argparse.Namespace, output: Output) -> int:
    """Write a page of the whole catalogue, for people who choose what to export."""
    catalogue = _catalogue()
    blocks = catalogue_page(catalogue)
    text = html_page(TITLE, blocks) if options.html else markdown(blocks)
    if options.output is None:
        output.text(text)
    else:
        write(Path(options.output), text)
        output.line(f"{options.output}: {_size(catalogue)}")
    kind = "html" if options.html else "markdown"
    output.json({"format": kind, "file": options.output, "text": None if options.output else text})
    return _report_unread_files(catalogue, output)


def write(path: Path, text: str) -> None:
    """Write a page; raises ``UserError`` when the file cannot be written."""
    try:
        path.write_text(text, encoding="utf-8")
    except OSError as error:
        raise UserError(f"The file {path} cannot be written: {error.strerror}", "Choose another file") from error


def _report_unread_files(catalogue: Catalogue, output: Output) -> int:
    """Report how many files could not be read and are not shown; return 1 if there are any."""
    if not catalogue.issues:
        return 0
    unread = {split_location(issue)[0] for issue in catalogue.issues}
    output.line(
        f"Not shown: {_count(unread, 'file')} that cannot be read; run `export-jobs catalogue check` to see why."
    )
    return 1


def _check_connections(wanted: str, catalogue: Catalogue, issues: list[Issue]) -> list[ConnectionCheck]:
    from export_jobs.catalogue_check.check import catalogue_connections, check_connection  # noqa: PLC0415  with Airflow
    from export_jobs.orchestration.airflow.catalogue_session import open_catalogue_session  # noqa: PLC0415

    names = catalogue_connections(catalogue, None if wanted == ALL_CONNECTIONS else wanted)
    return [result for name in names for result in check_connection(name, catalogue, issues, open_catalogue_session)]


def _describe_check(one: ConnectionCheck) -> str:
    if not one.questions:
        return "nothing could be checked"
    types = "columns, types" if one.types_checked else "columns (no types)"
    return f"{_count([None] * one.questions, 'question')} about {types} and statements"


def _size(catalogue: Catalogue) -> str:
    return (
        f"{_count(catalogue.facts, 'fact')}, {_count(catalogue.kpis, 'KPI')}, "
        f"{_count(catalogue.dimensions, 'dimension')}"
    )


def _count(things: Collection[object], noun: str) -> str:
    return f"{len(things)} {noun}{'' if len(things) == 1 else 's'}"


def _catalogue() -> Catalogue:
    return load_configured_catalogue()


def _sentence(folder: Path, issue: Issue) -> str:
    """Format an issue with file and line first, because editors and terminals turn these into links."""
    file, line, key = split_location(issue)
    place = os.path.relpath(folder / file)
    where = f"{place}:{line}" if line else place
    return f"{where}: {issue.level}: {f'{key}: ' if key else ''}{issue.message}"


def _document(issue: Issue) -> dict[str, Any]:
    file, line, key = split_location(issue)
    return {
        "level": issue.level,
        "file": file,
        "line": line or None,
        "key": key or None,
        "what": issue.what,
        "remedy": issue.remedy,
    }
