"""SFTP servers from which nothing can be read back, and servers whose receiver takes a file as soon as it is closed."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import asyncssh

from tests.servers.sftp_faults import ServedFiles, denied


class WriteOnly(ServedFiles):
    """A drop box: nothing may be looked at, listed or read; uploads are allowed."""

    def stat(self, path: bytes) -> Any:
        raise denied()

    lstat = stat

    def fstat(self, file_obj: Any) -> Any:
        raise denied()

    def scandir(self, path: bytes) -> Any:
        raise denied()

    def open(self, path: bytes, pflags: int, attrs: asyncssh.SFTPAttrs) -> Any:
        if pflags & asyncssh.FXF_READ:
            raise denied()
        return super().open(path, pflags, attrs)


class WriteOnlyWithoutDelete(WriteOnly):
    """A drop box from which nothing can be removed."""

    def remove(self, path: bytes) -> None:
        raise denied()


class WriteOnlyPosixRename(WriteOnly):
    """A drop box that supports only OpenSSH's rename."""

    async def rename(self, oldpath: bytes, newpath: bytes) -> None:
        raise asyncssh.SFTPOpUnsupported("Operation unsupported")


class NewFilesOnly(WriteOnlyWithoutDelete):
    """A drop box that accepts only new files: it denies every open without the flag to create one."""

    def open(self, path: bytes, pflags: int, attrs: asyncssh.SFTPAttrs) -> Any:
        if not pflags & asyncssh.FXF_CREAT:
            raise denied()
        return super().open(path, pflags, attrs)


class NewFilesNeverRenamed(NewFilesOnly):
    """The same, and written files keep their name."""

    async def posix_rename(self, oldpath: bytes, newpath: bytes) -> None:
        raise denied()

    rename = posix_rename


class KnowsNoDelete(NewFilesNeverRenamed):
    """The same, on a server that does not support removing."""

    def remove(self, path: bytes) -> None:
        raise asyncssh.SFTPOpUnsupported("Operation unsupported")


class TakesOnClose(ServedFiles):
    """A receiver acts on every name, as soon as the file is closed, and moves the file to ``processed``."""

    def close(self, file_obj: Any) -> None:
        name = Path(file_obj.name.decode())
        is_written = file_obj.writable()
        super().close(file_obj)
        if is_written and name.exists():
            box = self.owner.root / "processed"
            box.mkdir(exist_ok=True)
            name.rename(box / f"{len(list(box.iterdir()))}-{name.name}")


class SaysGoneOnClose(TakesOnClose):
    """The same, and the answer to closing the file is that it does not exist."""

    def close(self, file_obj: Any) -> None:
        is_written = file_obj.writable()
        super().close(file_obj)
        if is_written:
            raise asyncssh.SFTPNoSuchFile("gone")
