"""The protocol that every kind of destination implements, and its values."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from typing import Any, BinaryIO, Protocol

from export_jobs.core.files.placed_file import KnownFile, PlacedFile

Fence = Callable[[], AbstractContextManager[PlacedFile]]
"""Entered around the single step that makes a file visible. Entering raises ``SupersededError`` (a newer attempt
has taken over) or any other error that means "do not publish"; the destination then removes its temporary file and
re-raises the error. It yields a ``PlacedFile`` to fill in. Leaving it without an error records the delivery."""


@dataclass(frozen=True)
class Credentials:
    """The content of an Airflow connection, without Airflow. Never logged: ``repr`` shows only host and login."""

    host: str
    port: int | None = None
    login: str | None = None
    password: str | None = field(default=None, repr=False)
    extra: dict[str, Any] = field(default_factory=dict, repr=False)


@dataclass(frozen=True)
class Target:
    """One file to deliver: ``path`` is relative to the destination's folder, ``/``-separated, already checked.

    ``bytes`` and ``sha256`` (hex) describe the content to deliver. ``attempt`` (letters and digits) names this attempt,
    so that two attempts never share a temporary file. ``known``: the files that, by the ledger, this job has delivered
    under this path; no other file there is replaced unless the destination allows it.
    """

    path: str
    bytes: int
    sha256: str
    attempt: str
    known: tuple[KnownFile, ...] = ()


@dataclass(frozen=True)
class Receipt:
    """A file that is complete under its final name. ``url``, such as ``sftp://…``, contains no secret."""

    path: str
    url: str
    bytes: int
    sha256: str


class Destination(Protocol):
    """A place that receives files whole or not at all."""

    def check(self) -> None:
        """Check login, host key, target folder and write permission (with a probe file, which is removed again).

        Raises:
            TerminalError: an error that cannot pass by itself; each cause has its own message.
            TransientError: an error that may pass: refused connection, timeout, name that does not resolve.
        """
        ...

    def url(self, path: str) -> str:
        """Return the address of the file at this relative path, such as ``sftp://…``, without any secret."""
        ...

    def deliver(self, source: BinaryIO, target: Target, fence: Fence) -> Receipt:
        """Upload ``source`` under a temporary name, verify it, then make it visible inside ``fence()``.

        A destination that publishes directly writes the whole file inside ``fence()`` and keeps the fence open.

        Replaces a file of the same name atomically if it is one of ``target.known``. If exactly these bytes are already
        there (a reply was lost), it only enters the fence. First removes temporary files that earlier attempts left for
        the same path: the caller's lease makes this attempt the current one. Looks at the file under the final name
        before it leaves the fence, as far as the server allows that.

        Raises:
            TransientError: connection lost, stall, size mismatch, busy server, a rename without effect. The temporary
                file is removed if reachable.
            TerminalError: no space, no permission, rejected credentials, a file there that is not ours.
            SupersededError: from the fence.
        """
        ...
