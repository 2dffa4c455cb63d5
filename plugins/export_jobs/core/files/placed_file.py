"""What the ledger and a destination tell each other of a file that stands under its final name."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class KnownFile:
    """A file that the ledger knows as ours under a name. What stands there may be replaced only if it is one of these.

    ``modified`` (seconds since 1970, by the server's clock) and ``etag`` are what the server said of it once it stood.
    Without them nobody has looked, and the content decides.
    """

    bytes: int
    sha256: str
    modified: int | None = None
    etag: str | None = None


@dataclass
class PlacedFile:
    """What a server says of a file that has just got its final name; a destination fills it in within the fence."""

    modified: int | None = None
    etag: str | None = None
