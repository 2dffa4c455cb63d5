"""Write staged rows as the file to deliver, in constant memory. On every rerun, the same input gives the same bytes.

Zip and gzip use the staged deflate stream unchanged; every other format is created from its text. See
docs/adr/0011.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from itertools import chain
from typing import BinaryIO

import zstandard

from export_jobs.core.definitions.job import Compression
from export_jobs.core.files.export_file import PackedRows
from export_jobs.streaming.archive.gzip_frame import gzip_frame
from export_jobs.streaming.archive.zip_frame import zip_frame
from export_jobs.streaming.base.sink import ByteSink, HashingSink
from export_jobs.streaming.staged.read_back import packed_chunks, text_chunks

ZSTD_LEVEL = 3
ZSTD_THREADS = 2
FOLDER_MARKS = frozenset("/\\\0")


@dataclass(frozen=True)
class CompressionResult:
    """The written file: ``bytes`` and ``sha256`` (hex)."""

    bytes: int
    sha256: str


def compress(
    source: BinaryIO,
    sink: ByteSink,
    *,
    packed: PackedRows,
    compression: Compression,
    member: str,
    modified: datetime,
) -> CompressionResult:
    """Write the rows staged in ``source``, which ``packed`` describes, into ``sink``.

    ``member`` is the CSV's name inside a zip and ``modified`` its date there (use the window's end, never the clock).

    Raises ``TerminalError`` if no space is left or ``source`` contains other rows, ``ValueError`` for a ``member`` that
    is not a plain file name.
    """
    if member in {"", ".", ".."} or not FOLDER_MARKS.isdisjoint(member):
        raise ValueError(f"{member!r} is not a plain file name")
    writer = HashingSink(sink, member)
    for chunk in _chunks(source, packed, compression, member, modified):
        writer.write(chunk)
    writer.flush()
    return CompressionResult(writer.bytes, writer.sha256)


def _chunks(source: BinaryIO, packed: PackedRows, compression: str, member: str, modified: datetime) -> Iterable[bytes]:
    match compression:
        case "zip":
            before, behind = zip_frame(packed, member, modified)
            return chain([before], packed_chunks(source, packed, member), [behind])
        case "gzip":
            before, behind = gzip_frame(packed)
            return chain([before], packed_chunks(source, packed, member), [behind])
        case "zstd":
            return _zstd(text_chunks(source, packed, member))
        case _:
            return text_chunks(source, packed, member)


def _zstd(chunks: Iterator[bytes]) -> Iterator[bytes]:
    compressor = zstandard.ZstdCompressor(level=ZSTD_LEVEL, threads=ZSTD_THREADS, write_checksum=True).compressobj()
    for chunk in chunks:
        if packed := compressor.compress(chunk):
            yield packed
    yield compressor.flush()
