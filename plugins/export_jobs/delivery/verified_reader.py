"""Reading a staged file while proving that it still is the file the ledger knows."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from typing import BinaryIO

from export_jobs.delivery.destination import Target
from export_jobs.errors import TerminalError, TransientError

_BLOCK = 1024 * 1024


class VerifiedReader:
    """Hands out the source block by block and keeps size and SHA-256; hashing leaves the interpreter lock free.

    A receipt repeats the target's digest, so the bytes behind it must be the bytes that were sent: a staged file
    that was cut, or overwritten by an orphaned attempt, must never reach its final name.
    """

    def __init__(self, source: BinaryIO, target: Target) -> None:
        self._source = source
        self._target = target
        self._digest = hashlib.sha256()
        self.bytes = 0

    def read(self, size: int) -> bytes:
        """Return the next ``size`` bytes, fewer only at the end, ``b""`` after it.

        Raises:
            TransientError: the local disk failed.
            TerminalError: the source is longer than the target says.
        """
        pieces: list[bytes] = []
        missing = size
        while missing:
            piece = self._read_some(missing)
            if not piece:
                break
            pieces.append(piece)
            missing -= len(piece)
        block = pieces[0] if len(pieces) == 1 else b"".join(pieces)
        self._digest.update(block)
        self.bytes += len(block)
        if self.bytes > self._target.bytes:
            raise self._changed_error(f"more than the recorded {self._target.bytes} bytes")
        return block

    def finish(self) -> None:
        """Compare what was read with what the target promised; call it after the last block.

        Raises:
            TerminalError: size or SHA-256 differ.
        """
        if self.bytes != self._target.bytes:
            raise self._changed_error(f"{self.bytes} bytes instead of the recorded {self._target.bytes}")
        if self._digest.hexdigest() != self._target.sha256.lower():
            raise self._changed_error("content with another SHA-256 than the recorded one")

    def _read_some(self, size: int) -> bytes:
        try:
            return self._source.read(size)
        except OSError as error:
            raise TransientError(
                f"The staged file for {self._target.path} cannot be read ({error.strerror or type(error).__name__})",
                "Check the disk of the staging folder",
            ) from error

    def _changed_error(self, found: str) -> TerminalError:
        return TerminalError(
            f"The staged file for {self._target.path} has changed since it was written: it has {found}. "
            "Nothing was delivered",
            "Clear the run from its extract task, so that the file is created again",
        )


def prefix_sha256(source: BinaryIO) -> Callable[[int], str]:
    """The SHA-256 (hex) of the first so many bytes of a staged file, which is left at its beginning."""

    def sha256(size: int) -> str:
        digest = hashlib.sha256()
        start = source.tell()
        left = size
        while left and (block := source.read(min(left, _BLOCK))):
            digest.update(block)
            left -= len(block)
        source.seek(start)
        return digest.hexdigest()

    return sha256
