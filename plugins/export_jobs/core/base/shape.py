"""Parse raw YAML, JSON or a table row into a frozen value, and report every fault of its shape as an issue.

A broken part is reported and replaced by a placeholder, so that the rules can still validate the rest: a person sees
an unknown key and an unknown KPI at the same time. ``ParseResult.broken`` has the paths of the replaced parts; a rule
that reads one of them is skipped.
"""

from __future__ import annotations

from collections.abc import Mapping, MutableMapping, Sequence
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

from export_jobs.core.base.issue import Issue
from export_jobs.core.base.limits import MAX_ISSUES, size_issues
from export_jobs.core.base.shape_sentences import kind_of, shape_issue

Model = TypeVar("Model", bound=BaseModel)
Location = tuple[int | str, ...]

_MAX_ROUNDS = 12
_MAX_DEPTH = 8
_DATES = {"from", "until", "valid_from", "valid_until", "deliver_on"}
_DAY = "2000-01-01"
_SCHEDULE = {"frequency": "daily", "from": _DAY, "until": _DAY}
_STAND_IN: dict[str, object] = {
    **_SCHEDULE,
    "schedule": _SCHEDULE,
    "templates": (),
    "keys": (),
    "template_definitions": (),
    "kind": "standard",
    "job_id": 0,
    "version": 0,
}
_STAND_IN_ITEM: dict[str, object] = {
    "templates": {"template": "x"},
    "template_definitions": {"name": "x", "kind": "standard"},
    "filters": {"column": "x", "op": "is_null"},
}
_STAND_IN_TEXT = "x"


@dataclass(frozen=True)
class ParseResult(Generic[Model]):
    """What could be read. ``value`` is None only when nothing could; with ``issues`` it contains placeholders."""

    value: Model | None
    issues: tuple[Issue, ...] = ()
    broken: frozenset[str] = frozenset()


def parse_shape(model: type[Model], raw: object) -> ParseResult[Model]:
    """Read ``raw`` as ``model``. Paths of issues are relative to ``raw``, whose own path is empty."""
    if not isinstance(raw, Mapping):
        what = f"this is {kind_of(raw)}, not a mapping of keys to values"
        return ParseResult(None, (Issue("", what, "Write it as key: value lines"),))
    too_large = size_issues(raw)
    if too_large:
        return ParseResult(None, tuple(too_large), frozenset(issue.path for issue in too_large))
    data = _copy_containers(raw)
    found: dict[str, Issue] = {}
    _refuse_half_characters(data, (), found)
    _refuse_numbers_as_dates(data, (), found)
    for _ in range(_MAX_ROUNDS):
        try:
            value = model.model_validate(data)
        except ValidationError as error:
            details = error.errors(include_url=False)
            for detail in details[:MAX_ISSUES]:
                _replace_fault(data, detail, found, model)
            if len(details) > MAX_ISSUES:  # going on would check tens of thousands of wrong values again
                rest = Issue(
                    "", f"and {len(details) - MAX_ISSUES:,} more issues", "Correct those above, then try again"
                )
                return ParseResult(None, (*found.values(), rest), frozenset(found))
        else:
            return ParseResult(value, tuple(found.values()), frozenset(found))
    return ParseResult(None, tuple(found.values()), frozenset(found))


def format_location(location: Location) -> str:
    """Return a location as people write it: ``templates[0].subfolder``."""
    text = ""
    for part in location:
        text += f"[{part}]" if isinstance(part, int) else f".{part}" if text else part
    return text.encode("utf-8", "backslashreplace").decode()  # a lone surrogate cannot be sent back


def _replace_fault(data: dict[Any, Any], detail: ErrorDetails, found: dict[str, Issue], model: type[BaseModel]) -> None:
    """Report one fault, once, and remove its cause. A required value that was removed gets a placeholder."""
    location = detail["loc"]
    path = format_location(location)
    parent = _value_at(data, location[:-1])
    if not location or parent is None:
        found.setdefault(path, Issue(path, detail["msg"], "Correct it"))
        return
    key = location[-1]
    again = path in found
    if not again:
        found[path] = shape_issue(path, detail, model)
    if isinstance(parent, list) and isinstance(key, int):
        parent[key] = _STAND_IN_ITEM.get(str(location[-2]), _STAND_IN_TEXT)
    elif isinstance(parent, MutableMapping):
        if again or detail["type"] == "missing":
            parent[key] = _stand_in_operator(parent) if key == "op" else _STAND_IN.get(str(key), _STAND_IN_TEXT)
        else:
            parent.pop(key, None)


def _stand_in_operator(entry: Mapping[Any, Any]) -> str:
    """Return an operator that takes as many values as the filter has, so that the values are still validated."""
    return "in" if entry.get("values") else "is_null"


def _refuse_half_characters(data: Any, location: Location, found: dict[str, Issue]) -> None:
    """Refuse lone surrogates in texts and keys: one of them would prevent pydantic from checking anything else."""
    for key in list(data) if isinstance(data, dict) else range(len(data)) if isinstance(data, list) else ():
        here = (*location, key)
        if _is_half_character(key) or _is_half_character(data[key]):
            path = format_location(here)
            found[path] = Issue(path, "the text contains half of a character", "Type it again, without that character")
            if _is_half_character(key):
                del data[key]
            else:
                data[key] = _STAND_IN.get(str(key), _STAND_IN_TEXT)
        else:
            _refuse_half_characters(data[key], here, found)


def _is_half_character(value: object) -> bool:
    return isinstance(value, str) and any("\ud800" <= char <= "\udfff" for char in value)


def _refuse_numbers_as_dates(data: object, location: Location, found: dict[str, Issue]) -> None:
    """Refuse numbers where a date or time belongs: pydantic would take them for seconds since 1970 or midnight.

    A ``14`` that means two in the afternoon must not deliver the data that the warehouse has at midnight.
    """
    if isinstance(data, list):
        for index, item in enumerate(data):
            _refuse_numbers_as_dates(item, (*location, index), found)
    if not isinstance(data, dict):
        return
    for key, value in data.items():
        if key in _DATES and _is_number(value):
            path = format_location((*location, key))
            found[path] = Issue(path, f"{value!r} is a number, not a date", "Write a date as '2024-12-31'")
            data[key] = _DAY
        elif key == "deliver_at" and _is_number(value):
            path = format_location((*location, key))
            found[path] = Issue(path, f"{value!r} is a number, not a time of day", "Write a time of day as '02:00'")
            data[key] = "02:00"
        else:
            _refuse_numbers_as_dates(value, (*location, key), found)


def _is_number(value: object) -> bool:
    if isinstance(value, str):
        return value.strip().lstrip("+-").replace(".", "", 1).isdigit()
    return isinstance(value, int | float) and not isinstance(value, bool)


def _value_at(data: Any, location: Location) -> Any:
    for part in location:
        try:
            data = data[part]
        except (KeyError, IndexError, TypeError):
            return None
    return data


def _copy_containers(raw: object, depth: int = 0) -> Any:
    """Copy the containers, so that they can be changed, but share the values.

    No definition is as deep as the limit, so anything below it is wrong anyway and is reported where it begins.
    """
    if depth > _MAX_DEPTH:
        return None
    if isinstance(raw, Mapping):
        return {key: _copy_containers(value, depth + 1) for key, value in raw.items()}
    if isinstance(raw, Sequence) and not isinstance(raw, str | bytes | bytearray):
        return [_copy_containers(value, depth + 1) for value in raw]
    return raw
