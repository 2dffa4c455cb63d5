"""What the ledger and a destination tell each other of a file that stands under its final name."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from enum import StrEnum


class Verification(StrEnum):
    """What proves that a delivered file is whole: its size as the server says it, its content, or nothing there."""

    SIZE = "size"
    READ_BACK = "read back"
    NONE = "not verified"


@dataclass(frozen=True)
class KnownFile:
    """A file that the ledger knows as ours under a name. What stands there may be replaced only if it is one of these.

    ``modified`` (seconds since 1970, by the server's clock) and ``etag`` are what the server said of it once it stood.
    Without them nobody has looked, and the content decides. ``reported_bytes``: the size that the server says, where
    that is another one. ``stands``: it was recorded as standing; else it was only about to.
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
        """The size by which its server describes it."""
        return self.bytes if self.reported_bytes is None else self.reported_bytes


@dataclass
class PlacedFile:
    """What a server says of a file that has just got its final name; a destination fills it in within the fence.

    ``keep_open`` is called every few seconds by whoever stays in the fence for longer than a rename takes; it raises
    when the fence was lost.
    """

    modified: int | None = None
    etag: str | None = None
    reported_bytes: int | None = None
    verification: Verification = Verification.SIZE
    keep_open: Callable[[], None] = field(default=lambda: None, compare=False, repr=False)
