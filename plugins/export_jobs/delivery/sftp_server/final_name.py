"""The file that exists under a final name on the server, whose it is, and what the destination allows for it."""

from __future__ import annotations

import asyncio
import logging
import posixpath
from collections.abc import Callable

import asyncssh

from export_jobs.core.definitions.destination import DestinationOptions
from export_jobs.delivery.destination import Target
from export_jobs.delivery.existing_file import (
    FinalNameState,
    RemoteFile,
    changed_during_upload_error,
    classify_file,
    foreign_file_error,
    needs_content_check,
    was_announced,
)
from export_jobs.delivery.paths import MAX_KEPT_FILES, kept_name
from export_jobs.delivery.sftp_server.session import Look, SftpSession, is_directory, is_link
from export_jobs.delivery.sftp_server.stored import SECOND_LOOKS_S, described
from export_jobs.delivery.sftp_server.upload import remote_sha256
from export_jobs.errors import ExportError, TerminalError

log = logging.getLogger(__name__)


class FinalName:
    """The path of a delivery. ``found`` and ``state``: the file that was there when it was inspected."""

    def __init__(self, session: SftpSession, path: str, target: Target, options: DestinationOptions) -> None:
        self._session = session
        self._target = target
        self._options = options
        self.path = path
        self.found: RemoteFile | None = None
        self.is_hidden = False
        self.state = FinalNameState.NOTHING
        self.was_read = False
        self.was_moved_aside = False

    @property
    def keeps_both(self) -> bool:
        """Whether a foreign file is kept under another name."""
        return self._options.foreign_file == "keep_both"

    @property
    def may_be_replaced_unseen(self) -> bool:
        """Whether a hidden file may be overwritten: the destination allows it, or an unfinished upload is known."""
        return self._options.foreign_file == "replace" or any(
            not known.stands and not known.was_refused for known in self._target.known
        )

    async def inspect(self, prefix_hash: Callable[[int], str] | None = None) -> None:
        """Look, and find out whose file it is; raises ``ForeignFileError`` for a foreign file that must not be touched.

        ``prefix_hash`` returns the SHA-256 of the first n bytes to send: where uploads have no temporary name, the file
        there may be a part of this file that a killed attempt left.
        """
        look = await self.look()
        self.found, self.is_hidden = _remote_file(look), look.is_hidden
        if prefix_hash is not None and await self._is_our_partial_upload(prefix_hash):
            self.state = FinalNameState.OURS
            return
        digest = ""
        if needs_content_check(self.found, self._target):
            try:
                digest = await remote_sha256(self._session, self.path)
                self.was_read = True
            except ExportError as error:
                if not self._session.alive:
                    raise
                log.info("%s may not be read, so it counts as a foreign file: %s", self.path, error)
        where = self._session.where
        self.state = classify_file(self.found, self._target, where, digest, self._options.foreign_file)

    async def _is_our_partial_upload(self, prefix_hash: Callable[[int], str]) -> bool:
        size = self.found.bytes if self.found else None
        begun = [known for known in self._target.known if not known.stands and known.sha256 == self._target.sha256]
        if size is None or not begun or size >= self._target.bytes:
            return False
        wanted = await asyncio.to_thread(prefix_hash, size)
        try:
            return wanted == await remote_sha256(self._session, self.path)
        except ExportError as error:
            if not self._session.alive:
                raise
            if self.keeps_both:  # a kept part of our file could be mistaken for a complete file
                where = self._session.where
                raise foreign_file_error(self.found, self._target.path, where, announced=True) from error
            return False

    async def look(self) -> Look:
        """Return what is there now; raises ``ForeignFileError`` for a folder."""
        look = await self._session.look(f"looking at {self.path}", self.path)
        attributes = look.attributes
        if attributes is not None and attributes.permissions is not None and is_directory(attributes):
            raise foreign_file_error(described(attributes), self._target.path, self._session.where)
        return look

    async def require_unchanged(self) -> None:
        """Raise ``TransientError`` if the file there has changed since it was inspected."""
        look = await self.look()
        if _remote_file(look) != self.found and not look.is_hidden:
            raise changed_during_upload_error(self._target.path, self._session.where)

    async def require_no_link(self) -> None:
        """Raise ``ForeignFileError`` for a dangling symbolic link: it is foreign, although no file is there."""
        found = await self._session.look(f"looking at {self.path}", self.path, through_links=False)
        if found.attributes is not None and is_link(found.attributes):
            raise foreign_file_error(RemoteFile(None), self._target.path, self._session.where)

    async def settle(self, is_expected: Callable[[RemoteFile | None], bool]) -> Look:
        """Look until ``is_expected(found)``, for some seconds: some servers show a change late."""
        look = Look()
        for wait in (0, *SECOND_LOOKS_S):
            await asyncio.sleep(wait)
            look = await self.look()
            if is_expected(_remote_file(look)):
                break
        return look

    async def move_aside(self) -> None:
        """Rename a foreign file so that it is kept beside ours (``keep_both``); this replaces no file."""
        folder, name = posixpath.split(self.path)
        refusal: asyncssh.SFTPError | None = None
        for number in range(1, MAX_KEPT_FILES + 1):
            kept = posixpath.join(folder, kept_name(name, number))
            if not (await self._session.look(f"looking at {kept}", kept)).attributes:
                try:
                    await self._session.ask(f"renaming to {kept}", self._session.client.rename(self.path, kept))
                except asyncssh.SFTPError as error:
                    refusal = error
                    continue
                self.was_moved_aside = True
                log.warning("The foreign file %s was renamed to %s", self.path, kept)
                return
        raise foreign_file_error(self.found, self._target.path, self._session.where) from refusal

    def refuse_hidden(self) -> TerminalError:
        """Return the error for a name that is taken by a file that this login may not look at."""
        target = self._target
        return foreign_file_error(None, target.path, self._session.where, announced=was_announced(target))


def _remote_file(look: Look) -> RemoteFile | None:
    return None if look.attributes is None else described(look.attributes)
