"""Which SSH algorithms are offered to a server, and which ones a server offers if none of ours matches."""

from __future__ import annotations

import asyncio
import re
from contextlib import suppress
from typing import Any

from asyncssh.encryption import get_encryption_algs
from asyncssh.kex import get_default_kex_algs, get_kex_algs
from asyncssh.mac import get_default_mac_algs, get_mac_algs
from asyncssh.public_key import get_default_public_key_algs, get_public_key_algs

from export_jobs.delivery.ssh.connection_fields import LoginPreferences
from export_jobs.errors import TerminalError

CIPHERS = (
    # AES-GCM first: one pass for cipher and MAC, in hardware; chacha20 takes about twice the time here.
    "aes128-gcm@openssh.com",
    "aes256-gcm@openssh.com",
    "chacha20-poly1305@openssh.com",
    "aes256-ctr",
    "aes192-ctr",
    "aes128-ctr",
)
_NAME = re.compile(r"[A-Za-z0-9@._+-]{1,64}")
_MOST_NAMES = 20
_MARKERS = ("ext-info-", "kex-strict-")  # in the list of key exchanges, and none of them
_LONGEST_LINE = 8192
_LONGEST_PACKET = 35_000
_KEXINIT = 20
_COOKIE = 16
_SUBJECTS = ("key exchange", "host keys", "encryption", "encryption", "MAC", "MAC")
"""Of the first lists of a server's offer, in the order of RFC 4253, section 7.1."""
_GSS = "gss-"  # kerberos, which is switched off
_OPTIONS = {
    "encryption_algs": "encryption",
    "kex_algs": "key exchange",
    "mac_algs": "MAC",
    "signature_algs": "host keys",
}
_NO_MAC_NEEDED = ("gcm@openssh.com", "chacha20-poly1305@openssh.com")


def offered_algorithms(preferences: LoginPreferences, where: str, *, legacy: bool) -> dict[str, Any]:
    """Return options of asyncssh. ``legacy``: outdated algorithms come last, so they are used only if needed.

    Raises ``TerminalError`` if the connection leaves no algorithm of a kind.
    """
    offered: dict[str, Any] = {}
    for option, subject in _OPTIONS.items():
        every = _supported(subject, legacy=legacy)
        chosen = preferences.choose(option, every)
        if not chosen:
            raise TerminalError(
                f"The connection of {where} leaves no algorithm for {subject}: `ciphers` or `disabled_algorithms` in "
                "its extra exclude everything that is safe and supported here",
                f"Name some of {', '.join(every[:_MOST_NAMES])}; old ones also need `legacy_algorithms: true` at the "
                "destination",
            )
        if legacy or chosen != every or option == "encryption_algs":  # else as the library has it
            offered[option] = chosen
    return offered


async def unmatched_algorithms(host: str, port: int, seconds: float, *, legacy: bool) -> tuple[str, list[str]] | None:
    """Return what cannot be negotiated, such as "encryption", and what the server offers; None if all matches.

    Also None if the server sends no offer. Uses a separate connection, which ends before any secret or key: a server
    without a common algorithm may hang up before the library has read its offer. Keeps only words that look like names.
    """
    lists: list[list[str]] = []
    with suppress(OSError, EOFError, TimeoutError, ValueError, asyncio.IncompleteReadError):
        async with asyncio.timeout(seconds):
            lists = await _read_offer(host, port)
    for subject, offered in zip(_SUBJECTS, lists, strict=False):
        needs_none = subject == "MAC" and any(name.endswith(_NO_MAC_NEEDED) for name in lists[2])
        if not needs_none and not set(offered) & set(_supported(subject, legacy=legacy)):
            return subject, offered[:_MOST_NAMES]
    return None


async def _read_offer(host: str, port: int) -> list[list[str]]:
    reader, writer = await asyncio.open_connection(host, port, limit=_LONGEST_LINE)
    try:
        while not (await reader.readline()).startswith(b"SSH-"):
            pass  # a server may greet first
        writer.write(b"SSH-2.0-export_jobs\r\n")
        size = int.from_bytes(await reader.readexactly(4))
        if not _COOKIE < size < _LONGEST_PACKET:
            return []
        packet = await reader.readexactly(size)
    finally:
        writer.close()
    payload = packet[1 : size - packet[0]]
    return _name_lists(payload[1 + _COOKIE :]) if payload[0] == _KEXINIT else []


def _name_lists(data: bytes) -> list[list[str]]:
    lists = []
    for _ in _SUBJECTS:
        end = 4 + int.from_bytes(data[:4])
        names = data[4:end].decode("ascii", "replace").split(",")
        lists.append([name for name in names if _NAME.fullmatch(name) and not name.startswith(_MARKERS)])
        data = data[end:]
    return lists


def _supported(subject: str, *, legacy: bool) -> list[str]:
    """Return what is offered for a subject, the best first."""
    if subject == "encryption":
        return [*CIPHERS, *(_names(get_encryption_algs(), but=CIPHERS) if legacy else ())]
    by_default, every = {
        "key exchange": (get_default_kex_algs, get_kex_algs),
        "MAC": (get_default_mac_algs, get_mac_algs),
        "host keys": (get_default_public_key_algs, get_public_key_algs),
    }[subject]
    return _names((every if legacy else by_default)())


def _names(known: list[bytes], but: tuple[str, ...] = ()) -> list[str]:
    names = (str(name, "ascii") for name in known)
    return [name for name in names if name not in but and not name.startswith(_GSS)]
