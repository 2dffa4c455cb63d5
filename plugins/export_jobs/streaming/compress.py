"""Staged CSV -> the file to deliver, in constant memory. The same input gives the same bytes, on every rerun.

Deflate is ISA-L's (``isal``) level 2: ten times as fast as zlib's level 6 for 5% more bytes; see docs/adr/0005.
"""

from __future__ import annotations

import hashlib
import stat
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Any, BinaryIO, Literal

import zstandard
from isal import isal_zlib
from stream_zip import ZIP_32, ZIP_64, ZipOverflowError, stream_zip

from export_jobs.errors import TerminalError
from export_jobs.streaming.base.sink import HashingSink

CHUNK_BYTES = 1 << 20
LEVEL = 2
ZSTD_LEVEL = 3
ZSTD_THREADS = 2
# In a zip32 entry the largest number of four bytes means "see the zip64 field". Below it, zip64 would be wrong: Java's
# ZipInputStream and others take the sizes behind such an entry for those of a zip32 one, and fail.
LARGEST_ZIP32 = 0xFFFFFFFE
# A zip entry's date is a wall clock without a zone, with seven bits for the year and even seconds.
FIRST_ZIP_DATE, LAST_ZIP_DATE = datetime(1980, 1, 1), datetime(2107, 12, 31, 23, 59, 58)
RAW_DEFLATE, GZIP = -15, 31
FOLDER_MARKS = frozenset("/\\\0")


@dataclass(frozen=True)
class CompressionResult:
    """What was written (``bytes``, ``sha256`` in hex) and what was read (``source_sha256``)."""

    bytes: int
    sha256: str
    source_sha256: str


def compress(
    source: BinaryIO,
    sink: BinaryIO,
    *,
    compression: Literal["zip", "gzip", "zstd", "none"],
    member: str,
    modified: datetime,
    size: int,
) -> CompressionResult:
    """Compress ``source`` into ``sink``.

    ``member`` is the CSV's name inside a zip and ``modified`` its date there (use the window's end, never the clock);
    ``size`` is the source's size in bytes, which decides between zip32 and zip64.

    Raises ``TerminalError`` when no space is left or the source does not have ``size`` bytes, ``ValueError`` for a
    ``member`` that is not a plain file name.
    """
    if member in {"", ".", ".."} or not FOLDER_MARKS.isdisjoint(member):
        raise ValueError(f"{member!r} is not a plain file name")
    entry = _ZipEntry(member, modified, is_zip64=size > LARGEST_ZIP32)
    try:
        return _compress(source, sink, compression, entry, size)
    except ZipOverflowError:  # rows that do not compress have grown past what zip32 holds
        source.seek(0)
        sink.seek(0)
        sink.truncate()
        return _compress(source, sink, compression, replace(entry, is_zip64=True), size)


@dataclass(frozen=True)
class _ZipEntry:
    name: str
    modified: datetime
    is_zip64: bool


def _compress(source: BinaryIO, sink: BinaryIO, compression: str, entry: _ZipEntry, size: int) -> CompressionResult:
    reader = _HashingReader(source, entry.name, size)
    writer = HashingSink(sink, entry.name)
    for chunk in _compress_chunks(reader.chunks(), compression, entry):
        writer.write(chunk)
    writer.flush()
    return CompressionResult(writer.bytes, writer.sha256, reader.digest.hexdigest())


class _HashingReader:
    """Chunks of a file, counted and hashed on the way; raises ``TerminalError`` unless there are ``size`` bytes."""

    def __init__(self, source: BinaryIO, name: str, size: int) -> None:
        self._source = source
        self._name = name
        self._size = size
        self.digest = hashlib.sha256()
        self.bytes = 0

    def chunks(self) -> Iterator[bytes]:
        while chunk := self._source.read(CHUNK_BYTES):
            self.digest.update(chunk)
            self.bytes += len(chunk)
            if self.bytes > self._size:
                break
            yield chunk
        if self.bytes != self._size:
            found = f"{self.bytes} bytes" if self.bytes < self._size else "more"
            raise TerminalError(
                f"The staged file {self._name} should have {self._size} bytes and has {found}",
                "Clear the extract task of this run to read the rows again",
            )


def _compress_chunks(chunks: Iterator[bytes], compression: str, entry: _ZipEntry) -> Iterable[bytes]:
    match compression:
        case "zip":
            return _zip(chunks, entry)
        case "gzip":
            return _run_compressor(chunks, _new_deflater(GZIP))
        case "zstd":
            compressor = zstandard.ZstdCompressor(level=ZSTD_LEVEL, threads=ZSTD_THREADS, write_checksum=True)
            return _run_compressor(chunks, compressor.compressobj())
        case _:
            return chunks


def _zip(chunks: Iterator[bytes], entry: _ZipEntry) -> Iterable[bytes]:
    date = min(max(entry.modified.astimezone(UTC).replace(tzinfo=None), FIRST_ZIP_DATE), LAST_ZIP_DATE)
    member = (entry.name, date, stat.S_IFREG | 0o644, ZIP_64 if entry.is_zip64 else ZIP_32, chunks)
    # The extended timestamp is left out: it ends in 2038, and receivers in other zones would see another date.
    packed: Iterable[bytes] = stream_zip(
        [member], chunk_size=CHUNK_BYTES, get_compressobj=lambda: _new_deflater(RAW_DEFLATE), extended_timestamps=False
    )
    return packed


def _new_deflater(window_bits: int) -> Any:
    # isal's gzip header holds no name and the time 0, which is what makes a rerun's bytes equal.
    return isal_zlib.compressobj(LEVEL, isal_zlib.DEFLATED, window_bits)


def _run_compressor(chunks: Iterator[bytes], compressor: Any) -> Iterator[bytes]:
    pack: Callable[[bytes], bytes] = compressor.compress
    for chunk in chunks:
        if packed := pack(chunk):
            yield packed
    yield compressor.flush()
