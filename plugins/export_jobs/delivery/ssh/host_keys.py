"""Which host key a server must show: read from the connection and compared before any secret is sent."""

from __future__ import annotations

import base64
import binascii
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import asyncssh
from asyncssh.public_key import get_default_public_key_algs

from export_jobs.delivery.ssh.shown_key import HostKeyError, ShownHostKey
from export_jobs.errors import TerminalError

_FINGERPRINT = re.compile(r"SHA256:[A-Za-z0-9+/]{43}(?==?$)")
_LIKELIEST_FIRST = ("ssh-ed25519", "ecdsa-")
"""The most frequent kinds of key today; a request for the right one first saves connections."""
_PIN_IT = "pin it at the destination: on the page after a check, or with `export-jobs host-keys TAG --pin FINGERPRINT`"


@dataclass(frozen=True)
class HostKeyPins:
    """The host keys that are trusted: SHA-256 fingerprints, and the signature algorithms to ask for first.

    A fingerprint does not tell the kind of its key, so a server may have to show all its keys, each over a separate
    connection.
    """

    fingerprints: frozenset[str]
    algorithms: tuple[str, ...]

    def accept(self, key: asyncssh.SSHKey) -> bool:
        """Return whether the server's key is one of the pinned ones."""
        return key.get_fingerprint() in self.fingerprints

    def preferred_algorithms(self, shown: Iterable[asyncssh.SSHKey] = ()) -> list[str]:
        """Return the algorithms to request: the pinned kinds first, since a server has one key of each kind.

        The other kinds follow, so that a changed server still shows a key and the person sees its fingerprint; the
        kinds of the keys that it has ``shown`` already are left out. So are certificates: their authority cannot be
        pinned here.
        """
        seen = {name for key in shown for name in _algorithms_of(key)}
        every = [str(name, "ascii") for name in get_default_public_key_algs()]
        every.sort(key=lambda name: not name.startswith(_LIKELIEST_FIRST))
        wanted = [*self.algorithms, *(name for name in every if name not in self.algorithms)]
        return [name for name in wanted if name not in seen]


def parse_host_keys(value: object, where: str, also: Iterable[str] = ()) -> HostKeyPins:
    """Read ``host_key``: one key a line, or a list of them; several let a server change its key without a gap.

    ``also``: fingerprints that are pinned at the destination.

    A line is ``ssh-ed25519 AAAA…``, ``[host]:port ssh-… AAAA…``, only ``AAAA…``, a fingerprint ``SHA256:…``, or what
    ``ssh-keygen -l`` prints of it. Line ends may be written as the two characters ``\\n``, as in JSON within JSON.

    Raises:
        TerminalError: a line is none of these.
    """
    fingerprints = set(also)
    algorithms: list[str] = []
    for line in _lines(value):
        if line.startswith("@"):
            raise TerminalError(
                f"The host_key in the connection of {where} has a line with {line.split()[0]}, which is not allowed: a "
                "revoked key must not be trusted, and an authority for host keys cannot be pinned",
                "Remove the line, and pin the server's own key",
            )
        fingerprint = next(filter(None, (_FINGERPRINT.match(word) for word in line.split())), None)
        if fingerprint:
            fingerprints.add(fingerprint.group())
            continue
        key = _public_key(line)
        if key is None:
            raise TerminalError(
                f"The host_key in the connection of {where} is not a public key",
                "Write it as `ssh-keyscan` prints it: ssh-ed25519 AAAA…",
            )
        fingerprints.add(key.get_fingerprint())
        algorithms.extend(_algorithms_of(key))
    return HostKeyPins(frozenset(fingerprints), tuple(dict.fromkeys(algorithms)))


def _lines(value: object) -> list[str]:
    """Return the lines that contain a key, without empty lines and the comments of ``ssh-keyscan``."""
    texts = value if isinstance(value, list | tuple) else [value or ""]
    lines = (line.strip() for text in texts for line in str(text).replace("\\n", "\n").splitlines())
    return [line for line in lines if line and not line.startswith("#")]


def _algorithms_of(key: asyncssh.SSHKey) -> list[str]:
    return [str(name, "ascii") for name in key.sig_algorithms]


def _public_key(line: str) -> asyncssh.SSHKey | None:
    """Return the key in ``line``, whatever is around it; every key's base64 starts with AAAA (a short length)."""
    blob = next((word for word in line.split() if word.startswith("AAAA")), None)
    if blob is None:
        return None
    try:
        raw = base64.b64decode(blob, validate=True)
        algorithm = raw[4 : 4 + int.from_bytes(raw[:4])].decode("ascii")
        return asyncssh.import_public_key(f"{algorithm} {blob}")
    except (binascii.Error, UnicodeDecodeError, asyncssh.KeyImportError):
        return None


def shown_key(key: asyncssh.SSHKey) -> ShownHostKey:
    """Return the parts of a key that a person compares."""
    return ShownHostKey(str(key.get_algorithm()), str(key.get_fingerprint()))


def no_pinned_key_error(where: str, shown: Sequence[asyncssh.SSHKey]) -> HostKeyError:
    """Return the error that says which keys the server showed and how to trust one of them."""
    line = shown[0].export_public_key().decode("ascii").split()
    keys = [shown_key(key) for key in shown]
    return HostKeyError(
        f"The connection of {where} pins no host key, so an impostor could pass for the server. Nothing was sent. "
        f"The server showed {' and '.join(map(str, keys))}",
        "Compare this fingerprint with the one the server's owner gives you. If they are the same, put "
        f'"host_key": "{line[0]} {line[1]}" into the connection\'s extra, or {_PIN_IT}',
        keys,
    )


def changed_key_error(where: str, pins: HostKeyPins, shown: Sequence[asyncssh.SSHKey]) -> HostKeyError:
    """Return the error that says which key was expected and which the server showed."""
    keys = [shown_key(key) for key in shown]
    return HostKeyError(
        f"The server {where} showed another host key than the pinned one. Nothing was sent. "
        f"Expected {' or '.join(sorted(pins.fingerprints))}, got {' and '.join(map(str, keys))}",
        "Ask the server's owner whether the key was changed on purpose. Only then put the new one into host_key of the "
        f"connection's extra, or {_PIN_IT}",
        keys,
    )
