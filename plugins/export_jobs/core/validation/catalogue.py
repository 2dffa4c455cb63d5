"""Validate a catalogue and return every issue with file and line; no database is queried."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from export_jobs.core.base.issue import Issue
from export_jobs.core.catalogue.catalogue import Catalogue, Dimension, Fact, Kpi, Table
from export_jobs.core.validation.catalogue_rules.dimensions import DIMENSION_RULES
from export_jobs.core.validation.catalogue_rules.facts import FACT_RULES
from export_jobs.core.validation.catalogue_rules.kpis import KPI_RULES
from export_jobs.core.validation.catalogue_rules.names import KEY_RULES, TABLE_NAME_RULES, duplicate_key_issues
from export_jobs.core.validation.catalogue_rules.place import locate_issue
from export_jobs.core.validation.catalogue_rules.tables import TABLE_RULES
from export_jobs.core.validation.rule import RuleContext


def validate_catalogue(catalogue: Catalogue) -> list[Issue]:
    """Return what the loader and every rule have found, by file and line."""
    context = RuleContext(catalogue)
    issues = list(catalogue.issues)
    entries: list[Table | Kpi] = [
        *catalogue.facts.values(),
        *catalogue.kpis.values(),
        *catalogue.dimensions.values(),
    ]
    for entry in entries:
        issues += [locate_issue(entry, issue) for issue in _entry_issues(entry, context)]
    issues += [locate_issue(entry, issue) for entry, issue in duplicate_key_issues(catalogue)]
    return sort_by_location(issues)


def sort_by_location(issues: Iterable[Issue]) -> list[Issue]:
    """Sort issues by file and line, the order in which people correct them, and remove duplicates."""
    return sorted(dict.fromkeys(issues), key=lambda issue: split_location(issue)[:2])


def split_location(issue: Issue) -> tuple[str, int, str]:
    """Return file, line and key of the header from an issue's path; line 0 and an empty key where there are none."""
    file, _, rest = issue.path.partition(":")
    line, _, key = rest.partition(":")
    return file, int(line) if line.isdecimal() else 0, key.strip()


def _entry_issues(entry: Table | Kpi, context: RuleContext) -> Iterator[Issue]:
    yield from KEY_RULES.issues(entry, context)
    if isinstance(entry, Kpi):
        yield from KPI_RULES.issues(entry, context)
        return
    yield from TABLE_NAME_RULES.issues(entry, context)
    yield from TABLE_RULES.issues(entry, context)
    if isinstance(entry, Fact):
        yield from FACT_RULES.issues(entry, context)
    if isinstance(entry, Dimension):
        yield from DIMENSION_RULES.issues(entry, context)
