"""The last good definitions on local disk, for a store that is out of reach or has lost rows."""

from __future__ import annotations

import json
import os
import tempfile
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path

from export_jobs.store.definitions import StoredJob


def load(path: Path) -> list[StoredJob]:
    """The snapshot's jobs; none when there is no snapshot, or one that another version wrote."""
    try:
        return [StoredJob(**entry) for entry in json.loads(path.read_bytes())]
    except (FileNotFoundError, ValueError, TypeError):
        return []


def save(path: Path, jobs: Sequence[StoredJob]) -> None:
    """Replace the snapshot, whole or not at all, readable by its owner; equal content is not written again."""
    content = json.dumps([asdict(job) for job in jobs], sort_keys=True).encode()
    if path.exists() and path.read_bytes() == content:
        return
    path.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.NamedTemporaryFile(dir=path.parent, prefix=f".{path.name}.", delete=False) as file:
        file.write(content)
    os.replace(file.name, path)  # noqa: PTH105  same folder, so it is atomic


def reconcile(
    previous: Sequence[StoredJob], current: Sequence[StoredJob], tombstones: set[int]
) -> tuple[list[StoredJob], list[StoredJob]]:
    """Current jobs plus those that vanished, and the vanished ones alone.

    A deleted job leaves a tombstone. One that is in the snapshot, not in the table, and has none, was lost.
    """
    present = {job.job_id for job in current}
    vanished = [job for job in previous if job.job_id not in present and job.job_id not in tombstones]
    return sorted([*current, *vanished], key=lambda job: job.job_id), vanished
