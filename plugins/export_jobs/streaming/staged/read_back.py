"""Read a staged deflate stream, or the text in it; raise an error unless it is what was extracted."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from typing import BinaryIO

from isal import igzip_lib, isal_zlib

from export_jobs.core.files.export_file import PackedRows
from export_jobs.errors import TerminalError
from export_jobs.streaming.staged.deflate_sink import RAW_DEFLATE

CHUNK_BYTES = 1 << 20


def packed_chunks(source: BinaryIO, packed: PackedRows, name: str) -> Iterator[bytes]:
    """Yield the stream unchanged; raises ``TerminalError`` at its end unless length and SHA-256 match ``packed``."""
    digest = hashlib.sha256()
    seen = 0
    while chunk := source.read(CHUNK_BYTES):
        digest.update(chunk)
        seen += len(chunk)
        if seen > packed.packed_bytes:
            break
        yield chunk
    if seen != packed.packed_bytes or digest.hexdigest() != packed.packed_sha256:
        raise _other_rows(name)


def text_chunks(source: BinaryIO, packed: PackedRows, name: str) -> Iterator[bytes]:
    """Yield the extracted text in chunks of at most 1 MiB; raises as ``packed_chunks``, also for the text."""
    inflater = isal_zlib.decompressobj(RAW_DEFLATE)
    crc32, seen = 0, 0
    try:
        for chunk in packed_chunks(source, packed, name):
            rest, text = chunk, b""
            # The inflater may have consumed a whole chunk and still have text of it.
            while rest or len(text) == CHUNK_BYTES:
                text = inflater.decompress(rest, CHUNK_BYTES)
                crc32 = isal_zlib.crc32(text, crc32)
                seen += len(text)
                yield text
                rest = inflater.unconsumed_tail
    except igzip_lib.IsalError:  # type: ignore[misc]  # their stub makes an instance of it
        raise _other_rows(name) from None
    if not inflater.eof or (seen, crc32) != (packed.bytes, packed.crc32):
        raise _other_rows(name)


def _other_rows(name: str) -> TerminalError:
    return TerminalError(
        f"The staged rows of {name} are not those that were extracted",
        "Clear the extract task of this run to read them again",
    )
