"""Pack rows as text into a raw deflate stream, in a second thread while the first one reads from the database.

Deflate is ISA-L's (``isal``); see docs/adr/0011.
"""

from __future__ import annotations

import hashlib
import threading
from contextlib import suppress
from queue import Full, Queue
from types import TracebackType
from typing import BinaryIO, Self

from isal import isal_zlib

from export_jobs.core.files.export_file import PackedRows
from export_jobs.streaming.base.sink import HashingSink

LEVEL = 2
BLOCK_BYTES = 1 << 17
"""ISA-L's output depends on how its input is split, so it is always split like this, however the rows arrive."""
RAW_DEFLATE = -15
WAITING_CHUNKS = 8
"""Limit of chunks that wait for the thread, which bounds the memory; see ``BATCH_BYTES`` and ``BATCH_ROWS``."""
STOP_S = 10


class DeflateSink:
    """Takes text by ``write`` and passes it to a thread that hashes it, packs it and writes it to ``sink``.

    Use it as a context manager: leaving it stops the thread. ``what`` names the file in errors. A chunk must not be
    changed after ``write``. An error in the thread (``TerminalError`` if no space is left) is raised by the next
    ``write``, or by ``finish``.
    """

    def __init__(self, sink: BinaryIO, what: str, level: int = LEVEL) -> None:
        self._output = HashingSink(sink, what)
        self._deflater = isal_zlib.compressobj(level, isal_zlib.DEFLATED, RAW_DEFLATE)
        self._digest = hashlib.sha256()
        self._crc32 = 0
        self._bytes = 0
        self._pending = bytearray()
        self._failure: BaseException | None = None
        self._waiting: Queue[bytes | bytearray | None] = Queue(WAITING_CHUNKS)
        self._thread = threading.Thread(target=self._work, name="pack rows", daemon=True)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        if self._thread.is_alive():
            self._failure = self._failure or error or RuntimeError("not finished")
            # A write that hangs must not delay a task that was asked to stop; the thread ends with the process.
            with suppress(Full):
                self._waiting.put(None, timeout=STOP_S)
            self._thread.join(STOP_S)

    def write(self, chunk: bytes | bytearray) -> None:
        """Pass ``chunk`` to the thread; waits while the thread is behind."""
        if self._failure is not None:
            raise self._failure
        self._waiting.put(chunk)

    def flush(self) -> None:
        """Do nothing: only the whole stream is of use, and ``finish`` ends it."""

    def finish(self) -> PackedRows:
        """End the stream and flush it; returns a description of its content."""
        self._waiting.put(None)
        self._thread.join()
        if self._failure is not None:
            raise self._failure
        self._pack(self._pending)
        self._output.write(self._deflater.flush())
        self._output.flush()
        return PackedRows(
            bytes=self._bytes,
            crc32=self._crc32,
            sha256=self._digest.hexdigest(),
            packed_bytes=self._output.bytes,
            packed_sha256=self._output.sha256,
        )

    def _work(self) -> None:
        """Pack chunks until the end. After a failure only discard them, so that ``write`` does not wait forever."""
        while (chunk := self._waiting.get()) is not None:
            if self._failure is None:
                try:
                    self._take(chunk)
                except BaseException as error:  # raised again in the thread that waits for the result
                    self._failure = error

    def _take(self, chunk: bytes | bytearray) -> None:
        self._pending += chunk
        while len(self._pending) >= BLOCK_BYTES:
            self._pack(self._pending[:BLOCK_BYTES])
            del self._pending[:BLOCK_BYTES]

    def _pack(self, block: bytearray) -> None:
        self._digest.update(block)
        self._crc32 = isal_zlib.crc32(block, self._crc32)
        self._bytes += len(block)
        if packed := self._deflater.compress(block):
            self._output.write(packed)
