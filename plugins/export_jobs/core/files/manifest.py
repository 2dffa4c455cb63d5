"""The manifest of an execution: the delivered files, so that a receiver can verify them without the sender."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Collection, Sequence
from datetime import UTC
from typing import Literal
from zoneinfo import ZoneInfo

from export_jobs.core.base.frozen import Frozen
from export_jobs.core.definitions.job import ExportJob
from export_jobs.core.files.column_numbers import ColumnNumbers
from export_jobs.core.files.export_file import ExportFile, FileContent
from export_jobs.core.windows.window import Window


class ManifestDefinition(Frozen):
    """The definition of the files: the job's version and its ``definition_hash``."""

    version: int
    hash: str


class ManifestWindow(Frozen):
    """A window for receivers: ISO 8601 in the job's zone and in UTC, ``end`` exclusive, and its days."""

    start: str
    end: str
    start_utc: str
    end_utc: str
    first_day: str
    last_day: str

    @classmethod
    def of(cls, window: Window, time_zone: str) -> ManifestWindow:
        """Return the window in ``time_zone``."""
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
    """One delivered file, with enough to verify it without the sender. ``part`` counts the parts of a template.

    ``verification``: only if the destination's server did not let the sender check that the file is complete.
    """

    template: str
    path: str
    rows: int
    bytes: int
    sha256: str
    columns: tuple[str, ...]
    column_numbers: tuple[ColumnNumbers, ...] = ()
    content: FileContent
    part: int | None = None
    verification: Literal["not verified"] | None = None


_OPTIONAL_KEYS = ("part", "verification")
"""Keys of a file that are left out when they are empty."""


class ManifestLedger(Frozen):
    """The state of the sender's ledger of this job: its number of entries, and the hash that proves all of them."""

    sequence: int
    hash: str


class Manifest(Frozen):
    """What one execution delivered. ``revision`` counts the deliveries of this window, from 1.

    ``without_rows`` names the templates for which no file was sent because there was nothing to send. ``superseded``:
    the paths of files that an earlier revision of this window had and this one does not, such as parts after its last
    one; they were not removed. ``ledger``: the entry of the last of these files.
    """

    manifest_version: Literal[1] = 1
    job: str
    job_id: int
    definition: ManifestDefinition
    window: ManifestWindow
    time_zone: str
    revision: int
    files: tuple[ManifestEntry, ...]
    without_rows: tuple[str, ...] = ()
    superseded: tuple[str, ...] = ()
    ledger: ManifestLedger

    @classmethod
    def of(
        cls,
        job: ExportJob,
        window: Window,
        files: Sequence[ExportFile],
        *,
        definition_hash: str,
        revision: int,
        ledger: ManifestLedger,
        unverified: Collection[str] = (),
        superseded: Sequence[str] = (),
    ) -> Manifest:
        """Return the manifest of ``files``, in order; ``unverified``: paths of those that could not be verified."""
        zone = job.schedule.time_zone
        return cls(
            job=job.name,
            job_id=job.job_id,
            definition=ManifestDefinition(version=job.version, hash=definition_hash),
            window=ManifestWindow.of(window, zone),
            time_zone=zone,
            revision=revision,
            files=tuple(_manifest_entry(job, file, unverified) for file in files if file.is_sent),
            without_rows=tuple(file.template for file in files if not file.is_sent),
            superseded=tuple(superseded),
            ledger=ledger,
        )

    def to_bytes(self) -> bytes:
        """Return UTF-8 JSON with sorted keys and a newline at the end: the same manifest has the same bytes.

        A key that is newer than the first release is present only if it is not empty.
        """
        data = self.model_dump(mode="json")
        if not self.superseded:
            del data["superseded"]
        for entry in data["files"]:
            for key in _OPTIONAL_KEYS:
                if entry[key] is None:
                    del entry[key]
        text = json.dumps(data, sort_keys=True, indent=2, ensure_ascii=False)
        return f"{text}\n".encode()

    def stage(self, files: Sequence[ExportFile]) -> str:
        """Return the id of this publication: it changes with the manifest, or with the extraction of a file."""
        digest = hashlib.sha256(self.to_bytes())
        for file in files:
            digest.update(f"{file.template}\0{file.stage}\n".encode())
        return digest.hexdigest()


def _manifest_entry(job: ExportJob, file: ExportFile, unverified: Collection[str]) -> ManifestEntry:
    values = {name: getattr(file, name) for name in ManifestEntry.model_fields if name != "verification"}
    if job.file.encryption:
        # Least and largest are cells, and anybody who transports an encrypted file can read its manifest.
        values["column_numbers"] = tuple(column.without_values() for column in file.column_numbers)
    return ManifestEntry(**values, verification="not verified" if file.path in unverified else None)
