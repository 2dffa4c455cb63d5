"""Send a file over FTP and verify that the server stored what was sent, as far as the server allows."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Iterator
from contextlib import suppress

from export_jobs.core.definitions.destination import DestinationOptions
from export_jobs.core.files.placed_file import Verification
from export_jobs.delivery.destination import Target
from export_jobs.delivery.existing_file import RemoteFile
from export_jobs.delivery.ftp.session import TRANSFER_BYTES, FtpSession
from export_jobs.delivery.verified_reader import VerifiedReader
from export_jobs.errors import ExportError, TransientError

log = logging.getLogger(__name__)

LOOK_AGAIN_SECONDS = (0.05, 0.2, 0.5, 2.0)
KEEP_OPEN_AFTER_S = 10.0


class FtpUpload:
    """One file under one name. ``is_sent``: all its bytes were sent, so it may be whole on the server."""

    def __init__(
        self,
        session: FtpSession,
        path: str,
        target: Target,
        options: DestinationOptions,
        earlier: RemoteFile | None = None,
    ) -> None:
        """``earlier``: a file that was there under this name, which must not be mistaken for what was sent."""
        self._session = session
        self._earlier = earlier
        self._path = path
        self._target = target
        self._options = options
        self.is_sent = False
        self.stored: RemoteFile | None = None
        """What the server reports of the file; None if it shows nothing."""
        self.verification = Verification.NONE

    def send(self, reader: VerifiedReader, meanwhile: Callable[[], None] = lambda: None) -> None:
        """Send it whole; ``meanwhile`` is called every few seconds, and what it raises ends the transfer."""
        try:
            self._session.store(self._path, self._blocks(reader, meanwhile))
        except TransientError:
            if not self.is_sent or self._session.alive or not self._is_whole():
                raise
            log.info("%s is whole on the server, though the connection was lost at its end", self._path)

    def verify(self) -> None:
        """Look at the file, and read back its content if the destination requires it.

        Raises ``TransientError`` for another size or content.
        """
        self.stored = self._look_until()
        target, where = self._target, self._session.where
        if self._options.verify == "read_back":
            if self._options.publish == "direct" and self.stored is None:
                return  # its receiver took it at once, or the server hides it
            if self._session.sha256(self._path) != target.sha256.lower():
                raise TransientError(
                    f"The content of {target.path} on the FTP server {where} differs from what was sent (SHA-256). It "
                    "does not count as delivered",
                    "It is sent again automatically; if this continues, the server's disk or software is faulty",
                )
            self.verification = Verification.READ_BACK
        elif self._options.verify == "size" and self.stored is not None and self.stored.bytes is not None:
            if self.stored.bytes != target.bytes:
                raise TransientError(
                    f"The FTP server {where} stored {self.stored.bytes} of {target.bytes} bytes of {target.path}. It "
                    "does not count as delivered",
                    "It is sent again automatically; if this continues, ask the server's owner about a quota. If the "
                    "server is known to report wrong sizes, set `verify: read_back` or `verify: none` at the "
                    "destination",
                )
            self.verification = Verification.SIZE

    def _is_whole(self) -> bool:
        """Whether a file whose last answer was lost is there in full; looks over a new connection.

        Firewalls and servers close a control connection that is idle while a large file is sent.
        """
        if self._options.verify == "none":
            return False  # the server is known to report wrong sizes
        with suppress(ExportError):
            self._session.reopen()
            found = self._look_until()
            return found is not None and found.bytes == self._target.bytes and found != self._earlier
        return False

    def _look_until(self) -> RemoteFile | None:
        """Return what the server reports of a file just sent. Some answer the transfer before they close the file.

        Others show the file, or accept commands, only over the next connection or some time later.
        """
        stored = self._look_over_any_connection()
        for seconds in LOOK_AGAIN_SECONDS:
            if stored is not None and stored.bytes in {None, self._target.bytes}:
                break
            time.sleep(seconds)
            stored = self._session.look(self._path)
        return stored

    def _look_over_any_connection(self) -> RemoteFile | None:
        try:
            return self._session.look(self._path)
        except TransientError:
            if self._session.alive:
                raise
            self._session.reopen()  # some servers close the connection after each transfer
            return self._session.look(self._path)

    def _blocks(self, reader: VerifiedReader, meanwhile: Callable[[], None]) -> Iterator[bytes]:
        last = time.monotonic()
        while block := reader.read(TRANSFER_BYTES):
            yield block
            if time.monotonic() - last > KEEP_OPEN_AFTER_S:
                meanwhile()
                last = time.monotonic()
        reader.finish()
        self.is_sent = True
