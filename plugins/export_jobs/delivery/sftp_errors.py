"""An error of asyncssh or the server -> a message and a retry rule. Exceptions' own texts are never repeated."""

from __future__ import annotations

import socket

import asyncssh

from export_jobs.errors import ExportError, TerminalError, TransientError

_LOST = (asyncssh.SFTPConnectionLost, asyncssh.SFTPNoConnection, asyncssh.DisconnectError, OSError, EOFError)
_NO_SPACE = (asyncssh.SFTPNoSpaceOnFilesystem, asyncssh.SFTPQuotaExceeded)
_MISSING = (asyncssh.SFTPNoSuchFile, asyncssh.SFTPNoSuchPath)
_FORBIDDEN = (asyncssh.SFTPPermissionDenied, asyncssh.SFTPWriteProtect)
MISSING: tuple[type[Exception], ...] = _MISSING
"""What a server answers when a path does not exist."""


def is_connection_lost(error: BaseException) -> bool:
    """Tell whether the connection itself has ended, so that nothing more can be asked over it."""
    return isinstance(error, _LOST)


def connection_lost_error(where: str, doing: str) -> TransientError:
    """Name a connection that ended while it was in use."""
    return TransientError(
        f"The connection to {where} was lost while {doing}",
        "The file is sent again from its start at the next try; if this goes on, ask the server's owner for its log",
    )


def stalled_error(where: str, doing: str, seconds: float) -> TransientError:
    """Name a server that took nothing and answered nothing for ``seconds``."""
    return TransientError(
        f"The server {where} made no progress for {seconds:g} seconds while {doing}, so the connection was ended",
        "It is tried again; if this goes on, ask the server's owner whether it is overloaded",
    )


def no_space_error(where: str, path: str, free: int | None) -> TerminalError:
    """Name a full disk; ``free`` in bytes, where the server tells."""
    left = "" if free is None else f" ({free} bytes are free)"
    return TerminalError(
        f"There is no space left on {where} for {path}{left}. The unfinished upload was removed and any older file of "
        "that name is unchanged",
        "Ask the server's owner to make room, then rerun",
    )


def read_only_error(where: str, path: str) -> TerminalError:
    """Name a file system that is mounted read-only."""
    return TerminalError(
        f"The file system that holds {path} on {where} is read-only", "Ask the server's owner to make it writable"
    )


def request_error(error: asyncssh.SFTPError, where: str, doing: str, path: str) -> ExportError:
    """Turn an answer of the server about ``path`` into an error."""
    if isinstance(error, _MISSING):
        return TerminalError(
            f"{path} does not exist on {where} (seen while {doing})", "Create it there, or correct the destination"
        )
    if isinstance(error, _FORBIDDEN):
        return TerminalError(
            f"The server {where} gives no permission for {path} (seen while {doing})",
            "The login needs to list, write, rename and remove files in the destination's folder; ask the server's "
            "owner to allow it",
        )
    if isinstance(error, _NO_SPACE) or any(word in error.reason.lower() for word in ("no space", "quota", "disk full")):
        return no_space_error(where, path, None)
    return TransientError(
        f"The server {where} answered {path} with {type(error).__name__.removeprefix('SFTP')} and no reason while "
        f"{doing}",
        "It is tried again; if this goes on, ask the server's owner about quota and disk",
    )


def login_error(error: BaseException, where: str, user: str, means: str, *, signed: str = "") -> ExportError:
    """Turn what stopped a connection from opening into an error; ``means`` is "password" or "key".

    ``signed`` names the signature of an RSA key: a server that does not allow it answers as if it had another key.
    """
    if isinstance(error, asyncssh.PermissionDenied) or _too_many_failures(error):
        how = f", an RSA key with a signature {signed}" if signed else ""
        doubt = f"; ask the server's owner whether {signed} is allowed there, or use an ed25519 key" if signed else ""
        return TerminalError(
            f"The server {where} rejected the {means} of user {user!r}{how}. It was tried once only, so that the "
            "account is not locked",
            f"Correct login and secret in the Airflow connection, then check the destination{doubt}",
        )
    if isinstance(error, asyncssh.KeyExchangeFailed | asyncssh.ProtocolError | asyncssh.ProtocolNotSupported):
        return TerminalError(
            f"No secure session with {where} could be agreed: it does not speak SSH there, or only outdated algorithms",
            "Check host and port in the Airflow connection",
        )
    if isinstance(error, asyncssh.ChannelOpenError):
        return TerminalError(
            f"The server {where} accepted user {user!r} but offers no SFTP to it",
            "Ask the server's owner to allow the sftp subsystem for this login",
        )
    what, remedy = _unreachable(error, where)
    return TransientError(what, f"{remedy}. It is tried again")


def vanished_error(where: str, temporary: str) -> TransientError:
    """Name an upload that is no longer there when it is to get its final name."""
    return TransientError(
        f"The unfinished upload {temporary} has vanished from {where}; a newer attempt at the same file has probably "
        "removed it. This attempt published nothing",
        "It is tried again",
    )


def new_password_error(where: str, user: str) -> TerminalError:
    """Name a server that lets nobody in before the password has been changed."""
    return TerminalError(
        f"The server {where} wants a new password for user {user!r}: the present one has expired or was given to start "
        "with",
        "Log in there once by hand, change it, and put the new one into the Airflow connection",
    )


def second_secret_error(where: str, user: str, asked: str) -> TerminalError:
    """Name a server that asks for more than the password; ``asked`` is its question."""
    return TerminalError(
        f"The server {where} asks user {user!r} for more than the password: {asked!r}. Nothing here can answer that",
        "Ask the server's owner for a login that needs a password or a key alone; if the password has expired, change "
        "it there by hand first",
    )


def signature_error(where: str, user: str, kind: str, taken: frozenset[str]) -> TerminalError:
    """Name a server that takes no signature of the key's kind, whosever key it is; ``taken``: what it takes."""
    wanted = "rsa-sha2-256 or rsa-sha2-512" if kind == "ssh-rsa" else kind
    return TerminalError(
        f"The server {where} takes no signature of a {kind} key ({wanted}), so the key of user {user!r} was not even "
        f"looked at. It takes {', '.join(sorted(taken))}",
        "Put a key of one of these kinds into the connection and give its public part to the server's owner, or ask "
        f"that {wanted} be allowed there",
    )


def _too_many_failures(error: BaseException) -> bool:
    # OpenSSH with MaxAuthTries 1 disconnects instead of answering; that is a rejected secret all the same.
    return isinstance(error, asyncssh.DisconnectError) and "authentication" in error.reason.lower()


def _unreachable(error: BaseException, where: str) -> tuple[str, str]:
    """What happened, and what to do next."""
    if isinstance(error, socket.gaierror):
        return (
            f"The name of {where} does not resolve",
            "Check the host in the Airflow connection and the worker's DNS",
        )
    if isinstance(error, ConnectionRefusedError):
        return f"The server {where} refused the connection", "Check the port, and that the server runs"
    if isinstance(error, TimeoutError):
        return f"The server {where} did not answer in time", "Check host and port, and the firewall between"
    if isinstance(error, asyncssh.ConnectionLost | asyncssh.SFTPConnectionLost | ConnectionResetError):
        return (
            f"The server {where} closed the connection during login. It may be overloaded, or ban this address",
            "Ask the server's owner if this goes on",
        )
    return (
        f"The server {where} cannot be reached from this worker",
        "Check the network and the firewall between",
    )
