"""The pattern of an upload's temporary name, before it has its final name."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache
from string import Formatter

from export_jobs.core.definitions.destination import DEFAULT_TEMPORARY_NAME

MAX_LITERAL = 20
"""Characters outside the fields: with the longest name and attempt, a name is below the usual limit of 255 bytes."""
_FIELDS = {"name", "stem", "ending", "attempt"}
_LITERAL = re.compile(r"[A-Za-z0-9._~+-]*", re.ASCII)
_Part = tuple[str, str | None, str | None, str | None]
_ANY_ATTEMPT = "[A-Za-z0-9]{1,40}"
_OUR_ATTEMPT = "[0-9a-f]{32}"
"""The ids of attempts. A visible temporary file must differ from other files by more than letters and digits."""


def temporary_name_fault(pattern: str) -> str:
    """Return what is wrong with a pattern, "" if nothing is."""
    try:
        parts = list(Formatter().parse(pattern))
    except ValueError:
        return "a brace is not closed"
    return next((fault for is_so, fault in _faults(pattern, parts) if is_so), "")


def _faults(pattern: str, parts: list[_Part]) -> Iterator[tuple[bool, str]]:
    fields = [field for _, field, _, _ in parts if field is not None]
    literals = [text for text, _, _, _ in parts]
    yield (
        any(field not in _FIELDS or form or kind for _, field, form, kind in parts if field is not None),
        "its only fields are {name}, or {stem} and {ending}, and {attempt}",
    )
    yield (
        not all(_LITERAL.fullmatch(text) for text in literals),
        "outside its fields it can contain only letters, digits and . _ ~ + -",
    )
    yield sum(map(len, literals)) > MAX_LITERAL, f"it has more than {MAX_LITERAL} characters outside its fields"
    yield (
        fields.count("attempt") != 1,
        "it must contain {attempt} once, otherwise two attempts would write to the same file",
    )
    yield (
        fields.count("name") + fields.count("stem") != 1,
        "it must contain {name} or {stem} once, otherwise two files would share a name",
    )
    yield (
        re.search(r"\}(?=\{attempt\})|(?<=\{attempt\})\{(?!ending\})", pattern) is not None,
        "a dot or a hyphen is missing between {attempt} and the name",
    )


def render_temporary_name(pattern: str, final: str, attempt: str) -> str:
    """Return the name under which ``attempt`` uploads ``final``; the caller checks both."""
    stem, ending = _split(final)
    return pattern.format(name=final, stem=stem, ending=ending, attempt=attempt)


def is_temporary_name(pattern: str, final: str, name: str) -> bool:
    """Whether ``name`` is the temporary name of any attempt at ``final``, and no other file's name or temporary."""
    return _expression(pattern, final).fullmatch(name) is not None


@lru_cache(maxsize=256)
def _expression(pattern: str, final: str) -> re.Pattern[str]:
    stem, ending = _split(final)
    attempt = _ANY_ATTEMPT if pattern == DEFAULT_TEMPORARY_NAME else _OUR_ATTEMPT
    known = {"name": re.escape(final), "stem": re.escape(stem), "ending": re.escape(ending), "attempt": attempt}
    parts = Formatter().parse(pattern)
    return re.compile("".join(re.escape(text) + (known[field] if field else "") for text, field, _, _ in parts))


def _split(final: str) -> tuple[str, str]:
    """Split ``sales.csv.gz`` into ``sales.csv`` and ``.gz``: lists of allowed endings check the last one."""
    stem, dot, last = final.rpartition(".")
    return (stem, f".{last}") if dot and stem else (final, "")
