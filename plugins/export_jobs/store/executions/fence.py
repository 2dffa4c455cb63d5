"""Make a file visible: only by the current attempt, announced before, recorded in the same transaction after.

The order of the steps is separate from how a store records them, so that it can be tested with a crash at any point
(``tests/simulator``).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from typing import Protocol

from export_jobs.core.files.placed_file import PlacedFile
from export_jobs.errors import ExportError, SupersededError, TransientError
from export_jobs.store.executions.records import DeliveryRecord, DoneFileRecord, PublicationRecord

FileRecord = DeliveryRecord | PublicationRecord | DoneFileRecord


class AlreadyDelivered(ExportError):  # noqa: N818  an outcome, not an error of anybody's
    """This very content of this execution is at the destination; nothing needs to be done."""


@dataclass(frozen=True)
class Announcement:
    """A file that is about to get its final name. ``revision`` counts the contents of that path, from 1."""

    id: int
    revision: int


class LeaseTransaction(Protocol):
    """A transaction in which an attempt is, and stays, the current one of its step."""

    def is_recorded(self, record: FileRecord) -> bool:
        """Return whether this content of this execution is recorded as delivered."""

    def is_outdated(self, record: FileRecord) -> bool:
        """Whether another run has delivered the path from rows that were read later than these."""

    def announce(self, record: FileRecord, attempt: str) -> Announcement:
        """Record what may exist under the record's path from now on."""

    def is_newest(self, announcement: Announcement, record: FileRecord) -> bool:
        """Whether nothing else was announced for the path since; nothing else is, until the transaction ends."""

    def keep_open(self) -> None:
        """Keep the transaction from timing out; raise when it was lost."""

    def record(self, record: FileRecord, announcement: Announcement, attempt: str, placed: PlacedFile) -> None:
        """Record that the file is in place."""


@contextmanager
def fence(
    open_lease: Callable[[], AbstractContextManager[LeaseTransaction]], record: FileRecord, attempt: str
) -> Iterator[PlacedFile]:
    """Enter around the step that makes a file visible; leaving it without an error records the file.

    ``open_lease`` raises ``SupersededError`` when the attempt is no longer the current one. It is raised, too, when a
    later run has delivered the window meanwhile: an orphan of an earlier one must not put older rows there. Raises
    ``AlreadyDelivered``, and ``TransientError`` when another execution is about to publish under the same name.
    """
    with open_lease() as lease:
        _require_unrecorded(lease, record)
        require_newest_rows(lease, record)
        announcement = lease.announce(record, attempt)
    with open_lease() as lease:
        _require_unrecorded(lease, record)
        if not lease.is_newest(announcement, record):
            raise TransientError(
                f"Another run is publishing {record.path} right now, so this attempt did not publish it",
                "It is retried automatically",
            )
        # Once more, now that nobody else can publish the path: a later run may have done so since.
        require_newest_rows(lease, record)
        placed = PlacedFile(keep_open=lease.keep_open)
        yield placed
        lease.record(record, announcement, attempt, placed)


def _require_unrecorded(lease: LeaseTransaction, record: FileRecord) -> None:
    if lease.is_recorded(record):
        raise AlreadyDelivered(f"{record.path} is at the destination already", "There is nothing to do")


def require_newest_rows(lease: LeaseTransaction, record: FileRecord) -> None:
    """Raises ``SupersededError`` when another run has delivered from rows that were read later."""
    if lease.is_outdated(record):
        raise SupersededError(
            f"{record.path or 'This window'} has been delivered by another run from rows that were read later; this "
            "one leaves it as it is",
            "To send it once more, clear this run from its extract tasks",
        )
