"""``catalogue check``, ``show`` and ``docs``: what can be exported, and whether its files hold.

Needs no store, and Airflow only for ``check --connection``.
"""

from __future__ import annotations

import argparse
import logging
import os
from collections import Counter
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any

from export_jobs import settings
from export_jobs.cli.output import Output
from export_jobs.core.catalogue import Catalogue
from export_jobs.core.catalogue_files import load_catalogue
from export_jobs.core.catalogue_rules.stray_files import stray_files
from export_jobs.core.catalogue_validation import in_order, parts_of, validate_catalogue
from export_jobs.core.issue import Issue, Level, errors

if TYPE_CHECKING:
    from export_jobs.orchestration.catalogue_check import Checked

ALL_CONNECTIONS = "all"


def check(options: argparse.Namespace, output: Output) -> int:
    """Every issue of every file; with ``--connection`` also what the database says."""
    logging.getLogger("sqlglot").setLevel(logging.ERROR)  # it warns of what becomes an issue of ours
    folder = settings.catalogue_folder()
    catalogue = _catalogue()
    issues = [*validate_catalogue(catalogue), *stray_files(folder)]
    checked = _checked(options.connection, catalogue, issues) if options.connection else []
    issues = in_order([*issues, *(issue for one in checked for issue in one.issues)])
    for issue in issues:
        output.line(_sentence(folder, issue))
    for one in checked:
        types = "columns, types" if one.types_checked else "columns (no types)"
        output.line(f"connection {one.connection}, {one.dialect}: {one.asked} questions about {types} and statements")
    counted = Counter(issue.level for issue in issues)
    output.line(
        f"{len(catalogue.facts)} facts, {len(catalogue.kpis)} KPIs, {len(catalogue.dimensions)} dimensions: "
        f"{counted[Level.ERROR]} errors, {counted[Level.WARNING]} warnings"
    )
    output.json(
        {
            "folder": str(folder),
            "errors": counted[Level.ERROR],
            "warnings": counted[Level.WARNING],
            "issues": [_document(issue) for issue in issues],
            "connections": [{**asdict(one), "issues": len(one.issues)} for one in checked],
        }
    )
    return 1 if errors(issues) else 0


def _checked(wanted: str, catalogue: Catalogue, issues: list[Issue]) -> list[Checked]:
    from export_jobs.orchestration import catalogue_check  # noqa: PLC0415  loads Airflow

    names = catalogue_check.connections_of(catalogue, None if wanted == ALL_CONNECTIONS else wanted)
    statements = settings.statements_folder()
    return [one for name in names for one in catalogue_check.check_connection(name, catalogue, issues, statements)]


def _catalogue() -> Catalogue:
    return load_catalogue(settings.catalogue_folder(), settings.catalogue_variables())


def _sentence(folder: Path, issue: Issue) -> str:
    """File and line first, as editors and terminals make links of them."""
    file, line, key = parts_of(issue)
    place = os.path.relpath(folder / file)
    where = f"{place}:{line}" if line else place
    return f"{where}: {issue.level}: {f'{key}: ' if key else ''}{issue.what}. {issue.remedy}."


def _document(issue: Issue) -> dict[str, Any]:
    file, line, key = parts_of(issue)
    return {
        "level": issue.level,
        "file": file,
        "line": line or None,
        "key": key or None,
        "what": issue.what,
        "remedy": issue.remedy,
    }
