"""Delivery to an SFTP server: temporary name, verified size, one atomic rename inside the fence."""

from __future__ import annotations

import logging
import posixpath
from contextlib import suppress
from dataclasses import dataclass
from typing import BinaryIO

from export_jobs.core.definitions.destination import DestinationOptions
from export_jobs.delivery.destination import Credentials, Fence, Receipt, Target
from export_jobs.delivery.existing_file import FinalNameState
from export_jobs.delivery.loop_thread import LoopThread
from export_jobs.delivery.paths import remote_folder, split_safe_path, temporary_name, url_path
from export_jobs.delivery.sftp_server.direct import DirectUpload
from export_jobs.delivery.sftp_server.final_name import FinalName
from export_jobs.delivery.sftp_server.folder import create_subfolders, remove_left_overs, require_folder
from export_jobs.delivery.sftp_server.probe import SftpProbe
from export_jobs.delivery.sftp_server.publication import SftpPublication
from export_jobs.delivery.sftp_server.session import SftpSession
from export_jobs.delivery.sftp_server.stored import StoredFile
from export_jobs.delivery.sftp_server.upload import RangesRefusedError, SftpUpload
from export_jobs.delivery.ssh.login import DEFAULT_PORT, Login, read_host_keys, read_login, server_address
from export_jobs.delivery.ssh.shown_key import ShownHostKey
from export_jobs.delivery.verified_reader import VerifiedReader, prefix_sha256
from export_jobs.errors import ExportError, TransientError

log = logging.getLogger(__name__)

CLEANUP_SECONDS = 15.0
"""How long the removal of a temporary file may take after a failure; the task should report its failure soon."""


@dataclass(frozen=True)
class _RemotePaths:
    """The paths of one delivery on the server."""

    folder: str
    final: str
    temporary: str


@dataclass(frozen=True)
class _Delivery:
    """One file that is being delivered over one connection."""

    loop: LoopThread
    session: SftpSession
    source: BinaryIO
    target: Target
    names: _RemotePaths


