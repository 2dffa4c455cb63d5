"""Files between steps: written whole or not at all, by the current attempt alone."""

from __future__ import annotations

import errno
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING, BinaryIO

from airflow.sdk import ObjectStoragePath

from export_jobs.errors import TerminalError

if TYPE_CHECKING:
    from export_jobs.orchestration.job_run import JobRun


@contextmanager
def staged(uri: str) -> Iterator[BinaryIO]:
    """Open a staged file for reading; raises ``TerminalError`` when it is gone."""
    try:
        source = ObjectStoragePath(uri).open("rb")
    except FileNotFoundError:
        raise TerminalError(
            f"The staged file {uri.rpartition('/')[2]} is gone; it is removed once a run has delivered. "
            "Clear this run from its extract task to make it again."
        ) from None
    with source:
        yield source


@contextmanager
def written_whole(path: ObjectStoragePath, run: JobRun, template: str, step: str) -> Iterator[BinaryIO]:
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
        run.ledger.still_current(run.execution_id, template, step, run.attempt)
        part.replace(path)
    except OSError as error:
        _remove(part)
        if error.errno in {errno.ENOSPC, errno.EDQUOT}:
            raise TerminalError(
                f"No space is left for staged files under {path.parent}. "
                "Free some, or point EXPORT_JOBS_STAGING at a larger place, then clear this task."
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


def _remove(part: ObjectStoragePath) -> None:
    with suppress(OSError):
        part.unlink(missing_ok=True)
