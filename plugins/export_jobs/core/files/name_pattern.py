"""A job's own names for its files: plain text with fields in braces, from a closed list.

``{job}``, ``{template}`` and ``{window}`` stand as they are; ``{window_start}`` and ``{window_end}`` are the first and
the last day of data and take a format of digits, such as ``{window_start:%Y%m%d}``; so does ``{run_date}``, the day on
which the run first began, in the job's zone. ``{part}`` is the number of a part, such as ``0001``. Nothing is
evaluated: a field is looked up in :data:`FIELDS`, a format is a sequence of the directives of :data:`DIRECTIVES` and
plain characters.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from itertools import takewhile
from zoneinfo import ZoneInfo

from export_jobs.core.base.issue import Issue
from export_jobs.core.base.text import quote_value
from export_jobs.core.files.names import window_stem
from export_jobs.core.windows.window import Window

FIELDS = ("job", "template", "window", "window_start", "window_end", "run_date", "part")
DIRECTIVES = "YymdjGV"
"""What a format of a day may hold after ``%``: digits only, so that no locale has a say in a name."""
MAX_PATTERN = 200
MAX_FILE_NAME_BYTES = 200
"""With the temporary name that an upload has, this stays below the 255 bytes that file systems allow."""
ISO_DAY = "%Y-%m-%d"
_DAYS = {"window_start", "window_end", "run_date"}
_PLAIN = re.compile(r"[-A-Za-z0-9 ._+=,@()&]*", re.ASCII)
_PART = re.compile(r"\{([^{}]*)\}|([^{}]+)|([{}])")
_REMEDY = "Use letters, digits and - . _ + = , @ ( ) & and the fields {" + "}, {".join(FIELDS) + "}"


@dataclass(frozen=True)
class NameValues:
    """What the fields of a pattern stand for. ``template`` is empty in the name of a file of the whole run.

    ``part``: the number of a part, as it is written.
    """

    job: str
    template: str
    window: Window
    time_zone: str
    run_began: datetime
    part: str = ""


@dataclass(frozen=True)
class NamePattern:
    """Pairs of a field and its format; plain text is a pair with no field."""

    parts: tuple[tuple[str, str], ...]

    @property
    def fields(self) -> frozenset[str]:
        """The fields that occur."""
        return frozenset(field for field, _ in self.parts if field)

    @property
    def names_each_window(self) -> bool:
        """Whether no two windows of a schedule can have one name: the window is in it, or one of its days in full."""
        return any(
            field == "window" or (field in {"window_start", "window_end"} and _is_whole_date(form))
            for field, form in self.parts
        )

    def beginning(self, job: str, template: str) -> str:
        """What every name begins with, up to the first field that differs between windows or runs."""
        known = {"": None, "job": job, "template": template}
        fixed = takewhile(lambda part: part[0] in known, self.parts)
        return "".join(known[field] or text for field, text in fixed)

    def render(self, values: NameValues) -> str:
        """The name."""
        return "".join(_part_text(field, text, values) for field, text in self.parts)


def name_pattern_issues(path: str, text: str) -> Iterator[Issue]:
    """Why ``text`` is not a pattern; every reason that can be told apart."""
    if not text or len(text) > MAX_PATTERN:
        yield Issue(path, f"a name of {len(text)} characters is not possible", f"Use 1 to {MAX_PATTERN} characters")
        return
    if not re.match(r"[A-Za-z0-9{]", text) or text[-1] in " .":
        what = f"{quote_value(text)} does not begin with a letter, a digit or a field, or ends with a space or a dot"
        yield Issue(path, what, "Hidden, unfinished and cut names look so; begin and end it otherwise")
    for field, plain, brace in _PART.findall(text):
        if brace:
            yield Issue(path, f"{quote_value(text)} holds a single {brace}", "Close each { with a }, around one field")
        elif plain and not _PLAIN.fullmatch(plain):
            odd = next(char for char in plain if not _PLAIN.fullmatch(char))
            yield Issue(path, f"{quote_value(text)} holds {quote_value(odd)}", _REMEDY)
        elif not plain:
            yield from _field_issues(path, field)


def parse_name_pattern(text: str) -> NamePattern:
    """The pattern of a text that :func:`name_pattern_issues` finds nothing in; raises ``ValueError`` for any other."""
    return _parse(text)


@lru_cache(maxsize=4096)
def _parse(text: str) -> NamePattern:
    if next(name_pattern_issues("", text), None):
        raise ValueError(f"{text!r} is no pattern of a name")
    parts = []
    for field, plain, _ in _PART.findall(text):
        name, _, form = field.partition(":")
        parts.append(("", plain) if plain else (name, form or ISO_DAY))
    return NamePattern(tuple(parts))


def _field_issues(path: str, field: str) -> Iterator[Issue]:
    name, colon, form = field.partition(":")
    if name not in FIELDS:
        yield Issue(path, f"there is no field {quote_value(name)}", _REMEDY)
    elif colon and name not in _DAYS:
        yield Issue(path, f"the field {name} takes no format", f"Write {{{name}}}")
    elif colon and not _is_day_format(form):
        what = f"{quote_value(form)} is not a format of a day in digits"
        yield Issue(path, what, "Use %Y %y %m %d %j %G %V with - . _ between them, such as %Y%m%d")


def _is_day_format(form: str) -> bool:
    directives = re.findall(r"%(.?)", form)
    rest = re.sub(r"%.", "", form)
    return bool(directives) and all(d in DIRECTIVES for d in directives) and bool(re.fullmatch(r"[-._]*", rest))


def _is_whole_date(form: str) -> bool:
    found = set(re.findall(r"%(.)", form))
    return bool(found & {"Y", "y"}) and ({"m", "d"} <= found or "j" in found)


def _part_text(field: str, text: str, values: NameValues) -> str:
    first, last = values.window.days(values.time_zone)
    began = values.run_began.astimezone(ZoneInfo(values.time_zone)).date()
    days = {"window_start": first, "window_end": last, "run_date": began}
    if field in days:
        return days[field].strftime(text)
    plain = {"": text, "job": values.job, "template": values.template, "part": values.part}
    return plain[field] if field in plain else window_stem(values.window, values.time_zone)
