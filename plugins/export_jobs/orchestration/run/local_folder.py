"""An execution's folder on a local disk: only the user of the tasks can read it, and its path has no symbolic link.

It contains customer rows between two steps. Every folder below the root is opened relative to the descriptor of its
parent, so nobody can replace it with a link between check and use.
"""

from __future__ import annotations

import os
import stat
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from export_jobs.errors import TerminalError

PRIVATE_FOLDER, PRIVATE_FILE = 0o700, 0o600
_FOLDER = os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW
_ELSEWHERE = "Remove it, or set EXPORT_JOBS_STAGING to a folder that only the user of Airflow's tasks can write to"


@dataclass(frozen=True)
class LocalFolder:
    """An open folder, which belongs to the user of this process."""

    descriptor: int
    path: Path

    @classmethod
    @contextmanager
    def open(cls, path: Path, root: Path, *, create: bool) -> Iterator[LocalFolder]:
        """Open ``path``, which is below ``root``.

        ``create``: create missing folders for this user only, and remove other users' rights from existing ones. Raise
        ``FileNotFoundError``, and ``TerminalError`` for a folder that is a link or belongs to another user.
        """
        if create:
            root.mkdir(parents=True, exist_ok=True, mode=PRIVATE_FOLDER)
        here = cls(_open_folder(root, None, is_root=True), root)
        try:
            for name in path.relative_to(root).parts:
                below = here._enter(name, create=create)
                here.close()
                here = below
            yield here
        finally:
            here.close()

    def names(self) -> list[str]:
        """Return the names in the folder."""
        return sorted(os.listdir(self.descriptor))  # noqa: PTH208  pathlib does not support descriptors

    def create(self, name: str) -> BinaryIO:
        """Create a file that nobody else can read; raise ``FileExistsError``."""
        flags = os.O_RDWR | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW
        descriptor = os.open(name, flags, PRIVATE_FILE, dir_fd=self.descriptor)
        os.fchmod(descriptor, PRIVATE_FILE)  # independent of the umask
        return os.fdopen(descriptor, "wb")

    def abort_unfinished(self, start: str) -> None:
        """Do nothing: a killed attempt leaves an ordinary file, which is removed as such."""

    def read(self, name: str) -> BinaryIO:
        """Open a file of ours; raise ``FileNotFoundError``, and ``TerminalError`` for a link or another user's file."""
        try:
            descriptor = os.open(name, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK, dir_fd=self.descriptor)
        except FileNotFoundError:
            raise
        except OSError as error:
            raise _foreign(self.path / name, "is a symbolic link or cannot be read") from error
        found = os.fstat(descriptor)
        if not stat.S_ISREG(found.st_mode) or found.st_uid != os.geteuid():
            os.close(descriptor)
            raise _foreign(self.path / name, "is not a regular file of the user of this task")
        return os.fdopen(descriptor, "rb")

    def replace(self, name: str, new_name: str) -> None:
        """Rename a file, replacing any file with that name."""
        os.replace(name, new_name, src_dir_fd=self.descriptor, dst_dir_fd=self.descriptor)

    def remove(self, name: str) -> None:
        """Remove a file, or a link itself; do nothing if it does not exist."""
        with suppress(FileNotFoundError):
            os.unlink(name, dir_fd=self.descriptor)

    def remove_folder(self, name: str) -> None:
        """Remove an empty folder inside."""
        os.rmdir(name, dir_fd=self.descriptor)

    def last_change(self) -> float:
        """Return when the folder or a file in it was last changed; a new folder can still be empty."""
        times = [os.stat(name, dir_fd=self.descriptor, follow_symlinks=False).st_mtime for name in self.names()]
        return max(times, default=os.fstat(self.descriptor).st_mtime)

    def close(self) -> None:
        """Close the folder; files opened in it stay open."""
        os.close(self.descriptor)

    def _enter(self, name: str, *, create: bool) -> LocalFolder:
        if create:
            with suppress(FileExistsError):
                os.mkdir(name, PRIVATE_FOLDER, dir_fd=self.descriptor)
        return LocalFolder(_open_folder(self.path / name, self.descriptor, is_root=False), self.path / name)


def _open_folder(path: Path, above: int | None, *, is_root: bool) -> int:
    try:
        descriptor = os.open(path if above is None else path.name, _FOLDER, dir_fd=above)
    except NotADirectoryError as error:
        raise _foreign(path, "is a symbolic link or not a folder") from error
    found = os.fstat(descriptor)
    # A volume often belongs to root; others who can write to it cannot enter the folders that we create in it.
    if found.st_uid != os.geteuid() and not (is_root and found.st_uid == 0):
        os.close(descriptor)
        raise _foreign(path, "belongs to another user")
    if found.st_uid == os.geteuid() and stat.S_IMODE(found.st_mode) != PRIVATE_FOLDER:
        os.fchmod(descriptor, PRIVATE_FOLDER)
    return descriptor


def _foreign(path: Path, what: str) -> TerminalError:
    return TerminalError(f"{path}, where rows are staged, {what}", _ELSEWHERE)
