"""SFTP servers as partners run them: each refuses, hides, delays or takes away something that OpenSSH does not."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import asyncssh

from tests.servers.sftp_faults import PASSWORD, USER, ServedFiles, ServedLogin


def _denied() -> asyncssh.SFTPPermissionDenied:
    return asyncssh.SFTPPermissionDenied("Permission denied")


class DeniesStatOfFolder(ServedFiles):
    """A valid folder may not be looked at (AWS Transfer, logical folders); one that is not there is told."""

    def stat(self, path: bytes) -> Any:
        if self._local(path).is_dir():
            raise _denied()
        return super().stat(path)

    lstat = stat


class WriteOnly(ServedFiles):
    """A drop box: nothing may be looked at, listed or read; an upload is fine."""

    def stat(self, path: bytes) -> Any:
        raise _denied()

    lstat = stat

    def fstat(self, file_obj: Any) -> Any:
        raise _denied()

    def scandir(self, path: bytes) -> Any:
        raise _denied()

    def open(self, path: bytes, pflags: int, attrs: asyncssh.SFTPAttrs) -> Any:
        if pflags & asyncssh.FXF_READ:
            raise _denied()
        return super().open(path, pflags, attrs)


class WriteOnlyWithoutDelete(WriteOnly):
    """A drop box out of which nothing can be taken again."""

    def remove(self, path: bytes) -> None:
        raise _denied()


class NewFilesOnly(WriteOnlyWithoutDelete):
    """A drop box that takes what is new: not even the question about a file that is to be there already."""

    def open(self, path: bytes, pflags: int, attrs: asyncssh.SFTPAttrs) -> Any:
        if not pflags & asyncssh.FXF_CREAT:
            raise _denied()
        return super().open(path, pflags, attrs)


class NewFilesNeverRenamed(NewFilesOnly):
    """The same, and what was written keeps its name."""

    async def posix_rename(self, oldpath: bytes, newpath: bytes) -> None:
        raise _denied()

    rename = posix_rename


class KnowsNoDelete(NewFilesNeverRenamed):
    """The same, on a server that has no such request."""

    def remove(self, path: bytes) -> None:
        raise asyncssh.SFTPOpUnsupported("Operation unsupported")


class TakesOnClose(ServedFiles):
    """A receiver acts on every name, as soon as the file is closed; ``taken`` counts what it has got."""

    def close(self, file_obj: Any) -> None:
        name = Path(file_obj.name.decode())
        is_written = file_obj.writable()
        super().close(file_obj)
        if is_written and name.exists():
            box = self.owner.root / "processed"
            box.mkdir(exist_ok=True)
            name.rename(box / f"{len(list(box.iterdir()))}-{name.name}")


class SaysGoneOnClose(TakesOnClose):
    """The same, and the answer to closing the file is that it is not there."""

    def close(self, file_obj: Any) -> None:
        is_written = file_obj.writable()
        super().close(file_obj)
        if is_written:
            raise asyncssh.SFTPNoSuchFile("gone")


class BrokenPosixRename(ServedFiles):
    """``posix-rename@openssh.com`` is announced and fails; the plain one works for new names."""

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
    """The right to upload, and neither to rename nor to overwrite."""

    async def posix_rename(self, oldpath: bytes, newpath: bytes) -> None:
        raise _denied()

    async def rename(self, oldpath: bytes, newpath: bytes) -> None:
        raise _denied()


class ForbidsDelete(ServedFiles):
    """What stands there stays."""

    def remove(self, path: bytes) -> None:
        raise _denied()


class ForbidsWriteAndDelete(ForbidsDelete):
    """A login that may only look."""

    def open(self, path: bytes, pflags: int, attrs: asyncssh.SFTPAttrs) -> Any:
        if pflags & asyncssh.FXF_WRITE:
            raise _denied()
        return super().open(path, pflags, attrs)


class ShowsLate(ServedFiles):
    """A file is not there at the first look after it was written."""

    looks = 0

    def stat(self, path: bytes) -> Any:
        if path.endswith(b".part"):
            type(self).looks += 1
            if type(self).looks == 1:
                raise asyncssh.SFTPNoSuchFile("not yet")
        return super().stat(path)


class TellsSizeLate(ServedFiles):
    """At the first look a file is still empty."""

    looks = 0

    def stat(self, path: bytes) -> Any:
        attributes: Any = asyncssh.SFTPAttrs.from_local(super().stat(path))
        if path.endswith(b".part"):
            type(self).looks += 1
            if type(self).looks == 1:
                attributes.size = 0
        return attributes


class ShowsOldNameStill(ServedFiles):
    """For a moment after the rename the old name is shown, too."""

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
    """It says that a file is there, and neither its size nor its time nor its kind."""

    def stat(self, path: bytes) -> Any:
        super().stat(path)
        return asyncssh.SFTPAttrs()

    lstat = stat


class TellsWrongSize(ServedFiles):
    """It encrypts what it stores, and tells the size of that."""

    def stat(self, path: bytes) -> Any:
        attributes: Any = asyncssh.SFTPAttrs.from_local(super().stat(path))
        if attributes.size is not None and not self._local(path).is_dir():
            attributes.size += 512
        return attributes

    lstat = stat


class ForbidsListing(ServedFiles):
    """No folder may be listed."""

    def scandir(self, path: bytes) -> Any:
        raise _denied()


class FailsOnListing(ServedFiles):
    """The same, with an answer that says nothing."""

    def scandir(self, path: bytes) -> Any:
        raise asyncssh.SFTPFailure("Failure")


class ZipsOnly(ServedFiles):
    """A list of allowed endings."""

    def open(self, path: bytes, pflags: int, attrs: asyncssh.SFTPAttrs) -> Any:
        if pflags & asyncssh.FXF_CREAT and not path.endswith(b".zip"):
            raise _denied()
        return super().open(path, pflags, attrs)

    async def rename(self, oldpath: bytes, newpath: bytes) -> None:
        if not newpath.endswith(b".zip"):
            raise _denied()
        await super().rename(oldpath, newpath)


class NoExclusiveCreate(ServedFiles):
    """It does not know "only if it is not there"."""

    def open(self, path: bytes, pflags: int, attrs: asyncssh.SFTPAttrs) -> Any:
        if pflags & asyncssh.FXF_EXCL:
            raise asyncssh.SFTPOpUnsupported("no such flag")
        return super().open(path, pflags, attrs)


class DeniesExclusiveCreate(ServedFiles):
    """It calls "only if it is not there" a lack of permission."""

    def open(self, path: bytes, pflags: int, attrs: asyncssh.SFTPAttrs) -> Any:
        if pflags & asyncssh.FXF_EXCL:
            raise _denied()
        return super().open(path, pflags, attrs)


class TakesNoRanges(ServedFiles):
    """A file is written from its start to its end only."""

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
    """A file that is being written cannot be opened once more."""

    def open(self, path: bytes, pflags: int, attrs: asyncssh.SFTPAttrs) -> Any:
        if pflags & asyncssh.FXF_WRITE and not pflags & asyncssh.FXF_CREAT:
            raise _denied()
        return super().open(path, pflags, attrs)


class EndsAtSecondChannel(ServedFiles):
    """Whoever asks for a second channel loses the connection."""

    def __init__(self, chan: Any) -> None:
        super().__init__(chan)
        if getattr(self.connection, "has_channel", False):
            self.connection.abort()
        self.connection.has_channel = True


class WantsTwoSecrets(ServedLogin):
    """The first right secret is a partial success (RFC 4252): then the method ``second`` alone is left."""

    first, second = "publickey", "password"
    proven = 0

    def connection_made(self, conn: asyncssh.SSHServerConnection) -> None:
        super().connection_made(conn)
        let_in: Any = conn.send_userauth_success
        self.proven = 0

        async def half_way() -> None:
            self.proven += 1
            if self.proven == 1:
                conn.send_userauth_failure(partial_success=True)
            else:
                await let_in()

        conn.send_userauth_success = half_way

    @property
    def _wanted(self) -> str:
        return self.second if self.proven else self.first

    def public_key_auth_supported(self) -> bool:
        return self._wanted == "publickey"

    def password_auth_supported(self) -> bool:
        return self._wanted == "password"

    def kbdint_auth_supported(self) -> bool:
        return self._wanted == "keyboard-interactive"

    def get_kbdint_challenge(self, username: str, lang: str, submethods: str) -> Any:
        return "", "", "", [("Passwort: ", False)]

    def validate_kbdint_response(self, username: str, responses: list[str]) -> Any:
        self._server.seen.password_attempts += 1
        return username == USER and responses == [PASSWORD]


class KeyThenQuestion(WantsTwoSecrets):
    """The same, and the password is asked for by keyboard-interactive."""

    second = "keyboard-interactive"


class PasswordThenKey(WantsTwoSecrets):
    """The other way round."""

    first, second = "password", "publickey"


class ListsBothMethods(WantsTwoSecrets):
    """It lists every method at any time, so that a client cannot tell from the list what is still needed."""

    def public_key_auth_supported(self) -> bool:
        return True

    def password_auth_supported(self) -> bool:
        return True

    def kbdint_auth_supported(self) -> bool:
        return False


class PasswordExpired(ServedLogin):
    """It tells everybody in a banner that the password has expired, and rejects it."""

    def begin_auth(self, username: str) -> bool:
        self._conn.send_auth_banner("Your password has expired.\r\n")
        return True

    def validate_password(self, username: str, password: str) -> bool:
        self._server.seen.password_attempts += 1
        return False


class AsksInAnyLanguage(ServedLogin):
    """Keyboard-interactive alone, with one hidden question."""

    question = "Пароль: "

    def password_auth_supported(self) -> bool:
        return False

    def kbdint_auth_supported(self) -> bool:
        return True

    def get_kbdint_challenge(self, username: str, lang: str, submethods: str) -> Any:
        return "", "", "", [(self.question, False)]

    def validate_kbdint_response(self, username: str, responses: list[str]) -> Any:
        self._server.seen.password_attempts += 1
        return username == USER and responses == [PASSWORD]
