"""Rules for names that become parts of file names (jobs, templates, destinations), and for subfolders.

A file is called ``<job>__<template>__<window>``, so a name contains no ``__`` and starts and ends with a letter or
digit. Therefore the three parts can be separated again, and no two jobs can have the same file name.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator

from export_jobs.core.base.issue import Issue
from export_jobs.core.base.text import is_control, quote_value

MAX_NAME = 64
MAX_FOLDER_BYTES = 100
MAX_FOLDER_LEVELS = 2
RESERVED_PREFIX = "export_jobs"
RUN_TASK_IDS = ("validate_destination", "publish_manifest", "notify_recipients", "notify_owner", "complete")
"""Tasks that a run has once. A template is a group of tasks beside these, so it cannot have one of their names."""
EXTRACT = "extract"
"""The task that reads. Templates of this name are older than the task and are never renamed; see ``task_group``."""
_AT = "__"
_RENAMED_GROUP = f"template__{EXTRACT}"
_NAME_CHAR = re.compile(r"[A-Za-z0-9_-]", re.ASCII)
_DEVICES = {"con", "prn", "aux", "nul", *(f"{port}{n}" for port in ("com", "lpt") for n in range(1, 10))}
_FOLDER_MARKS = set(" ._-+=,@()&")


def name_issues(path: str, name: str) -> Iterator[Issue]:
    """Yield why ``name`` is not valid for a job, a template or a destination; at most one issue."""
    what = next(_name_faults(name), None)
    if what:
        remedy = "Use letters a-z, digits, - and single _, at most 64, with a letter or digit at both ends"
        yield Issue(path, f"the name {quote_value(name)} {what}", remedy)


def _name_faults(name: str) -> Iterator[str]:
    """Yield what is wrong, most serious first. A later check may rely on earlier ones having found nothing."""
    if not name:
        yield "is empty"
    if len(name) > MAX_NAME:
        yield f"has {len(name)} characters"
    odd = next((char for char in name if not _NAME_CHAR.fullmatch(char)), None)
    if odd is not None:
        yield f"contains {quote_value(odd)}"
    if not (name[0].isalnum() and name[-1].isalnum()):
        yield "does not start and end with a letter or digit"
    if "__" in name:
        yield "contains '__', which separates the parts of a file name"
    if name.lower() in _DEVICES:
        yield "is a device on Windows, where no such file can be opened"
    if name in RUN_TASK_IDS:
        yield "is the name of a task of every run"
    if name.lower().startswith(RESERVED_PREFIX):
        yield f"starts with {RESERVED_PREFIX!r}, which is reserved for this product's own Dags"


def task_group(template: str) -> str:
    """Return the group of a template's tasks in Airflow: the template's name, or a name that no template can have."""
    return _RENAMED_GROUP if template == EXTRACT else template


def template_of_group(group: str) -> str | None:
    """Return the template whose tasks are in a group; None outside all groups (``""``)."""
    return EXTRACT if group == _RENAMED_GROUP else group or None


def step_at(step: str, destination: str | None) -> str:
    """Return the name of a step at one of several destinations in tasks and ledger; None: at the only destination."""
    return step if destination is None else f"{step}{_AT}{destination}"


def split_step(step: str) -> tuple[str, str | None]:
    """Return the step, and the destination if there are several."""
    name, _, destination = step.partition(_AT)
    return name, destination or None


MAX_JUDGED_LEVELS = 20
"""Levels that are checked of a folder that has too many anyway."""


def subfolder_issues(path: str, subfolder: str) -> Iterator[Issue]:
    """Yield why ``subfolder`` is not valid below a destination's folder. Empty is the folder itself."""
    if not subfolder:
        return
    if subfolder.startswith("/"):
        yield Issue(
            path,
            f"{quote_value(subfolder)} is absolute",
            "Write it relative to the destination's folder, without the first /",
        )
        return
    parts = subfolder.split("/")
    if len(parts) > MAX_FOLDER_LEVELS:
        yield Issue(
            path, f"{quote_value(subfolder)} has {len(parts)} levels", "Use at most 2 levels, such as 'sales/daily'"
        )
    for part in parts[:MAX_JUDGED_LEVELS]:
        what = next(_folder_faults(part), None)
        if what:
            remedy = "Use letters, digits and - _ . = in each part, such as 'sales/daily'"
            yield Issue(path, f"the part {quote_value(part)} {what}", remedy)


def _folder_faults(part: str) -> Iterator[str]:
    """Yield what is wrong, most serious first."""
    if not part:
        yield "is empty"
    if len(part.encode("utf-8", "surrogatepass")) > MAX_FOLDER_BYTES:
        yield f"is longer than {MAX_FOLDER_BYTES} bytes"
    if part in {".", ".."}:
        yield "leads out of the folder"
    if part.startswith("."):
        yield "starts with a dot, as hidden and unfinished files do"
    if part[-1] in ". " or part[0] == " ":
        yield "starts or ends with a space, or ends with a dot, which Windows drops"
    odd = next((char for char in part if not _is_folder_char(char)), None)
    if odd is not None:
        yield f"contains the control character {odd!a}" if is_control(odd) else f"contains {quote_value(odd)}"
    if part.split(".", maxsplit=1)[0].lower() in _DEVICES:
        yield "is a device on Windows, where no such folder can be opened"
    if unicodedata.normalize("NFC", part) != part:
        yield "is written with separate accents (NFD), so it would only look like another folder"


def _is_folder_char(char: str) -> bool:
    return char in _FOLDER_MARKS or unicodedata.category(char)[0] in "LMN"
