"""The file that exists under a final name on an FTP server, whose it is, and what the destination allows for it.

FTP has no rename that refuses to replace. A file that another program puts there between the look inside the fence and
the rename, some milliseconds later, is lost. SFTP and S3 have such a rename; the reference of destinations says so.
"""

from __future__ import annotations

import logging
import posixpath
from collections.abc import Callable

from export_jobs.core.definitions.destination import DestinationOptions
from export_jobs.core.files.placed_file import PlacedFile, Verification
from export_jobs.delivery.destination import Target
from export_jobs.delivery.existing_file import (
    FinalNameState,
    RemoteFile,
    changed_during_upload_error,
    classify_file,
    foreign_file_error,
    needs_content_check,
)
from export_jobs.delivery.ftp.session import FtpSession
from export_jobs.delivery.paths import MAX_KEPT_FILES, kept_name
from export_jobs.errors import TerminalError

log = logging.getLogger(__name__)


class FtpFinalName:
    """The path of a delivery. ``found`` and ``state``: the file that was there when it was looked at."""

    def __init__(
        self,
        session: FtpSession,
        target: Target,
        options: DestinationOptions,
        prefix_hash: Callable[[int], str] | None = None,
    ) -> None:
        """Look at it; raises ``ForeignFileError`` for a foreign file that must not be moved or replaced.

        ``prefix_hash`` returns the SHA-256 of the first n bytes to send: where uploads have no temporary name, the file
        there may be a part of this file that a killed attempt left.
        """
        self._session = session
        self._target = target
        self._options = options
        self.found = session.look(target.path)
        self.was_read = False
        if prefix_hash is not None and self._is_our_partial_upload(prefix_hash):
            self.state = FinalNameState.OURS
            return
        digest = self._digest() if needs_content_check(self.found, target) else ""
        self.was_read = bool(digest)
        self.state = classify_file(self.found, target, session.where, digest, options.foreign_file)

    @property
    def keeps_both(self) -> bool:
        """Whether a foreign file is there that is to be renamed."""
        return self.state is FinalNameState.FOREIGN and self._options.foreign_file == "keep_both"

    def require_unchanged(self) -> None:
        """Raise ``TransientError`` if the file there has changed since it was looked at."""
        if self._session.look(self._target.path) != self.found:
            raise changed_during_upload_error(self._target.path, self._session.where)

    def move_aside(self) -> None:
        """Rename the foreign file, so that it is kept beside ours."""
        folder, name = posixpath.split(self._target.path)
        for number in range(1, MAX_KEPT_FILES + 1):
            kept = posixpath.join(folder, kept_name(name, number))
            if self._session.look(kept) is None:
                self._session.rename(self._target.path, kept)
                log.warning("The foreign file %s was renamed to %s", self._target.path, kept)
                return
        raise foreign_file_error(self.found, self._target.path, self._session.where)

    def describe(self, found: RemoteFile | None, placed: PlacedFile) -> None:
        """Record in ``placed`` what the server reports of the file that is there now."""
        if found is None:
            log.info(
                "%s is not visible under its final name: its receiver took it, or the server hides it",
                self._target.path,
            )
            return
        placed.modified = found.modified
        placed.reported_bytes = None if found.bytes == self._target.bytes else found.bytes

    def describe_as_found(self, placed: PlacedFile) -> None:
        """Record in ``placed`` that exactly these bytes were there already."""
        self.describe(self.found, placed)
        placed.verification = Verification.READ_BACK if self.was_read else Verification.SIZE

    def _digest(self) -> str:
        try:
            return self._session.sha256(self._target.path)
        except TerminalError as error:
            log.info("%s may not be read, so it counts as a foreign file: %s", self._target.path, error)
            return ""

    def _is_our_partial_upload(self, prefix_hash: Callable[[int], str]) -> bool:
        size = self.found.bytes if self.found else None
        begun = [known for known in self._target.known if not known.stands and known.sha256 == self._target.sha256]
        if size is None or not begun or size >= self._target.bytes:
            return False
        digest = self._digest()
        if not digest and self._options.foreign_file == "keep_both":
            # A part of our file, kept under another name, could be mistaken for a complete file.
            raise foreign_file_error(self.found, self._target.path, self._session.where, announced=True)
        return prefix_hash(size) == digest
