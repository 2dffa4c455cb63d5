"""Delivery over FTPS or FTP: temporary name, verified size, one rename inside the fence."""

from __future__ import annotations

import logging
import posixpath
import time
from collections.abc import Iterator
from typing import BinaryIO
from urllib.parse import quote

from export_jobs.core.definitions.destination import DestinationOptions
from export_jobs.core.files.placed_file import Verification
from export_jobs.delivery.destination import Credentials, Fence, Receipt, Target
from export_jobs.delivery.ftp.login import read_ftp_login
from export_jobs.delivery.ftp.publication import FtpPublication
from export_jobs.delivery.ftp.session import TRANSFER_BYTES, FtpSession
from export_jobs.delivery.paths import is_temporary_of, probe_name, split_safe_path, temporary_name
from export_jobs.delivery.standing import StandingFile
from export_jobs.delivery.verified_reader import VerifiedReader
from export_jobs.errors import ExportError, TransientError

log = logging.getLogger(__name__)

LOOK_AGAIN_SECONDS = (0.05, 0.2, 0.5, 2.0)
PROBE = b"Export Jobs proves write permission; this file may be removed.\n"


class FtpDestination:
    """A folder on an FTP server; see ``Destination`` for the promise. One connection a call, always closed."""

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

        ``folder`` is absolute, or relative to the login's home. ``plain``: without TLS, by consent.
        """
        self._credentials = credentials
        self._folder = folder.rstrip("/") or ("/" if folder.startswith("/") else ".")
        self._plain = plain
        self._options = options or DestinationOptions()
        self._stall_seconds = stall_seconds

    def check(self) -> None:
        """See ``Destination.check``; the probe is renamed, too, since a delivery is."""
        options = self._options
        with self._open() as session:
            if options.probe == "login_only":
                return
            if options.probe_folder is None:
                _probe(session, options.temporary_name)
        if options.probe_folder is not None:
            with self._open(options.probe_folder) as session:
                _probe(session, options.temporary_name)

    def deliver(self, source: BinaryIO, target: Target, fence: Fence) -> Receipt:
        """See ``Destination.deliver``; also raises UserError for a path that could leave the folder."""
        *subfolders, name = split_safe_path(target.path)
        temporary = posixpath.join(*subfolders, temporary_name(name, target.attempt, self._options.temporary_name))
        with self._open() as session:
            for depth in range(len(subfolders)):
                session.make_folder(posixpath.join(*subfolders[: depth + 1]))
            publication = FtpPublication(session, target, self._options, temporary)
            _remove_left_overs(session, "/".join(subfolders), name, self._options.temporary_name)
            try:
                if not publication.is_done_already:
                    self._stage(session, source, target, publication)
                with fence() as placed:
                    publication.publish(placed)
            except BaseException:
                self._discard(temporary)
                raise
        return Receipt(target.path, self.url(target.path), target.bytes, target.sha256)

    def url(self, path: str) -> str:
        """See ``Destination.url``."""
        login = read_ftp_login(self._credentials, plain=self._plain)
        scheme = "ftp" if self._plain else "ftps"
        return f"{scheme}://{login.where}/{quote(posixpath.join(self._folder, path).removeprefix('/'))}"

    def _open(self, folder: str | None = None) -> FtpSession:
        login = read_ftp_login(self._credentials, plain=self._plain)
        return FtpSession(login, folder or self._folder, self._stall_seconds)

    def _stage(self, session: FtpSession, source: BinaryIO, target: Target, publication: FtpPublication) -> None:
        """Have the complete content under the temporary name, verified as far as the server and the options allow."""
        temporary = publication.temporary
        session.store(temporary, _blocks(VerifiedReader(source, target)))
        stored = publication.uploaded = _look_until(session, temporary, target.bytes)
        if self._options.verify == "read_back":
            if session.sha256(temporary) != target.sha256.lower():
                raise TransientError(
                    f"The FTP server {session.where} stored other bytes of {target.path} than were sent (SHA-256 "
                    "differs). The file was not published",
                    "It is sent again; if this goes on, the server's disk or software is at fault",
                )
            publication.verification = Verification.READ_BACK
        elif self._options.verify == "size" and stored is not None and stored.bytes is not None:
            if stored.bytes != target.bytes:
                raise TransientError(
                    f"The FTP server {session.where} stored {stored.bytes} of {target.bytes} bytes of {target.path}. "
                    "The file was not published",
                    "It is sent again; if this goes on, ask the server's owner to look for a quota",
                )
            publication.verification = Verification.SIZE

    def _discard(self, temporary: str) -> None:
        """Remove the temporary after a failure, over a connection of its own; never raises."""
        try:
            with self._open() as session:
                session.remove(temporary)
        except ExportError as error:  # the failure that led here is the one to report
            log.warning("The unfinished upload %s stays until the next try: %s", temporary, error)


def _look_until(session: FtpSession, path: str, size: int) -> StandingFile | None:
    """What the server says of a file just sent: some answer for the transfer before they have closed the file."""
    stored = session.look(path)
    for seconds in LOOK_AGAIN_SECONDS:
        if stored is None or stored.bytes in {None, size}:
            break
        time.sleep(seconds)
        stored = session.look(path)
    return stored


def _blocks(reader: VerifiedReader) -> Iterator[bytes]:
    yield from iter(lambda: reader.read(TRANSFER_BYTES), b"")
    reader.finish()


def _remove_left_overs(session: FtpSession, folder: str, name: str, pattern: str) -> None:
    """Remove what killed attempts left; their uploads then have no name to be renamed from."""
    names = session.names_in(folder)
    if names is None:
        log.warning("%s may not be listed on %s: unfinished uploads stay there", folder or ".", session.where)
        return
    for left in names:
        if is_temporary_of(name, left, pattern):
            _remove_quietly(session, posixpath.join(folder, left))  # a delivery works without the right to remove


def _probe(session: FtpSession, pattern: str) -> None:
    first, second = probe_name(pattern), probe_name(pattern)
    try:
        session.store(first, iter([PROBE]))
        session.rename(first, second)
    except ExportError:
        _remove_quietly(session, first)
        raise
    _remove_quietly(session, second)  # a delivery works without the right to remove


def _remove_quietly(session: FtpSession, path: str) -> None:
    try:
        session.remove(path)
    except ExportError as error:
        log.warning("%s stays on %s: %s", path, session.where, error)
