"""Classify the file that already exists under a final name: none, ours, exactly these bytes, or a foreign file.

A name is no proof: another program, or a deleted job of the same name, may have put the file there. Only a file that
this job delivered, by the ledger, may be replaced.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from enum import Enum, auto
from typing import Literal

from export_jobs.core.files.placed_file import KnownFile
from export_jobs.delivery.destination import Target
from export_jobs.errors import TerminalError, TransientError

ForeignFile = Literal["refuse", "replace", "keep_both"]
"""What happens to a file that exists under the final name and is not known as ours."""


@dataclass(frozen=True)
class RemoteFile:
    """A file as its server describes it; two looks at the same file give equal values. None: not reported."""

    bytes: int | None
    modified: int | None = None
    etag: str | None = None


class ForeignFileError(TerminalError):
    """A file that is not known as this job's exists under the final name."""


class FinalNameState(Enum):
    """What a delivery finds under its final name."""

    NOTHING = auto()
    OURS = auto()
    SAME_BYTES = auto()
    FOREIGN = auto()
    """A foreign file, at a destination that says what may be done with it."""


def needs_content_check(found: RemoteFile | None, target: Target) -> bool:
    """Return whether only the content can tell whose file ``found`` is.

    It has a size that ours can have, and no recorded time or ETag: it was delivered before those were recorded, a reply
    was lost, or it is not ours.
    """
    sizes = {None, target.bytes, *(known.shown_bytes for known in target.known)}
    return found is not None and found.bytes in sizes and not any(_is_recorded(found, known) for known in target.known)


def classify_file(
    found: RemoteFile | None, target: Target, where: str, sha256: str = "", foreign_file: ForeignFile = "refuse"
) -> FinalNameState:
    """Return what ``found`` is; ``sha256`` (hex): of its content, if that had to be checked.

    Raises:
        ForeignFileError: it is not a file of this job, and the destination says ``refuse``; or the destination says
            ``keep_both``, but it may be ours after all: a receiver would get a file that is kept beside the next twice.
    """
    if found is None:
        return FinalNameState.NOTHING
    if sha256 and sha256 == target.sha256.lower():
        return FinalNameState.SAME_BYTES
    if any(_is_recorded(found, known) or known.sha256.lower() == sha256 for known in target.known):
        return FinalNameState.OURS
    announced = not sha256 and _may_be_announced(found, target)
    if foreign_file == "replace" or (foreign_file == "keep_both" and not announced):
        return FinalNameState.FOREIGN
    raise foreign_file_error(found, target.path, where, announced=announced)


def has_bytes_on_record(found: RemoteFile | None, target: Target) -> bool:
    """Return whether ``found`` is, by the ledger's record, exactly the content that is to be delivered."""
    return found is not None and any(
        _is_recorded(found, known) and known.sha256.lower() == target.sha256.lower() for known in target.known
    )


def was_announced(target: Target) -> bool:
    """Return whether an earlier attempt was about to publish exactly this content, with an unknown result."""
    return any(not known.stands and known.sha256.lower() == target.sha256.lower() for known in target.known)


def _may_be_announced(found: RemoteFile, target: Target) -> bool:
    """Whether, by its size, it can be what an earlier attempt was about to publish."""
    return any(not known.stands and found.bytes in {None, known.bytes} for known in target.known)


def foreign_file_error(found: RemoteFile | None, path: str, where: str, *, announced: bool = False) -> ForeignFileError:
    """Return the error for a name that is taken; ``found`` None: the server does not show by which file.

    ``announced``: it may be ours, from an attempt whose last request got no answer, and the login may not read it.
    """
    described, whose, first = "a file that this login is not allowed to see", "", ""
    if found is not None:
        changed = f", modified at {datetime.fromtimestamp(found.modified, UTC).isoformat()}" if found.modified else ""
        size = "an unknown number of" if found.bytes is None else str(found.bytes)
        described, whose = f"a file of {size} bytes{changed}", ", which this job did not deliver"
    if announced:
        whose = (
            ". It may come from an earlier attempt of this job whose last request got no answer, but this login may "
            "not read it"
        )
        first = "Ask the server's owner what it contains. "
    return ForeignFileError(
        f"{path} already exists on {where}: {described}{whose}. It was left unchanged, and nothing was published",
        f"{first}Move it away there, or give the job another name or sub-folder; then clear this run. If an earlier "
        "job of this name delivered it, notify its receivers first. To replace or keep such files automatically, set "
        "`foreign_file` at the destination",
    )


def changed_during_upload_error(path: str, where: str) -> TransientError:
    """Return the error for a name under which the file has changed since it was looked at."""
    return TransientError(
        f"Something else changed {path} on {where} during the upload. Nothing was published",
        "The next attempt looks at it again",
    )


def unpublished_error(path: str, where: str, found: RemoteFile | None) -> TransientError:
    """Return the error for a server that says OK to a rename and does not do it."""
    seen = "no file is there" if found is None else f"a file of {found.bytes} bytes is there"
    return TransientError(
        f"The server {where} confirmed the rename to {path}, but {seen}. It does not count as delivered",
        "It is sent again automatically; if this continues, ask the server's owner why a rename has no effect",
    )


def _is_recorded(found: RemoteFile, known: KnownFile) -> bool:
    if found.bytes is None or found.bytes != known.shown_bytes:
        return False
    by_etag = found.etag is not None and found.etag == known.etag
    return by_etag or (found.modified is not None and found.modified == known.modified)
