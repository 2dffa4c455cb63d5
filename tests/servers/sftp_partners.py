"""SFTP servers like those of partners: each refuses, hides, delays or removes something that OpenSSH does not.

Related: the drop boxes (``sftp_drop_boxes.py``) and the logins (``sftp_logins.py``).
"""

from __future__ import annotations

from typing import Any

import asyncssh

from tests.servers.sftp_faults import ServedFiles, ServedLogin, denied


class DeniesStatOfFolder(ServedFiles):
    """A valid folder may not be looked at (AWS Transfer, logical folders); a missing one is reported."""

    def stat(self, path: bytes) -> Any:
        if self._local(path).is_dir():
            raise denied()
        return super().stat(path)

    lstat = stat


class BrokenPosixRename(ServedFiles):
    """``posix-rename@openssh.com`` is announced and fails; the plain rename works for new names."""

    answer: type[asyncssh.SFTPError] = asyncssh.SFTPFailure

    async def posix_rename(self, oldpath: bytes, newpath: bytes) -> None:
        raise self.answer("it does not work")


class BadMessagePosixRename(BrokenPosixRename):
    """The same, with another answer."""

    answer = asyncssh.SFTPBadMessage


class DeniedPosixRename(BrokenPosixRename):
    """The same, with the answer of a server on Windows."""

    answer = asyncssh.SFTPPermissionDenied


class OnlyPosixRename(ServedFiles):
    """The plain rename always fails."""

    async def rename(self, oldpath: bytes, newpath: bytes) -> None:
        raise asyncssh.SFTPFailure("Failure")


class ForbidsRename(ServedFiles):
    """The right to upload, but not to rename or overwrite."""

    async def posix_rename(self, oldpath: bytes, newpath: bytes) -> None:
        raise denied()

    async def rename(self, oldpath: bytes, newpath: bytes) -> None:
        raise denied()


class ForbidsDelete(ServedFiles):
    """What stands there stays."""

    def remove(self, path: bytes) -> None:
        raise denied()


class FailsOnDelete(ServedFiles):
    """The same, but the answers do not mention rights; a missing file is reported as missing."""

    def remove(self, path: bytes) -> None:
        raise asyncssh.SFTPFailure("Failure")


class FailsOnDeleteOfFiles(ServedFiles):
    """The same, but it first checks whether there is a file."""

    def remove(self, path: bytes) -> None:
        self.stat(path)
        raise asyncssh.SFTPFailure("Failure")


class SaysFailureOfWhatIsMissing(ServedFiles):
    """Everything is allowed; for a missing file it answers "Failure"."""

    def stat(self, path: bytes) -> Any:
        return self._or_failure(super().stat, path)

    def lstat(self, path: bytes) -> Any:
        return self._or_failure(super().lstat, path)

    def remove(self, path: bytes) -> None:
        self._or_failure(super().remove, path)

    def _or_failure(self, act: Any, path: bytes) -> Any:
        try:
            return act(path)
        except FileNotFoundError as error:
            raise asyncssh.SFTPFailure("Failure") from error


class ForbidsWriteAndDelete(ForbidsDelete):
    """A login that may only look."""

    def open(self, path: bytes, pflags: int, attrs: asyncssh.SFTPAttrs) -> Any:
        if pflags & asyncssh.FXF_WRITE:
            raise denied()
        return super().open(path, pflags, attrs)


class ShowsLate(ServedFiles):
    """A file is missing at the first look after it was written."""

    looks = 0

    def stat(self, path: bytes) -> Any:
        if path.endswith(b".part"):
            type(self).looks += 1
            if type(self).looks == 1:
                raise asyncssh.SFTPNoSuchFile("not yet")
        return super().stat(path)


class TellsSizeLate(ServedFiles):
    """A file is still empty at the first look."""

    looks = 0

    def stat(self, path: bytes) -> Any:
        attributes: Any = asyncssh.SFTPAttrs.from_local(super().stat(path))
        if path.endswith(b".part"):
            type(self).looks += 1
            if type(self).looks == 1:
                attributes.size = 0
        return attributes


