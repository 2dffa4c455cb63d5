"""Delivery to an SFTP server: temporary name, verified size, one atomic rename inside the fence."""

from __future__ import annotations

import logging
import posixpath
from contextlib import suppress
from dataclasses import dataclass
from typing import BinaryIO
from urllib.parse import quote

import asyncssh

from export_jobs.delivery.destination import Credentials, Fence, Receipt, Target
from export_jobs.delivery.loop_thread import LoopThread
from export_jobs.delivery.paths import is_temporary_of, probe_name, split_safe_path, temporary_name
from export_jobs.delivery.sftp_errors import vanished_error
from export_jobs.delivery.sftp_login import DEFAULT_PORT, read_login, server_address
from export_jobs.delivery.sftp_publication import SftpPublication, described
from export_jobs.delivery.sftp_session import SftpSession, is_directory
from export_jobs.delivery.sftp_upload import SftpUpload, remote_sha256
from export_jobs.delivery.standing import StandingFile
from export_jobs.delivery.verified_reader import VerifiedReader
from export_jobs.errors import TerminalError, TransientError

log = logging.getLogger(__name__)

CLEANUP_SECONDS = 15.0
"""How long removing a temporary may take after a failure; the task is failing already and should say so soon."""


@dataclass(frozen=True)
class _RemotePaths:
    """Where one delivery happens on the server."""

    folder: str
    final: str
    temporary: str


