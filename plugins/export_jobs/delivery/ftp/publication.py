"""Giving an uploaded file its final name over FTP: what stands there is looked at before, and again after.

The protocol has no rename that refuses to replace: what a stranger puts there between the look inside the fence and
the rename, some milliseconds later, is lost. SFTP and S3 have one; the reference of destinations says so.
"""

from __future__ import annotations

import logging
import posixpath

from export_jobs.core.definitions.destination import DestinationOptions
from export_jobs.core.files.placed_file import PlacedFile, Verification
from export_jobs.delivery.destination import Target
from export_jobs.delivery.ftp.session import FtpSession
from export_jobs.delivery.paths import kept_name
from export_jobs.delivery.standing import (
    Standing,
    StandingFile,
    is_in_doubt,
    judge,
    moved_on_error,
    unpublished_error,
)

log = logging.getLogger(__name__)


class FtpPublication:
    """One file on its way from its temporary to its final name."""

    def __init__(self, session: FtpSession, target: Target, options: DestinationOptions, temporary: str) -> None:
        """Look at the final name; raises ``ForeignFileError`` for a file that is not ours and may not make way."""
        self._session = session
        self._target = target
        self._options = options
        self.temporary = temporary
        self._found = session.look(target.path)
        digest = session.sha256(target.path) if is_in_doubt(self._found, target) else ""
        self._standing = judge(self._found, target, session.where, digest, options.foreign_file)
        self._was_read = bool(digest)
        self.verification = Verification.NONE
        """How far the upload could be verified under its temporary name."""
        self.uploaded: StandingFile | None = None
        """What the server says of the upload under its temporary name, once it is there."""

    @property
    def is_done_already(self) -> bool:
        """Whether these very bytes stand there, since an earlier try lost the reply."""
        return self._standing is Standing.SAME_BYTES

    def publish(self, placed: PlacedFile) -> None:
        """Rename, unless it is done already, and tell what the server says of the file then."""
        if self._session.look(self._target.path) != self._found:
            raise moved_on_error(self._target.path, self._session.where)
        if self._standing is Standing.FOREIGN and self._options.foreign_file == "keep_both":
            self._make_way()
        if not self.is_done_already:
            self._session.rename(self.temporary, self._target.path)
        self._verify(placed)

    def _make_way(self) -> None:
        """Give a stranger's file a name beside ours."""
        folder, name = posixpath.split(self._target.path)
        number = 1
        while self._session.look(kept := posixpath.join(folder, kept_name(name, number))) is not None:
            number += 1
        self._session.rename(self._target.path, kept)

    def _verify(self, placed: PlacedFile) -> None:
        """A server can answer OK and do nothing: then the temporary is still there, or the older file as it was."""
        found = self._session.look(self._target.path)
        is_cut = self._options.verify == "size" and found is not None and found.bytes not in {None, self._target.bytes}
        is_other = found is not None and (is_cut or self._is_older(found))
        if self._session.look(self.temporary) is not None or is_other:
            raise unpublished_error(self._target.path, self._session.where, found)
        if found is None:
            log.info("%s cannot be seen under its final name: its receiver took it, or hides it", self._target.path)
        else:
            placed.modified = found.modified
            placed.reported_bytes = None if found.bytes == self._target.bytes else found.bytes
        placed.verification = self._verification(found)

    def _verification(self, found: StandingFile | None) -> Verification:
        if self.is_done_already:
            return Verification.READ_BACK if self._was_read else Verification.SIZE
        if self.verification is not Verification.NONE:
            return self.verification
        is_sized = self._options.verify != "none" and found is not None and found.bytes == self._target.bytes
        return Verification.SIZE if is_sized else Verification.NONE

    def _is_older(self, found: StandingFile) -> bool:
        """Whether it is the file that was to be replaced; a rename keeps the time of what is renamed."""
        if (
            self._standing not in {Standing.OURS, Standing.FOREIGN}
            or self.uploaded is None
            or self.uploaded.modified is None
        ):
            return False
        return found == self._found and found.modified != self.uploaded.modified
