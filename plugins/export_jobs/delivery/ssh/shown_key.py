"""A host key for people to compare, and the error for one that is not pinned. Needs no SSH library."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

from export_jobs.errors import ConflictError, TerminalError


@dataclass(frozen=True)
class ShownHostKey:
    """``kind``: such as "ssh-ed25519"; ``fingerprint``: ``SHA256:`` and 43 characters, as OpenSSH prints it.

    ``is_pinned``: the connection or the destination trusts it.
    """

    kind: str
    fingerprint: str
    is_pinned: bool = False

    def __str__(self) -> str:
        return f"{self.kind} {self.fingerprint}"


class HostKeyError(TerminalError):
    """A server showed host keys, ``shown``, of which none is pinned. No login and no secret was sent."""

    def __init__(self, what: str, remedy: str = "", shown: Collection[ShownHostKey] = ()) -> None:
        super().__init__(what, remedy)
        self.shown = tuple(shown)


def require_shown(shown: Collection[ShownHostKey], fingerprint: str, where: str) -> ShownHostKey:
    """Return the key with this fingerprint from the keys that a server shows.

    Raises ``ConflictError`` if it is not among them: only a key that a person has compared is pinned.
    """
    for key in shown:
        if key.fingerprint == fingerprint:
            return key
    raise ConflictError(
        f"The server {where} does not show the host key {fingerprint}, so it was not pinned. It shows "
        f"{' and '.join(map(str, shown)) or 'none'}",
        "Compare again with the fingerprint that the server's owner gives you. If they differ, somebody may be "
        "intercepting the connection",
    )
