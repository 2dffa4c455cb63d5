"""Verify that a server stored what it was sent, as far as the server allows."""

from __future__ import annotations

import asyncio
from typing import Any

from export_jobs.core.definitions.destination import DestinationOptions
from export_jobs.core.files.placed_file import Verification
from export_jobs.delivery.destination import Target
from export_jobs.delivery.existing_file import RemoteFile
from export_jobs.delivery.sftp_server.errors import other_bytes_error, size_error
from export_jobs.delivery.sftp_server.session import Look, SftpSession
from export_jobs.delivery.sftp_server.upload import remote_sha256

SECOND_LOOKS_S = (0.2, 0.8, 2.0)
"""Some servers show a file, or its whole size, only some time after it was closed."""


class StoredFile:
    """One uploaded file as its server shows it. ``remote_file``: None if the server shows nothing."""

    def __init__(self, session: SftpSession, path: str, target: Target, options: DestinationOptions) -> None:
        self._session = session
        self._path = path
        self._target = target
        self._options = options
        self.look = Look()
        self.verification = Verification.NONE

    @property
    def remote_file(self) -> RemoteFile | None:
        """What the server reports of the file."""
        return None if self.look.attributes is None else described(self.look.attributes)

    @property
    def reported_bytes(self) -> int | None:
        """The size that the server reports, if it differs from the number of bytes that were sent."""
        shown = self.remote_file.bytes if self.remote_file else None
        return None if shown in {None, self._target.bytes} else shown

    async def verify(self) -> None:
        """Look at the file, and read back its content if the destination requires it.

        A missing file is no error: ``look.is_absent`` says so. Raises ``TransientError`` for another size or content.
        """
        wanted = self._target.bytes
        for wait in (0, *SECOND_LOOKS_S):
            await asyncio.sleep(wait)
            self.look = await self._session.look("verifying the upload", self._path)
            if self.look.is_hidden or (self.look.attributes is not None and self._fits(wanted)):
                break
        if self.look.is_absent or self._options.verify == "none":
            return
        if self._options.verify == "read_back":
            await self._read_back()
            return
        if self.remote_file is None or self.remote_file.bytes is None:
            return  # the server hides the file, or its size
        if self.remote_file.bytes != wanted:
            raise size_error(self._session.where, self._target.path, self.remote_file.bytes, wanted)
        self.verification = Verification.SIZE

    def _fits(self, wanted: int) -> bool:
        """Whether another look cannot show more."""
        if self._options.verify != "size" or self.remote_file is None or self.remote_file.bytes is None:
            return True
        return self.remote_file.bytes == wanted

    async def _read_back(self) -> None:
        if await remote_sha256(self._session, self._path) != self._target.sha256.lower():
            raise other_bytes_error(self._session.where, self._target.path)
        self.verification = Verification.READ_BACK


def described(attributes: Any) -> RemoteFile:
    """Return a file as SFTP describes it."""
    size, modified = attributes.size, attributes.mtime
    return RemoteFile(None if size is None else int(size), None if modified is None else int(modified))
