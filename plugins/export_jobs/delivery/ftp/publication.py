"""Rename an uploaded file to its final name over FTP, and look at that name before and after."""

from __future__ import annotations

import logging
import posixpath
import secrets
from contextlib import suppress

from export_jobs.core.definitions.destination import DestinationOptions
from export_jobs.core.files.placed_file import PlacedFile, Verification
from export_jobs.delivery.destination import Target
from export_jobs.delivery.existing_file import FinalNameState, RemoteFile, has_bytes_on_record, unpublished_error
from export_jobs.delivery.ftp.errors import RenameRefusedError, cannot_replace_error
from export_jobs.delivery.ftp.final_name import FtpFinalName
from export_jobs.delivery.ftp.session import FtpSession
from export_jobs.delivery.paths import temporary_name
from export_jobs.errors import ExportError, TransientError

log = logging.getLogger(__name__)


class FtpPublication:
    """The rename of one file from its temporary to its final name."""

    def __init__(
        self,
        session: FtpSession,
        target: Target,
        options: DestinationOptions,
        temporary: str,
        final: FtpFinalName,
    ) -> None:
        self._session = session
        self._target = target
        self._options = options
        self._final = final
        self.temporary = temporary
        self.verification = Verification.NONE
        """How far the upload could be verified under its temporary name."""
        self.uploaded: RemoteFile | None = None
        """What the server reports of the upload under its temporary name, once it is there."""

    def publish(self, placed: PlacedFile) -> None:
        """Rename, unless that is done already, and record in ``placed`` what the server then reports of the file."""
        final = self._final
        final.require_unchanged()
        if final.state is FinalNameState.SAME_BYTES:
            final.describe_as_found(placed)
            return
        try:
            if not self._take_final_name():
                final.describe_as_found(placed)
                return
        except TransientError:
            if self._session.alive or not self._is_done():
                raise  # the next attempt looks at the file there
            log.info("%s has its final name, although the connection was lost", self._target.path)
        self._verify(placed)

    def _take_final_name(self) -> bool:
        """Rename the file; False if that is not needed, since by the ledger these bytes are there already."""
        final = self._final
        if final.state is not FinalNameState.NOTHING and not final.keeps_both:
            return self._replace()
        if final.keeps_both:
            final.move_aside()
        self._session.rename(self.temporary, self._target.path)
        return True

    def _is_done(self) -> bool:
        """Whether a rename whose answer was lost took effect. It is checked now: not every login may read files back.

        If so, the temporary name is gone, and the final name has the size and time of the upload, or shows only that a
        file is there.
        """
        uploaded = self.uploaded or RemoteFile(None)
        with suppress(ExportError):
            self._session.reopen()
            found = self._session.look(self._target.path)
            is_it = uploaded.bytes is None or uploaded.modified is not None
            return found == uploaded and is_it and self._session.look(self.temporary) is None
        return False

    def _replace(self) -> bool:
        """Replace the file by one rename; some servers refuse a name that is taken.

        Returns False if that is not needed, since by the ledger these bytes are there already.
        """
        try:
            self._session.rename(self.temporary, self._target.path)
        except RenameRefusedError as error:
            if has_bytes_on_record(self._final.found, self._target):
                self._session.remove_quietly(self.temporary)
                return False
            if self._options.replace != "remove_then_rename":
                raise cannot_replace_error(self._session.where, self._target.path) from error
            self._remove_then_rename()
        else:
            if self._options.replace == "remove_then_rename" and self._had_no_effect():
                self._remove_then_rename()
        return True

    def _had_no_effect(self) -> bool:
        """Whether the server said OK and did nothing: both files are unchanged."""
        session = self._session
        return session.look(self.temporary) is not None and session.look(self._target.path) == self._final.found

    def _remove_then_rename(self) -> None:
        """Replace in three steps, if the destination allows it: the older file is removed only after the rename."""
        session, path = self._session, self._target.path
        folder, name = posixpath.split(path)
        aside = posixpath.join(folder, temporary_name(name, secrets.token_hex(16), self._options.temporary_name))
        session.rename(path, aside)
        try:
            session.rename(self.temporary, path)
            self._require_renamed()
        except BaseException:
            with suppress(ExportError):  # the earlier error is the one to report
                session.rename(aside, path)
            raise
        log.warning("%s was replaced in two steps", path)
        session.remove_quietly(aside)

    def _require_renamed(self) -> None:
        """Raise if the rename had no effect: then the older file must not be lost, too."""
        if self._session.look(self.temporary) is not None:
            raise unpublished_error(self._target.path, self._session.where, None)

    def _verify(self, placed: PlacedFile) -> None:
        """Check that the rename took effect: else the temporary file is still there, or the older file is unchanged."""
        found = self._session.look(self._target.path)
        is_cut = self._options.verify == "size" and found is not None and found.bytes not in {None, self._target.bytes}
        is_other = found is not None and (is_cut or self._is_older(found))
        if self._session.look(self.temporary) is not None or is_other:
            raise unpublished_error(self._target.path, self._session.where, found)
        self._final.describe(found, placed)
        placed.verification = self._verification(found)

    def _verification(self, found: RemoteFile | None) -> Verification:
        if self.verification is not Verification.NONE:
            return self.verification
        is_sized = self._options.verify != "none" and found is not None and found.bytes == self._target.bytes
        return Verification.SIZE if is_sized else Verification.NONE

    def _is_older(self, found: RemoteFile) -> bool:
        """Whether it is still the file to be replaced; a rename keeps the time of the renamed file."""
        is_replacing = self._final.state in {FinalNameState.OURS, FinalNameState.FOREIGN}
        if not is_replacing or self.uploaded is None or self.uploaded.modified is None:
            return False
        return found == self._final.found and found.modified != self.uploaded.modified
