"""One open SFTP connection. Each request has a time limit, and each failure has a message."""

from __future__ import annotations

import asyncio
import logging
import stat
import time
from collections.abc import Awaitable
from contextlib import suppress
from dataclasses import dataclass
from typing import Any, Self, TypeVar

import asyncssh

from export_jobs.delivery.sftp_server.errors import (
    MISSING,
    connection_lost_error,
    is_connection_lost,
    no_space_error,
    read_only_error,
    request_error,
    stalled_error,
)
from export_jobs.delivery.ssh.login import Login, connect
from export_jobs.errors import ExportError

log = logging.getLogger(__name__)
_T = TypeVar("_T")

CLOSE_SECONDS = 5.0
CHANNEL_LOGINS = 2.0
"""A further channel may take this many times as long as the login, although it needs fewer answers."""
LEAST_CHANNEL_SECONDS = 3.0
_READ_ONLY = 0x1  # statvfs@openssh.com, SSH2_FXE_STATVFS_ST_RDONLY


@dataclass(frozen=True)
class Look:
    """What a server says of a path: its attributes, that no file is there, or nothing (``is_hidden``)."""

    attributes: Any | None = None
    is_hidden: bool = False

    @property
    def is_absent(self) -> bool:
        """Whether the server says that no file is there."""
        return self.attributes is None and not self.is_hidden


class SftpSession:
    """Wraps asyncssh's client; ``alive`` becomes false once the connection can no longer be trusted to answer."""

    def __init__(self, login: Login, connect_seconds: float, stall_seconds: float) -> None:
        self._login = login
        self._connect_seconds = connect_seconds
        self._connection: Any = None
        self.client: Any = None
        self.where = login.where
        self.stall_seconds = stall_seconds
        self.channel_seconds = stall_seconds
        self.alive = False

    @classmethod
    async def open(cls, login: Login, *, connect_seconds: float, stall_seconds: float) -> Self:
        """Log in once; raises what ``ssh.login.connect`` raises."""
        session = cls(login, connect_seconds, stall_seconds)
        await session._connect()
        return session

    async def reopen(self) -> None:
        """Log in again after the connection was lost; raises what ``ssh.login.connect`` raises."""
        await self.close()
        await self._connect()

    async def _connect(self) -> None:
        begun = time.monotonic()
        self._connection, self.client = await connect(self._login, self._connect_seconds)
        patience = max(LEAST_CHANNEL_SECONDS, CHANNEL_LOGINS * (time.monotonic() - begun))
        self.channel_seconds = min(patience, self.stall_seconds)
        self.alive = True

    async def further_client(self) -> Any:
        """Start SFTP over a further channel; raises ``asyncssh.Error`` if the server allows no more."""
        return await self.ask("opening a further channel", self._connection.start_sftp_client())

    async def close(self) -> None:
        """Close the connection, properly if it is alive; never raises and takes at most a few seconds."""
        if self.alive:
            self._connection.close()
            with suppress(TimeoutError, asyncssh.Error, OSError):
                async with asyncio.timeout(CLOSE_SECONDS):
                    await self._connection.wait_closed()
        self._connection.abort()

    async def ask(self, doing: str, request: Awaitable[_T]) -> _T:
        """Await one request.

        Raises:
            TransientError: no answer within the stall time, or the connection was lost.
            asyncssh.SFTPError: the server answered, and the answer was no.
        """
        try:
            async with asyncio.timeout(self.stall_seconds):
                return await request
        except TimeoutError as error:
            self.alive = False
            raise stalled_error(self.where, doing, self.stall_seconds) from error
        except (asyncssh.Error, OSError, EOFError) as error:
            if not is_connection_lost(error):
                raise
            self.alive = False
            raise connection_lost_error(self.where, doing) from error

    async def do(self, doing: str, path: str, request: Awaitable[_T]) -> _T:
        """Await one request about ``path``; raises ``ExportError`` only."""
        try:
            return await self.ask(doing, request)
        except asyncssh.SFTPError as error:
            raise await self.error_for(error, doing, path) from error

    async def look(self, doing: str, path: str, *, through_links: bool = True) -> Look:
        """Return what the server says of ``path``. An answer other than attributes or "no such file" counts as hidden:
        some servers deny a look at files that they allow to be written.
        """
        stat_ = self.client.stat if through_links else self.client.lstat
        try:
            return Look(await self.ask(doing, stat_(path)))
        except MISSING:
            return Look()
        except asyncssh.SFTPError as error:
            log.info("The server %s gives no information about %s (%s)", self.where, path, type(error).__name__)
            return Look(is_hidden=True)

    async def remove(self, path: str) -> None:
        """Remove a file; a missing file is no error."""
        try:
            await self.ask(f"removing {path}", self.client.remove(path))
        except MISSING:
            return
        except asyncssh.SFTPError as error:
            raise await self.error_for(error, f"removing {path}", path) from error

    async def error_for(self, error: asyncssh.SFTPError, doing: str, path: str, needed: int = 1) -> ExportError:
        """Return the error for a refusal; asks for free space first, since most servers then say only "Failure".

        ``needed``: how many bytes the refused step was about to store.
        """
        if isinstance(error, asyncssh.SFTPFailure):
            with suppress(ExportError, asyncssh.SFTPError):
                room = await self.ask(doing, self.client.statvfs(path.rpartition("/")[0] or "/"))
                if int(room.flags) & _READ_ONLY:
                    return read_only_error(self.where, path)
                free = int(room.bavail) * int(room.frsize)
                if free < needed:
                    return no_space_error(self.where, path, free)
        return request_error(error, self.where, doing, path)


def is_link(attributes: Any) -> bool:
    """Return whether attributes describe a symbolic link itself."""
    return attributes.permissions is not None and stat.S_ISLNK(attributes.permissions)


def is_directory(attributes: Any) -> bool:
    """Return whether attributes describe a directory; without a mode from the server, assume that they do."""
    return attributes.permissions is None or stat.S_ISDIR(attributes.permissions)
