"""Read a staged file and verify that it is still the file that the ledger knows."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from typing import BinaryIO

from export_jobs.delivery.destination import Target
from export_jobs.errors import TerminalError, TransientError

_BLOCK = 1024 * 1024


class VerifiedReader:
    """Reads the source in blocks and counts and hashes them; hashing releases the interpreter lock.

    A receipt repeats the target's digest, so exactly those bytes must be sent: a staged file that was truncated, or
    overwritten by an orphaned attempt, must never reach its final name.
    """

    def __init__(self, source: BinaryIO, target: Target) -> None:
        self._source = source
        self._target = target
        self._digest = hashlib.sha256()
        self.bytes = 0

    def read(self, size: int) -> bytes:
        """Return the next ``size`` bytes, fewer only at the end, and then ``b""``.

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
        """Compare the bytes that were read with the target; call it after the last block.

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
    """Return a function that hashes the first ``size`` bytes (SHA-256, hex) and leaves the file at its position."""

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