class SftpDestination:
    """A folder on an SFTP server; see ``Destination`` for the promise. Each call opens one connection and closes it."""

    def __init__(
        self,
        credentials: Credentials,
        folder: str,
        *,
        options: DestinationOptions | None = None,
        stall_seconds: float = 120,
        connect_seconds: float = 30,
    ) -> None:
        """Keep the settings; nothing is read or connected before ``check`` or ``deliver``.

        ``folder`` is absolute, or relative to the login's home. ``options``: what the server can do. A transfer ends
        after ``stall_seconds`` without any progress.
        """
        self._credentials = credentials
        self._folder = remote_folder(folder)
        self._options = options or DestinationOptions()
        self._stall_seconds = stall_seconds
        self._connect_seconds = connect_seconds

    def check(self) -> None:
        """See ``Destination.check``."""
        with LoopThread() as loop:
            session = loop.run(self._open())
            try:
                loop.run(SftpProbe(session, self._folder, self._options).run())
            finally:
                loop.run(session.close())

    def deliver(self, source: BinaryIO, target: Target, fence: Fence) -> Receipt:
        """See ``Destination.deliver``; also raises UserError for a path that could leave the folder."""
        names = self._remote_paths(target)
        deliver = self._deliver_directly if self._options.publish == "direct" else self._deliver_by_rename
        with LoopThread() as loop:
            session = loop.run(self._open())
            try:
                deliver(_Delivery(loop, session, source, target, names), fence)
            finally:
                loop.run(session.close())
        return Receipt(target.path, self.url(target.path), target.bytes, target.sha256)

    def _deliver_by_rename(self, one: _Delivery, fence: Fence) -> None:
        loop, session, target, names = one.loop, one.session, one.target, one.names
        final = FinalName(session, names.final, target, self._options)
        publication = SftpPublication(session, target, self._options, names.temporary, final)
        try:
            loop.run(self._prepare(session, target, names))
            # Looked at outside the fence: reading a large file back takes longer than a fence may last.
            loop.run(final.inspect())
            if final.state is not FinalNameState.SAME_BYTES:
                stored = StoredFile(session, names.temporary, target, self._options)
                loop.run(self._stage(one, stored))
                publication.stored = stored
            with fence() as placed:
                loop.run(publication.publish(placed))
        except BaseException:
            loop.run(self._discard(session, names.temporary))
            raise
        loop.run(self._tidy(session, names, final))

    def _deliver_directly(self, one: _Delivery, fence: Fence) -> None:
        loop, session, target, names = one.loop, one.session, one.target, one.names
        final = FinalName(session, names.final, target, self._options)
        stored = StoredFile(session, names.final, target, self._options)
        upload = DirectUpload(session, target, final, stored)
        loop.run(require_folder(session, self._folder))
        loop.run(create_subfolders(session, self._folder, target.path))
        loop.run(final.inspect(prefix_sha256(one.source)))
        with fence() as placed:
            is_ours = True

            def keep_open() -> None:
                nonlocal is_ours
                is_ours = False
                placed.keep_open()
                is_ours = True

            try:
                if not loop.run(upload.is_done_already(placed)):
                    keep_open()  # an attempt that was delayed in the fence may have lost it
                    loop.run(upload.publish(one.source, placed), meanwhile=keep_open)
            except BaseException:
                # Within the fence: once it is lost, the file may be another attempt's.
                if upload.is_unfinished and is_ours:
                    loop.run(self._discard(session, names.final))
                raise

    def shown_host_keys(self) -> tuple[ShownHostKey, ...]:
        """Return every host key that the server shows, pinned or not; sends nothing of the connection's content."""
        with LoopThread() as loop:
            return loop.run(read_host_keys(self._login(), self._connect_seconds))

    def _login(self) -> Login:
        options = self._options
        return read_login(self._credentials, legacy=options.legacy_algorithms, host_keys=options.host_keys)

    async def _open(self) -> SftpSession:
        return await SftpSession.open(
            self._login(), connect_seconds=self._connect_seconds, stall_seconds=self._stall_seconds
        )

    async def _prepare(self, session: SftpSession, target: Target, names: _RemotePaths) -> None:
        await require_folder(session, self._folder)
        await create_subfolders(session, self._folder, target.path)
        if self._options.replace != "remove_then_rename":
            await remove_left_overs(session, names.folder, posixpath.basename(names.final), self._options)

    async def _tidy(self, session: SftpSession, names: _RemotePaths, final: FinalName) -> None:
        """Remove left-overs only now where files are replaced in steps: one may have been the only older copy."""
        if self._options.replace == "remove_then_rename":
            with suppress(ExportError):
                await remove_left_overs(session, names.folder, posixpath.basename(final.path), self._options)

    async def _stage(self, one: _Delivery, stored: StoredFile) -> None:
        """Upload the complete content under the temporary name and verify it, as far as the server shows it."""
        session, source, target, names = one.session, one.source, one.target, one.names
        start = source.tell()
        try:
            reader = VerifiedReader(source, target)
            await SftpUpload(session, names.temporary, reader, target.bytes).run(self._options.parallel)
        except RangesRefusedError:
            log.warning("The server %s does not accept ranges of a file, so it is sent in one piece", session.where)
            if not session.alive:
                await session.reopen()  # some servers close a connection that requests a second channel
            source.seek(start)
            await SftpUpload(session, names.temporary, VerifiedReader(source, target), target.bytes).run()
        await stored.verify()

    async def _discard(self, session: SftpSession, temporary: str) -> None:
        """Remove the temporary file after a failure, over a new connection if the old one is gone; never raises."""
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
            log.warning("The unfinished upload %s stays until the next attempt: %s", temporary, error)

    def _remote_paths(self, target: Target) -> _RemotePaths:
        *subfolders, name = split_safe_path(target.path)
        folder = posixpath.join(self._folder, *subfolders)
        temporary = temporary_name(name, target.attempt, self._options.temporary_name)
        return _RemotePaths(folder, posixpath.join(folder, name), posixpath.join(folder, temporary))

    def url(self, path: str) -> str:
        """See ``Destination.url``."""
        server = server_address(self._credentials.host, self._credentials.port or DEFAULT_PORT)
        return f"sftp://{server}/{url_path(self._folder, path)}"
