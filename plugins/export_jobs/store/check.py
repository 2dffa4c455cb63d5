"""Check the whole store against the catalogue: every issue of every row."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace

from export_jobs.core.base.issue import Issue
from export_jobs.core.catalogue.catalogue import Catalogue
from export_jobs.core.validation.definitions import validate_destination, validate_key, validate_template
from export_jobs.store.definitions import Definitions


def check_store(definitions: Definitions, catalogue: Catalogue) -> list[Issue]:
    """Return all issues, with paths such as ``jobs[daily].schedule.until``; raise when the store cannot be read."""
    return list(_issues(definitions, catalogue))


def _issues(definitions: Definitions, catalogue: Catalogue) -> Iterator[Issue]:
    destinations = list(definitions.destinations())
    tags = [destination.tag for destination in destinations]
    for destination in destinations:
        yield from _at_path(f"destinations[{destination.tag}]", validate_destination(destination))
    for template in definitions.templates():
        yield from _at_path(f"templates[{template.name}]", validate_template(template, catalogue=catalogue))
    keys = {key.tag: key for key in definitions.receiver_keys()}
    for key in keys.values():
        yield from _at_path(f"keys[{key.tag}]", validate_key(key))
    for row in definitions.jobs():
        _, issues = row.check(catalogue=catalogue, destinations=tags, keys=keys)
        yield from _at_path(f"jobs[{row.name}]", issues)


def _at_path(path: str, issues: Iterable[Issue]) -> Iterator[Issue]:
    return (replace(issue, path=f"{path}.{issue.path}" if issue.path else path) for issue in issues)
