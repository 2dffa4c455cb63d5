"""The header and the trailer that turn a raw deflate stream into a gzip file (RFC 1952)."""

from __future__ import annotations

import struct

from export_jobs.core.files.export_file import PackedRows

# Deflate, no name, time 0, unknown system: a rerun's bytes are the same.
_HEADER = b"\x1f\x8b\x08\x00\x00\x00\x00\x00\x00\xff"


def gzip_frame(packed: PackedRows) -> tuple[bytes, bytes]:
    """Return the bytes before and after the stream."""
    return _HEADER, struct.pack("<LL", packed.crc32, packed.bytes & 0xFFFFFFFF)
