"""Definitions -> YAML text that ``export-jobs apply`` accepts and finds unchanged."""

from __future__ import annotations

from typing import Any

import yaml
from pydantic import BaseModel

from export_jobs.core.job import DefinitionFile, Schedule

_KEPT_BY_STORE = {"anchor"}


def yaml_text(file: DefinitionFile) -> str:
    """The file as text. Keys with their default value are left out; the order of the file is kept."""
    sections = {name: [_plain(entry) for entry in getattr(file, name)] for name in DefinitionFile.model_fields}
    held = {name: entries for name, entries in sections.items() if entries}
    return str(yaml.safe_dump(held, sort_keys=False, allow_unicode=True, width=120))


def _plain(entry: BaseModel) -> dict[str, Any]:
    data: dict[str, Any] = entry.model_dump(mode="json", by_alias=True, exclude_defaults=True)
    schedule = getattr(entry, "schedule", None)
    if isinstance(schedule, Schedule):
        data["schedule"] = _schedule(schedule)
    return data


def _schedule(schedule: Schedule) -> dict[str, Any]:
    """Days as YAML dates, without quotes; the delivery time as people write it, without seconds of zero."""
    data: dict[str, Any] = schedule.model_dump(
        mode="json", by_alias=True, exclude_defaults=True, exclude=_KEPT_BY_STORE
    )
    data["from"], data["until"] = schedule.valid_from, schedule.valid_until
    if schedule.deliver_on:
        data["deliver_on"] = schedule.deliver_on
    if "deliver_at" in data:
        data["deliver_at"] = schedule.deliver_at.isoformat("auto").removesuffix(":00")
    return data
