"""Answer a server at login: the host key that it shows, the password that it wants, and any other question."""

from __future__ import annotations

import re
from typing import Any

import asyncssh
from asyncssh.constants import MSG_USERAUTH_FAILURE
from asyncssh.packet import PacketDecodeError, SSHPacket

from export_jobs.delivery.ssh.host_keys import HostKeyPins

_PROMPT_LIMIT = 80
_NEW_PASSWORD = re.compile(
    r"expir|new (unix )?password|change (your|the|unix) ?password|password change|password (has )?lapsed"
    r"|must be changed|abgelaufen|neues|nouveau|nuev|scadut|verlopen|vencid|caduc|wygas|истек|期限切れ|过期|만료",
    re.IGNORECASE,
)
_EXPIRED = re.compile(
    r"expired|must be changed|password (has )?lapsed|abgelaufen|expiré|caducad|vencid|scadut|verlopen|wygas|истек"
    r"|期限切れ|过期|만료",
    re.IGNORECASE,
)  # for banners: "passwords expire after 90 days" does not mean that this one has expired


def mentions_expired_password(text: str) -> bool:
    """Return whether a server's text says that the password must be changed first."""
    return _NEW_PASSWORD.search(text) is not None


class LoginDialogue(asyncssh.SSHClient):  # type: ignore[misc]  # asyncssh is not followed by mypy (pyproject.toml)
    """One login: judge each host key before any secret is sent, and give the password once, to one question.

    If the connection also has a key, the password is only for a server that accepts the key and wants both, or that
    accepts no keys at all; never for a server that rejected the key.

    ``rejected_key``: the host key that the server showed and that is not pinned. ``extra_question``: what the server
    asked beyond the password. ``wants_new_password``: the server accepts the password but insists on a new one.
    ``accepted``: a first secret was right, and the server wants a second one.
    """

    def __init__(self, pins: HostKeyPins, password: str | None, *, has_key: bool = False) -> None:
        self._pins = pins
        self._password = password
        self._has_key = has_key
        self._connection: Any = None
        self._has_list = False  # the answer to the first request, which only asks what there is
        self._refusals = 0
        self.accepted = False
        self.methods: tuple[str, ...] = ()
        self.rejected_key: asyncssh.SSHKey | None = None
        self.has_shown_key = False
        self.has_given_password = False
        self.extra_question = ""
        self.wants_new_password = False

    @property
    def server_signatures(self) -> frozenset[str]:
        """The kinds of signature that the server says it accepts; empty if it says nothing (RFC 8308)."""
        names: set[bytes] = getattr(self._connection, "_server_sig_algs", set())
        return frozenset(str(name, "ascii", "replace") for name in names if name)

    def connection_made(self, conn: Any) -> None:
        """Keep the connection and record its refusals: the library does not report partial success (RFC 4252)."""
        self._connection = conn
        handlers = dict(conn._packet_handlers)
        refuse = handlers[MSG_USERAUTH_FAILURE]

        def record_first(connection: Any, kind: int, number: int, packet: Any) -> Any:
            self._record_refusal(packet.get_remaining_payload())
            return refuse(connection, kind, number, packet)

        conn._packet_handlers = {**handlers, MSG_USERAUTH_FAILURE: record_first}

    def _record_refusal(self, payload: bytes) -> None:
        packet = SSHPacket(payload)
        try:
            methods, is_partial = packet.get_namelist(), packet.get_boolean()
        except PacketDecodeError:
            return  # the library refuses it in a moment
        self.methods = tuple(str(name, "ascii", "replace") for name in methods)
        if is_partial:
            self.accepted = True
        elif self._has_list:
            self._refusals += 1
        self._has_list = True

    def auth_banner_received(self, msg: str, _lang: str) -> None:
        """Look in a banner for an expired password. Banners are no questions, but some servers report it there."""
        self.wants_new_password |= _EXPIRED.search(msg) is not None

    def validate_host_public_key(self, _host: str, _addr: str, _port: int, key: asyncssh.SSHKey) -> bool:
        """Accept only pinned keys."""
        self.has_shown_key = True
        accepted = self._pins.accept(key)
        self.rejected_key = None if accepted else key
        return accepted

    @property
    def _may_give_password(self) -> bool:
        return self._password is not None and (not self._has_key or self.accepted or self._refusals == 0)

    def password_auth_requested(self) -> str | None:
        """Return the password, but only once: a second attempt with a wrong one locks accounts."""
        if not self._may_give_password:
            return None
        password, self._password = self._password, None
        self.has_given_password = True
        return password

    def password_change_requested(self, _prompt: str, _lang: str) -> Any:
        """Record that the server wants a new password; nothing here can choose one."""
        self.wants_new_password = True
        return NotImplemented

    def kbdint_auth_requested(self) -> str | None:
        """Answer questions only until the password has been given."""
        return "" if self._may_give_password else None

    def kbdint_challenge_received(
        self, name: str, instructions: str, _lang: str, prompts: list[tuple[str, bool]]
    ) -> list[str] | None:
        """Give the password to a single question with a hidden answer, whatever its language."""
        if not prompts:
            self.wants_new_password |= mentions_expired_password(f"{name} {instructions}")
            return []
        question, is_shown = prompts[0]
        if len(prompts) == 1 and not is_shown and self._may_give_password:
            return [str(self.password_auth_requested())]
        asked = " ".join(text for text, _ in prompts)
        self.wants_new_password |= mentions_expired_password(f"{name} {instructions} {asked}")
        self.extra_question = _printable(question)
        return None


def _printable(prompt: str) -> str:
    """Return a server's question for a message: one line, without control characters for a terminal."""
    return " ".join("".join(mark if mark.isprintable() else " " for mark in prompt).split())[:_PROMPT_LIMIT]
