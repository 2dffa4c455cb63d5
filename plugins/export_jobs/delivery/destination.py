"""The one protocol every kind of destination implements, and the values it speaks in."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from typing import Any, BinaryIO, Protocol

from export_jobs.core.files.placed_file import KnownFile, PlacedFile

Fence = Callable[[], AbstractContextManager[PlacedFile]]
"""Entered around the single step that makes a file visible. Entering raises ``SupersededError`` (a newer attempt
has taken over) or anything else that means "do not publish"; the destination then removes its temporary and lets
the error pass. It gives a ``PlacedFile`` to fill in. Leaving it without an error records the delivery."""


@dataclass(frozen=True)
class Credentials:
    """What an Airflow connection says, without Airflow. Never logged: ``repr`` shows host and login only."""

    host: str
    port: int | None = None
    login: str | None = None
    password: str | None = field(default=None, repr=False)
    extra: dict[str, Any] = field(default_factory=dict, repr=False)


@dataclass(frozen=True)
class Target:
    """One file to deliver: ``path`` is relative to the destination's folder, ``/``-separated, already checked.

    ``bytes`` and ``sha256`` (hex) describe the content to come; ``attempt`` (letters and digits) names this try, so
    that two tries never share a temporary file. ``known``: what the ledger knows to have come under this path, by this
    job; nothing else that stands there is replaced unasked.
    """

    path: str
    bytes: int
    sha256: str
    attempt: str
    known: tuple[KnownFile, ...] = ()


@dataclass(frozen=True)
class Receipt:
    """A file that stands complete under its final name. ``url``, such as ``sftp://…``, holds no secret."""

    path: str
    url: str
    bytes: int
    sha256: str


class Destination(Protocol):
    """A place that receives files whole or not at all."""

    def check(self) -> None:
        """Prove login, host key, target folder and write permission (a probe file, removed again).

        Raises:
            TerminalError: what cannot pass by itself, each cause with a message of its own.
            TransientError: what may pass: refused connection, timeout, name that does not resolve.
        """
        ...

    def url(self, path: str) -> str:
        """Where a file of this relative path stands, for people, such as ``sftp://…``, without any secret."""
        ...

    def deliver(self, source: BinaryIO, target: Target, fence: Fence) -> Receipt:
        """Upload ``source`` under a temporary name, verify it, then make it visible inside ``fence()``.

        A destination that publishes directly writes all of it inside ``fence()``, which it keeps open meanwhile.

        Replaces a file of the same name atomically if it is one of ``target.known``; where these very bytes stand
        already (a reply was lost), it only enters the fence. Left-over temporaries of earlier attempts at the same path
        are removed first: the caller's lease makes this attempt the current one. What stands under the final name is
        looked at before the fence is left, as far as the server lets it be seen.

        Raises:
            TransientError: connection lost, stall, size mismatch, busy server, a rename without effect. The temporary
                is removed if reachable.
            TerminalError: no space, no permission, rejected credentials, a file there that is not ours.
            SupersededError: from the fence.
        """
        ...
