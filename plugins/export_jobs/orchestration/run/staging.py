"""Files between steps: written whole or not at all, by the current attempt alone."""

from __future__ import annotations

import errno
import logging
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, BinaryIO

from airflow.sdk import ObjectStoragePath

from export_jobs.errors import TerminalError

if TYPE_CHECKING:
    from export_jobs.orchestration.run.job_run import JobRun

log = logging.getLogger(__name__)

STALE_AFTER = timedelta(hours=24)


@contextmanager
def open_staged(uri: str) -> Iterator[BinaryIO]:
    """Open a staged file for reading; raises ``TerminalError`` when it is gone."""
    try:
        source = ObjectStoragePath(uri).open("rb")
    except FileNotFoundError:
        raise TerminalError(
            f"The staged file {uri.rpartition('/')[2]} is gone; it is removed once a run has delivered",
            "Clear this run from its extract task to make it again",
        ) from None
    with source:
        yield source


@contextmanager
def write_staged(path: ObjectStoragePath, run: JobRun, template: str, step: str) -> Iterator[BinaryIO]:
    """Write ``path`` under a name of this attempt and give it its own name only when complete and still current.

    Raises ``SupersededError`` when a newer attempt has taken over, ``TerminalError`` when the disk is full; the
    attempt's file is removed then, and so are those that killed attempts left.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    for left_over in path.parent.glob(f"{path.name}.*.part"):
        left_over.unlink(missing_ok=True)
    part = path.parent / f"{path.name}.{run.attempt}.part"
    try:
        with part.open("wb") as sink:
            yield sink
        run.ledger.require_current(run.execution_id, template, step, run.attempt)
        part.replace(path)
    except OSError as error:
        _remove(part)
        if error.errno in {errno.ENOSPC, errno.EDQUOT}:
            raise TerminalError(
                f"No space is left for staged files under {path.parent}",
                "Free some, or point EXPORT_JOBS_STAGING at a larger place, then clear this task",
            ) from None
        raise
    except BaseException:
        _remove(part)
        raise


def remove_staged(folder: ObjectStoragePath) -> None:
    """Remove an execution's folder; what cannot be removed now is left to the auditor's sweep."""
    with suppress(OSError):
        if folder.exists():
            for file in folder.iterdir():
                file.unlink(missing_ok=True)
            folder.rmdir()


def sweep(root: ObjectStoragePath, now: datetime) -> None:
    """Remove the folders of executions below ``root`` that nobody has touched for a day.

    A folder that cannot be read or removed is logged and left to the next sweep; it keeps no other one from going.
    """
    for folder in root.glob("job-*/execution-*") if root.exists() else ():
        try:
            if _last_change(folder) < now - STALE_AFTER:
                log.info("Removing %s, untouched for a day", folder)
                for file in folder.iterdir():
                    file.unlink(missing_ok=True)
                folder.rmdir()
        except (OSError, ValueError) as error:  # fsspec raises the second for a folder within
            log.warning("%s cannot be swept: %s. If it stays, remove it by hand.", folder, error)


def _last_change(folder: ObjectStoragePath) -> datetime:
    """When the folder or a file in it was last changed; one that was made a moment ago is empty still."""
    times = [file.stat().st_mtime for file in folder.iterdir()]
    return datetime.fromtimestamp(max(times) if times else folder.stat().st_mtime, UTC)


def _remove(part: ObjectStoragePath) -> None:
    with suppress(OSError):
        part.unlink(missing_ok=True)
