"""Every text field of a definition, how an attempt gets into it, and which attempts stay there as literal text.

What is not named as literal must be refused, at the field's own path.
"""

from __future__ import annotations

import copy
from collections.abc import Callable, Collection
from dataclasses import dataclass
from typing import Any

from tests.injection.payloads import ALL, VISIBLE

Raw = dict[str, Any]
SOUND: Raw = {
    "destinations": [{"tag": "partner", "kind": "sftp", "connection": "partner_sftp", "folder": "/exports"}],
    "templates": [
        {"name": "rows", "kind": "standard", "fact": "notes", "columns": ["note_id", "note"]},
        {"name": "totals", "kind": "custom", "kpis": ["note_count"], "dimensions": ["author"]},
    ],
    "jobs": [
        {
            "name": "all-notes",
            "owner": "owner@example.com",
            "destination": "partner",
            "schedule": {"frequency": "monthly", "execute_on": "last", "from": "2024-01-01", "until": "2024-12-31"},
            "templates": [{"template": "rows"}, {"template": "totals"}],
            "file": {},
        }
    ],
}
NOTHING: Collection[str] = ()
LOCAL_PARTS = {"SQL: lone quote"}
"""People are called O'Brien."""


@dataclass(frozen=True)
class Field:
    """``path``: where an issue must point; ``put`` writes a payload there. ``literal``: names of what is kept."""

    name: str
    path: str
    put: Callable[[Raw, str], None]
    literal: Collection[str] = NOTHING

    def definition(self, payload: str) -> Raw:
        """A sound file of definitions but for this field."""
        raw = copy.deepcopy(SOUND)
        self.put(raw, payload)
        return raw


def _at(path: str, wrap: Callable[[str], Any] = lambda payload: payload) -> Callable[[Raw, str], None]:
    """Write to ``jobs[0].templates[0].filters`` and the like; ``wrap`` makes the value of the payload."""
    parts = [int(part) if part.isdecimal() else part for part in path.replace("[", ".").replace("]", "").split(".")]

    def put(raw: Raw, payload: str) -> None:
        place: Any = raw
        for part in parts[:-1]:
            place = place[part]
        place[parts[-1]] = wrap(payload)

    return put


def _name(raw: Raw, payload: str) -> None:
    raw["templates"][0]["name"] = raw["jobs"][0]["templates"][0]["template"] = payload


def _tag(raw: Raw, payload: str) -> None:
    raw["destinations"][0]["tag"] = raw["jobs"][0]["destination"] = payload


def _filter(column: str, op: str = "equals") -> Callable[[Raw, str], None]:
    return _at("jobs[0].templates[0].filters", lambda payload: [{"column": column, "op": op, "values": [payload]}])


def _plain(path: str, name: str, literal: Collection[str] = NOTHING) -> Field:
    return Field(name, path, _at(path), literal)


USE = "jobs[0].templates[0]"
VALUES = f"{USE}.filters[0].values"
LINES = VISIBLE | {"line break: line feed"}
SHORT = {name for name in VISIBLE if len(ALL[name]) <= 20 and not set(ALL[name]) & set(',"')}
FIELDS = [
    _plain("jobs[0].name", "job: name"),
    _plain("jobs[0].description", "job: description", LINES),
    _plain("jobs[0].owner", "job: owner"),
    Field("job: recipient", "jobs[0].recipients[0]", _at("jobs[0].recipients", lambda payload: [payload])),
    Field(
        "job: recipient, before the @",
        "jobs[0].recipients[0]",
        _at("jobs[0].recipients", lambda payload: [f"{payload}@example.com"]),
        LOCAL_PARTS,
    ),
    _plain("jobs[0].destination", "job: destination"),
    _plain("jobs[0].schedule.frequency", "schedule: frequency"),
    _plain("jobs[0].schedule.execute_on", "schedule: execute_on"),
    _plain("jobs[0].schedule.from", "schedule: from"),
    _plain("jobs[0].schedule.deliver_at", "schedule: deliver_at"),
    _plain("jobs[0].schedule.time_zone", "schedule: time_zone"),
    _plain(f"{USE}.template", "use: template"),
    _plain(f"{USE}.subfolder", "use: sub-folder", {"CSV: comma", "SQL: line comment", "other letters: Arabic"}),
    _plain(f"{USE}.date_basis", "use: date_basis"),
    Field("use: column", f"{USE}.columns[0]", _at(f"{USE}.columns", lambda payload: [payload])),
    Field(
        "use: heading",
        f"{USE}.columns[0].as",
        _at(f"{USE}.columns", lambda payload: [{"column": "note_id", "as": payload}, "note"]),
        VISIBLE,
    ),
    Field("use: order_by", f"{USE}.order_by[0]", _at(f"{USE}.order_by", lambda payload: [payload])),
    Field("use: audience", f"{USE}.audience[0]", _at(f"{USE}.audience", lambda payload: [payload]), VISIBLE),
    Field(
        "filter: column",
        f"{USE}.filters[0].column",
        _at(f"{USE}.filters", lambda payload: [{"column": payload, "op": "is_null"}]),
    ),
    Field(
        "filter: op",
        f"{USE}.filters[0].op",
        _at(f"{USE}.filters", lambda payload: [{"column": "note", "op": payload, "values": ["x"]}]),
    ),
    Field("filter: value of text", f"{VALUES}[0]", _filter("note"), VISIBLE),
    Field("filter: value of a dimension", f"{VALUES}[0]", _filter("author.author", "starts_with"), VISIBLE),
    Field("filter: value of an integer", f"{VALUES}[0]", _filter("note_id")),
    Field("filter: value of a number", f"{VALUES}[0]", _filter("amount")),
    Field("filter: value of true and false", f"{VALUES}[0]", _filter("is_open")),
    Field("filter: value of a date", f"{VALUES}[0]", _filter("noted_on")),
    Field("filter: value of a time", f"{VALUES}[0]", _filter("checked_at")),
    Field("filter: value of an instant", f"{VALUES}[0]", _filter("noted_at")),
    _plain("jobs[0].file.delimiter", "file: delimiter", {"SQL: lone quote", "SQL: lone backslash",
                                                         "placeholder: percent"}),
    _plain("jobs[0].file.null_text", "file: null_text", SHORT),
    _plain("jobs[0].file.quoting", "file: quoting"),
    _plain("jobs[0].file.compression", "file: compression"),
    Field("template: name", "templates[0].name", _name),
    _plain("templates[0].description", "template: description", LINES),
    _plain("templates[0].kind", "template: kind"),
    _plain("templates[0].fact", "template: fact"),
    Field("template: column", "templates[0].columns[0]", _at("templates[0].columns", lambda payload: [payload])),
    Field("template: KPI", "templates[1].kpis[0]", _at("templates[1].kpis", lambda payload: [payload])),
    Field("template: dimension", "templates[1].dimensions[0]", _at("templates[1].dimensions", lambda text: [text])),
    Field("destination: tag", "destinations[0].tag", _tag),
    _plain("destinations[0].connection", "destination: connection"),
    _plain("destinations[0].folder", "destination: folder", VISIBLE - {
        "path: climbs", "path: Windows", "SQL: backslash", "SQL: lone backslash", "CSV: end of COPY"}),
    _plain("destinations[0].description", "destination: description", LINES),
]  # fmt: skip
