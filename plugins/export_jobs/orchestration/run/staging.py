"""Files between steps: written whole or not at all, only by the current attempt, and removed after use."""

from __future__ import annotations

import errno
import logging
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager, suppress
from datetime import datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO

from airflow.sdk import ObjectStoragePath

from export_jobs.errors import TerminalError
from export_jobs.orchestration.run.local_folder import LocalFolder
from export_jobs.orchestration.run.object_folder import ObjectFolder
from export_jobs.orchestration.unfinished_uploads import abort_unfinished

if TYPE_CHECKING:
    from export_jobs.orchestration.run.job_run import JobRun

log = logging.getLogger(__name__)

STALE_AFTER = timedelta(hours=24)
_LOCAL = {"", "file", "local"}


@contextmanager
def open_staged(uri: str) -> Iterator[BinaryIO]:
    """Open a staged file for reading; raise ``TerminalError`` when it is gone."""
    path = ObjectStoragePath(uri)
    try:
        with _open_execution(path.parent) as folder, folder.read(path.name) as source:
            yield source
    except FileNotFoundError:
        raise TerminalError(
            f"The staged file {path.name} is gone; it is removed once a run has delivered, or has failed for good",
            "Clear this run from its extract task to create it again",
        ) from None


@contextmanager
def write_staged(path: ObjectStoragePath, run: JobRun, template: str, step: str) -> Iterator[BinaryIO]:
    """Write ``path`` under a name of this attempt, and rename it only when it is complete and the attempt is current.

    Raise ``SupersededError`` when a newer attempt has taken over, ``TerminalError`` when the disk is full; the
    attempt's file is then removed. Files of killed attempts are removed, too.
    """
    part = f"{path.name}.{run.attempt}.part"
    with _open_execution(path.parent, create=True) as folder:
        for name in folder.names():
            if name.startswith(f"{path.name}.") and name.endswith(".part"):
                folder.remove(name)
        folder.abort_unfinished(f"{path.name}.")
        try:
            with folder.create(part) as sink:
                yield sink
            run.ledger.require_current(run.execution_id, template, step, run.attempt)
            folder.replace(part, path.name)
        except BaseException as error:
            with suppress(OSError):
                folder.remove(part)
            if isinstance(error, OSError) and error.errno in {errno.ENOSPC, errno.EDQUOT}:
                raise TerminalError(
                    f"No space is left for staged files under {path.parent}",
                    "Free some space, or set EXPORT_JOBS_STAGING to a larger place, then clear this run",
                ) from None
            raise


def remove_staged(folder: ObjectStoragePath, stem: str | None = None) -> None:
    """Remove an execution's folder, or its files of one ``stem``; the sweep removes what cannot be removed now."""
    with suppress(OSError, TerminalError):
        with _open_execution(folder) as opened:
            for name in opened.names():
                if stem is None or name.startswith(f"{stem}."):
                    opened.remove(name)
            is_empty = not opened.names()
        if is_empty:
            with _open_folder(folder.parent, folder.parent.parent) as above:
                above.remove_folder(folder.name)


def sweep(root: ObjectStoragePath, now: datetime) -> None:
    """Remove the folders of executions below ``root`` that nobody has touched for a day.

    A folder that cannot be read or removed, a link, and a folder of another user are logged and skipped; the others
    are still removed.
    """
    abort_unfinished(root / "job-", before=now - STALE_AFTER)
    for folder in root.glob("job-*/execution-*") if root.exists() else ():
        try:
            with _open_execution(folder) as opened:
                is_stale = opened.last_change() < (now - STALE_AFTER).timestamp()
                if is_stale:
                    log.info("Removing %s, untouched for a day", folder)
                    for name in opened.names():
                        opened.remove(name)
            if is_stale:
                with _open_folder(folder.parent, root) as above:
                    above.remove_folder(folder.name)
        except Exception as error:  # each kind of store has its own
            log.warning("%s cannot be removed: %s. If it remains, remove it by hand.", folder, error)


def _open_execution(
    folder: ObjectStoragePath, *, create: bool = False
) -> AbstractContextManager[LocalFolder | ObjectFolder]:
    return _open_folder(folder, folder.parent.parent, create=create)


@contextmanager
def _open_folder(
    folder: ObjectStoragePath, root: ObjectStoragePath, *, create: bool = False
) -> Iterator[LocalFolder | ObjectFolder]:
    if folder.protocol in _LOCAL:
        with LocalFolder.open(Path(folder.path), Path(root.path), create=create) as opened:
            yield opened
    else:
        yield ObjectFolder.open(folder, create=create)
