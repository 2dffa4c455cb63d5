"""Parse YAML text into plain data and the line of every entry, without the dangerous parts of YAML.

There are no aliases (a few lines can expand to gigabytes), no tags (they name code) and no repeated keys (the later one
would silently win). Scalars are read as in YAML 1.2: ``10:30`` and ``2024-02-30`` stay text, which the definition
validates. YAML 1.1 would turn the first into 630 and fail at the second without naming the line.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml

from export_jobs.core.base.limits import MAX_DEPTH
from export_jobs.core.base.shape import Location, format_location
from export_jobs.core.base.text import quote_value
from export_jobs.errors import UserError

MAX_BYTES = 10_000_000
"""Enough for the output of `dump` with ten thousand jobs; a larger file is probably a mistake, such as a data file."""
_TOO_DEEP = f"values are nested more than {MAX_DEPTH} deep"
_TOO_DEEP_REMEDY = "Remove the inner brackets"
_LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
_CONSTANTS: dict[str, bool | None] = {
    **dict.fromkeys(("", "~", "null", "Null", "NULL")),
    **dict.fromkeys(("true", "True", "TRUE"), True),
    **dict.fromkeys(("false", "False", "FALSE"), False),
}
_INTEGER = re.compile(r"[-+]?(?:0|[1-9][0-9]{0,17})", re.ASCII)
_DECIMAL = re.compile(r"[-+]?[0-9]{1,17}\.[0-9]{1,17}", re.ASCII)


class YamlError(UserError):
    """Text that is not a plain YAML mapping. ``detail`` is ``what`` without the place at its start."""

    def __init__(self, detail: str, remedy: str, *, name: str = "", line: int | None = None) -> None:
        place = f"{name}, line {line}: " if line else f"{name}: " if name else ""
        super().__init__(place + detail, remedy, line=line)
        self.detail = self.what.removeprefix(place)


@dataclass(frozen=True)
class YamlFile:
    """The content of a file. ``lines`` gives the line, from 1, on which each path begins."""

    name: str
    data: dict[Any, Any]
    lines: dict[str, int]

    def line(self, path: str) -> int | None:
        """Return the line of ``path``, or of the nearest entry around it: a missing key has no line."""
        while path:
            if path in self.lines:
                return self.lines[path]
            path = path[: max(path.rfind("."), path.rfind("["), 0)]
        return None


def read_yaml(path: Path) -> YamlFile:
    """Read the file at ``path``. Raises ``YamlError`` when it cannot be read or is not a plain YAML mapping."""
    try:
        with path.open("rb") as file:
            raw = file.read(MAX_BYTES + 1)
    except OSError as error:
        what = f"The file {path} cannot be read: {error.strerror}"
        raise YamlError(what, "Check its name and permissions") from error
    return parse_yaml(raw, str(path))


def parse_yaml(raw: bytes, name: str) -> YamlFile:
    """Read YAML text; ``name`` is what messages call it. Raises ``YamlError`` with the line of what is wrong."""
    if len(raw) > MAX_BYTES:
        raise YamlError(f"The file {name} is larger than {MAX_BYTES // 1_000_000} MB", "Split it into several files")
    try:
        text = raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = raw.count(b"\n", 0, error.start) + 1
        raise YamlError("this is not UTF-8 text", "Save the file as UTF-8", name=name, line=line) from error
    builder = _Builder(name)
    try:
        for event in yaml.parse(text, Loader=_LOADER):
            builder.consume(event)
    except yaml.MarkedYAMLError as error:
        at = error.problem_mark.line + 1 if error.problem_mark else None
        detail = " ".join(filter(None, (error.context, error.problem)))
        if "nesting depth" in detail:  # PyYAML from 6.0.4 on counts brackets before they reach the builder
            raise YamlError(_TOO_DEEP, _TOO_DEEP_REMEDY, name=name, line=at) from error
        remedy = "Correct the indentation or the quotes there"
        raise YamlError(f"this is not YAML: {detail}", remedy, name=name, line=at) from error
    except yaml.YAMLError as error:
        detail = " ".join(str(error).split())
        raise YamlError(f"this is not YAML: {detail}", "Remove that character", name=name) from error
    return builder.file()


@dataclass
class _Container:
    """A mapping or list that is being filled. ``key`` is the mapping's key that waits for its value."""

    location: Location
    value: dict[Any, Any] | list[Any]
    key: Any = None
    has_key: bool = False


