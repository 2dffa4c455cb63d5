"""Giving an uploaded file its final name: what stands there is looked at before, and again after."""

from __future__ import annotations

import logging
from typing import Any

import asyncssh

from export_jobs.core.files.placed_file import PlacedFile
from export_jobs.delivery.destination import Target
from export_jobs.delivery.sftp_errors import MISSING, vanished_error
from export_jobs.delivery.sftp_session import SftpSession, is_directory
from export_jobs.delivery.sftp_upload import remote_sha256
from export_jobs.delivery.standing import (
    Standing,
    StandingFile,
    foreign_file_error,
    has_bytes_on_record,
    is_in_doubt,
    judge,
    moved_on_error,
    unpublished_error,
)
from export_jobs.errors import TerminalError

log = logging.getLogger(__name__)


class SftpPublication:
    """One file on its way from its temporary to its final name, in one step; an older file is replaced or stays whole.

    A new name is taken by the protocol's plain rename, which never replaces: what another program puts there between
    the look and the rename survives. ``posix-rename@openssh.com`` is for replacing a file of ours.
    """

    def __init__(self, session: SftpSession, target: Target, temporary: str, final: str) -> None:
        self._session = session
        self._target = target
        self._temporary = temporary
        self._final = final
        self._found: StandingFile | None = None
        self._standing = Standing.NOTHING
        self.uploaded: StandingFile | None = None
        """What the server says of the upload under its temporary name, once it is there."""

    async def is_done_already(self) -> bool:
        """Look at the final name; True when these very bytes stand there, since an earlier try lost the reply.

        Raises ``TerminalError`` for a file that is not ours.
        """
        self._found = await self._look()
        in_doubt = is_in_doubt(self._found, self._target)
        digest = await remote_sha256(self._session, self._final) if in_doubt else ""
        self._standing = judge(self._found, self._target, self._session.where, digest)
        return self._standing is Standing.SAME_BYTES

    async def publish(self, placed: PlacedFile) -> None:
        """Rename, unless it is done already, and tell what the server says of the file then."""
        if await self._look() != self._found:
            raise moved_on_error(self._target.path, self._session.where)
        if self._standing is Standing.NOTHING:
            await self._take_new_name()
        elif self._standing is Standing.OURS:
            await self._replace()
        await self._verify(placed)

    async def _look(self) -> StandingFile | None:
        """What stands under the final name; None also where the server does not let us look."""
        attributes = await self._attributes(self._final)
        if attributes is None:
            return None
        found = described(attributes)
        if attributes.permissions is not None and is_directory(attributes):
            raise foreign_file_error(found, self._target.path, self._session.where)
        return found

    async def _attributes(self, path: str) -> Any | None:
        doing = f"looking at {path}"
        try:
            return await self._session.ask(doing, self._session.client.stat(path))
        except MISSING:
            return None
        except asyncssh.SFTPPermissionDenied:
            log.info("The server %s does not let %s be looked at", self._session.where, path)
            return None
        except asyncssh.SFTPError as error:
            raise await self._session.error_for(error, doing, path) from error

    async def _take_new_name(self) -> None:
        doing = f"renaming to {self._final}"
        client = self._session.client
        try:
            await self._session.ask(doing, client.rename(self._temporary, self._final))
        except MISSING as error:
            raise vanished_error(self._session.where, self._temporary) from error
        except asyncssh.SFTPOpUnsupported:
            await self._session.do(doing, self._final, client.posix_rename(self._temporary, self._final))
        except asyncssh.SFTPError as error:
            if await self._look() is not None:
                raise moved_on_error(self._target.path, self._session.where) from error
            raise await self._session.error_for(error, doing, self._final) from error

    async def _replace(self) -> None:
        doing = f"renaming to {self._final}"
        try:
            await self._session.ask(doing, self._session.client.posix_rename(self._temporary, self._final))
        except MISSING as error:
            raise vanished_error(self._session.where, self._temporary) from error
        except asyncssh.SFTPOpUnsupported as error:
            # Never removed first to make room: then a lost connection would lose both files.
            if not has_bytes_on_record(self._found, self._target):
                raise self._cannot_replace_error() from error
            await self._session.remove(self._temporary)
            self._standing = Standing.SAME_BYTES
        except asyncssh.SFTPError as error:
            raise await self._session.error_for(error, doing, self._final) from error

    async def _verify(self, placed: PlacedFile) -> None:
        """A server can answer OK and do nothing; then the upload still has its temporary name.

        Or its temporary is gone, too: another run removes it as a left-over, or the server took it elsewhere. Then
        what stands there is the older file as it was, perhaps of the same size.
        """
        left = await self._attributes(self._temporary)
        found = await self._look()
        is_other = found is not None and (found.bytes != self._target.bytes or self._is_older(found))
        if left is not None or is_other:
            raise unpublished_error(self._target.path, self._session.where, found)
        if found is None:
            log.info("%s cannot be seen under its final name: its receiver took it at once, or hides it", self._final)
            return
        placed.modified = found.modified

    def _is_older(self, found: StandingFile) -> bool:
        """Whether it is the file that was to be replaced; a rename keeps the time of what is renamed."""
        if self._standing is not Standing.OURS or self.uploaded is None or self.uploaded.modified is None:
            return False
        return found == self._found and found.modified != self.uploaded.modified

    def _cannot_replace_error(self) -> TerminalError:
        return TerminalError(
            f"The server {self._session.where} cannot replace a file in one step (no posix-rename@openssh.com), and "
            f"{self._final} exists already; it was left as it is",
            "Move the old file away there and rerun, or ask the server's owner for an SFTP server with that extension",
        )


def described(attributes: Any) -> StandingFile:
    """A file as SFTP describes it."""
    return StandingFile(int(attributes.size or 0), _whole_seconds(attributes.mtime))


def _whole_seconds(modified: float | None) -> int | None:
    return None if modified is None else int(modified)
