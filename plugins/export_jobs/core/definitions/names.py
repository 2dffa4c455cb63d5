"""Names that become parts of file names: of jobs, templates and destinations, and the sub-folders of files.

``<job>__<template>__<window>`` is one file's name, so a name holds no ``__`` and starts and ends with a letter or
digit: then the three parts can be separated again, and no two jobs can ever render to the same file name.
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
"""What a run does once; a template is a group of tasks beside these, so it cannot have one of their names."""
EXTRACT = "extract"
"""The task that reads. It came later than templates of this name, which are never renamed; see ``task_group``."""
_AT = "__"
_RENAMED_GROUP = f"template__{EXTRACT}"
_NAME_CHAR = re.compile(r"[A-Za-z0-9_-]", re.ASCII)
_DEVICES = {"con", "prn", "aux", "nul", *(f"{port}{n}" for port in ("com", "lpt") for n in range(1, 10))}
_FOLDER_MARKS = set(" ._-+=,@()&")


def name_issues(path: str, name: str) -> Iterator[Issue]:
    """Why ``name`` cannot name a job, a template or a destination; at most one reason."""
    what = next(_name_faults(name), None)
    if what:
        remedy = "Use letters a-z, digits, - and single _, at most 64, with a letter or digit at both ends"
        yield Issue(path, f"the name {quote_value(name)} {what}", remedy)


def _name_faults(name: str) -> Iterator[str]:
    """What is wrong, gravest first; a later check may rely on an earlier one not having yielded."""
    if not name:
        yield "is empty"
    if len(name) > MAX_NAME:
        yield f"has {len(name)} characters"
    odd = next((char for char in name if not _NAME_CHAR.fullmatch(char)), None)
    if odd is not None:
        yield f"holds {quote_value(odd)}"
    if not (name[0].isalnum() and name[-1].isalnum()):
        yield "does not start and end with a letter or digit"
    if "__" in name:
        yield "holds '__', which separates the parts of a file name"
    if name.lower() in _DEVICES:
        yield "is a device on Windows, where no such file can be opened"
    if name in RUN_TASK_IDS:
        yield "is that of a task of every run"
    if name.lower().startswith(RESERVED_PREFIX):
        yield f"starts with {RESERVED_PREFIX!r}, which is kept for this project's own Dags"


def task_group(template: str) -> str:
    """The group of a template's tasks in Airflow. It has the template's name, or one that no template can have."""
    return _RENAMED_GROUP if template == EXTRACT else template


def template_of_group(group: str) -> str | None:
    """The template whose tasks are in a group; None outside of all groups (``""``)."""
    return EXTRACT if group == _RENAMED_GROUP else group or None


def step_at(step: str, destination: str | None) -> str:
    """A step at one of several destinations, as tasks and the ledger call it; None: at the only one."""
    return step if destination is None else f"{step}{_AT}{destination}"


def split_step(step: str) -> tuple[str, str | None]:
    """The step, and which of several destinations it is at."""
    name, _, destination = step.partition(_AT)
    return name, destination or None


MAX_JUDGED_LEVELS = 20
"""Of a folder that has too many in any case."""


def subfolder_issues(path: str, subfolder: str) -> Iterator[Issue]:
    """Why ``subfolder`` cannot stand below a destination's folder. Empty is the folder itself."""
    if not subfolder:
        return
    if subfolder.startswith("/"):
        yield Issue(
            path, f"{quote_value(subfolder)} is absolute", "Name it from the destination's folder, without the first /"
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
    """As for names: gravest first."""
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
        yield f"holds the control character {odd!a}" if is_control(odd) else f"holds {quote_value(odd)}"
    if part.split(".", maxsplit=1)[0].lower() in _DEVICES:
        yield "is a device on Windows, where no such folder can be opened"
    if unicodedata.normalize("NFC", part) != part:
        yield "is written with separate accents (NFD), so it would look like another folder and not be it"


def _is_folder_char(char: str) -> bool:
    return char in _FOLDER_MARKS or unicodedata.category(char)[0] in "LMN"