class SftpDestination:
    """A folder on an SFTP server; see ``Destination`` for the promise. One connection a call, always closed."""

    def __init__(
        self,
        credentials: Credentials,
        folder: str,
        *,
        stall_seconds: float = 120,
        connect_seconds: float = 30,
        read_back: bool = False,
    ) -> None:
        """Keep the settings; nothing is read or connected before ``check`` or ``deliver``.

        ``folder`` is absolute, or relative to the login's home. ``stall_seconds`` without any progress end a
        transfer. ``read_back`` downloads the temporary and compares its SHA-256 before the rename: for servers that
        are known to store other bytes than they were sent; it doubles the traffic.
        """
        self._credentials = credentials
        self._folder = folder.rstrip("/") or ("/" if folder.startswith("/") else ".")
        self._stall_seconds = stall_seconds
        self._connect_seconds = connect_seconds
        self._read_back = read_back

    def check(self) -> None:
        """See ``Destination.check``."""
        with LoopThread() as loop:
            session = loop.run(self._open())
            try:
                loop.run(self._probe(session))
            finally:
                loop.run(session.close())

    def deliver(self, source: BinaryIO, target: Target, fence: Fence) -> Receipt:
        """See ``Destination.deliver``; also raises UserError for a path that could leave the folder."""
        names = self._remote_paths(target)
        with LoopThread() as loop:
            session = loop.run(self._open())
            try:
                publication = SftpPublication(session, target, names.temporary, names.final)
                loop.run(self._prepare(session, target, names))
                # Looked at outside the fence: reading a large file back takes longer than a fence may last.
                if not loop.run(publication.is_done_already()):
                    staged = self._stage(session, VerifiedReader(source, target), target, names)
                    publication.uploaded = loop.run(staged)
                with fence() as placed:
                    loop.run(publication.publish(placed))
            except BaseException:
                loop.run(self._discard(session, names.temporary))
                raise
            finally:
                loop.run(session.close())
        return Receipt(target.path, self.url(target.path), target.bytes, target.sha256)

    async def _open(self) -> SftpSession:
        login = read_login(self._credentials)
        return await SftpSession.open(login, connect_seconds=self._connect_seconds, stall_seconds=self._stall_seconds)

    async def _probe(self, session: SftpSession) -> None:
        await self._require_folder(session)
        probe = posixpath.join(self._folder, probe_name())
        doing = "proving write permission"
        file = await session.do(doing, probe, session.client.open(probe, "wb"))
        await session.do(doing, probe, file.write(b"Export Jobs proves write permission; this file may be removed.\n"))
        await session.do(doing, probe, file.close())
        await session.do("removing the probe file", probe, session.client.remove(probe))

    async def _prepare(self, session: SftpSession, target: Target, names: _RemotePaths) -> None:
        await self._require_folder(session)
        await self._make_subfolders(session, target.path)
        await self._remove_stale(session, names)

    async def _stage(
        self, session: SftpSession, reader: VerifiedReader, target: Target, names: _RemotePaths
    ) -> StandingFile:
        """Have the complete, verified content under the temporary name; what the server says of it."""
        await SftpUpload(session, names.temporary, reader, target.bytes).run()
        stored = await session.attributes("verifying the upload", names.temporary)
        if stored is None:
            raise vanished_error(session.where, names.temporary)
        if stored.size != target.bytes:
            raise TransientError(
                f"The server {session.where} stored {stored.size} of {target.bytes} bytes of {target.path}. The file "
                "was not published",
                "It is sent again; if this goes on, ask the server's owner to look for a quota",
            )
        if self._read_back and await remote_sha256(session, names.temporary) != target.sha256.lower():
            raise TransientError(
                f"The server {session.where} stored other bytes of {target.path} than were sent (SHA-256 differs). The "
                "file was not published",
                "It is sent again; if this goes on, the server's disk or software is at fault",
            )
        return described(stored)

    async def _require_folder(self, session: SftpSession) -> None:
        """The target folder is the partner's: a wrong name must be reported, never made into a new folder."""
        found = await session.attributes("looking for the target folder", self._folder)
        if found is None:
            raise TerminalError(
                f"The folder {self._folder} does not exist on {session.where}",
                "Create it there, or correct the folder of the destination",
            )
        if not is_directory(found):
            raise TerminalError(
                f"{self._folder} on {session.where} is a file, not a folder", "Correct the folder of the destination"
            )

    async def _make_subfolders(self, session: SftpSession, path: str) -> None:
        here = self._folder
        for part in split_safe_path(path)[:-1]:
            here = posixpath.join(here, part)
            found = await session.attributes("looking for the sub-folder", here)
            if found is None:
                try:
                    await session.ask("making the sub-folder", session.client.mkdir(here))
                except asyncssh.SFTPError as error:
                    # Another delivery may have made it in between; only its absence is a failure.
                    found = await session.attributes("looking for the sub-folder", here)
                    if found is None:
                        raise await session.error_for(error, "making the sub-folder", here) from error
            if found is not None and not is_directory(found):
                raise TerminalError(
                    f"{here} on {session.where} is a file where a sub-folder is needed",
                    "Remove the file there, or choose another sub-folder for the job",
                )

    async def _remove_stale(self, session: SftpSession, names: _RemotePaths) -> None:
        """Remove what killed attempts left; their uploads then have no name to be renamed from."""
        doing = "looking for unfinished uploads"
        final = posixpath.basename(names.final)
        try:
            listed = await session.ask(doing, session.client.listdir(names.folder))
        except asyncssh.SFTPPermissionDenied:
            log.warning("%s may not be listed on %s: unfinished uploads stay there", names.folder, session.where)
            return
        except asyncssh.SFTPError as error:
            raise await session.error_for(error, doing, names.folder) from error
        for name in listed:
            if is_temporary_of(final, name):
                await session.remove(posixpath.join(names.folder, name))

    async def _discard(self, session: SftpSession, temporary: str) -> None:
        """Remove the temporary after a failure, over a new connection when the old one is gone; never raises."""
        session.stall_seconds = min(session.stall_seconds, CLEANUP_SECONDS)
        try:
            with suppress(TransientError):
                if session.alive:
                    await session.remove(temporary)
                    return
            await session.close()
            again = await self._open()
            again.stall_seconds = session.stall_seconds
            try:
                await again.remove(temporary)
            finally:
                await again.close()
        except Exception as error:  # the failure that led here is the one to report
            log.warning("The unfinished upload %s stays until the next try: %s", temporary, error)

    def _remote_paths(self, target: Target) -> _RemotePaths:
        *subfolders, name = split_safe_path(target.path)
        folder = posixpath.join(self._folder, *subfolders)
        temporary = temporary_name(name, target.attempt)
        return _RemotePaths(folder, posixpath.join(folder, name), posixpath.join(folder, temporary))

    def url(self, path: str) -> str:
        """See ``Destination.url``."""
        server = server_address(self._credentials.host, self._credentials.port or DEFAULT_PORT)
        return f"sftp://{server}/{quote(posixpath.join(self._folder, path).removeprefix('/'))}"
