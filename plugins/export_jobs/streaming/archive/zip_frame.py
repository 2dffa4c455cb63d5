"""The headers that turn a raw deflate stream into a zip archive with one entry (PKWARE's APPNOTE 6.3).

Sizes and CRC are in the local header, so a program can read the archive as a stream.
"""

from __future__ import annotations

import stat
import struct
from datetime import UTC, datetime

from export_jobs.core.files.export_file import PackedRows

# The largest number of four bytes means "see the zip64 field". Below it, zip64 would be wrong: Java's ZipInputStream
# and others read the sizes after such an entry as those of a zip32 one, and fail.
LARGEST_ZIP32 = 0xFFFFFFFE
_SEE_ZIP64 = 0xFFFFFFFF
# An entry's date is a wall clock without a zone, with seven bits for the year and even seconds.
FIRST_ZIP_DATE, LAST_ZIP_DATE = datetime(1980, 1, 1), datetime(2107, 12, 31, 23, 59, 58)
_DEFLATE = 8
_UTF8_NAME = 1 << 11
_UNIX = 3 << 8
_READABLE_FILE = (stat.S_IFREG | 0o644) << 16
_VERSION_DEFLATE, _VERSION_ZIP64 = 20, 45


def zip_frame(packed: PackedRows, name: str, modified: datetime) -> tuple[bytes, bytes]:
    """Return the bytes before and after the stream. ``modified`` is written in UTC, limited to a zip's range."""
    encoded = name.encode()
    is_zip64 = max(packed.bytes, packed.packed_bytes) > LARGEST_ZIP32
    version = _VERSION_ZIP64 if is_zip64 else _VERSION_DEFLATE
    # Both sizes, even if only one needs it: a local header may not contain only one.
    extra = struct.pack("<HHQQ", 1, 16, packed.bytes, packed.packed_bytes) if is_zip64 else b""
    sizes = (_SEE_ZIP64, _SEE_ZIP64) if is_zip64 else (packed.packed_bytes, packed.bytes)
    flags = 0 if encoded.isascii() else _UTF8_NAME
    common = struct.pack("<HHHHH", version, flags, _DEFLATE, *_dos_time(modified))
    common += struct.pack("<LLLHH", packed.crc32, *sizes, len(encoded), len(extra))
    before = b"PK\x03\x04" + common + encoded + extra
    entry = b"PK\x01\x02" + struct.pack("<H", _UNIX | version) + common
    entry += struct.pack("<HHHLL", 0, 0, 0, _READABLE_FILE, 0) + encoded + extra
    return before, entry + _end(len(before) + packed.packed_bytes, len(entry), is_zip64=is_zip64)


def _end(start: int, size: int, *, is_zip64: bool) -> bytes:
    """Return the end of the archive; the list of entries starts at ``start`` and has ``size`` bytes."""
    record = b""
    if is_zip64 or start > LARGEST_ZIP32:
        record = b"PK\x06\x06" + struct.pack(
            "<QHHLLQQQQ", 44, _UNIX | _VERSION_ZIP64, _VERSION_ZIP64, 0, 0, 1, 1, size, start
        )
        record += b"PK\x06\x07" + struct.pack("<LQL", 0, start + size, 1)
    return record + b"PK\x05\x06" + struct.pack("<HHHHLLH", 0, 0, 1, 1, size, min(start, _SEE_ZIP64), 0)


def _dos_time(modified: datetime) -> tuple[int, int]:
    date = min(max(modified.astimezone(UTC).replace(tzinfo=None), FIRST_ZIP_DATE), LAST_ZIP_DATE)
    clock = date.hour << 11 | date.minute << 5 | date.second // 2
    return clock, (date.year - 1980) << 9 | date.month << 5 | date.day
