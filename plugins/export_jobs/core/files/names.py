"""Names of delivered files. They depend only on job, template and window, so a rerun replaces its own files."""

from __future__ import annotations

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from export_jobs.core.definitions.cell_format import FileFormat
from export_jobs.core.definitions.job import FileOptions, TemplateUse
from export_jobs.core.windows.window import ONE_DAY, Window, day_start

FORMAT_SUFFIXES: dict[FileFormat, str] = {
    "csv": ".csv",
    "jsonl": ".jsonl",
    "parquet": ".parquet",
    "xlsx": ".xlsx",
    "fixed": ".txt",
}
_COMPRESSION_SUFFIXES = {"gzip": ".gz", "zstd": ".zst", "none": ""}
SUFFIXES = (
    ".zip",
    *(f"{name}{packed}" for name in (".csv", ".jsonl", ".txt") for packed in (".gz", ".zst")),
    *FORMAT_SUFFIXES.values(),
)
"""All endings of files' names."""
ENCRYPTED, ARMOURED = ".pgp", ".asc"
"""Added to the suffix of an encrypted file: as bytes, and as text."""
MANIFEST_SUFFIX = ".manifest.json"
MAX_FILE_PARTS = 1000
"""Parts of one template in one run: each is a file, an entry of the manifest and an entry of the ledger."""
PART_DIGITS = 4
SHEET_ROWS = 1_048_575
"""Rows of an Excel sheet below its header."""
WESTMOST_PLAIN_OFFSET = timedelta(hours=-10)
EASTMOST_PLAIN_OFFSET = timedelta(hours=13)


def file_stem(job_name: str, template: str, window: Window, time_zone: str) -> str:
    """Return a file's name without its suffix: ``<job>__<template>__<window>``."""
    return f"{job_name}__{template}__{window_stem(window, time_zone)}"


def target_path(use: TemplateUse, stem: str, options: FileOptions) -> str:
    """Return where a template's file goes, ``/``-separated, relative to the destination's folder."""
    name = f"{stem}{suffix(options)}"
    return f"{use.subfolder}/{name}" if use.subfolder else name


def part_text(part: int) -> str:
    """Return the number of a part as names have it: ``0001``."""
    return f"{part:0{PART_DIGITS}}"


def content_name(stem: str, options: FileOptions) -> str:
    """Return the name of a template's file after unpacking."""
    return f"{stem}{FORMAT_SUFFIXES[options.format]}"


def suffix(options: FileOptions) -> str:
    """Return the ending of a delivered file's name. A zip has no ending for its content."""
    encrypted = "" if options.encryption is None else ARMOURED if options.encryption.armour else ENCRYPTED
    if options.compression == "zip":
        return f".zip{encrypted}"
    return FORMAT_SUFFIXES[options.format] + _COMPRESSION_SUFFIXES[options.compression] + encrypted


def staged_name(job_name: str, template: str, window: Window, time_zone: str) -> str:
    """Return the name of a template's rows between two steps."""
    return f"{file_stem(job_name, template, window, time_zone)}.rows"


def manifest_path(job_name: str, window: Window, time_zone: str) -> str:
    """Return where an execution's manifest goes, relative to the destination's folder."""
    return f"{job_name}__{window_stem(window, time_zone)}{MANIFEST_SUFFIX}"


def window_stem(window: Window, time_zone: str) -> str:
    """Return the window in a file name: its day of data, or ``<first day>_<last day>``, in ``time_zone``.

    A bound that is not the start of a local day (the schedule's zone was changed there, or a person requested a part
    of a day) is written as local time with its UTC offset instead. Therefore no two windows of one job share a name,
    whatever the zones of its schedules were.
    """
    first_day, last_day = window.days(time_zone)
    first, last = first_day.isoformat(), last_day.isoformat()
    if not _is_whole_day(window.start, day_start(first_day, time_zone), time_zone):
        first = _local_text(window.start, time_zone)
    if not _is_whole_day(window.end, day_start(last_day + ONE_DAY, time_zone), time_zone):
        last = _local_text(window.end, time_zone)
    return first if first == last else f"{first}_{last}"


def _is_whole_day(bound: datetime, day_border: datetime, time_zone: str) -> bool:
    """Whether ``bound`` can be written as only a calendar day.

    The same calendar day of two zones more than 23 hours apart (Kiritimati, Pago Pago) can be two windows of a job
    that moved between them. Between -10:00 (Honolulu) and +13:00 (Auckland in summer) two windows of the same days
    always overlap, so one job never has both; bounds outside that range are written in full.
    """
    offset = bound.astimezone(ZoneInfo(time_zone)).utcoffset() or timedelta()
    return bound == day_border and WESTMOST_PLAIN_OFFSET <= offset <= EASTMOST_PLAIN_OFFSET


def _local_text(bound: datetime, time_zone: str) -> str:
    """Return ``2024-03-01T1830-0500``; seconds and their fraction only if they are not 0."""
    local = bound.astimezone(ZoneInfo(time_zone))
    seconds = f"{local:%S}" if local.second or local.microsecond else ""
    fraction = f".{local:%f}" if local.microsecond else ""
    return f"{local:%Y-%m-%dT%H%M}{seconds}{fraction}{local:%z}"
