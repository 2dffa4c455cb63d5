"""A job's own names for its files: plain text with fields in braces, from a closed list.

``{job}``, ``{template}`` and ``{window}`` have no format. ``{window_start}`` and ``{window_end}`` are the first and
the last day of data and take a format of digits, such as ``{window_start:%Y%m%d}``. So does ``{run_date}``, the day on
which the run first began, in the job's zone. ``{part}`` is the number of a part, such as ``0001``. ``{sequence}`` and
``{revision}`` are numbers that the ledger gives; ``{sequence:04}`` has at least four digits. Nothing is evaluated: a
field is looked up in :data:`FIELDS`, a format of a day is a sequence of the directives of :data:`DIRECTIVES` and plain
characters.
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
from export_jobs.core.files.open_number import ANY_NUMBER
from export_jobs.core.windows.window import Window

FIELDS = ("job", "template", "window", "window_start", "window_end", "run_date", "part", "revision", "sequence")
DIRECTIVES = "YymdjGV"
"""Directives of a day format, after ``%``: they produce only digits, so that names do not depend on the locale."""
MAX_PATTERN = 200
MAX_FILE_NAME_BYTES = 200
"""Together with the temporary name of an upload, this is below the 255 bytes that file systems allow."""
ISO_DAY = "%Y-%m-%d"
_DAYS = {"window_start", "window_end", "run_date"}
_NUMBERS = {"revision", "sequence"}
_PADDED = re.compile(r"0([1-9])", re.ASCII)
_DEVICE = re.compile(
    r"(con|prn|aux|nul|(com|lpt)([1-9]|\{(revision|sequence)(:01)?\})) *(\.|$)", re.ASCII | re.IGNORECASE
)
"""Names that Windows opens as devices, with any ending; a running number of one digit can form one, too."""
_UNSEEN_EDGE = re.compile(r"^\{\w+:[-._]|\.\}$", re.ASCII)
"""A day format that begins or ends the name with a punctuation mark."""
_PLAIN = re.compile(r"[-A-Za-z0-9 ._+=,@()&]*", re.ASCII)
_PART = re.compile(r"\{([^{}]*)\}|([^{}]+)|([{}])")
_REMEDY = "Use letters, digits and - . _ + = , @ ( ) & and the fields {" + "}, {".join(FIELDS) + "}"


@dataclass(frozen=True)
class FileNumbers:
    """Numbers of a template's files that the ledger counts from 1; None (any number) until a run has asked for them.

    ``sequence``: a running number over the windows of job and template, the same for each run of a window.
    ``revision``: how many contents this window has had so far, this one included.
    """

    sequence: int | None = None
    revision: int | None = None


FIRST_NUMBERS = FileNumbers(1, 1)
"""The numbers of a new job's first run, for examples."""


@dataclass(frozen=True)
class NameValues:
    """The values of a pattern's fields. ``template`` is empty in the name of a file of the whole run.

    ``part``: the number of a part, as written. ``run_began`` None: any day.
    """

    job: str
    template: str
    window: Window
    time_zone: str
    run_began: datetime | None
    part: str = ""
    numbers: FileNumbers = FileNumbers()


@dataclass(frozen=True)
class NamePattern:
    """Pairs of a field and its format; plain text is a pair with no field."""

    parts: tuple[tuple[str, str], ...]

    @property
    def fields(self) -> frozenset[str]:
        """The fields that occur."""
        return frozenset(field for field, _ in self.parts if field)

    @property
    def is_numbered(self) -> bool:
        """Whether the pattern needs a number from the ledger."""
        return not _NUMBERS.isdisjoint(self.fields)

    @property
    def names_each_window(self) -> bool:
        """Whether windows of a schedule always have different names: it has window, sequence or a whole date."""
        return any(
            field in {"window", "sequence"} or (field in {"window_start", "window_end"} and _is_whole_date(form))
            for field, form in self.parts
        )

    def beginning(self, job: str, template: str) -> str:
        """Return what every name begins with, up to the first field that differs between windows or runs."""
        known = {"": None, "job": job, "template": template}
        fixed = takewhile(lambda part: part[0] in known, self.parts)
        return "".join(known[field] or text for field, text in fixed)

    def render(self, values: NameValues) -> str:
        """Return the name."""
        return "".join(_part_text(field, text, values) for field, text in self.parts)


