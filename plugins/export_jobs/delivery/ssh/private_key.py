"""Read the private key of a connection, in any usual format, with its certificate."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import asyncssh

from export_jobs.delivery.ssh.certificate import is_for_hosts
from export_jobs.delivery.ssh.putty_key import is_putty_key, openssh_text
from export_jobs.errors import TerminalError

_PEM = re.compile(r"(?P<begin>-----BEGIN [A-Z0-9 ]+-----)(?P<body>.*?)(?P<end>-----END [A-Z0-9 ]+-----)", re.DOTALL)
_LINE = 64


def read_private_key(extra: dict[str, Any], where: str) -> Any | None:
    """Return the key of ``private_key`` or ``key_file``: OpenSSH, PEM, PKCS#8 or PuTTY, with or without passphrase.

    With ``certificate`` or ``certificate_file`` (OpenSSH), return a pair of both. None: the connection has no key.

    Raises:
        TerminalError: it cannot be read; the message names the field, never its value.
    """
    text = _text_of(extra, "private_key", "key_file", where)
    if text is None:
        return None
    passphrase = str(extra.get("private_key_passphrase") or extra.get("passphrase") or "") or None
    try:
        if is_putty_key(text):
            text = openssh_text(text, passphrase)
            passphrase = None
        key = asyncssh.import_private_key(text, passphrase)
    except (asyncssh.KeyImportError, asyncssh.KeyEncryptionError, ValueError):
        raise TerminalError(
            f"The private key in the connection of {where} cannot be opened: it is not in OpenSSH, PEM, PKCS#8 or "
            "PuTTY format, or private_key_passphrase is wrong",
            "Correct the connection's extra",
        ) from None
    certificate = _text_of(extra, "certificate", "certificate_file", where)
    return key if certificate is None else (key, _certificate(certificate, key, where))


def _in_lines(text: str) -> str:
    """Restore the line ends of a key that a form on a page, JSON in JSON, or an editor has changed."""
    text = text.removeprefix("\ufeff").replace("\\r", "").replace("\\n", "\n")
    armoured = _PEM.search(text)
    if armoured is None or ":" in armoured["body"]:  # old PEM with a passphrase has headers on separate lines
        return "\n".join(line.strip() for line in text.strip().splitlines()) + "\n"
    body = "".join(armoured["body"].split())
    lines = [body[at : at + _LINE] for at in range(0, len(body), _LINE)]
    return "\n".join([armoured["begin"], *lines, armoured["end"], ""])


def _certificate(text: str, key: Any, where: str) -> Any:
    try:
        certificate = asyncssh.import_certificate(text)
        fits = bool(certificate.key.public_data == key.public_data)
    except (asyncssh.KeyImportError, ValueError, AttributeError):
        fits, certificate = False, None
    if not fits:
        raise TerminalError(
            f"The certificate in the connection of {where} cannot be used: it is not an OpenSSH certificate, or it "
            "belongs to another key",
            "Put the text of the private key's -cert.pub file into certificate",
        )
    if is_for_hosts(certificate):
        raise TerminalError(
            f"The certificate in the connection of {where} is for a server, not for a user",
            "Ask the issuer of the certificates for one with which a user can log in",
        )
    return certificate


def _text_of(extra: dict[str, Any], inline: str, file: str, where: str) -> str | None:
    if extra.get(inline):
        return _in_lines(str(extra[inline]))
    if not extra.get(file):
        return None
    try:
        # PuTTY keeps a key's comment in whatever encoding its machine had, and signs those bytes.
        return _in_lines(Path(str(extra[file])).expanduser().read_text("utf-8", "surrogateescape"))
    except (OSError, RuntimeError):
        raise TerminalError(
            f"The {file} in the connection of {where} cannot be read on this worker",
            f"Put the file there, readable by Airflow's user, or put its content into {inline}",
        ) from None
