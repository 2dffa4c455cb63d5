"""Plan changes: compare definitions with the stored ones, field by field, with the next windows before and after.

Pure, so that the command line, the page and tests see the same plan before anything is saved.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from enum import StrEnum
from itertools import islice
from typing import Any

from pydantic import BaseModel

from export_jobs.core.definitions.job import DefinitionFile, DestinationSpec, ExportJob, JobSpec, Schedule, Template
from export_jobs.core.definitions.key import KeySpec, ReceiverKey
from export_jobs.core.windows.window import ScheduledWindow, scheduled_windows

PREVIEWED_WINDOWS = 3


class Action(StrEnum):
    """What happens to one definition when the plan is applied."""

    CREATE = "create"
    UPDATE = "update"
    UNCHANGED = "unchanged"
    REFUSED = "refused"


@dataclass(frozen=True)
class FieldChange:
    """One field, by its path as in the YAML; a missing value is None."""

    path: str
    before: object
    after: object


@dataclass(frozen=True)
class Change:
    """One definition: ``noun`` is ``job``, ``template``, ``key`` or ``destination``. ``reason`` says why it is refused.

    ``windows_before`` and ``windows_after`` are the next windows of a job whose schedule changes; a new one has the
    latter only.
    """

    action: Action
    noun: str
    name: str
    fields: tuple[FieldChange, ...] = ()
    reason: str = ""
    windows_before: tuple[ScheduledWindow, ...] = ()
    windows_after: tuple[ScheduledWindow, ...] = ()


@dataclass(frozen=True)
class StoredDefinitions:
    """The definitions in the store, by name. A value None in ``jobs``: a row that cannot be read as a job.

    ``last_window_end``: the end of the last window of a job that had a run.
    """

    jobs: Mapping[str, ExportJob | None] = field(default_factory=dict)
    templates: Mapping[str, Template] = field(default_factory=dict)
    destinations: Mapping[str, DestinationSpec] = field(default_factory=dict)
    last_window_end: Mapping[str, datetime] = field(default_factory=dict)
    keys: Mapping[str, ReceiverKey] = field(default_factory=dict)


def plan_changes(file: DefinitionFile, stored: StoredDefinitions) -> Iterator[Change]:
    """Yield what applying ``file`` would change, in the necessary order."""
    for destination in file.destinations:
        yield _definition_change("destination", destination.tag, stored.destinations.get(destination.tag), destination)
    for key in file.keys:
        yield _key_change(key, stored.keys.get(key.tag))
    for template in file.templates:
        yield _template_change(template, stored.templates.get(template.name))
    for job in file.jobs:
        yield _job_change(job, stored)


def differences(before: BaseModel | None, after: BaseModel) -> tuple[FieldChange, ...]:
    """Return the fields in which two definitions differ; lists are compared as a whole."""
    old, new = _flatten(before), _flatten(after)
    paths = dict.fromkeys([*old, *new])
    return tuple(FieldChange(path, old.get(path), new.get(path)) for path in paths if old.get(path) != new.get(path))


def spec_of(job: JobSpec) -> JobSpec:
    """Return a job as a person writes it: without the fields that the store sets."""
    values = {name: getattr(job, name) for name in JobSpec.model_fields}
    return JobSpec.model_construct(**{**values, "schedule": job.schedule.model_copy(update={"anchor": None})})


def next_windows(
    schedule: Schedule, last_window_end: datetime | None, count: int = PREVIEWED_WINDOWS
) -> list[ScheduledWindow]:
    """Return the next windows after the one that ended at ``last_window_end``."""
    return list(islice(scheduled_windows(schedule, last_window_end), count))


def _definition_change(noun: str, name: str, before: BaseModel | None, after: BaseModel) -> Change:
    fields = differences(before, after)
    if before is None:
        return Change(Action.CREATE, noun, name, fields)
    return Change(Action.UPDATE if fields else Action.UNCHANGED, noun, name, fields)


def _key_change(key: KeySpec, before: ReceiverKey | None) -> Change:
    """Compare keys. The text is shown only as its length, because people compare the fingerprint."""
    change = _definition_change("key", key.tag, before, key)
    fields = tuple(
        replace(part, before=_text_length(part.before), after=_text_length(part.after))
        if part.path == "public_key"
        else part
        for part in change.fields
    )
    change = replace(change, fields=fields)
    if before is None or not isinstance(key, ReceiverKey) or before.fingerprint == key.fingerprint:
        return change
    reason = (
        f"this tag is for the key {before.fingerprint}, which a person has confirmed, but the text contains "
        f"{key.fingerprint}; another key needs its own tag"
    )
    return replace(change, action=Action.REFUSED, reason=reason)


def _text_length(text: object) -> object:
    return f"a key of {len(text)} characters" if isinstance(text, str) else text


def _template_change(template: Template, before: Template | None) -> Change:
    change = _definition_change("template", template.name, before, template)
    if change.action is not Action.UPDATE:
        return change
    reason = "a template cannot be edited once created, because files of one name would then differ in content"
    return Change(Action.REFUSED, "template", template.name, change.fields, f"{reason}; give it a new name")


def _job_change(job: JobSpec, stored: StoredDefinitions) -> Change:
    before = stored.jobs.get(job.name)
    if before is None and job.name in stored.jobs:
        reason = "its row in the store cannot be read; correct the row, or delete the job and apply again"
        return Change(Action.REFUSED, "job", job.name, reason=reason)
    change = _definition_change("job", job.name, spec_of(before) if before else None, job)
    if before is None:
        return replace(change, windows_after=tuple(next_windows(job.schedule, None)))
    if not any(field_change.path.startswith("schedule.") for field_change in change.fields):
        return change
    last_window_end = stored.last_window_end.get(job.name)
    anchored = job.schedule.model_copy(update={"anchor": last_window_end or before.schedule.anchor})
    return replace(
        change,
        windows_before=tuple(next_windows(before.schedule, last_window_end)),
        windows_after=tuple(next_windows(anchored, last_window_end)),
    )


def _flatten(model: BaseModel | None) -> dict[str, Any]:
    """Return values by path, including defaults, so that adding a default is not a change."""
    if model is None:
        return {}
    flat: dict[str, Any] = {}
    for key, value in model.model_dump(mode="json", by_alias=True).items():
        if isinstance(value, dict):
            flat.update({f"{key}.{inner}": part for inner, part in value.items()})
        elif key == "templates":
            flat.update(_flatten_uses(value))
        else:
            flat[key] = value
    return flat


def _flatten_uses(uses: list[dict[str, Any]]) -> dict[str, Any]:
    """Return the names of a job's templates and what it chooses from each; empty values count as missing."""
    flat: dict[str, Any] = {"templates": [use["template"] for use in uses]}
    for use in uses:
        chosen = {key: value for key, value in use.items() if key != "template" and value}
        flat.update({f"templates[{use['template']}].{key}": value for key, value in chosen.items()})
    return flat
