"""A destination in memory, for tests and dry runs: the same promise as the real ones, and failures on demand."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from types import MappingProxyType
from typing import BinaryIO, Literal

from export_jobs.delivery.destination import Fence, Receipt, Target
from export_jobs.delivery.paths import is_temporary_of, split_safe_path, temporary_name
from export_jobs.delivery.standing import Standing, StandingFile, judge, moved_on_error, unpublished_error
from export_jobs.delivery.verified_reader import VerifiedReader
from export_jobs.errors import TransientError

Step = Literal["check", "look", "clean", "upload", "publish", "reply", "verify", "discard"]
_BLOCK = 1024 * 1024


class MemoryDestination:
    """Keeps delivered files in a dict.

    ``fail_next(error, at=...)`` makes the next call fail once: ``check`` in check; ``look`` before the final name is
    looked at, ``clean`` before left-overs are removed, ``upload`` before any byte; inside the fence ``publish`` before
    the file becomes visible, ``reply`` after it did, ``verify`` before it is looked at once more; ``discard`` before an
    unfinished upload is removed.
    """

    def __init__(self, name: str = "memory") -> None:
        self._name = name
        self._files: dict[str, bytes] = {}
        self._temporaries: dict[str, bytes] = {}
        self._failures: dict[Step, BaseException] = {}
        self.deliveries = 0

    @property
    def files(self) -> Mapping[str, bytes]:
        """What stands under final names, by path."""
        return MappingProxyType(self._files)

    @property
    def temporaries(self) -> Mapping[str, bytes]:
        """What unfinished attempts left; empty after every call that ended by itself."""
        return MappingProxyType(self._temporaries)

    def put(self, path: str, content: bytes) -> None:
        """Place a file or a temporary as if another program had."""
        (self._temporaries if path.rpartition("/")[2].startswith(".") else self._files)[path] = content

    def fail_next(self, error: BaseException, *, at: Step) -> None:
        """Raise ``error`` once, at the next ``at``."""
        self._failures[at] = error

    def check(self) -> None:
        """See ``Destination.check``."""
        self._reach("check")

    def deliver(self, source: BinaryIO, target: Target, fence: Fence) -> Receipt:
        """See ``Destination.deliver``."""
        *subfolders, name = split_safe_path(target.path)
        folder = "".join(f"{part}/" for part in subfolders)
        temporary = folder + temporary_name(name, target.attempt)
        self._reach("look")
        found = self._files.get(target.path)
        standing = judge(_described(found), target, self._name, _sha256(found))
        try:
            self._remove_left_overs(folder, name)
            if standing is not Standing.SAME_BYTES:
                self._reach("upload")
                self._write(temporary, VerifiedReader(source, target))
            with fence():
                if self._files.get(target.path) != found:
                    raise moved_on_error(target.path, self._name)
                if standing is not Standing.SAME_BYTES:
                    self._reach("publish")
                    self._rename(temporary, target.path, may_replace=standing is Standing.OURS)
                    self._reach("reply")
                self._reach("verify")
                self._verify(temporary, target, found if standing is Standing.OURS else None)
        finally:
            self._reach("discard")
            self._temporaries.pop(temporary, None)
        self.deliveries += 1
        return Receipt(target.path, self.url(target.path), target.bytes, target.sha256)

    def _remove_left_overs(self, folder: str, name: str) -> None:
        self._reach("clean")
        for left in [path for path in self._temporaries if _is_left_over(path, folder, name)]:
            del self._temporaries[left]

    def _write(self, temporary: str, reader: VerifiedReader) -> None:
        content = b"".join(iter(lambda: reader.read(_BLOCK), b""))
        reader.finish()
        self._temporaries[temporary] = content

    def _rename(self, temporary: str, path: str, *, may_replace: bool) -> None:
        if temporary not in self._temporaries:
            raise TransientError(f"The unfinished upload {temporary} has vanished", "It is tried again")
        if path in self._files and not may_replace:
            raise moved_on_error(path, self._name)
        self._files[path] = self._temporaries.pop(temporary)

    def _verify(self, temporary: str, target: Target, replaced: bytes | None) -> None:
        file = self._files.get(target.path)
        stands = _described(file)
        is_older = replaced is not None and file is replaced
        if temporary in self._temporaries or stands is None or stands.bytes != target.bytes or is_older:
            raise unpublished_error(target.path, self._name, stands)

    def url(self, path: str) -> str:
        """See ``Destination.url``."""
        return f"memory://{self._name}/{path}"

    def _reach(self, step: Step) -> None:
        error = self._failures.pop(step, None)
        if error is not None:
            raise error


def _is_left_over(path: str, folder: str, name: str) -> bool:
    here, _, last = path.rpartition("/")
    return (f"{here}/" if here else "") == folder and is_temporary_of(name, last)


def _described(content: bytes | None) -> StandingFile | None:
    return None if content is None else StandingFile(len(content))


def _sha256(content: bytes | None) -> str:
    return hashlib.sha256(content or b"").hexdigest()