class ShowsOldNameStill(ServedFiles):
    """For a moment after the rename, the old name is also visible."""

    renamed: bytes = b""
    looks = 0

    async def rename(self, oldpath: bytes, newpath: bytes) -> None:
        await super().rename(oldpath, newpath)
        type(self).renamed, type(self).looks = oldpath, 0

    def stat(self, path: bytes) -> Any:
        if path != self.renamed or type(self).looks:
            return super().stat(path)
        type(self).looks += 1
        return asyncssh.SFTPAttrs(size=1, permissions=0o100644)


class TellsNoAttributes(ServedFiles):
    """It says that a file exists, but not its size, time or kind."""

    def stat(self, path: bytes) -> Any:
        super().stat(path)
        return asyncssh.SFTPAttrs()

    lstat = stat


class TellsWrongSize(ServedFiles):
    """It encrypts stored files, and reports the encrypted size."""

    def stat(self, path: bytes) -> Any:
        attributes: Any = asyncssh.SFTPAttrs.from_local(super().stat(path))
        if attributes.size is not None and not self._local(path).is_dir():
            attributes.size += 512
        return attributes

    lstat = stat


class ForbidsListing(ServedFiles):
    """No folder may be listed."""

    def scandir(self, path: bytes) -> Any:
        raise denied()


class FailsOnListing(ServedFiles):
    """The same, with an answer that gives no reason."""

    def scandir(self, path: bytes) -> Any:
        raise asyncssh.SFTPFailure("Failure")


class ZipsOnly(ServedFiles):
    """A list of allowed endings."""

    def open(self, path: bytes, pflags: int, attrs: asyncssh.SFTPAttrs) -> Any:
        if pflags & asyncssh.FXF_CREAT and not path.endswith(b".zip"):
            raise denied()
        return super().open(path, pflags, attrs)

    async def rename(self, oldpath: bytes, newpath: bytes) -> None:
        if not newpath.endswith(b".zip"):
            raise denied()
        await super().rename(oldpath, newpath)


class NoExclusiveCreate(ServedFiles):
    """It does not support "only if it does not exist"."""

    def open(self, path: bytes, pflags: int, attrs: asyncssh.SFTPAttrs) -> Any:
        if pflags & asyncssh.FXF_EXCL:
            raise asyncssh.SFTPOpUnsupported("no such flag")
        return super().open(path, pflags, attrs)


class DeniesExclusiveCreate(ServedFiles):
    """It refuses "only if it does not exist" as a missing permission."""

    def open(self, path: bytes, pflags: int, attrs: asyncssh.SFTPAttrs) -> Any:
        if pflags & asyncssh.FXF_EXCL:
            raise denied()
        return super().open(path, pflags, attrs)


class TakesNoRanges(ServedFiles):
    """A file can only be written from start to end."""

    def open(self, path: bytes, pflags: int, attrs: asyncssh.SFTPAttrs) -> Any:
        opened = super().open(path, pflags, attrs)
        self.ends = getattr(self, "ends", {})
        self.ends[opened] = 0
        return opened

    async def write(self, file_obj: Any, offset: int, data: bytes) -> int:
        if offset != self.ends.get(file_obj, 0):
            raise asyncssh.SFTPFailure("out of order")
        self.ends[file_obj] = offset + len(data)
        return await super().write(file_obj, offset, data)


class OneHandleAFile(ServedFiles):
    """A file that is being written cannot be opened again."""

    def open(self, path: bytes, pflags: int, attrs: asyncssh.SFTPAttrs) -> Any:
        if pflags & asyncssh.FXF_WRITE and not pflags & asyncssh.FXF_CREAT:
            raise denied()
        return super().open(path, pflags, attrs)


class NeverGivesSecondChannel(ServedLogin):
    """A request for a second channel gets no answer; the first channel continues."""

    def connection_made(self, conn: asyncssh.SSHServerConnection) -> None:
        super().connection_made(conn)
        give = conn.send_channel_open_confirmation
        given: list[int] = []

        def once(*channel: int) -> None:
            if not given:
                give(*channel)
            given.append(channel[0])

        conn.send_channel_open_confirmation = once


class EndsAtSecondChannel(ServedFiles):
    """A request for a second channel ends the connection."""

    def __init__(self, chan: Any) -> None:
        super().__init__(chan)
        if getattr(self.connection, "has_channel", False):
            self.connection.abort()
        self.connection.has_channel = True
