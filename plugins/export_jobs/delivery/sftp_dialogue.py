"""What is answered when a server asks at login: the host key it shows, the password it wants, the code it adds."""

from __future__ import annotations

import re
from typing import Any

import asyncssh

from export_jobs.delivery.sftp_hostkey import HostKeyPins

_PROMPT_LIMIT = 80
_NEW_PASSWORD = re.compile(
    r"expir|new (unix )?password|change (your|the|unix) ?password|password change|abgelaufen|neues|nouveau|nuev",
    re.IGNORECASE,
)


class LoginDialogue(asyncssh.SSHClient):  # type: ignore[misc]  # asyncssh is not followed by mypy (pyproject.toml)
    """One login: each host key is judged before any secret is sent, and the password is given once, to one question.

    ``rejected_key``: the host key that was shown and is not pinned. ``asked_for``: what a server asked beyond the
    password. ``wants_new_password``: it takes the password and insists that it is changed.
    """

    def __init__(self, pins: HostKeyPins, password: str | None) -> None:
        self._pins = pins
        self._password = password
        self._connection: Any = None
        self.rejected_key: asyncssh.SSHKey | None = None
        self.has_shown_key = False
        self.asked_for = ""
        self.wants_new_password = False

    @property
    def server_signatures(self) -> frozenset[str]:
        """The kinds of signature that the server says it takes; empty when it says nothing (RFC 8308)."""
        told: set[bytes] = getattr(self._connection, "_server_sig_algs", set())
        return frozenset(str(name, "ascii", "replace") for name in told if name)

    def connection_made(self, conn: Any) -> None:
        """Keep the connection, which knows what the server has announced."""
        self._connection = conn

    def validate_host_public_key(self, _host: str, _addr: str, _port: int, key: asyncssh.SSHKey) -> bool:
        """Accept pinned keys alone."""
        self.has_shown_key = True
        accepted = self._pins.accept(key)
        self.rejected_key = None if accepted else key
        return accepted

    def password_auth_requested(self) -> str | None:
        """The password, once: a second try of a wrong one locks accounts."""
        password, self._password = self._password, None
        return password

    def password_change_requested(self, _prompt: str, _lang: str) -> Any:
        """Nothing here can choose a new password."""
        self.wants_new_password = True
        return NotImplemented

    def kbdint_auth_requested(self) -> str | None:
        """Answer questions only while the password has not been given."""
        return None if self._password is None else ""

    def kbdint_challenge_received(
        self, name: str, instructions: str, _lang: str, prompts: list[tuple[str, bool]]
    ) -> list[str] | None:
        """Give the password to a single question whose answer is hidden, in whatever language it is asked."""
        if not prompts:
            self.wants_new_password |= _NEW_PASSWORD.search(f"{name} {instructions}") is not None
            return []
        question, is_shown = prompts[0]
        if len(prompts) == 1 and not is_shown and self._password is not None:
            return [str(self.password_auth_requested())]
        asked = " ".join(text for text, _ in prompts)
        self.wants_new_password |= _NEW_PASSWORD.search(f"{name} {instructions} {asked}") is not None
        self.asked_for = _printable(question)
        return None


def _printable(prompt: str) -> str:
    """A server's question as a message may quote it: one line, without what a terminal would obey."""
    return " ".join("".join(mark if mark.isprintable() else " " for mark in prompt).split())[:_PROMPT_LIMIT]
