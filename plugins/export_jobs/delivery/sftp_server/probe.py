"""Check, before any row is read, that a file can be delivered: do with a small file what a delivery does."""

from __future__ import annotations

import logging
import posixpath
import time
from collections.abc import Awaitable
from typing import Any

import asyncssh

from export_jobs.core.definitions.destination import DestinationOptions
from export_jobs.delivery.paths import OLD_PROBE_S, is_probe, probe_name, remote_folder
from export_jobs.delivery.sftp_server.errors import (
    MISSING,
    folder_missing_error,
    rename_forbidden_error,
    request_error,
    taken_away_error,
)
from export_jobs.delivery.sftp_server.folder import require_folder
from export_jobs.delivery.sftp_server.session import SftpSession
from export_jobs.errors import TerminalError

log = logging.getLogger(__name__)
_TEXT = b"Export Jobs proves write permission; this file may be removed.\n"
_NOT_WRITTEN = asyncssh.FXF_WRITE  # without FXF_CREAT: a missing file is not created
_NEW = asyncssh.FXF_WRITE | asyncssh.FXF_CREAT | asyncssh.FXF_EXCL


class SftpProbe:
    """Finds what would stop a delivery, and succeeds wherever a delivery would succeed.

    If the login may not remove files, no probe is written, since it would stay. Instead, the same requests are sent for
    a name that does not exist, which the server answers with "no such file" if it grants the permission.
    """

    def __init__(self, session: SftpSession, folder: str, options: DestinationOptions) -> None:
        self._session = session
        self._folder = folder
        self._options = options

    async def run(self) -> None:
        """Run the check; raises ``TerminalError`` or ``TransientError``, as ``Destination.check`` does."""
        await require_folder(self._session, self._folder)
        if self._options.probe == "login_only":
            return
        folder = self._folder
        if self._options.probe_folder is not None:
            folder = remote_folder(self._options.probe_folder)
            await require_folder(self._session, folder)
        first, second = (posixpath.join(folder, probe_name(self._options.temporary_name)) for _ in range(2))
        if await self._may_remove(first, folder):
            await self._write_probe(first, second, folder)
        else:
            await self._check_without_writing(first, second)

    async def _may_remove(self, name: str, folder: str) -> bool:
        """Whether the login may remove: checked with a missing file, and with probes that earlier checks left."""
        session = self._session
        try:
            await session.ask("checking the permission to remove", session.client.remove(name))
        except MISSING:
            return await self._can_remove_old_probes(folder)
        except asyncssh.SFTPError as error:
            failure = await session.error_for(error, "checking the permission to remove", name)
            is_denied = isinstance(error, asyncssh.SFTPPermissionDenied | asyncssh.SFTPOpUnsupported)
            if isinstance(failure, TerminalError) and not is_denied:
                raise failure from error  # a disk that is full or read-only
            # Some servers refuse with "Failure"; others answer so for every missing file.
            if is_denied or not await self._answers_failure_for_missing_files(name):
                log.info("The login may not remove files on %s, so no probe is written", session.where)
                return False
        return True

    async def _answers_failure_for_missing_files(self, name: str) -> bool:
        try:
            await self._session.ask("looking at a file that does not exist", self._session.client.lstat(name))
        except asyncssh.SFTPFailure:
            return True
        except asyncssh.SFTPError:
            return False
        return False

    async def _can_remove_old_probes(self, folder: str) -> bool:
        """Whether old probes can be removed. If a server denies that only for existing files, it gets no second one."""
        session = self._session
        try:
            listed = await session.ask("looking for probe files", session.client.listdir(folder.encode()))
        except asyncssh.SFTPError:
            return True
        names = (raw.decode("utf-8", "surrogateescape") for raw in listed)
        for name in [found for found in names if is_probe(found, self._options.temporary_name)]:
            path = posixpath.join(folder, name)
            attributes = (await session.look("looking at a probe file", path)).attributes
            if attributes is None or not attributes.mtime or time.time() - attributes.mtime < OLD_PROBE_S:
                continue
            try:
                await session.ask("removing a probe file", session.client.remove(path))
            except MISSING:
                continue
            except asyncssh.SFTPError:
                log.info("The login may not remove %s on %s, so no further probe is written", name, session.where)
                return False
        return True

    async def _write_probe(self, first: str, second: str, folder: str) -> None:
        doing, session = "checking write permission", self._session
        try:
            file = await session.ask(doing, session.client.open(first, "wb"))
        except MISSING as error:
            raise folder_missing_error(session.where, folder) from error
        except asyncssh.SFTPError as error:
            raise await session.error_for(error, doing, first) from error
        left = first
        try:
            await session.do(doing, first, file.write(_TEXT))
            is_taken = await self._close(file, first)
            if self._options.publish == "rename":
                if is_taken:
                    raise taken_away_error(session.where, first)
                await self._rename(first, second)
                left = second
        finally:
            if session.alive:
                await self._remove(left)

    async def _close(self, file: Any, path: str) -> bool:
        """Close the file; True if it is gone by then: its receiver takes each closed file."""
        doing, session = "checking write permission", self._session
        try:
            await session.ask(doing, file.close())
        except MISSING:
            return True
        except asyncssh.SFTPError as error:
            raise await session.error_for(error, doing, path) from error
        return False

    async def _rename(self, first: str, second: str) -> None:
        """Rename the probe; some servers forbid only this."""
        doing, session = "checking the permission to rename", self._session
        refusal: asyncssh.SFTPError | None = None
        for rename in (session.client.rename, session.client.posix_rename):
            try:
                await session.ask(doing, rename(first, second))
            except MISSING as error:
                raise taken_away_error(session.where, first) from error
            except asyncssh.SFTPError as error:
                refusal = refusal or error
            else:
                return
        raise rename_forbidden_error(session.where, first) from refusal

    async def _remove(self, name: str) -> None:
        try:
            await self._session.ask("removing the probe file", self._session.client.remove(name))
        except MISSING:
            return
        except asyncssh.SFTPError as error:
            log.warning("The probe file %s stays on %s (%s)", name, self._session.where, type(error).__name__)

    async def _check_without_writing(self, first: str, second: str) -> None:
        """Check the same permissions with a name that does not exist."""
        client, session = self._session.client, self._session
        doing = "checking the permission to write"
        denied = await self._denied(doing, client.open(first, _NOT_WRITTEN))
        if denied is not None and await self._denied(doing, self._create_in_missing_folder(first)):
            raise request_error(denied, session.where, doing, first) from denied
        if self._options.publish == "rename":
            doing = "checking the permission to rename"
            denied = await self._denied(doing, client.rename(first, second))
            if denied is not None and await self._denied(doing, client.posix_rename(first, second)):
                raise rename_forbidden_error(session.where, first) from denied

    async def _create_in_missing_folder(self, name: str) -> None:
        """Try to create a file: a drop box may accept only new files and deny opening an existing one."""
        missing = posixpath.join(name, posixpath.basename(name))  # in a folder that is not there
        file = await self._session.client.open(missing, _NEW)
        await file.close()
        await self._session.client.remove(missing)

    async def _denied(self, doing: str, request: Awaitable[Any]) -> asyncssh.SFTPError | None:
        try:
            await self._session.ask(doing, request)
        except asyncssh.SFTPPermissionDenied as error:
            return error
        except asyncssh.SFTPError:
            return None
        return None