def name_pattern_issues(path: str, text: str) -> Iterator[Issue]:
    """Yield every reason why ``text`` is not a pattern."""
    if not text or len(text) > MAX_PATTERN:
        yield Issue(path, f"the name has {len(text)} characters", f"Use 1 to {MAX_PATTERN} characters")
        return
    if not re.match(r"[A-Za-z0-9{]", text) or text[-1] in " .":
        what = f"{quote_value(text)} does not begin with a letter, a digit or a field, or ends with a space or a dot"
        yield Issue(path, what, "Change its start or end; such names look hidden, unfinished or cut off")
    found = _PART.findall(text)
    yield from _touching_numbers(path, [(field, plain) for field, plain, _ in found])
    for field, plain, brace in found:
        if brace:
            yield Issue(
                path, f"{quote_value(text)} contains a single {brace}", "Close each { with a }, around one field"
            )
        elif plain and not _PLAIN.fullmatch(plain):
            odd = next(char for char in plain if not _PLAIN.fullmatch(char))
            yield Issue(path, f"{quote_value(text)} contains {quote_value(odd)}", _REMEDY)
        elif not plain:
            yield from _field_issues(path, field)


def parse_name_pattern(text: str) -> NamePattern:
    """Return the pattern of a text. Raises ``ValueError`` where :func:`name_pattern_issues` finds anything."""
    return _parse(text)


def device_issues(path: str, text: str) -> Iterator[Issue]:
    """Yield why a new job cannot have this pattern, although names built from it can still be read."""
    if _DEVICE.match(text):
        yield Issue(
            path, f"{quote_value(text)} begins like a Windows device", "Rename it; Windows cannot open such a file"
        )
    if _UNSEEN_EDGE.search(text):
        what = f"{quote_value(text)} gives names that begin with . - or _, or end with a dot"
        yield Issue(
            path, what, "Remove the mark, or put it outside the format; such names look hidden, unfinished or cut off"
        )


@lru_cache(maxsize=4096)
def _parse(text: str) -> NamePattern:
    if next(name_pattern_issues("", text), None):
        raise ValueError(f"{text!r} is not a pattern of a name")
    parts = []
    for field, plain, _ in _PART.findall(text):
        name, _, form = field.partition(":")
        parts.append(("", plain) if plain else (name, form or (ISO_DAY if name in _DAYS else "")))
    return NamePattern(tuple(parts))


def _field_issues(path: str, field: str) -> Iterator[Issue]:
    name, colon, form = field.partition(":")
    if name not in FIELDS:
        yield Issue(path, f"there is no field {quote_value(name)}", _REMEDY)
    elif colon and name in _NUMBERS:
        if not _PADDED.fullmatch(form):
            yield Issue(path, f"{quote_value(form)} is not a number of digits", f"Write {{{name}:04}} for four digits")
    elif colon and name not in _DAYS:
        yield Issue(path, f"the field {name} takes no format", f"Write {{{name}}}")
    elif colon and not _is_day_format(form):
        what = f"{quote_value(form)} is not a day format that consists of digits"
        yield Issue(path, what, "Use %Y %y %m %d %j %G %V with - . _ between them, such as %Y%m%d")


def _touching_numbers(path: str, parts: list[tuple[str, str]]) -> Iterator[Issue]:
    """Refuse a number next to a field or a digit: 1 and 12 would look like 11 and 2."""
    for index, (field, _) in enumerate(parts):
        name = field.partition(":")[0]
        if name not in _NUMBERS:
            continue
        before = parts[index - 1] if index else ("", "-")
        after = parts[index + 1] if index + 1 < len(parts) else ("", "-")
        if before[0] or after[0] or before[1][-1:].isdigit() or after[1][:1].isdigit():
            what = f"the number {{{name}}} is next to another field or a digit, so its end is unclear"
            yield Issue(path, what, "Put - . or _ between them")


def _is_day_format(form: str) -> bool:
    directives = re.findall(r"%(.?)", form)
    rest = re.sub(r"%.", "", form)
    return bool(directives) and all(d in DIRECTIVES for d in directives) and bool(re.fullmatch(r"[-._]*", rest))


def _is_whole_date(form: str) -> bool:
    found = set(re.findall(r"%(.)", form))
    return bool(found & {"Y", "y"}) and ({"m", "d"} <= found or "j" in found)


def _part_text(field: str, text: str, values: NameValues) -> str:
    first, last = values.window.days(values.time_zone)
    if field == "run_date" and values.run_began is None:
        return re.sub(r"\d+", ANY_NUMBER, last.strftime(text))
    began = (values.run_began or values.window.end).astimezone(ZoneInfo(values.time_zone)).date()
    days = {"window_start": first, "window_end": last, "run_date": began}
    if field in days:
        return days[field].strftime(text)
    if field in _NUMBERS:
        return _number_text(values.numbers.sequence if field == "sequence" else values.numbers.revision, text)
    plain = {"": text, "job": values.job, "template": values.template, "part": values.part}
    return plain[field] if field in plain else window_stem(values.window, values.time_zone)


def _number_text(number: int | None, form: str) -> str:
    padded = _PADDED.fullmatch(form)
    return ANY_NUMBER if number is None else str(number).zfill(int(padded[1]) if padded else 1)
