"""Write a file directly under its final name, inside the fence, for servers that act on every name."""

from __future__ import annotations

import logging
from contextlib import suppress
from typing import BinaryIO

import asyncssh

from export_jobs.core.files.placed_file import PlacedFile, Verification
from export_jobs.delivery.destination import Target
from export_jobs.delivery.existing_file import FinalNameState
from export_jobs.delivery.sftp_server.errors import TakenAwayError
from export_jobs.delivery.sftp_server.final_name import FinalName
from export_jobs.delivery.sftp_server.folder import remove_quietly
from export_jobs.delivery.sftp_server.session import SftpSession
from export_jobs.delivery.sftp_server.stored import StoredFile
from export_jobs.delivery.sftp_server.upload import SftpUpload
from export_jobs.delivery.verified_reader import VerifiedReader

log = logging.getLogger(__name__)


class DirectUpload:
    """One file under its final name from its first byte on. ``is_unfinished``: only a part of it is there.

    It never overwrites a new file of another program, if the server supports creation only where no file exists.
    """

    def __init__(self, session: SftpSession, target: Target, final: FinalName, stored: StoredFile) -> None:
        self._session = session
        self._target = target
        self._final = final
        self._stored = stored
        self.is_unfinished = False

    async def is_done_already(self, placed: PlacedFile) -> bool:
        """Look again, within the fence; return True if exactly these bytes are there."""
        final = self._final
        await final.require_unchanged()
        if final.state is not FinalNameState.SAME_BYTES:
            return False
        placed.verification = Verification.READ_BACK if final.was_read else Verification.SIZE
        placed.modified = final.found.modified if final.found else None
        return True

    async def publish(self, source: BinaryIO, placed: PlacedFile) -> None:
        """Write the file, look at it, and record in ``placed`` what the server reports."""
        final = self._final
        if final.state is FinalNameState.FOREIGN and final.keeps_both:
            await final.move_aside()
        elif final.found is not None:
            # What an abandoned attempt still writes then goes into a file that no longer has a name.
            await remove_quietly(self._session, final.path)
        upload = SftpUpload(self._session, final.path, VerifiedReader(source, self._target), self._target.bytes)
        file = await self._create(upload)
        self.is_unfinished = True
        await upload.write(file)
        self.is_unfinished = False  # from here on it may be whole, and taken by its receiver
        with suppress(TakenAwayError):
            await upload.close(file)
        await self._verify(placed)

    async def _create(self, upload: SftpUpload) -> object:
        final = self._final
        if final.found is not None and not final.was_moved_aside:
            return await upload.create()
        try:
            return await upload.create_new()
        except asyncssh.SFTPError as error:
            is_denied = isinstance(error, asyncssh.SFTPPermissionDenied)
            if is_denied and final.is_hidden:
                raise await self._session.error_for(error, f"creating {final.path}", final.path) from error
            if final.is_hidden and not final.may_be_replaced_unseen:
                raise final.refuse_hidden() from error
            await final.require_unchanged()
            await final.require_no_link()
            return await upload.create()  # a server that does not support, or denies, exclusive creation

    async def _verify(self, placed: PlacedFile) -> None:
        try:
            await self._stored.verify()
        except Exception:
            self.is_unfinished = True  # it is not what was sent
            raise
        placed.verification = self._stored.verification
        placed.reported_bytes = self._stored.reported_bytes
        if self._stored.remote_file is None:
            log.info("%s is not visible: its receiver took it at once, or the server hides it", self._final.path)
        else:
            placed.modified = self._stored.remote_file.modified
