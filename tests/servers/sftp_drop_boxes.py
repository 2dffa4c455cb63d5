"""SFTP servers out of which nothing is read again, and those whose receiver takes a file as soon as it is closed."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import asyncssh

from tests.servers.sftp_faults import ServedFiles, denied


class WriteOnly(ServedFiles):
    """A drop box: nothing may be looked at, listed or read; an upload is fine."""

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
    """A drop box out of which nothing can be taken again."""

    def remove(self, path: bytes) -> None:
        raise denied()


class WriteOnlyPosixRename(WriteOnly):
    """A drop box that knows the rename of OpenSSH alone."""

    async def rename(self, oldpath: bytes, newpath: bytes) -> None:
        raise asyncssh.SFTPOpUnsupported("Operation unsupported")


class NewFilesOnly(WriteOnlyWithoutDelete):
    """A drop box that takes what is new: not even the question about a file that is to be there already."""

    def open(self, path: bytes, pflags: int, attrs: asyncssh.SFTPAttrs) -> Any:
        if not pflags & asyncssh.FXF_CREAT:
            raise denied()
        return super().open(path, pflags, attrs)


class NewFilesNeverRenamed(NewFilesOnly):
    """The same, and what was written keeps its name."""

    async def posix_rename(self, oldpath: bytes, newpath: bytes) -> None:
        raise denied()

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
