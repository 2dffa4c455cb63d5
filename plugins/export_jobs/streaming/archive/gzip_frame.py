"""The header and the trailer that make a raw deflate stream a gzip file (RFC 1952)."""

from __future__ import annotations

import struct

from export_jobs.core.files.export_file import PackedRows

# Deflate, no name, the time 0, no word on the system: a rerun's bytes are the same.
_HEADER = b"\x1f\x8b\x08\x00\x00\x00\x00\x00\x00\xff"


def gzip_frame(packed: PackedRows) -> tuple[bytes, bytes]:
    """What stands before and behind the stream."""
    return _HEADER, struct.pack("<LL", packed.crc32, packed.bytes & 0xFFFFFFFF)
