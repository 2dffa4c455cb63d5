"""Write definitions as YAML text that ``export-jobs apply`` accepts and finds unchanged."""

from __future__ import annotations

from typing import Any

import yaml
from pydantic import BaseModel

from export_jobs.core.definitions.job import DefinitionFile, Schedule

_SET_BY_STORE = {"anchor"}
_RARE_LINE_ENDS = frozenset("\x85\u2028\u2029")


class _Dumper(yaml.SafeDumper):
    """Escapes rare line ends: PyYAML writes them as they are, and reads a different character back."""

    def represent_str(self, data: str) -> yaml.ScalarNode:
        style = '"' if _RARE_LINE_ENDS.intersection(data) else None
        return self.represent_scalar("tag:yaml.org,2002:str", data, style)


_Dumper.add_representer(str, _Dumper.represent_str)


def yaml_text(file: DefinitionFile, *, max_values: int | None = None) -> str:
    """Return the file as text. Keys with their default value are left out; the order of the file is kept.

    With ``max_values``, an audience or a filter with more values is written only as their number. ``apply`` refuses
    that text: a job without its values would export too much.
    """
    sections = {name: [_plain_data(entry) for entry in getattr(file, name)] for name in DefinitionFile.model_fields}
    if max_values is not None:
        for use in (use for job in sections["jobs"] for use in job.get("templates", ())):
            _shorten(use, "audience", max_values)
            for job_filter in use.get("filters", ()):
                _shorten(job_filter, "values", max_values)
    filled = {name: entries for name, entries in sections.items() if entries}
    return str(yaml.dump(filled, Dumper=_Dumper, sort_keys=False, allow_unicode=True, width=120))


def _plain_data(entry: BaseModel) -> dict[str, Any]:
    data: dict[str, Any] = entry.model_dump(mode="json", by_alias=True, exclude_defaults=True)
    schedule = getattr(entry, "schedule", None)
    if isinstance(schedule, Schedule):
        data["schedule"] = _schedule_data(schedule)
    return data


def _shorten(entry: dict[str, Any], key: str, longest: int) -> None:
    count = len(entry.get(key, ()))
    if count > longest:
        entry[key] = {"left_out": count}


def _schedule_data(schedule: Schedule) -> dict[str, Any]:
    """Return days as YAML dates, without quotes, and the delivery time as people write it, without zero seconds."""
    data: dict[str, Any] = schedule.model_dump(mode="json", by_alias=True, exclude_defaults=True, exclude=_SET_BY_STORE)
    data["from"], data["until"] = schedule.valid_from, schedule.valid_until
    if schedule.deliver_on:
        data["deliver_on"] = schedule.deliver_on
    if "deliver_at" in data:
        data["deliver_at"] = schedule.deliver_at.isoformat("auto").removesuffix(":00")
    return data
