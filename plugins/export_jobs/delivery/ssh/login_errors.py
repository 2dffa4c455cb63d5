"""Turn a failed login into a message and a retry rule, without the exception's own text."""

from __future__ import annotations

import socket

import asyncssh

from export_jobs.delivery.ssh.dialogue import mentions_expired_password
from export_jobs.errors import ExportError, TerminalError, TransientError


def login_error(error: BaseException, where: str, user: str, means: str, *, signed: str = "") -> ExportError:
    """Return the error for a connection that did not open; ``means`` is "password" or "key".

    ``signed``: the signature of an RSA key. A server that does not allow it answers as if the key were wrong.
    """
    if isinstance(error, asyncssh.DisconnectError) and mentions_expired_password(error.reason):
        return new_password_error(where, user)
    if isinstance(error, asyncssh.PermissionDenied) or _too_many_failures(error):
        how = f", an RSA key with a signature {signed}" if signed else ""
        doubt = f"; ask the server's owner whether {signed} is allowed there, or use an ed25519 key" if signed else ""
        return TerminalError(
            f"The server {where} rejected the {means} of user {user!r}{how}. It was tried only once, so that the "
            "account is not locked",
            f"Correct login and secret in the Airflow connection, then check the destination{doubt}",
        )
    if isinstance(error, asyncssh.KeyExchangeFailed | asyncssh.ProtocolError | asyncssh.ProtocolNotSupported):
        return TerminalError(
            f"No secure session with {where} could be negotiated: it does not speak SSH, or only with algorithms that "
            "are not supported here",
            "Check host and port in the Airflow connection",
        )
    if isinstance(error, asyncssh.ChannelOpenError):
        return TerminalError(
            f"The server {where} accepted user {user!r} but does not offer SFTP to this user",
            "Ask the server's owner to allow the sftp subsystem for this login",
        )
    what, remedy = _unreachable(error, where)
    return TransientError(what, f"{remedy}. It is retried automatically")


def new_password_error(where: str, user: str) -> TerminalError:
    """Return the error for a server that requires a new password before a login."""
    return TerminalError(
        f"The server {where} wants a new password for user {user!r}: the current one has expired or was only an "
        "initial one",
        "Log in there by hand, change the password, and put the new one into the Airflow connection",
    )


def outdated_error(where: str, subject: str, offered: list[str]) -> TerminalError:
    """Return the error for a server without an algorithm that is supported here; ``offered``: those that it has."""
    return TerminalError(
        f"The server {where} offers for {subject} only algorithms that are no longer safe or not supported here: "
        f"{', '.join(offered) or 'none'}. Nothing was sent",
        "Ask the server's owner to allow aes256-ctr or aes256-gcm@openssh.com and to keep the server up to date. To "
        "use old algorithms anyway, set `legacy_algorithms: true` at the destination",
    )


def second_factor_error(where: str, user: str, accepted: str, methods: tuple[str, ...]) -> TerminalError:
    """Return the error for a server that accepts the first secret and wants another one, which is missing."""
    wants = " or ".join(sorted(methods)) or "something else"
    missing = "a private_key into the extra" if "publickey" in methods else "the password into its field"
    return TerminalError(
        f"The server {where} accepts the {accepted} of user {user!r} but wants {wants} as well",
        f"Put {missing} of the Airflow connection; one login then uses both",
    )


def second_secret_error(where: str, user: str, asked: str) -> TerminalError:
    """Return the error for a server that asks for more than the password; ``asked`` is its question."""
    return TerminalError(
        f"The server {where} asks user {user!r} for more than the password: {asked!r}. Deliveries cannot answer that",
        "Ask the server's owner for a login that needs only a password or a key; if the password has expired, change "
        "it there by hand first",
    )


def signature_error(where: str, user: str, kind: str, taken: frozenset[str]) -> TerminalError:
    """Return the error for a server that accepts no signatures of this kind of key; ``taken``: those it accepts."""
    wanted = "rsa-sha2-256 or rsa-sha2-512" if kind == "ssh-rsa" else kind
    return TerminalError(
        f"The server {where} does not accept signatures of {kind} keys ({wanted}), so it did not even check the key of "
        f"user {user!r}. It accepts {', '.join(sorted(taken))}",
        "Put a key of one of these kinds into the connection and give its public part to the server's owner, or ask "
        f"the owner to allow {wanted}",
    )


def _too_many_failures(error: BaseException) -> bool:
    # OpenSSH with MaxAuthTries 1 disconnects instead of answering; that is a rejected secret, too.
    return isinstance(error, asyncssh.DisconnectError) and "authentication" in error.reason.lower()


def _unreachable(error: BaseException, where: str) -> tuple[str, str]:
    """What happened, and what to do next."""
    if isinstance(error, socket.gaierror):
        return (
            f"The name of the server {where} does not resolve",
            "Check the host in the Airflow connection and the worker's DNS",
        )
    if isinstance(error, ConnectionRefusedError):
        return f"The server {where} refused the connection", "Check the port, and that the server is running"
    if isinstance(error, TimeoutError):
        return f"The server {where} did not answer in time", "Check host and port, and the firewall in between"
    if isinstance(error, asyncssh.ConnectionLost | asyncssh.SFTPConnectionLost | ConnectionResetError):
        return (
            f"The server {where} closed the connection during login. It may be overloaded, or block this address",
            "If this continues, ask the server's owner",
        )
    return (
        f"The server {where} cannot be reached from this worker",
        "Check the network and the firewall in between",
    )
