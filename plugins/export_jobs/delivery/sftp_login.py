"""From a connection's credentials to one authenticated SFTP session; one login attempt, one host key rule."""

from __future__ import annotations

import asyncio
from contextlib import AsyncExitStack
from dataclasses import dataclass, field
from typing import Any

import asyncssh

from export_jobs.delivery.destination import Credentials
from export_jobs.delivery.sftp_dialogue import LoginDialogue
from export_jobs.delivery.sftp_errors import login_error, new_password_error, second_secret_error, signature_error
from export_jobs.delivery.sftp_hostkey import HostKeyPins, changed_key_error, no_pinned_key_error, parse_host_keys
from export_jobs.errors import ExportError, TerminalError

DEFAULT_PORT = 22
CIPHERS = (
    # AES-GCM first: one pass for cipher and MAC, in hardware; chacha20 takes about twice the time here.
    "aes128-gcm@openssh.com",
    "aes256-gcm@openssh.com",
    "chacha20-poly1305@openssh.com",
    "aes256-ctr",
    "aes192-ctr",
    "aes128-ctr",
)
KEEPALIVE_SECONDS = 30
_CHECKS_OFF = ("no_host_key_check", "allow_host_key_change")


@dataclass(frozen=True)
class Login:
    """Everything one login needs, read and checked before a packet is sent."""

    host: str
    port: int
    user: str
    pins: HostKeyPins
    password: str | None = field(default=None, repr=False)
    key: Any | None = field(default=None, repr=False)

    @property
    def where(self) -> str:
        """The server as messages name it."""
        return server_address(self.host, self.port)


def server_address(host: str, port: int) -> str:
    """Return ``host:port``, an IPv6 address in brackets."""
    host = plain_host(host)
    return f"[{host}]:{port}" if ":" in host else f"{host}:{port}"


def plain_host(host: str) -> str:
    """Return ``host`` without the brackets in which an address bar writes an IPv6 address, and without blanks."""
    host = host.strip()
    return host[1:-1] if host.startswith("[") and host.endswith("]") else host


def read_login(credentials: Credentials) -> Login:
    """Read what the connection says.

    Raises:
        TerminalError: something is missing or unreadable; the message names the field, never its value.
    """
    where = server_address(credentials.host, credentials.port or DEFAULT_PORT)
    extra = credentials.extra
    for switch in _CHECKS_OFF:
        if str(extra.get(switch, "")).strip().lower() in {"true", "1", "yes", "on"}:
            raise TerminalError(
                f"The connection of {where} has {switch} in its extra, which would deliver to any impostor; it is not "
                "supported",
                "Remove it and put the server's public key into host_key",
            )
    if not credentials.login:
        raise TerminalError(f"The connection of {where} has no login", "Fill it in, in the Airflow connection")
    key = _private_key(extra, where)
    if key is None and not credentials.password:
        raise TerminalError(
            f"The connection of {where} has neither a password nor a key",
            "Fill in the password, or private_key or key_file in its extra",
        )
    return Login(
        host=plain_host(credentials.host),
        port=credentials.port or DEFAULT_PORT,
        user=credentials.login,
        password=credentials.password if key is None else None,
        key=key,
        pins=parse_host_keys(extra.get("host_key"), where),
    )


async def connect(login: Login, seconds: float) -> tuple[Any, Any]:
    """Log in once and start SFTP; return asyncssh's connection and SFTP client. Nothing stays open on failure.

    Raises:
        TerminalError: host key, secret or protocol refused.
        TransientError: the server cannot be reached, or does not answer within ``seconds``.
    """
    shown: list[asyncssh.SSHKey] = []
    while True:
        dialogue = LoginDialogue(login.pins, login.password)
        try:
            return await _connect_once(login, dialogue, login.pins.preferred_algorithms(shown), seconds)
        except (asyncssh.Error, OSError, EOFError) as error:
            if dialogue.rejected_key is not None:
                shown.append(dialogue.rejected_key)
                if login.pins.fingerprints and login.pins.preferred_algorithms(shown):
                    continue  # no secret was sent; a server with keys of other kinds may still show the pinned one
            raise _connect_error(error, login, dialogue, shown) from error


