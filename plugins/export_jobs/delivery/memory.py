"""A destination in memory, for tests and dry runs: the same promise as the real ones, and failures on demand."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import BinaryIO, Literal

from export_jobs.delivery.destination import Fence, Receipt, Target
from export_jobs.delivery.paths import is_temporary_of, split_safe_path, temporary_name
from export_jobs.delivery.verified_reader import VerifiedReader

Step = Literal["check", "upload", "publish", "reply"]
_BLOCK = 1024 * 1024


class MemoryDestination:
    """Keeps delivered files in a dict.

    ``fail_next(error, at=...)`` makes the next call fail once: ``check`` in check, ``upload`` before any byte,
    ``publish`` inside the fence before the file becomes visible, ``reply`` inside the fence after it did.
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
        for left in [path for path in self._temporaries if _is_left_over(path, folder, name)]:
            del self._temporaries[left]
        try:
            self._reach("upload")
            self._temporaries[temporary] = _read_all(VerifiedReader(source, target))
            with fence():
                self._reach("publish")
                self._files[target.path] = self._temporaries.pop(temporary)
                self._reach("reply")
        finally:
            self._temporaries.pop(temporary, None)
        self.deliveries += 1
        return Receipt(target.path, self.url(target.path), target.bytes, target.sha256)

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


def _read_all(reader: VerifiedReader) -> bytes:
    content = b"".join(iter(lambda: reader.read(_BLOCK), b""))
    reader.finish()
    return content
