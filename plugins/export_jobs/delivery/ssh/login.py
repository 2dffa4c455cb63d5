"""Open an authenticated SFTP session from a connection's credentials: one login attempt, one host key rule."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Iterable
from contextlib import AsyncExitStack
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from typing import Any

import asyncssh
from asyncssh.saslprep import SASLPrepError, saslprep

from export_jobs.delivery.destination import Credentials
from export_jobs.delivery.ssh.algorithms import offered_algorithms, unmatched_algorithms
from export_jobs.delivery.ssh.certificate import rejected_certificate_error
from export_jobs.delivery.ssh.connection_fields import LoginPreferences, read_preferences
from export_jobs.delivery.ssh.dialogue import LoginDialogue
from export_jobs.delivery.ssh.host_keys import HostKeyPins, changed_key_error, no_pinned_key_error, parse_host_keys
from export_jobs.delivery.ssh.login_errors import (
    login_error,
    new_password_error,
    outdated_error,
    second_factor_error,
    second_secret_error,
    signature_error,
)
from export_jobs.delivery.ssh.private_key import read_private_key
from export_jobs.delivery.ssh.shown_key import HostKeyError, ShownHostKey
from export_jobs.errors import ExportError, TerminalError

DEFAULT_PORT = 22
KEEPALIVE_SECONDS = 30
_NO_HOST = re.compile(r"[/@\\\s]")
_NO_AGREEMENT = (asyncssh.KeyExchangeFailed, asyncssh.ConnectionLost, asyncssh.DisconnectError, ConnectionResetError)


@dataclass(frozen=True)
class Login:
    """Everything that a login needs, read and checked before a packet is sent.

    ``key``: asyncssh's key, or a pair of it and its certificate. ``legacy``: outdated algorithms are allowed.
    """

    host: str
    port: int
    user: str
    pins: HostKeyPins
    password: str | None = field(default=None, repr=False)
    key: Any | None = field(default=None, repr=False)
    legacy: bool = False
    preferences: LoginPreferences = field(default_factory=LoginPreferences)

    @property
    def where(self) -> str:
        """Host and port of the server, for messages."""
        return server_address(self.host, self.port)


def server_address(host: str, port: int) -> str:
    """Return ``host:port``, an IPv6 address in brackets."""
    host = plain_host(host)
    return f"[{host}]:{port}" if ":" in host else f"{host}:{port}"


def plain_host(host: str) -> str:
    """Return ``host`` without blanks around it and without the brackets of an IPv6 address."""
    host = host.strip()
    return host[1:-1] if host.startswith("[") and host.endswith("]") else host


def require_host(host: str) -> str:
    """Return ``plain_host(host)``; raises ``TerminalError`` unless it is the name or the address of a server."""
    plain = plain_host(host)
    if plain and plain.count(":") != 1 and not _NO_HOST.search(plain):
        return plain
    what = "has no host" if not plain else "has more than the name of a server in its host"
    raise TerminalError(
        f"The connection of the destination {what}",
        "Write only the name or the address into the host of the Airflow connection; port and login have fields of "
        "their own, and the folder belongs to the destination",
    )


def read_login(credentials: Credentials, *, legacy: bool = False, host_keys: Iterable[str] = ()) -> Login:
    """Read the login of a connection; ``host_keys``: fingerprints that are pinned besides those of the connection.

    Raises:
        TerminalError: something is missing or unreadable; the message names the field, never its value.
    """
    host = require_host(credentials.host)
    where = server_address(host, credentials.port or DEFAULT_PORT)
    extra = credentials.extra
    preferences = read_preferences(extra, where)
    offered_algorithms(preferences, where, legacy=legacy)  # refused before a packet, where nothing is left
    if not credentials.login:
        raise TerminalError(f"The connection of {where} has no login", "Fill it in, in the Airflow connection")
    try:
        saslprep(credentials.login)
    except SASLPrepError:
        raise TerminalError(
            f"The login in the connection of {where} contains a character that no SSH user name can have",
            "Correct it in the Airflow connection",
        ) from None
    key = read_private_key(extra, where)
    if key is None and not credentials.password:
        raise TerminalError(
            f"The connection of {where} has neither a password nor a key",
            "Fill in the password, or private_key or key_file in its extra",
        )
    return Login(
        host=host,
        port=credentials.port or DEFAULT_PORT,
        user=credentials.login,
        password=credentials.password or None,
        key=key,
        legacy=legacy,
        preferences=preferences,
        pins=parse_host_keys(extra.get("host_key"), where, host_keys),
    )


async def connect(login: Login, seconds: float) -> tuple[Any, Any]:
    """Log in once and start SFTP; return asyncssh's connection and SFTP client. On failure nothing stays open.

    Raises:
        TerminalError: host key, secret or protocol refused.
        TransientError: the server cannot be reached, or does not answer within ``seconds``.
    """
    shown: list[asyncssh.SSHKey] = []
    seconds = login.preferences.seconds or seconds
    while True:
        dialogue = LoginDialogue(login.pins, login.password, has_key=login.key is not None)
        try:
            return await _connect_once(login, dialogue, login.pins.preferred_algorithms(shown), seconds)
        except (asyncssh.Error, OSError, EOFError) as error:
            if dialogue.rejected_key is not None:
                shown.append(dialogue.rejected_key)
                if login.pins.preferred_algorithms(shown):
                    continue  # no secret was sent; a server with keys of other kinds may still show the pinned one
            if not shown and not dialogue.has_shown_key and isinstance(error, _NO_AGREEMENT):
                unmatched = await unmatched_algorithms(login.host, login.port, seconds, legacy=login.legacy)
                if unmatched is not None:
                    raise outdated_error(login.where, *unmatched) from error
            raise _connect_error(error, login, dialogue, shown) from error


async def read_host_keys(login: Login, seconds: float) -> tuple[ShownHostKey, ...]:
    """Return every host key that a server shows, whatever is pinned, without sending the password or any key.

    Raises what ``connect`` raises for a server that shows none.
    """
    nothing = replace(login, password=None, key=None, pins=HostKeyPins(frozenset(), ()))
    try:
        connection, _ = await connect(nothing, seconds)
    except HostKeyError as error:
        pinned = login.pins.fingerprints
        return tuple(replace(key, is_pinned=key.fingerprint in pinned) for key in error.shown)
    connection.abort()
    raise TerminalError(f"The server {login.where} accepted a login without showing a host key", "Tell its owner")


async def _connect_once(
    login: Login, dialogue: LoginDialogue, host_key_algorithms: list[str], seconds: float
) -> tuple[Any, Any]:
    chosen = login.preferences.choose("server_host_key_algs", host_key_algorithms)
    options = {**_options(login), "server_host_key_algs": chosen or host_key_algorithms}
    async with asyncio.timeout(seconds), AsyncExitStack() as undo:
        connection = await asyncssh.connect(login.host, login.port, client_factory=lambda: dialogue, **options)
        undo.callback(connection.abort)
        client = await connection.start_sftp_client()
        undo.pop_all()
        return connection, client


def _connect_error(
    error: BaseException, login: Login, dialogue: LoginDialogue, shown: list[asyncssh.SSHKey]
) -> ExportError:
    if shown and not login.pins.fingerprints:
        return no_pinned_key_error(login.where, shown)
    if dialogue.rejected_key is not None or (shown and _has_no_further_key(error, dialogue)):
        return changed_key_error(login.where, login.pins, shown)
    if login.key is None or dialogue.has_given_password or dialogue.wants_new_password or dialogue.extra_question:
        return _password_error(error, login, dialogue)
    if dialogue.accepted:
        return second_factor_error(login.where, login.user, "key", dialogue.methods)
    return _key_error(error, login, dialogue)


def _key_error(error: BaseException, login: Login, dialogue: LoginDialogue) -> ExportError:
    key = _plain_key(login.key)
    kind, taken = key.get_algorithm(), dialogue.server_signatures
    signed = next((name for name in _signatures(key) if name in taken), kind)
    if isinstance(error, asyncssh.PermissionDenied):
        if taken and signed not in taken and not any("-cert-" in name for name in taken):
            return signature_error(login.where, login.user, kind, taken)
        if isinstance(login.key, tuple):
            return rejected_certificate_error(login.where, login.user, login.key[1], datetime.now(UTC))
    return login_error(error, login.where, login.user, "key", signed=signed if kind == "ssh-rsa" else "")


def _password_error(error: BaseException, login: Login, dialogue: LoginDialogue) -> ExportError:
    if dialogue.wants_new_password:
        return new_password_error(login.where, login.user)
    if dialogue.extra_question:
        return second_secret_error(login.where, login.user, dialogue.extra_question)
    if dialogue.accepted and login.key is None:
        return second_factor_error(login.where, login.user, "password", dialogue.methods)
    if dialogue.has_given_password and isinstance(error, asyncssh.ProtocolError):
        # Some servers hang up, instead of refusing, if they do not know the characters of a password.
        error = asyncssh.PermissionDenied(error.reason)
    return login_error(error, login.where, login.user, "password")


def _has_no_further_key(error: BaseException, dialogue: LoginDialogue) -> bool:
    """Whether the server has no host key of the requested kind: it fails the exchange or, as OpenSSH, hangs up."""
    return not dialogue.has_shown_key and isinstance(
        error, asyncssh.KeyExchangeFailed | asyncssh.ConnectionLost | ConnectionResetError
    )


def _plain_key(key: Any) -> Any:
    """Return the key itself, without its certificate if it has one."""
    return key[0] if isinstance(key, tuple) else key


def _signatures(key: Any) -> list[str]:
    """Return the kinds of signature that a key can make, in the order in which they are tried."""
    return [str(name, "ascii") for name in key.sig_algorithms]


def _options(login: Login) -> dict[str, Any]:
    """Return asyncssh's options, which use nothing of this machine's user.

    A worker's ~/.ssh (config with ProxyCommand, known_hosts, keys) and its agent belong to the worker's user. They
    would run commands, trust hosts and use up login attempts that no definition asks for.
    """
    by_key = login.key is not None
    return {
        "config": None,
        "known_hosts": ([], [], []),  # not empty text: that means ~/.ssh/known_hosts; the gate decides alone
        "x509_trusted_certs": None,
        "x509_trusted_cert_paths": [],
        "username": login.user,
        "password": None,  # the dialogue gives it, once
        "client_keys": [login.key] if by_key else None,
        "agent_path": None,
        "pkcs11_provider": None,
        "gss_kex": False,
        "gss_auth": False,
        "host_based_auth": False,
        "preferred_auth": [*(["publickey"] if by_key else []), "password", "keyboard-interactive"],
        **offered_algorithms(login.preferences, login.where, legacy=login.legacy),
        # The archive is compressed already, so only where the connection asks for it.
        "compression_algs": [*(["zlib@openssh.com", "zlib"] if login.preferences.compress else []), "none"],
        "keepalive_interval": KEEPALIVE_SECONDS,
    }