async def _connect_once(
    login: Login, dialogue: LoginDialogue, host_key_algorithms: list[str], seconds: float
) -> tuple[Any, Any]:
    options = {**_options(login), "server_host_key_algs": host_key_algorithms}
    async with asyncio.timeout(seconds), AsyncExitStack() as undo:
        connection = await asyncssh.connect(login.host, login.port, client_factory=lambda: dialogue, **options)
        undo.callback(connection.abort)
        client = await connection.start_sftp_client()
        undo.pop_all()
        return connection, client


def _connect_error(
    error: BaseException, login: Login, dialogue: LoginDialogue, shown: list[asyncssh.SSHKey]
) -> ExportError:
    if dialogue.rejected_key is not None or (shown and _has_no_further_key(error, dialogue)):
        if login.pins.fingerprints:
            return changed_key_error(login.where, login.pins, shown)
        return no_pinned_key_error(login.where, shown[0])
    if login.key is None:
        return _password_error(error, login, dialogue)
    kind, taken = login.key.get_algorithm(), dialogue.server_signatures
    signed = next((name for name in _signatures(login.key) if name in taken), kind)
    if taken and signed not in taken and isinstance(error, asyncssh.PermissionDenied):
        return signature_error(login.where, login.user, kind, taken)
    return login_error(error, login.where, login.user, "key", signed=signed if kind == "ssh-rsa" else "")


def _password_error(error: BaseException, login: Login, dialogue: LoginDialogue) -> ExportError:
    if dialogue.wants_new_password:
        return new_password_error(login.where, login.user)
    if dialogue.asked_for:
        return second_secret_error(login.where, login.user, dialogue.asked_for)
    return login_error(error, login.where, login.user, "password")


def _has_no_further_key(error: BaseException, dialogue: LoginDialogue) -> bool:
    """Asked for a kind of host key that it has not, a server fails the exchange or, as OpenSSH, just hangs up."""
    return not dialogue.has_shown_key and isinstance(
        error, asyncssh.KeyExchangeFailed | asyncssh.ConnectionLost | ConnectionResetError
    )


def _signatures(key: Any) -> list[str]:
    """The kinds of signature that a key can make, the one that is tried first ahead."""
    return [str(name, "ascii") for name in key.sig_algorithms]


def _options(login: Login) -> dict[str, Any]:
    """Return asyncssh's options with everything of this machine's user shut out.

    A worker's ~/.ssh (config with ProxyCommand, known_hosts, keys) and its agent belong to whoever runs the worker:
    they would run commands, trust hosts and burn login attempts that no definition asked for.
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
        "preferred_auth": ["publickey"] if by_key else ["password", "keyboard-interactive"],
        "encryption_algs": list(CIPHERS),
        "compression_algs": ["none"],  # the archive is compressed already
        "keepalive_interval": KEEPALIVE_SECONDS,
    }


def _private_key(extra: dict[str, Any], where: str) -> Any | None:
    text, file = extra.get("private_key"), extra.get("key_file")
    passphrase = extra.get("private_key_passphrase") or None
    try:
        if text:
            # Connections kept as JSON or URI often hold the line ends as the two characters \n.
            return asyncssh.import_private_key(str(text).replace("\\n", "\n"), passphrase)
        return asyncssh.read_private_key(str(file), passphrase) if file else None
    except OSError:
        raise TerminalError(
            f"The key_file in the connection of {where} cannot be read on this worker",
            "Put the file there, readable by Airflow's user, or put the key's text into private_key",
        ) from None
    except (asyncssh.KeyImportError, asyncssh.KeyEncryptionError, ValueError):
        raise TerminalError(
            f"The private key in the connection of {where} cannot be opened: it is not in PEM or OpenSSH form, or "
            "private_key_passphrase does not fit",
            "Correct the connection's extra",
        ) from None
