"""Delivery over FTPS or FTP: upload under a temporary name, verify the size, rename once inside the fence."""

from __future__ import annotations

import logging
import posixpath
import time
from contextlib import suppress
from typing import BinaryIO

from export_jobs.core.definitions.destination import DestinationOptions
from export_jobs.delivery.destination import Credentials, Fence, Receipt, Target
from export_jobs.delivery.existing_file import FinalNameState
from export_jobs.delivery.ftp.direct import FtpDirectUpload
from export_jobs.delivery.ftp.final_name import FtpFinalName
from export_jobs.delivery.ftp.login import ftp_address, read_ftp_login
from export_jobs.delivery.ftp.publication import FtpPublication
from export_jobs.delivery.ftp.session import FtpSession
from export_jobs.delivery.ftp.upload import FtpUpload
from export_jobs.delivery.paths import (
    OLD_PROBE_S,
    is_probe,
    is_temporary_of,
    probe_name,
    remote_folder,
    split_safe_path,
    temporary_name,
    url_path,
)
from export_jobs.delivery.verified_reader import VerifiedReader
from export_jobs.errors import ExportError

log = logging.getLogger(__name__)

TIDY_AFTER_S = (0.0, 1.0)
"""For a moment a server may still count the connection that has just ended."""
PROBE = b"Export Jobs proves write permission; this file may be removed.\n"


class FtpDestination:
    """A folder on an FTP server; see ``Destination`` for the promise. Each call opens one connection and closes it."""

    def __init__(
        self,
        credentials: Credentials,
        folder: str,
        *,
        options: DestinationOptions | None = None,
        plain: bool = False,
        stall_seconds: float = 120,
    ) -> None:
        """Keep the settings; nothing is read or connected before ``check`` or ``deliver``.

        ``folder`` is absolute, or relative to the login's home. ``plain``: without TLS, as the destination allows.
        """
        self._credentials = credentials
        self._folder = remote_folder(folder)
        self._plain = plain
        self._options = options or DestinationOptions()
        self._stall_seconds = stall_seconds

    def check(self) -> None:
        """See ``Destination.check``; if deliveries rename, the probe is renamed, too."""
        options = self._options
        with self._open() as session:
            if options.probe == "login_only":
                return
            if options.probe_folder is None:
                _probe(session, options)
        if options.probe_folder is not None:
            with self._open(remote_folder(options.probe_folder)) as session:
                _probe(session, options)

    def deliver(self, source: BinaryIO, target: Target, fence: Fence) -> Receipt:
        """See ``Destination.deliver``; also raises UserError for a path that could leave the folder."""
        *subfolders, _ = split_safe_path(target.path)
        deliver = self._deliver_directly if self._options.publish == "direct" else self._deliver_by_rename
        with self._open() as session:
            for depth in range(len(subfolders)):
                session.create_folder(posixpath.join(*subfolders[: depth + 1]))
            deliver(session, source, target, fence)
        return Receipt(target.path, self.url(target.path), target.bytes, target.sha256)

    def _deliver_by_rename(self, session: FtpSession, source: BinaryIO, target: Target, fence: Fence) -> None:
        options = self._options
        folder, name = posixpath.split(target.path)
        temporary = posixpath.join(folder, temporary_name(name, target.attempt, options.temporary_name))
        final = FtpFinalName(session, target, options)
        publication = FtpPublication(session, target, options, temporary, final)
        in_steps = options.replace == "remove_then_rename"
        if not in_steps:
            _remove_left_overs(session, folder, name, options.temporary_name)
        try:
            if final.state is not FinalNameState.SAME_BYTES:
                upload = FtpUpload(session, temporary, target, options)
                upload.send(VerifiedReader(source, target))
                upload.verify()
                publication.uploaded, publication.verification = upload.stored, upload.verification
            with fence() as placed:
                publication.publish(placed)
        except BaseException:
            self._discard(session, temporary)
            raise
        if in_steps:  # until here a left-over may be the only copy of the older file
            with suppress(ExportError):
                _remove_left_overs(session, folder, name, options.temporary_name)

    def _deliver_directly(self, session: FtpSession, source: BinaryIO, target: Target, fence: Fence) -> None:
        upload = FtpDirectUpload(session, source, target, self._options)
        with fence() as placed:
            try:
                upload.publish(placed)
            except BaseException:
                if upload.is_unfinished:  # within the fence: once it is lost, the file may be another attempt's
                    self._discard(session, target.path)
                raise

    def url(self, path: str) -> str:
        """See ``Destination.url``."""
        where = ftp_address(self._credentials, plain=self._plain)
        scheme = "ftp" if self._plain else "ftps"
        return f"{scheme}://{where}/{url_path(self._folder, path)}"

    def _open(self, folder: str | None = None) -> FtpSession:
        login = read_ftp_login(self._credentials, plain=self._plain)
        return FtpSession(login, folder or self._folder, self._stall_seconds)

    def _discard(self, session: FtpSession, path: str) -> None:
        """Remove an unfinished upload over a new connection; never raises.

        The first connection is closed before: its server may still be busy with the data, and allow only one login.
        """
        session.close()
        for wait in TIDY_AFTER_S:
            time.sleep(wait)
            try:
                with self._open() as again:
                    again.remove(path)
            except ExportError as error:  # the failure that led here is the one to report
                log.warning("The unfinished upload %s stays until the next attempt: %s", path, error)
            else:
                return


def _remove_left_overs(session: FtpSession, folder: str, name: str, pattern: str) -> None:
    """Remove uploads that killed attempts left, so that those attempts can no longer rename them."""
    names = session.names_in(folder)
    if names is None:
        log.warning("No permission to list %s on %s: unfinished uploads stay there", folder or ".", session.where)
        return
    for left in names:
        if is_temporary_of(name, left, pattern):
            session.remove_quietly(posixpath.join(folder, left))  # a delivery works without the right to remove


def _can_remove_old_probes(session: FtpSession, pattern: str) -> bool:
    """Return whether old probe files can be removed. Some servers deny that only for files that exist."""
    for name in [found for found in session.names_in("") or () if is_probe(found, pattern)]:
        found = session.look(name)
        if found is None or not found.modified or time.time() - found.modified < OLD_PROBE_S:
            continue
        session.remove_quietly(name)
        if session.look(name) is not None:
            return False
    return True


def _probe(session: FtpSession, options: DestinationOptions) -> None:
    """Do with a small file what a delivery does. If it could not be removed again, nothing is written."""
    first, second = probe_name(options.temporary_name), probe_name(options.temporary_name)
    if not session.may_remove(first) or not _can_remove_old_probes(session, options.temporary_name):
        log.info("The login may not remove files on %s, so no probe is written", session.where)
        if options.publish == "rename":
            session.require_rename(first)
        return
    left = first
    try:
        session.store(first, iter([PROBE]))
        if options.publish == "rename":
            session.rename(first, second)
            left = second
    finally:
        session.remove_quietly(left)
