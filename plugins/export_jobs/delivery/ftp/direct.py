"""Write a file directly under its final name over FTP, inside the fence, for servers that act on every name."""

from __future__ import annotations

from typing import BinaryIO

from export_jobs.core.definitions.destination import DestinationOptions
from export_jobs.core.files.placed_file import PlacedFile
from export_jobs.delivery.destination import Target
from export_jobs.delivery.existing_file import FinalNameState
from export_jobs.delivery.ftp.final_name import FtpFinalName
from export_jobs.delivery.ftp.session import FtpSession
from export_jobs.delivery.ftp.upload import FtpUpload
from export_jobs.delivery.verified_reader import VerifiedReader, prefix_sha256


class FtpDirectUpload:
    """One file under its final name from its first byte on. ``is_unfinished``: a part of it is there, and is ours."""

    def __init__(self, session: FtpSession, source: BinaryIO, target: Target, options: DestinationOptions) -> None:
        """Look at the final name; raises ``ForeignFileError`` for a foreign file that must not be moved or replaced."""
        self._session = session
        self._source = source
        self._target = target
        self._options = options
        self._final = FtpFinalName(session, target, options, prefix_sha256(source))
        self.is_unfinished = False

    def publish(self, placed: PlacedFile) -> None:
        """Write the file, look at it, and record in ``placed`` what the server reports."""
        final = self._final
        final.require_unchanged()
        if final.state is FinalNameState.SAME_BYTES:
            final.describe_as_found(placed)
            return
        placed.keep_open()  # an attempt that was delayed in the fence may have lost it
        if final.keeps_both:
            final.move_aside()
        elif final.found is not None:
            # What an abandoned attempt still writes then goes into a file that no longer has a name.
            self._session.remove_quietly(self._target.path)
        upload = FtpUpload(self._session, self._target.path, self._target, self._options, earlier=final.found)
        self._send(upload, placed)
        try:
            upload.verify()
        except Exception:
            self.is_unfinished = True  # it is not what was sent
            raise
        final.describe(upload.stored, placed)
        placed.verification = upload.verification

    def _send(self, upload: FtpUpload, placed: PlacedFile) -> None:
        is_ours = True

        def keep_open() -> None:
            nonlocal is_ours
            is_ours = False
            placed.keep_open()
            is_ours = True

        try:
            upload.send(VerifiedReader(self._source, self._target), keep_open)
        except BaseException:
            # Once all is sent it may be whole, and taken; once the fence is lost it may be another attempt's.
            self.is_unfinished = is_ours and not upload.is_sent
            raise
