"""Sinks for a file that is being written: they count and hash its bytes, and report a full disk."""

from __future__ import annotations

import errno
import hashlib
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, Protocol

from export_jobs.errors import TerminalError

DISK_FULL = {errno.ENOSPC, errno.EDQUOT}


class ByteSink(Protocol):
    """Where rows are written as text: a file, or something that packs them on the way."""

    def write(self, chunk: bytes | bytearray, /) -> Any:
        """Write all of ``chunk``."""

    def flush(self) -> Any:
        """Pass on everything that was written."""


class HashingSink:
    """Writes to ``sink`` and records the number of bytes and their SHA-256. ``what`` names the file in errors."""

    def __init__(self, sink: ByteSink, what: str) -> None:
        self._sink = sink
        self._what = what
        self._digest = hashlib.sha256()
        self.bytes = 0

    @property
    def sha256(self) -> str:
        """SHA-256 (hex) of everything written so far."""
        return self._digest.hexdigest()

    def write(self, chunk: bytes | bytearray) -> None:
        """Write all of ``chunk``; raises ``TerminalError`` if no space is left, and any other ``OSError`` unchanged."""
        with self._report_full_disk():
            self._sink.write(chunk)
        self._digest.update(chunk)
        self.bytes += len(chunk)

    def flush(self) -> None:
        """Flush to the system now, so that a full disk is reported here and not when the file is closed."""
        with self._report_full_disk():
            self._sink.flush()

    @contextmanager
    def _report_full_disk(self) -> Iterator[None]:
        try:
            yield
        except OSError as error:
            if error.errno not in DISK_FULL:
                raise
            raise TerminalError(
                f"There is no space left for the staged file of {self._what}, after {self.bytes} bytes",
                "Free space on the worker, or set EXPORT_JOBS_STAGING to a place with more, then clear this task",
            ) from None


class TooLargeError(TerminalError):
    """A file exceeds the limit of its job."""


class LimitedSink:
    """Writes to ``sink`` until the file of ``template`` would have more than ``max_bytes``."""

    def __init__(self, sink: ByteSink, max_bytes: int, template: str) -> None:
        self._sink = sink
        self._max_bytes = max_bytes
        self._template = template
        self.bytes = 0

    @property
    def closed(self) -> bool:
        """Always false: the creator of ``sink`` closes it."""
        return False

    def write(self, chunk: bytes | bytearray) -> None:
        """Write all of ``chunk``; if that would exceed the limit, write nothing and raise ``TooLargeError``."""
        if self.bytes + len(chunk) > self._max_bytes:
            raise TooLargeError(
                f"The file of template {self._template!r} would have more than {self._max_bytes} bytes (max_bytes)",
                "Export shorter windows or fewer columns, or increase the job's max_bytes",
            )
        self._sink.write(chunk)
        self.bytes += len(chunk)

    def flush(self) -> None:
        """Flush ``sink``."""
        self._sink.flush()