@dataclass
class _Builder:
    """Builds data from the parser's events with a stack of its own, so that no depth can exhaust Python's."""

    name: str
    stack: list[_Container] = field(default_factory=list)
    lines: dict[str, int] = field(default_factory=dict)
    documents: list[Any] = field(default_factory=list)

    def consume(self, event: yaml.Event) -> None:
        """Consume one event; raises ``YamlError`` for what is not allowed."""
        if isinstance(event, yaml.AliasEvent) or getattr(event, "anchor", None):
            self._refuse(event, "anchors and aliases (& and *) are not supported", "Write the value out in each place")
        if isinstance(event, yaml.NodeEvent) and getattr(event, "tag", None) not in {None, "!"}:
            self._refuse(event, "tags (!) are not supported", "Write a plain value, in quotes if it is text")
        if isinstance(event, yaml.DocumentStartEvent) and self.documents:
            self._refuse(event, "a second document starts", "Put one document into each file")
        if isinstance(event, yaml.ScalarEvent):
            self._add_value(event, _parse_scalar(event))
        elif isinstance(event, yaml.MappingStartEvent | yaml.SequenceStartEvent):
            self._open_container(event, {} if isinstance(event, yaml.MappingStartEvent) else [])
        elif isinstance(event, yaml.MappingEndEvent | yaml.SequenceEndEvent):
            self.stack.pop()

    def file(self) -> YamlFile:
        """Return the one document. Raises ``YamlError`` when there is none, or it is not a mapping."""
        data = self.documents[0] if self.documents else None
        if data is None:
            raise YamlError(f"The file {self.name} is empty", "Give it destinations, templates or jobs")
        if not isinstance(data, dict):
            kind = "a list" if isinstance(data, list) else "a single value"
            raise YamlError(
                f"The file {self.name} contains {kind}, not a mapping", "Start it with destinations, templates or jobs"
            )
        return YamlFile(self.name, data, self.lines)

    def _open_container(self, event: yaml.Event, value: dict[Any, Any] | list[Any]) -> None:
        if len(self.stack) >= MAX_DEPTH:
            self._refuse(event, _TOO_DEEP, _TOO_DEEP_REMEDY)
        if self.stack and isinstance(self.stack[-1].value, dict) and not self.stack[-1].has_key:
            self._refuse(event, "a list or mapping is in the place of a key", "Write a plain word before the colon")
        location = self._add_value(event, value)
        self.stack.append(_Container(location, value))

    def _add_value(self, event: yaml.Event, value: Any) -> Location:
        """Put a finished key or value where it belongs, and return its location."""
        if not self.stack:
            self.documents.append(value)
            return ()
        parent = self.stack[-1]
        if isinstance(parent.value, list):
            parent.value.append(value)
            location: Location = (*parent.location, len(parent.value) - 1)
        elif not parent.has_key:
            if value in parent.value:
                self._refuse(event, f"the key {quote_value(value)} appears twice", "Remove one of the two")
            parent.key, parent.has_key = value, True
            location = (*parent.location, _location_part(value))
        else:
            parent.value[parent.key] = value
            parent.has_key = False
            return (*parent.location, _location_part(parent.key))
        self.lines.setdefault(format_location(location), _line(event))
        return location

    def _refuse(self, event: yaml.Event, what: str, remedy: str) -> None:
        raise YamlError(what, remedy, name=self.name, line=_line(event))


def _line(event: yaml.Event) -> int:
    return event.start_mark.line + 1 if event.start_mark else 1


def _location_part(key: object) -> int | str:
    return key if isinstance(key, int) else str(key)


def _parse_scalar(event: yaml.ScalarEvent) -> object:
    text = str(event.value)
    if not event.implicit[0]:
        return text
    if text in _CONSTANTS:
        return _CONSTANTS[text]
    if _INTEGER.fullmatch(text):
        return int(text)
    return float(text) if _DECIMAL.fullmatch(text) else text
