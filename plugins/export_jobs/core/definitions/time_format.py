"""Patterns for days and times, such as ``%d.%m.%Y %H:%M``, from a closed list of directives that produce digits.

Every value of a column has the same shape: all parts are padded with zeros, ``%f`` is always six digits, and an
offset is always hours and minutes. Nothing is evaluated, and the locale has no effect.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from functools import lru_cache

from export_jobs.core.base.issue import Issue
from export_jobs.core.base.text import quote_value

MAX_TIME_FORMAT = 60
OFFSETS = ("%z", "%:z")
_DAY = ("%Y", "%y", "%m", "%d")
_CLOCK = ("%H", "%M", "%S", "%L", "%f")
TIME_DIRECTIVES: Mapping[str, tuple[str, ...]] = {
    "date_format": _DAY,
    "timestamp_format": (*_DAY, *_CLOCK),
    "timestamptz_format": (*_DAY, *_CLOCK, *OFFSETS),
}
"""By the key of a definition. ``%L``: milliseconds, cut; ``%f``: microseconds; ``%z``: +0100; ``%:z``: +01:00."""
_WIDTHS = {"%Y": 4, "%L": 3, "%f": 6, "%z": 5, "%:z": 6}
_PART = re.compile(r"(%:?.?)|([^%]+)", re.DOTALL)
_PLAIN = re.compile(r"[-./:, _T]+", re.ASCII)

TimeParts = tuple[tuple[str, str], ...]
"""Pairs of a directive and plain text, of which one is empty."""


def time_format_issues(path: str, key: str, text: str) -> Iterator[Issue]:
    """Yield the first reason why ``text`` is not a pattern for ``key``."""
    allowed = TIME_DIRECTIVES[key]
    remedy = f"Use {' '.join(allowed)} with - . / : , _ T or blanks between them, such as {_EXAMPLES[key]}"
    found = _PART.findall(text)
    odd = next((directive for directive, plain in found if not plain and directive not in allowed), None)
    odd = odd or next((plain for _, plain in found if plain and not _PLAIN.fullmatch(plain)), None)
    if odd is not None:
        yield Issue(path, f"{quote_value(text)} contains {quote_value(odd)}", remedy)
    elif len(text) > MAX_TIME_FORMAT or not any(directive for directive, _ in found):
        yield Issue(
            path,
            f"{quote_value(text)} contains no part of a time, or has more than {MAX_TIME_FORMAT} characters",
            remedy,
        )


@lru_cache(maxsize=512)
def time_parts(text: str) -> TimeParts:
    """Return the parts of a pattern. Raises ``ValueError`` where :func:`time_format_issues` finds anything."""
    if next(time_format_issues("", "timestamptz_format", text), None):
        raise ValueError(f"{text!r} is not a time format")
    return tuple(_PART.findall(text))


def shown_width(text: str) -> int:
    """Return the number of characters of a time with a four-digit year in this pattern."""
    return sum(_WIDTHS.get(part, 2) if part else len(plain) for part, plain in time_parts(text))


def has_offset(text: str) -> bool:
    """Whether the pattern shows the offset from UTC."""
    return any(directive in OFFSETS for directive, _ in time_parts(text))


_EXAMPLES = {
    "date_format": "%d.%m.%Y",
    "timestamp_format": "%Y-%m-%d %H:%M:%S",
    "timestamptz_format": "%Y-%m-%dT%H:%M:%S.%L%:z",
}
