"""Names of delivered files, and the records that travel with them: staged CSV, export file, manifest.

A name is a function of job, template and window only, so a rerun replaces what it reran and nothing else.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Literal
from zoneinfo import ZoneInfo

from export_jobs.core.frozen import Frozen
from export_jobs.core.job import ExportJob, TemplateUse
from export_jobs.core.window import ONE_DAY, Window, day_start

SUFFIXES = {"zip": ".zip", "gzip": ".csv.gz", "zstd": ".csv.zst", "none": ".csv"}
WESTMOST_PLAIN = timedelta(hours=-10)
EASTMOST_PLAIN = timedelta(hours=13)


def file_stem(job_name: str, template: str, window: Window, time_zone: str) -> str:
    """``<job>__<template>__<window>``: a file's name without its suffix."""
    return f"{job_name}__{template}__{window_text(window, time_zone)}"


def target_path(use: TemplateUse, stem: str, compression: Literal["zip", "gzip", "zstd", "none"]) -> str:
    """Where a template's file goes, ``/``-separated, relative to the destination's folder."""
    name = f"{stem}{SUFFIXES[compression]}"
    return f"{use.subfolder}/{name}" if use.subfolder else name


def manifest_path(job_name: str, window: Window, time_zone: str) -> str:
    """Where an execution's manifest goes, relative to the destination's folder."""
    return f"{job_name}__{window_text(window, time_zone)}.manifest.json"


def window_text(window: Window, time_zone: str) -> str:
    """The window in a file name: its day of data, or ``<first day>_<last day>``, as ``time_zone`` sees them.

    A bound that is not the start of a local day (the schedule's zone was changed there, or a person asked for a part
    of a day) is written as local time with its UTC offset instead: then no two windows of one job share a name,
    whatever the zones of its schedules were.
    """
    first_day, last_day = window.days(time_zone)
    first, last = first_day.isoformat(), last_day.isoformat()
    if not _is_plain(window.start, day_start(first_day, time_zone), time_zone):
        first = _local_text(window.start, time_zone)
    if not _is_plain(window.end, day_start(last_day + ONE_DAY, time_zone), time_zone):
        last = _local_text(window.end, time_zone)
    return first if first == last else f"{first}_{last}"


def _is_plain(bound: datetime, day_border: datetime, time_zone: str) -> bool:
    """Whether a calendar day alone can stand for ``bound``.

    The same calendar day of two zones more than 23 hours apart (Kiritimati, Pago Pago) can be two windows of a job
    that moved between them. Between -10:00 (Honolulu) and +13:00 (Auckland in summer) two windows of the same days
    always overlap, so one job never has both; bounds outside that range are written in full.
    """
    offset = bound.astimezone(ZoneInfo(time_zone)).utcoffset() or timedelta()
    return bound == day_border and WESTMOST_PLAIN <= offset <= EASTMOST_PLAIN


def _local_text(bound: datetime, time_zone: str) -> str:
    """``2024-03-01T1830-0500``; seconds and their fraction only where there are any."""
    local = bound.astimezone(ZoneInfo(time_zone))
    seconds = f"{local:%S}" if local.second or local.microsecond else ""
    fraction = f".{local:%f}" if local.microsecond else ""
    return f"{local:%Y-%m-%dT%H%M}{seconds}{fraction}{local:%z}"


class CsvFile(Frozen):
    """A staged CSV: the rows of one template before compression. ``stage`` is the id of the extraction that made it.

    ``uri`` says where it is staged; ``rows`` leaves the header out; ``sha256`` is hex, over all bytes of the file.
    """

    template: str
    uri: str
    rows: int
    bytes: int
    sha256: str
    columns: tuple[str, ...]
    stage: str


class Content(Frozen):
    """The CSV inside a delivered file: its name in the archive, size in bytes and SHA-256 (hex)."""

    name: str
    bytes: int
    sha256: str


class ExportFile(Frozen):
    """A file to deliver: ``path`` at the destination, ``uri`` where it is staged, what is in it.

    ``is_sent`` is False for a result without rows that the job's policy leaves out; it has no bytes then.
    """

    template: str
    path: str
    uri: str = ""
    rows: int
    bytes: int = 0
    sha256: str = ""
    columns: tuple[str, ...]
    stage: str
    content: Content
    is_sent: bool = True


class Definition(Frozen):
    """Which definition made the files: the job's version and :func:`export_jobs.core.version.definition_hash`."""

    version: int
    hash: str


class Span(Frozen):
    """A window as receivers read it: ISO 8601 in the job's zone and in UTC, ``end`` exclusive, and its days."""

    start: str
    end: str
    start_utc: str
    end_utc: str
    first_day: str
    last_day: str

    @classmethod
    def of(cls, window: Window, time_zone: str) -> Span:
        """The window as ``time_zone`` sees it."""
        zone = ZoneInfo(time_zone)
        first_day, last_day = window.days(time_zone)
        return cls(
            start=window.start.astimezone(zone).isoformat(),
            end=window.end.astimezone(zone).isoformat(),
            start_utc=window.start.astimezone(UTC).isoformat(),
            end_utc=window.end.astimezone(UTC).isoformat(),
            first_day=first_day.isoformat(),
            last_day=last_day.isoformat(),
        )


class ManifestEntry(Frozen):
    """One delivered file, enough to verify it without asking the sender."""

    template: str
    path: str
    rows: int
    bytes: int
    sha256: str
    columns: tuple[str, ...]
    content: Content


class Manifest(Frozen):
    """What one execution delivered. ``revision`` counts the deliveries of this window, from 1.

    ``without_rows`` names the templates for which no file was sent because there was nothing to send.
    """

    manifest_version: Literal[1] = 1
    job: str
    job_id: int
    definition: Definition
    window: Span
    time_zone: str
    revision: int
    files: tuple[ManifestEntry, ...]
    without_rows: tuple[str, ...] = ()

    @classmethod
    def of(
        cls, job: ExportJob, window: Window, files: Sequence[ExportFile], *, definition_hash: str, revision: int
    ) -> Manifest:
        """The manifest of ``files``, in their order."""
        zone = job.schedule.time_zone
        return cls(
            job=job.name,
            job_id=job.job_id,
            definition=Definition(version=job.version, hash=definition_hash),
            window=Span.of(window, zone),
            time_zone=zone,
            revision=revision,
            files=tuple(_entry(file) for file in files if file.is_sent),
            without_rows=tuple(file.template for file in files if not file.is_sent),
        )

    def to_bytes(self) -> bytes:
        """UTF-8 JSON, keys sorted, newline at the end: the same manifest is the same bytes."""
        text = json.dumps(self.model_dump(mode="json"), sort_keys=True, indent=2, ensure_ascii=False)
        return f"{text}\n".encode()

    def stage(self, files: Sequence[ExportFile]) -> str:
        """The id of this publication: changes when the manifest does, or when a file comes from a new extraction."""
        digest = hashlib.sha256(self.to_bytes())
        for file in files:
            digest.update(f"{file.template}\0{file.stage}\n".encode())
        return digest.hexdigest()


def _entry(file: ExportFile) -> ManifestEntry:
    return ManifestEntry.model_validate({name: getattr(file, name) for name in ManifestEntry.model_fields})
