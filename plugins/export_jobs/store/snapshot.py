"""The last good definitions on local disk, for when the store cannot be reached or has lost rows."""

from __future__ import annotations

import errno
import json
import logging
import os
import tempfile
from collections.abc import Sequence
from pathlib import Path

from export_jobs.store.stored_job import StoredJob

log = logging.getLogger(__name__)


def load(path: Path) -> list[StoredJob]:
    """Return the snapshot's jobs; none if there is no snapshot, it cannot be read, or another version wrote it."""
    try:
        content = read_own(path)
    except FileNotFoundError:
        return []
    except OSError as error:
        return _unreadable(path, error)
    return jobs_of(content, path)


def jobs_of(content: bytes, path: Path | str) -> list[StoredJob]:
    """Return the jobs in a snapshot's content; ``path`` is its location, for the log."""
    try:
        entries = list(json.loads(content))
    except (ValueError, TypeError) as error:
        return _unreadable(path, error)
    jobs = [job for job in map(_job_of, entries) if job is not None]
    if len(jobs) < len(entries):
        log.warning("%d jobs of the snapshot %s cannot be read and are left out.", len(entries) - len(jobs), path)
    return jobs


def content_of(jobs: Sequence[StoredJob]) -> bytes:
    """Return the content of a snapshot of these jobs; the same jobs give the same bytes."""
    return json.dumps([vars(job) for job in jobs], sort_keys=True).encode()


def _unreadable(path: Path | str, error: Exception) -> list[StoredJob]:
    log.warning("The snapshot %s cannot be read (%s); it is created again from the store.", path, type(error).__name__)
    return []


def _job_of(entry: object) -> StoredJob | None:
    """Read one job; one that cannot be read does not affect the others."""
    try:
        return StoredJob(**entry) if isinstance(entry, dict) else None
    except TypeError:
        return None


def save(path: Path, jobs: Sequence[StoredJob]) -> None:
    """Replace the snapshot, whole or not at all, readable by its owner; equal content is not written again.

    A disk that is full or read-only is a warning in the log: insurance must not bring down what it insures.
    """
    content = content_of(jobs)
    try:
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        if not _holds(path, content):
            replace_own(path, content)
    except OSError as error:
        log.warning("The snapshot %s cannot be written (%s); the one before it stays.", path, error.strerror)


def read_own(path: Path) -> bytes:
    """What is in the file; a link, or a file of another user, could make Dags of anybody's choice: ``OSError``."""
    with os.fdopen(os.open(path, os.O_RDONLY | os.O_NOFOLLOW), "rb") as file:
        if os.fstat(file.fileno()).st_uid != os.geteuid():
            raise PermissionError(errno.EPERM, "it belongs to another user")
        return file.read()


def _holds(path: Path, content: bytes) -> bool:
    try:
        return read_own(path) == content
    except OSError:
        return False


def replace_own(path: Path, content: bytes) -> None:
    """Replace the file, whole or not at all, readable by its owner. Raises ``OSError``."""
    with tempfile.NamedTemporaryFile(dir=path.parent, prefix=f".{path.name}.", delete=False) as file:
        try:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())  # otherwise a power cut can leave an empty file
            os.replace(file.name, path)  # noqa: PTH105  same folder, so it is atomic
        except BaseException:
            Path(file.name).unlink(missing_ok=True)
            raise


def reconcile(
    previous: Sequence[StoredJob], current: Sequence[StoredJob], tombstones: set[int]
) -> tuple[list[StoredJob], list[StoredJob]]:
    """Return the current jobs plus the vanished ones, and the vanished ones alone.

    A deleted job leaves a tombstone. A job that is in the snapshot but not in the table, without a tombstone, was lost.
    """
    present = {job.job_id for job in current}
    vanished = [job for job in previous if job.job_id not in present and job.job_id not in tombstones]
    return sorted([*current, *vanished], key=lambda job: job.job_id), vanished
