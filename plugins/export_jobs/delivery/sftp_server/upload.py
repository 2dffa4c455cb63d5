"""Send the bytes of one file over an open SFTP session, and read them back."""

from __future__ import annotations

import asyncio
import hashlib
import logging
import posixpath
from collections import deque
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any

import asyncssh

from export_jobs.delivery.sftp_server.errors import MISSING, folder_missing_error, taken_away_error
from export_jobs.delivery.sftp_server.session import SftpSession
from export_jobs.delivery.verified_reader import VerifiedReader

log = logging.getLogger(__name__)
_PART_OF_FILE = asyncssh.FXF_WRITE  # the file exists already and keeps its content
BLOCK = 255 * 1024
"""Bytes of one write request: the most that OpenSSH accepts. Servers that announce less get less."""
IN_FLIGHT = 2 * 1024 * 1024
"""Bytes that are sent but not yet acknowledged on one channel: OpenSSH's window. More would only queue."""
MAX_REQUESTS = 128
CHUNK = 8 * BLOCK
"""Bytes that are read from the staged file at once, on a thread, while the chunk before is being sent."""


class RangesRefusedError(Exception):
    """The server accepts a file only from its start to its end."""


@dataclass
class _Lane:
    """One open handle of the file, with its unacknowledged requests: size and request of each."""

    file: Any
    pending: deque[tuple[int, asyncio.Future[Any]]] = field(default_factory=deque)


class SftpUpload:
    """Sends a file as a stream of write requests, with many in flight, which are acknowledged in order.

    asyncssh's own ``write`` drains its requests at the end of every call and reports no progress in between. With one
    queue for the whole file the line never runs empty, and a stall is noticed within one block.
    """

    def __init__(self, session: SftpSession, path: str, reader: VerifiedReader, size: int) -> None:
        self._session = session
        self._path = path
        self._reader = reader
        self._size = size
        self._lanes: list[_Lane] = []
        self._acknowledged = 0

    async def run(self, parallel: int = 1) -> None:
        """Write the whole source to the path and close the file, in ``parallel`` ranges at once.

        Raises:
            ExportError: as ``SftpSession.do``; also what the reader raises.
            RangesRefusedError: with ``parallel``: the server refused ranges, after a part of the source may have been
                read in vain, or it ended the connection instead of opening a further channel.
        """
        file = await self.create()
        others = await self._further_handles(parallel - 1)
        await self.write(file, others)
        await asyncio.gather(*(self.close(other) for other in others))
        await self.close(file)

    async def _further_handles(self, count: int) -> list[Any]:
        """Open the same file over further channels, each with its own window: as many as the server allows.

        All are opened at once, since each needs four answers of the server, which may be far away.
        """
        opened = await asyncio.gather(*(self._further_handle() for _ in range(count)), return_exceptions=True)
        errors = [result for result in opened if isinstance(result, BaseException)]
        if errors and not self._session.alive:
            raise RangesRefusedError from errors[0]
        for error in errors:
            if not isinstance(error, asyncssh.Error | TimeoutError):
                raise error
        handles = [result for result in opened if not isinstance(result, BaseException)]
        if errors:
            log.info("%s is sent in %s ranges (%s)", self._path, len(handles) + 1, type(errors[0]).__name__)
        return handles

    async def _further_handle(self) -> Any:
        # Some servers neither open nor refuse a channel; the handles that are open until then are used anyway.
        async with asyncio.timeout(self._session.channel_seconds):
            client = await self._session.further_client()
            opening = client.open(self._path, _PART_OF_FILE, encoding=None, block_size=0)
            return await self._session.ask("opening ranges", opening)

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
        """Open the path for writing if no file is there; raises ``asyncssh.SFTPError`` if one is."""
        doing, session = f"creating {self._path}", self._session
        try:
            return await session.ask(doing, session.client.open(self._path, "xb", block_size=0))
        except MISSING as error:
            raise folder_missing_error(session.where, posixpath.dirname(self._path) or ".") from error

    async def write(self, file: Any, others: Sequence[Any] = ()) -> None:
        """Send the whole source over all handles in turn."""
        self._lanes = [_Lane(file), *(_Lane(other) for other in others)]
        try:
            await self._send()
            self._reader.finish()
        except asyncio.CancelledError:
            self._session.alive = False  # a further request would queue behind megabytes that nobody wants
            raise
        except BaseException:
            await self._abandon()
            raise

    async def close(self, file: Any) -> None:
        """Close the file."""
        # Only on close some servers report that the last blocks did not fit, or that the receiver took the file.
        doing = f"closing {self._path}"
        try:
            await self._session.ask(doing, file.close())
        except MISSING as error:
            raise taken_away_error(self._session.where, self._path) from error
        except asyncssh.SFTPError as error:
            raise await self._session.error_for(error, doing, self._path) from error

    async def _send(self) -> None:
        limit = int(self._session.client.limits.max_write_len) or BLOCK
        block = min(limit, BLOCK)
        requests = max(1, min(MAX_REQUESTS, IN_FLIGHT // block))
        loop = asyncio.get_running_loop()
        sent = turn = 0
        coming = loop.run_in_executor(None, self._reader.read, CHUNK)
        while chunk := memoryview(await coming):
            coming = loop.run_in_executor(None, self._reader.read, CHUNK)
            lane = self._lanes[turn % len(self._lanes)]
            turn += 1
            for start in range(0, len(chunk), block):
                piece = chunk[start : start + block]
                if len(lane.pending) >= requests:
                    await self._settle_oldest(lane)
                lane.pending.append((len(piece), asyncio.ensure_future(lane.file.write(piece, sent))))
                sent += len(piece)
        for lane in self._lanes:
            while lane.pending:
                await self._settle_oldest(lane)

    async def _settle_oldest(self, lane: _Lane) -> None:
        size, request = lane.pending.popleft()
        doing = f"writing {self._path} at byte {self._acknowledged} of {self._size}"
        try:
            await self._session.ask(doing, request)
        except asyncssh.SFTPError as error:
            if len(self._lanes) > 1:
                raise RangesRefusedError from error
            missing = self._size - self._acknowledged
            raise await self._session.error_for(error, doing, self._path, needed=missing) from error
        self._acknowledged += size

    async def _abandon(self) -> None:
        """Close the handles, so that servers which lock open files allow the temporary file to be removed."""
        requests = [request for lane in self._lanes for _, request in lane.pending]
        for request in requests:
            request.cancel()
        await asyncio.gather(*requests, return_exceptions=True)
        for lane in self._lanes:
            if self._session.alive:
                with suppress(Exception):  # the first error is the one to report
                    await self._session.ask(f"closing {self._path}", lane.file.close())


async def remote_sha256(session: SftpSession, path: str) -> str:
    """Read ``path`` back and return the SHA-256 (hex) of what the server actually stored."""
    doing = f"reading {path} back"
    digest = hashlib.sha256()
    file = await session.do(doing, path, session.client.open(path, "rb"))
    while block := await session.do(doing, path, file.read(4 * BLOCK)):
        digest.update(block)
    await session.do(doing, path, file.close())
    return digest.hexdigest()
