"""What the ledger and a destination exchange about a file that has its final name."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from enum import StrEnum


class Verification(StrEnum):
    """What proves that a delivered file is complete: its size as the server reports it, its content, or nothing."""

    SIZE = "size"
    READ_BACK = "read back"
    NONE = "not verified"


@dataclass(frozen=True)
class KnownFile:
    """A file under a name that, by the ledger, this product wrote. Only such a file may be replaced.

    ``modified`` (seconds since 1970, by the server's clock) and ``etag`` are what the server reported after delivery.
    Without them the file was not looked at, and the content decides. ``reported_bytes``: the size that the server
    reports, if it differs. ``stands``: the ledger has it as delivered; otherwise its delivery was only announced.
    """

    bytes: int
    sha256: str
    modified: int | None = None
    etag: str | None = None
    reported_bytes: int | None = None
    stands: bool = field(default=True, compare=False)
    was_refused: bool = field(default=False, compare=False)

    @property
    def shown_bytes(self) -> int:
        """The size that its server reports."""
        return self.bytes if self.reported_bytes is None else self.reported_bytes


@dataclass
class PlacedFile:
    """What a server reports about a file that has just got its final name; a destination fills it in within the fence.

    Code that stays in the fence for longer than a rename must call ``keep_open`` every few seconds; it raises when the
    fence is lost.
    """

    modified: int | None = None
    etag: str | None = None
    reported_bytes: int | None = None
    verification: Verification = Verification.SIZE
    keep_open: Callable[[], None] = field(default=lambda: None, compare=False, repr=False)
