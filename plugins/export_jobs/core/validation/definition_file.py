"""Validate a whole definition file together with the store: every issue of every entry at the same time."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any, TypeVar

from pydantic import BaseModel

from export_jobs.core.base.issue import Issue, errors
from export_jobs.core.base.shape import ParseResult, parse_shape
from export_jobs.core.base.shape_sentences import kind_of
from export_jobs.core.base.text import quote_value, suggest
from export_jobs.core.catalogue.catalogue import Catalogue
from export_jobs.core.definitions.job import DefinitionFile, DestinationSpec, Template
from export_jobs.core.definitions.key import KeySpec, PublicKey, ReceiverKey
from export_jobs.core.validation.definitions import (
    destination_issues,
    job_issues,
    key_issues,
    read_job_spec,
    template_issues,
)
from export_jobs.core.validation.rule import RuleContext
from export_jobs.core.validation.rules.encryption import public_key_issues
from export_jobs.errors import ExportError

Definition = TypeVar("Definition", bound=BaseModel)
KeyReader = Callable[[str], PublicKey]
"""Read the text of a public key with gpg; raises ``ExportError`` for a text that gpg cannot read."""
_SECTIONS = ("destinations", "keys", "templates", "jobs")


@dataclass(frozen=True)
class StoredReferences:
    """Definitions in the store: a job of the file may use a template, destination or key of the store."""

    templates: Mapping[str, Template] = field(default_factory=dict)
    destinations: Collection[str] = ()
    jobs: Collection[str] = ()
    keys: Mapping[str, ReceiverKey] = field(default_factory=dict)


def check_file(
    raw: object,
    *,
    catalogue: Catalogue,
    stored: StoredReferences,
    now: datetime | None = None,
    read_key: KeyReader | None = None,
) -> tuple[DefinitionFile | None, list[Issue]]:
    """Check a file's destinations, keys, templates and jobs; the value is None when there is any error.

    With ``read_key`` each key of the value is a ``ReceiverKey``; without it, only the shape of its text is checked.

    ``now`` is used to check new jobs; a job whose name is in the store is not new.
    """
    if not isinstance(raw, Mapping):
        what = f"this is {kind_of(raw)}, not a mapping of keys to values"
        return None, [Issue("file", what, f"Start it with {', '.join(_SECTIONS)}")]
    issues = [
        Issue(str(key), f"there is no key {quote_value(key)} here", suggest(str(key), _SECTIONS, none="Remove it"))
        for key in raw
        if key not in _SECTIONS
    ]
    destinations = _read_section(raw, "destinations", lambda entry: parse_shape(DestinationSpec, entry), issues)
    keys = _read_section(raw, "keys", lambda entry: parse_shape(KeySpec, entry), issues)
    templates = _read_section(raw, "templates", lambda entry: parse_shape(Template, entry), issues)
    jobs = _read_section(raw, "jobs", read_job_spec, issues)
    receivers = dict(_read_keys(keys, read_key, now, issues))
    context = replace(
        _rule_context(catalogue, stored, templates, destinations),
        keys={**stored.keys, **{key.tag: key if isinstance(key, ReceiverKey) else None for key in receivers.values()}},
    )
    for path, destination in destinations.items():
        issues += _prefix_paths(path, destination_issues(destination))
    for path, template in templates.items():
        issues += _prefix_paths(path, template_issues(template, context))
    for path, job in jobs.items():
        is_new = job.value is not None and job.value.name not in stored.jobs
        issues += _prefix_paths(path, job_issues(job, replace(context, now=now if is_new else None)))
    issues += _duplicate_issues(destinations, "tag", stored.destinations)
    issues += _duplicate_issues(keys, "tag", stored.keys)
    issues += _duplicate_issues(templates, "name", stored.templates)
    issues += _duplicate_issues(jobs, "name", stored.jobs)
    if errors(issues):
        return None, issues
    return DefinitionFile(
        destinations=tuple(_values(destinations)),
        keys=tuple(receivers.values()),
        templates=tuple(_values(templates)),
        jobs=tuple(_values(jobs)),
    ), issues


def _read_keys(
    parsed_entries: Mapping[str, ParseResult[KeySpec]],
    read_key: KeyReader | None,
    now: datetime | None,
    issues: list[Issue],
) -> Iterator[tuple[str, KeySpec]]:
    """Yield each key with what gpg reads; faults go to ``issues``. gpg gets only texts that are one public key."""
    for path, parsed in parsed_entries.items():
        found = key_issues(parsed)
        issues += _prefix_paths(path, found)
        if parsed.value is None:
            continue
        if read_key is None or found or parsed.broken:
            yield path, parsed.value
            continue
        try:
            public_key = read_key(parsed.value.public_key)
        except ExportError as error:
            what = error.what[0].lower() + error.what[1:]
            issues += _prefix_paths(path, [Issue("public_key", what, error.remedy)])
            yield path, parsed.value
        else:
            issues += _prefix_paths(path, public_key_issues(public_key, now))
            yield path, ReceiverKey.of(parsed.value, public_key)


def _read_section(
    raw: Mapping[Any, Any], key: str, reader: Callable[[object], ParseResult[Definition]], issues: list[Issue]
) -> dict[str, ParseResult[Definition]]:
    """Return the entries of one list of the file, by path; faults of shape go to ``issues``."""
    entries = raw.get(key, ())
    if not isinstance(entries, list | tuple):
        issues.append(Issue(key, f"this is {kind_of(entries)}, not a list", "Start each entry with a dash"))
        return {}
    parsed_entries = {f"{key}[{index}]": reader(entry) for index, entry in enumerate(entries)}
    for path, parsed in parsed_entries.items():
        issues += _prefix_paths(path, parsed.issues)
    return parsed_entries


def _rule_context(
    catalogue: Catalogue,
    stored: StoredReferences,
    templates: Mapping[str, ParseResult[Template]],
    destinations: Mapping[str, ParseResult[DestinationSpec]],
) -> RuleContext:
    named = {r.value.name: r for r in templates.values() if r.value and "name" not in r.broken}
    readable = {name: r.value for name, r in named.items() if r.value and not r.broken}
    new = {r.value.tag: r.value for r in destinations.values() if r.value and "tag" not in r.broken}
    known = stored.destinations or {}
    return RuleContext(
        catalogue=catalogue,
        templates={**stored.templates, **readable},
        destinations={**known, **new} if isinstance(known, Mapping) else [*known, *new],
        checked_elsewhere=frozenset(named),
        unreadable=named.keys() - readable.keys(),
    )


def _duplicate_issues(
    parsed_entries: Mapping[str, ParseResult[Definition]], key: str, stored: Iterable[str]
) -> Iterator[Issue]:
    """Yield names that are equal or differ only in capitals: many file systems treat them as the same file."""
    there = {name.lower(): name for name in stored}
    seen: dict[str, str] = {}
    for path, parsed in parsed_entries.items():
        if parsed.value is None or key in parsed.broken:
            continue
        name: str = getattr(parsed.value, key)
        twin = there.get(name.lower(), name)
        if name.lower() in seen:
            what = f"the {key} {quote_value(name)} is already used by {seen[name.lower()]}"
            yield Issue(f"{path}.{key}", what, f"Give it another {key}")
        elif twin != name:
            what = f"the {key} {quote_value(name)} differs from the stored {quote_value(twin)} in capitals only"
            yield Issue(f"{path}.{key}", what, f"Write {twin!r} to mean that one, or choose another {key}")
        seen.setdefault(name.lower(), path)


def _prefix_paths(path: str, issues: Iterable[Issue]) -> list[Issue]:
    """Return issues of an entry with paths relative to the file."""
    return [replace(issue, path=f"{path}.{issue.path}" if issue.path else path) for issue in issues]


def _values(parsed_entries: Mapping[str, ParseResult[Definition]]) -> Iterator[Definition]:
    return (parsed.value for parsed in parsed_entries.values() if parsed.value is not None)
