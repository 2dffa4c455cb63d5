"""Turn an error of asyncssh or the server into a message and a retry rule, without the exception's own text."""

from __future__ import annotations

import asyncssh

from export_jobs.delivery.full_disk import says_disk_is_full
from export_jobs.errors import ExportError, TerminalError, TransientError

_LOST = (asyncssh.SFTPConnectionLost, asyncssh.SFTPNoConnection, asyncssh.DisconnectError, OSError, EOFError)
_NO_SPACE = (asyncssh.SFTPNoSpaceOnFilesystem, asyncssh.SFTPQuotaExceeded)
_MISSING = (asyncssh.SFTPNoSuchFile, asyncssh.SFTPNoSuchPath)
_FORBIDDEN = (asyncssh.SFTPPermissionDenied, asyncssh.SFTPWriteProtect)
MISSING: tuple[type[Exception], ...] = _MISSING
"""What a server answers when a path does not exist."""


def is_connection_lost(error: BaseException) -> bool:
    """Return whether the connection itself has ended, so that no further request is possible."""
    return isinstance(error, _LOST)


def connection_lost_error(where: str, doing: str) -> TransientError:
    """Return the error for a connection that ended while it was in use."""
    return TransientError(
        f"The connection to {where} was lost while {doing}",
        "The next attempt sends the whole file again; if this continues, ask the server's owner for its log",
    )


def stalled_error(where: str, doing: str, seconds: float) -> TransientError:
    """Return the error for a server that accepted nothing and answered nothing for ``seconds``."""
    return TransientError(
        f"The server {where} made no progress for {seconds:g} seconds while {doing}, so the connection was closed",
        "It is retried automatically; if this continues, ask the server's owner whether it is overloaded",
    )


def no_space_error(where: str, path: str, free: int | None) -> TerminalError:
    """Return the error for a full disk; ``free`` in bytes, if the server reports it."""
    left = "" if free is None else f" ({free} bytes are free)"
    return TerminalError(
        f"There is no space left on {where} for {path}{left}. The unfinished upload was removed and any older file of "
        "that name is unchanged",
        "Ask the server's owner to free space, then rerun",
    )


def read_only_error(where: str, path: str) -> TerminalError:
    """Return the error for a file system that is mounted read-only."""
    return TerminalError(
        f"The file system of {path} on {where} is read-only", "Ask the server's owner to make it writable"
    )


def request_error(error: asyncssh.SFTPError, where: str, doing: str, path: str) -> ExportError:
    """Return the error for an answer of the server about ``path``."""
    if isinstance(error, _MISSING):
        return TerminalError(
            f"{path} does not exist on {where} (found while {doing})", "Create it there, or correct the destination"
        )
    if isinstance(error, _FORBIDDEN):
        folder, _, name = path.rpartition("/")
        # The names of our own temporary files say nothing to the person who has to ask for the right.
        what = (
            f"This login may not write to the folder {folder or '/'} on {where}"
            if name.startswith(".")
            else f"The server {where} denied permission for {path} (while {doing})"
        )
        return TerminalError(
            what,
            "The login must be able to list, write, rename and remove files in the destination's folder; ask the "
            "server's owner to allow it",
        )
    if isinstance(error, _NO_SPACE) or says_disk_is_full(error.reason, path):
        return no_space_error(where, path, None)
    return TransientError(
        f"The server {where} answered {type(error).__name__.removeprefix('SFTP')} without a reason for {path}, while "
        f"{doing}",
        "It is retried automatically; if this continues, ask the server's owner about quota and disk space",
    )


def vanished_error(where: str, temporary: str) -> TransientError:
    """Return the error for an upload that is no longer there when it is renamed to its final name."""
    return TransientError(
        f"The unfinished upload {temporary} has vanished from {where}; a newer attempt at the same file has probably "
        "removed it. This attempt published nothing",
        "It is retried automatically",
    )


class TakenAwayError(TerminalError):
    """A file was taken away as soon as it was closed."""


def taken_away_error(where: str, path: str) -> TakenAwayError:
    """Return the error for a server that takes each file as soon as it is closed, whatever its name."""
    return TakenAwayError(
        f"The server {where} removed {path} as soon as it was closed, before it was renamed to its final name. It is "
        "not sent again, because the receiver would get one temporary file after the other",
        "Set `publish: direct` at the destination, so that files are written under their final names at once; a "
        "`done_file` then tells receivers that everything is there. If the server only changes names that begin with a "
        "dot, set `temporary_name`",
    )


def rename_forbidden_error(where: str, path: str) -> TerminalError:
    """Return the error for a login that may upload but not rename."""
    return TerminalError(
        f"The server {where} allows {path} to be written but not renamed, so a file cannot get its final name",
        "Ask the server's owner to allow renaming, or set `publish: direct` at the destination",
    )


def folder_missing_error(where: str, folder: str) -> TerminalError:
    """Return the error for a target folder that does not exist."""
    return TerminalError(
        f"The folder {folder} does not exist on {where}", "Create it there, or correct the folder of the destination"
    )


def size_error(where: str, path: str, stored: int | None, wanted: int) -> TransientError:
    """Return the error for a server that stored fewer or more bytes than were sent."""
    return TransientError(
        f"The server {where} stored {stored} of {wanted} bytes of {path}. The file was not published",
        "It is sent again automatically; if this continues, ask the server's owner about a quota. If the server is "
        "known to report wrong sizes, set `verify: read_back` or `verify: none` at the destination",
    )


def other_bytes_error(where: str, path: str) -> TransientError:
    """Return the error for a server that stored other bytes than were sent."""
    return TransientError(
        f"The content of {path} on {where} differs from what was sent (SHA-256). The file was not published",
        "It is sent again automatically; if this continues, the server's disk or software is faulty",
    )
