"""Rename an uploaded file to its final name, and look at that name before and after."""

from __future__ import annotations

import asyncio
import logging
import posixpath
import secrets
from contextlib import suppress

import asyncssh

from export_jobs.core.definitions.destination import DestinationOptions
from export_jobs.core.files.placed_file import PlacedFile, Verification
from export_jobs.delivery.destination import Target
from export_jobs.delivery.existing_file import (
    FinalNameState,
    RemoteFile,
    changed_during_upload_error,
    has_bytes_on_record,
    unpublished_error,
)
from export_jobs.delivery.paths import temporary_name
from export_jobs.delivery.sftp_server.errors import MISSING, rename_forbidden_error, taken_away_error
from export_jobs.delivery.sftp_server.final_name import FinalName
from export_jobs.delivery.sftp_server.folder import remove_quietly
from export_jobs.delivery.sftp_server.session import SftpSession
from export_jobs.delivery.sftp_server.stored import SECOND_LOOKS_S, StoredFile, described
from export_jobs.errors import ExportError, TerminalError, TransientError

log = logging.getLogger(__name__)
_TAKEN = (asyncssh.SFTPFailure, asyncssh.SFTPFileAlreadyExists)
"""The answers of servers to a plain rename to an existing name."""


class SftpPublication:
    """The rename of one file to its final name, in one step; an older file is replaced or stays whole.

    A new name is taken by the protocol's plain rename, which never replaces: a file that another program puts there
    between the look and the rename survives. ``posix-rename@openssh.com`` is used to replace a file of ours.
    """

    def __init__(
        self, session: SftpSession, target: Target, options: DestinationOptions, temporary: str, final: FinalName
    ) -> None:
        self._session = session
        self._target = target
        self._options = options
        self._temporary = temporary
        self._final = final
        self.stored: StoredFile | None = None
        """What the server reports of the upload under its temporary name, once it is there."""

    async def publish(self, placed: PlacedFile) -> None:
        """Rename, unless that is done already, and record in ``placed`` what the server then reports of the file."""
        if self.stored is not None and self.stored.look.is_absent:
            # Raised here, within the fence, where no newer attempt at the same file can have removed it.
            raise taken_away_error(self._session.where, self._temporary)
        await self._final.require_unchanged()
        try:
            await self._take_final_name()
        except TransientError:
            if self._session.alive or not await self._is_done():
                raise  # the next attempt looks at the file there
            log.info("%s has its final name, although the connection was lost", self._final.path)
        await self._verify(placed)

    async def _take_final_name(self) -> None:
        state = self._final.state
        if state is FinalNameState.FOREIGN and self._final.keeps_both:
            await self._final.move_aside()
            await self._take_new_name()
        elif state is FinalNameState.NOTHING:
            await self._take_new_name()
        elif state is not FinalNameState.SAME_BYTES:
            await self._replace()

    async def _is_done(self) -> bool:
        """Whether a rename whose answer was lost took effect. It is checked now: not every login may read files back.

        If so, the final name has the size and time of the upload, or shows nothing; and the temporary name is gone.
        """
        with suppress(ExportError):
            await self._session.reopen()
            look = await self._final.look()
            if look.is_hidden:
                return await self._is_gone_unseen()
            wanted = self.stored.remote_file if self.stored else None
            is_known = wanted is not None and None not in {wanted.bytes, wanted.modified}
            if is_known and look.attributes is not None and described(look.attributes) == wanted:
                temporary = await self._session.look(f"looking at {self._temporary}", self._temporary)
                return temporary.is_absent
        return False

    async def _is_gone_unseen(self) -> bool:
        """Whether the upload is gone, by a rename to its own name, which changes nothing."""
        session, name = self._session, self._temporary
        for rename in (session.client.rename, session.client.posix_rename):
            try:
                await session.ask("checking whether the upload is still there", rename(name, name))
            except MISSING:
                return True
            except asyncssh.SFTPError as error:
                log.info("The upload is still there, or the server does not say (%s)", type(error).__name__)
            else:
                return False
        return False

    async def _take_new_name(self) -> None:
        doing = f"renaming to {self._final.path}"
        client, session = self._session.client, self._session
        try:
            await session.ask(doing, client.rename(self._temporary, self._final.path))
        except MISSING as error:
            raise taken_away_error(session.where, self._temporary) from error
        except asyncssh.SFTPError as error:
            await self._take_it_otherwise(error, doing)

    async def _take_it_otherwise(self, refusal: asyncssh.SFTPError, doing: str) -> None:
        """Handle a refused plain rename: the name is taken, or the server only supports another kind of rename."""
        session, final = self._session, self._final
        look = await final.look()
        if look.attributes is not None:
            raise changed_during_upload_error(self._target.path, session.where) from refusal
        if look.is_hidden and isinstance(refusal, _TAKEN):
            await self._take_hidden_name(refusal)
            return
        await final.require_no_link()
        try:
            await session.ask(doing, session.client.posix_rename(self._temporary, final.path))
        except MISSING as error:
            raise taken_away_error(session.where, self._temporary) from error
        except asyncssh.SFTPError:
            if isinstance(refusal, asyncssh.SFTPPermissionDenied):
                raise rename_forbidden_error(session.where, self._temporary) from refusal
            raise await session.error_for(refusal, doing, final.path) from refusal

    async def _take_hidden_name(self, refusal: asyncssh.SFTPError) -> None:
        """Handle a name that seems to be taken by a file that may not be looked at."""
        if self._options.foreign_file == "refuse":
            raise self._final.refuse_hidden() from refusal
        if self._options.foreign_file == "replace":
            await self._replace()
            return
        await self._final.move_aside()
        await self._take_new_name()

    async def _replace(self) -> None:
        doing = f"renaming to {self._final.path}"
        try:
            await self._session.ask(doing, self._session.client.posix_rename(self._temporary, self._final.path))
        except MISSING as error:
            raise taken_away_error(self._session.where, self._temporary) from error
        except asyncssh.SFTPError as error:
            # Also if the extension is announced: the posix-rename of some servers always fails.
            if has_bytes_on_record(self._final.found, self._target):
                await remove_quietly(self._session, self._temporary)
                self._final.state = FinalNameState.SAME_BYTES
            elif self._options.replace == "remove_then_rename":
                await self._remove_then_rename(error)
            elif isinstance(error, asyncssh.SFTPPermissionDenied):
                raise await self._session.error_for(error, doing, self._final.path) from error
            else:
                raise self._cannot_replace_error() from error
        else:
            if self._options.replace == "remove_then_rename" and await self._had_no_effect():
                await self._remove_then_rename(None)

    async def _had_no_effect(self) -> bool:
        """Whether the server said OK and did nothing: both files are unchanged."""
        if not await self._is_left():
            return False
        look = await self._final.look()
        return look.attributes is not None and described(look.attributes) == self._final.found

    async def _remove_then_rename(self, refusal: asyncssh.SFTPError | None) -> None:
        """Replace in three steps, if the destination allows it: the older file is removed only after the rename.

        Between the first two steps no file of this name exists; after any failure there the older file is renamed back.
        """
        session, final = self._session, self._final
        folder, name = posixpath.split(final.path)
        aside = posixpath.join(folder, temporary_name(name, secrets.token_hex(16), self._options.temporary_name))
        try:
            await session.ask(f"renaming to {aside}", session.client.rename(final.path, aside))
        except asyncssh.SFTPError as error:
            raise self._cannot_replace_error() from error
        try:
            await session.do("renaming", final.path, session.client.rename(self._temporary, final.path))
            await self._require_renamed()
        except BaseException:
            if session.alive:
                await session.do("renaming back", final.path, session.client.rename(aside, final.path))
            raise
        reason = "a rename without effect" if refusal is None else type(refusal).__name__
        log.warning("%s was replaced in two steps (%s)", final.path, reason)
        await remove_quietly(session, aside)

    async def _require_renamed(self) -> None:
        """Raise if the rename had no effect: then the older file must not be lost, too."""
        if await self._is_left():
            raise unpublished_error(self._target.path, self._session.where, None)

    async def _is_left(self) -> bool:
        """Whether the upload still has its temporary name; looks for some seconds, as at the final name."""
        for wait in (0, *SECOND_LOOKS_S):
            await asyncio.sleep(wait)
            look = await self._session.look(f"looking at {self._temporary}", self._temporary)
            if look.attributes is None:
                return False
        return True

    async def _verify(self, placed: PlacedFile) -> None:
        """Check that the rename took effect. A server can answer OK and do nothing; then the temporary name exists.

        Or the temporary file is gone, too: another run removed it as a left-over, or the server moved it elsewhere.
        Then the file under the final name is the unchanged older one, perhaps of the same size.
        """
        look = await self._final.settle(lambda found: found is None or not self._is_other(found))
        found = None if look.attributes is None else described(look.attributes)
        if await self._is_left() or (found is not None and self._is_other(found)):
            raise unpublished_error(self._target.path, self._session.where, found)
        if found is None:
            log.info("%s is not visible: its receiver took it at once, or the server hides it", self._final.path)
        else:
            placed.modified = found.modified
            placed.reported_bytes = None if found.bytes == self._target.bytes else found.bytes
        placed.verification = self._verification(found)

    def _verification(self, found: RemoteFile | None) -> Verification:
        if self._final.state is FinalNameState.SAME_BYTES:
            return Verification.READ_BACK if self._final.was_read else Verification.SIZE
        if self.stored is not None and self.stored.verification is not Verification.NONE:
            return self.stored.verification
        is_sized = self._options.verify != "none" and found is not None and found.bytes == self._target.bytes
        return Verification.SIZE if is_sized else Verification.NONE

    def _is_other(self, found: RemoteFile) -> bool:
        """Whether it cannot be the renamed file: it has another size, or is exactly the file to be replaced."""
        wanted = {None, self._target.bytes}
        uploaded = self.stored.remote_file if self.stored else None
        if uploaded is not None:
            wanted.add(uploaded.bytes)
        if self._options.verify == "size" and found.bytes not in wanted:
            return True
        if self._final.state not in {FinalNameState.OURS, FinalNameState.FOREIGN} or uploaded is None:
            return False
        if uploaded.modified is None or self._final.found is None:
            return False
        return found == self._final.found and found.modified != uploaded.modified

    def _cannot_replace_error(self) -> TerminalError:
        return TerminalError(
            f"The server {self._session.where} cannot replace a file in one step (posix-rename@openssh.com is missing "
            f"or fails there), and {self._final.path} already exists; it was left unchanged",
            "Move the old file away there and rerun, set `replace: remove_then_rename` at the destination, or ask the "
            "server's owner for an SFTP server whose posix-rename works",
        )
