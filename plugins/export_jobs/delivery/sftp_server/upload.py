"""Moving the bytes of one file over an open SFTP session, and reading them back."""

from __future__ import annotations

import asyncio
import hashlib
import posixpath
from collections import deque
from contextlib import suppress
from typing import Any

import asyncssh

from export_jobs.delivery.sftp_server.errors import MISSING, folder_missing_error
from export_jobs.delivery.sftp_server.session import SftpSession
from export_jobs.delivery.verified_reader import VerifiedReader

BLOCK = 255 * 1024
"""Bytes of one write request: what OpenSSH takes at most. Servers that announce less get less."""
IN_FLIGHT = 8 * 1024 * 1024
"""Bytes that are sent and not yet acknowledged; enough for 50 MB/s at 160 ms."""
MAX_REQUESTS = 128
CHUNK = 32 * BLOCK
"""Bytes that are read from the staged file at once, on a thread, while the chunk before is being sent."""


class SftpUpload:
    """Sends a file as a stream of write requests, many in flight, acknowledged in order.

    asyncssh's own ``write`` drains its requests at the end of every call and reports no progress in between; with
    one queue over the whole file the line never runs empty and a stall is seen within one block.
    """

    def __init__(self, session: SftpSession, path: str, reader: VerifiedReader, size: int) -> None:
        self._session = session
        self._path = path
        self._reader = reader
        self._size = size
        self._pending: deque[tuple[int, asyncio.Future[Any]]] = deque()
        self._acknowledged = 0

    async def run(self) -> None:
        """Write the whole source to the path and close the file.

        Raises:
            ExportError: as ``SftpSession.do``; also what the reader raises.
        """
        file = await self.create()
        await self.write(file)
        await self.close(file)

    async def create(self) -> Any:
        """Open the path for writing; an older file loses its content."""
        doing, session = f"creating {self._path}", self._session
        try:
            return await session.ask(doing, session.client.open(self._path, "wb", block_size=0))
        except MISSING as error:
            raise folder_missing_error(session.where, posixpath.dirname(self._path) or ".") from error
        except asyncssh.SFTPError as error:
            raise await session.error_for(error, doing, self._path) from error

    async def create_new(self) -> Any:
        """The same where nothing stands there; raises ``asyncssh.SFTPError`` where something does."""
        doing, session = f"creating {self._path}", self._session
        try:
            return await session.ask(doing, session.client.open(self._path, "xb", block_size=0))
        except MISSING as error:
            raise folder_missing_error(session.where, posixpath.dirname(self._path) or ".") from error

    async def write(self, file: Any) -> None:
        """Send the whole source."""
        try:
            await self._send(file)
            self._reader.finish()
        except asyncio.CancelledError:
            self._session.alive = False  # whatever is asked now would queue behind megabytes that nobody wants
            raise
        except BaseException:
            await self._abandon(file)
            raise

    async def close(self, file: Any) -> None:
        """Close the file."""
        # Some servers report only on close that the last blocks did not fit.
        await self._session.do(f"closing {self._path}", self._path, file.close())

    async def _send(self, file: Any) -> None:
        limit = int(self._session.client.limits.max_write_len) or BLOCK
        block = min(limit, BLOCK)
        requests = max(1, min(MAX_REQUESTS, IN_FLIGHT // block))
        loop = asyncio.get_running_loop()
        sent = 0
        coming = loop.run_in_executor(None, self._reader.read, CHUNK)
        while chunk := memoryview(await coming):
            coming = loop.run_in_executor(None, self._reader.read, CHUNK)
            for start in range(0, len(chunk), block):
                piece = chunk[start : start + block]
                if len(self._pending) >= requests:
                    await self._settle_oldest()
                self._pending.append((len(piece), asyncio.ensure_future(file.write(piece, sent))))
                sent += len(piece)
        while self._pending:
            await self._settle_oldest()

    async def _settle_oldest(self) -> None:
        size, request = self._pending.popleft()
        doing = f"writing {self._path} at byte {self._acknowledged} of {self._size}"
        try:
            await self._session.ask(doing, request)
        except asyncssh.SFTPError as error:
            missing = self._size - self._acknowledged
            raise await self._session.error_for(error, doing, self._path, needed=missing) from error
        self._acknowledged += size

    async def _abandon(self, file: Any) -> None:
        """Give the handle back, so that servers which lock open files let the temporary be removed."""
        for _, request in self._pending:
            request.cancel()
        await asyncio.gather(*(request for _, request in self._pending), return_exceptions=True)
        if self._session.alive:
            with suppress(Exception):  # the first error is the one to report
                await self._session.ask(f"closing {self._path}", file.close())


async def remote_sha256(session: SftpSession, path: str) -> str:
    """Read ``path`` back and return the SHA-256 (hex) of what the server really holds."""
    doing = f"reading {path} back"
    digest = hashlib.sha256()
    file = await session.do(doing, path, session.client.open(path, "rb"))
    while block := await session.do(doing, path, file.read(4 * BLOCK)):
        digest.update(block)
    await session.do(doing, path, file.close())
    return digest.hexdigest()
