"""Presets: one word for the file options that a well-known program needs.

A preset is only a shorthand. A saved definition contains the keys that it sets, so a later release can change a preset
without changing any job.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any, Literal, NamedTuple, get_args

from export_jobs.core.definitions.cell_format import CSV_KEYS, TEXT_FORMATS, FileFormat

PresetKey = Literal["excel-german", "excel-us", "unix", "salesforce", "sap-fixed"]


class Preset(NamedTuple):
    """Its title, and the keys of ``file`` that it sets."""

    title: str
    sets: Mapping[str, Any]


_MARKED = "utf-8"
_EXCEL = {"bom": True, "line_breaks": "blank", "escape_formulas": True, "compression": "zip"}
PRESETS: Mapping[PresetKey, Preset] = MappingProxyType(
    {
        "excel-german": Preset(
            "Excel, German",
            _EXCEL
            | {
                "delimiter": ";",
                "date_format": "%d.%m.%Y",
                "timestamp_format": "%d.%m.%Y %H:%M:%S",
                "timestamptz_format": "%d.%m.%Y %H:%M:%S",
                "decimal_mark": ",",
                "true_text": "WAHR",
                "false_text": "FALSCH",
            },
        ),
        "excel-us": Preset(
            "Excel, US",
            _EXCEL
            | {
                "date_format": "%m/%d/%Y",
                "timestamp_format": "%m/%d/%Y %H:%M:%S",
                "timestamptz_format": "%m/%d/%Y %H:%M:%S",
                "true_text": "TRUE",
                "false_text": "FALSE",
            },
        ),
        "unix": Preset(
            "Unix",
            {
                "line_ending": "lf",
                "compression": "gzip",
                "timestamp_format": "%Y-%m-%dT%H:%M:%S.%f",
                "timestamptz_format": "%Y-%m-%dT%H:%M:%S.%f%:z",
            },
        ),
        "salesforce": Preset(
            "Salesforce",
            {
                "quoting": "all",
                "compression": "none",
                "timestamp_format": "%Y-%m-%dT%H:%M:%S.%L",
                "timestamptz_format": "%Y-%m-%dT%H:%M:%S.%L%z",
            },
        ),
        "sap-fixed": Preset(
            "SAP-like fixed width",
            {
                "format": "fixed",
                "encoding": "iso-8859-1",
                "compression": "none",
                "date_format": "%Y%m%d",
                "timestamp_format": "%Y%m%d%H%M%S",
                "timestamptz_format": "%Y%m%d%H%M%S",
                "true_text": "X",
                "false_text": "",
            },
        ),
    }
)


def is_of_format(preset: Preset, name: object) -> bool:
    """Whether the preset applies to the format ``name``; unknown formats are reported elsewhere."""
    if name == "fixed":
        return not preset.sets.keys() & set(CSV_KEYS)
    return name not in get_args(FileFormat) or name in TEXT_FORMATS


def with_preset(data: Mapping[str, Any], file_format: object) -> Mapping[str, Any]:
    """Return ``data`` of a ``file`` with the keys of its preset added; keys that it sets itself take precedence.

    A preset for another format than ``file_format`` stays as it is, and is reported as one issue.
    """
    found = [preset for name, preset in PRESETS.items() if name == data.get("preset")]
    if not found or not is_of_format(found[0], file_format):
        return data
    own = {key: value for key, value in data.items() if key != "preset"}
    sets = dict(found[0].sets)
    if own.get("encoding", _MARKED) != _MARKED:
        sets.pop("bom", None)  # the byte order mark belongs to the preset's encoding
    return {**sets, **own}
