"""Describe for people what a job chooses from its templates: one line for each key, long lists as a number."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from export_jobs.core.base.text import quote_value
from export_jobs.core.definitions.job import JobSpec

MAX_SHOWN_VALUES = 5
MAX_SHOWN_ENTRIES = 50


def choice_lines(job: JobSpec) -> Iterator[str]:
    """Yield columns, filters, audience and order of every template that has any."""
    for use in job.templates:
        chosen = use.model_dump(mode="json", by_alias=True, include={"columns", "filters", "order_by"})
        choices = {
            **{key: value_text(value) for key, value in chosen.items() if value},
            "audience": _audience(use.audience),
        }
        yield from (f"templates[{use.template}].{key}: {text}" for key, text in choices.items() if text)


def value_text(value: object) -> str:
    """Return a value of a definition in one line."""
    if isinstance(value, list):
        value = "; ".join(map(_entry, value)) if _has_filters(value) else ", ".join(map(_entry, value))
    return "(none)" if value is None or value == "" else str(value)


def change_text(before: object, after: object) -> str:
    """Return a value before and after. For long lists: the numbers of entries, and which were added and removed."""
    old, new = _as_list(before), _as_list(after)
    if not _is_long(old, new):
        return f"{value_text(before)} -> {value_text(after)}"
    return ", ".join([f"{len(old)} -> {len(new)} entries", *_differing(old, new)])


def texts_of_change(before: object, after: object) -> tuple[str, str]:
    """Return the value before and the value after separately; added and removed entries are in the latter."""
    old, new = _as_list(before), _as_list(after)
    if not _is_long(old, new):
        return value_text(before), value_text(after)
    return f"{len(old)} entries", ", ".join([f"{len(new)} entries", *_differing(old, new)])


def _is_long(old: list[Any], new: list[Any]) -> bool:
    return max(len(old), len(new)) > MAX_SHOWN_ENTRIES


def _differing(old: list[Any], new: list[Any]) -> list[str]:
    differing = (("added", _without(new, old)), ("removed", _without(old, new)))
    return [f"{word} {_first(entries)}" for word, entries in differing if entries] or ["in another order"]


def _audience(keys: Sequence[str]) -> str:
    return f"{len(keys)} customer{'s' * (len(keys) != 1)}: {_first(keys)}" if keys else ""


def _entry(entry: object) -> str:
    """Return a column with its heading, a filter, or a plain text."""
    if isinstance(entry, dict) and "op" in entry:
        return _filter(entry)
    if isinstance(entry, dict) and "column" in entry:
        return f"{_plain(entry['column'])} as {quote_value(entry['as'])}"
    return _plain(str(entry))


def _filter(one: dict[str, Any]) -> str:
    values = one["values"]
    text = f"{_plain(one['column'])} {one['op'].replace('_', ' ')}"
    if not values:
        return text
    return f"{text} {quote_value(values[0])}" if len(values) == 1 else f"{text} ({_first(values)})"


def _first(values: Sequence[object]) -> str:
    listed = ", ".join(quote_value(value) for value in values[:MAX_SHOWN_VALUES])
    return listed if len(values) <= MAX_SHOWN_VALUES else f"{listed} … ({len(values)} in all)"


def _without(entries: list[Any], others: list[Any]) -> list[Any]:
    known = set(map(str, others))
    return [entry for entry in entries if str(entry) not in known]


def _plain(text: str) -> str:
    return text if text.isprintable() else quote_value(text)


def _has_filters(entries: list[Any]) -> bool:
    return any(isinstance(entry, dict) and "op" in entry for entry in entries)


def _as_list(value: object) -> list[Any]:
    return value if isinstance(value, list) else []
