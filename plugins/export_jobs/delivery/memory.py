"""A destination in memory, for tests and dry runs: it keeps the same promise as the real ones and fails on demand."""

from __future__ import annotations

import hashlib
import io
from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import BinaryIO, Literal

from export_jobs.core.definitions.destination import DestinationOptions
from export_jobs.delivery.destination import Fence, Receipt, Target
from export_jobs.delivery.existing_file import (
    FinalNameState,
    RemoteFile,
    changed_during_upload_error,
    classify_file,
    unpublished_error,
)
from export_jobs.delivery.paths import is_temporary_of, kept_name, split_safe_path, temporary_name
from export_jobs.delivery.verified_reader import VerifiedReader
from export_jobs.errors import TransientError

Step = Literal["check", "look", "clean", "upload", "publish", "reply", "verify", "discard"]
_BLOCK = 1024 * 1024
_REPLACED = {FinalNameState.OURS, FinalNameState.FOREIGN}


class MemoryDestination:
    """Keeps delivered files in a dict.

    ``fail_next(error, at=...)`` makes the next call fail once, at one of these steps. ``check``: in ``check``.
    ``look``: before the final name is looked at. ``clean``: before left-overs are removed. ``upload``: before the first
    byte. Inside the fence: ``publish`` before the file becomes visible, ``reply`` after it became visible, ``verify``
    before it is looked at again. ``discard``: before an unfinished upload is removed.
    """

    def __init__(self, name: str = "memory", options: DestinationOptions | None = None) -> None:
        self._name = name
        self._options = options or DestinationOptions()
        self._files: dict[str, bytes] = {}
        self._temporaries: dict[str, bytes] = {}
        self.older: dict[str, bytes] = {}
        """Files that are moved aside while they are replaced in steps, by the temporary name of their replacement."""
        self._failures: dict[Step, BaseException] = {}
        self.deliveries = 0

    @property
    def files(self) -> Mapping[str, bytes]:
        """The files under their final names, by path."""
        return MappingProxyType(self._files)

    @property
    def temporaries(self) -> Mapping[str, bytes]:
        """The temporary files that unfinished attempts left; empty after every call that was not killed."""
        return MappingProxyType(self._temporaries)

    def put(self, path: str, content: bytes) -> None:
        """Store a file or a temporary file as another program would."""
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
        if self._options.publish == "direct":
            return self._deliver_directly(source, target, found, fence)
        state = classify_file(_described(found), target, self._name, _sha256(found), self._options.foreign_file)
        try:
            self._remove_left_overs(folder, name)
            if state is not FinalNameState.SAME_BYTES:
                self._reach("upload")
                self._write(temporary, VerifiedReader(source, target))
            with fence():
                if self._files.get(target.path) != found:
                    raise changed_during_upload_error(target.path, self._name)
                if state is not FinalNameState.SAME_BYTES:
                    self._reach("publish")
                    self._publish(temporary, target.path, state)
                    self._reach("reply")
                self._reach("verify")
                self._verify(temporary, target, found if state in _REPLACED else None)
        finally:
            self._reach("discard")
            self._temporaries.pop(temporary, None)
        self.deliveries += 1
        return Receipt(target.path, self.url(target.path), target.bytes, target.sha256)

    def _publish(self, temporary: str, path: str, state: FinalNameState) -> None:
        """Publish as a server with these options does; with ``remove_then_rename`` it renames in steps."""
        if state is FinalNameState.FOREIGN and self._options.foreign_file == "keep_both":
            self._give_name(path, self._kept_path(path))
            self._reach("publish")
        elif state in _REPLACED and self._options.replace == "remove_then_rename":
            self._remove_then_rename(temporary, path)
            return
        self._rename(temporary, path, may_replace=state in _REPLACED)

    def _remove_then_rename(self, temporary: str, path: str) -> None:
        if path not in self._files:
            raise changed_during_upload_error(path, self._name)
        self.older[temporary] = self._files.pop(path)
        try:
            self._reach("publish")
            self._rename(temporary, path, may_replace=False)
            self._require_renamed(temporary, path)
        except Exception:
            self._files.setdefault(path, self.older.pop(temporary))
            raise
        del self.older[temporary]

    def _require_renamed(self, temporary: str, path: str) -> None:
        """Raise if the rename had no effect: a server may say OK and do nothing."""
        if temporary in self._temporaries:
            raise unpublished_error(path, self._name, None)

    def _give_name(self, path: str, other: str) -> None:
        self._files[other] = self._files.pop(path)

    def _kept_path(self, path: str) -> str:
        folder, slash, name = path.rpartition("/")
        number = 1
        while (kept := f"{folder}{slash}{kept_name(name, number)}") in self._files:
            number += 1
        return kept

    def _deliver_directly(self, source: BinaryIO, target: Target, found: bytes | None, fence: Fence) -> Receipt:
        """Write all of it within the fence. As on a partner's server, only half of the file is there for a while."""
        content = source.read()
        source = io.BytesIO(content)
        state = FinalNameState.OURS
        if not (found is not None and self._is_our_partial_upload(found, content, target)):
            state = classify_file(_described(found), target, self._name, _sha256(found), self._options.foreign_file)
        with fence() as placed:
            if self._files.get(target.path) != found:
                raise changed_during_upload_error(target.path, self._name)
            if state is not FinalNameState.SAME_BYTES:
                reader = VerifiedReader(source, target)
                whole = b"".join(iter(lambda: reader.read(_BLOCK), b""))
                reader.finish()
                self._reach("publish")
                placed.keep_open()  # an attempt that was delayed in the fence may have lost it
                if found is None and target.path in self._files:
                    raise changed_during_upload_error(target.path, self._name)
                self._write_directly(target.path, whole, placed.keep_open)
                self._reach("reply")
            self._reach("verify")
        self.deliveries += 1
        return Receipt(target.path, self.url(target.path), target.bytes, target.sha256)

    def _write_directly(self, path: str, content: bytes, keep_open: Callable[[], None]) -> None:
        self._files[path] = content[: len(content) // 2]
        keep_open()
        self._files[path] = content

    @staticmethod
    def _is_our_partial_upload(found: bytes, content: bytes, target: Target) -> bool:
        begun = any(not known.stands and known.sha256 == target.sha256 for known in target.known)
        return begun and len(found) < len(content) and content.startswith(found)

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
            raise TransientError(f"The unfinished upload {temporary} has vanished", "It is retried automatically")
        if path in self._files and not may_replace:
            raise changed_during_upload_error(path, self._name)
        self._files[path] = self._temporaries.pop(temporary)

    def _verify(self, temporary: str, target: Target, replaced: bytes | None) -> None:
        file = self._files.get(target.path)
        found = _described(file)
        is_older = replaced is not None and file is replaced
        if temporary in self._temporaries or found is None or found.bytes != target.bytes or is_older:
            raise unpublished_error(target.path, self._name, found)

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


def _described(content: bytes | None) -> RemoteFile | None:
    return None if content is None else RemoteFile(len(content))


def _sha256(content: bytes | None) -> str:
    return hashlib.sha256(content or b"").hexdigest()
