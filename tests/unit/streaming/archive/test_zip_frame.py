"""The zip's headers, read by other programs: zipfile, unzip, 7z, bsdtar, Java, and one that trusts local headers."""

from __future__ import annotations

import io
import shutil
import stat
import struct
import subprocess
import zipfile
import zlib
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path
from typing import Any, BinaryIO

import pytest
from isal import isal_zlib

from export_jobs.core.files.export_file import PackedRows
from export_jobs.streaming.archive import zip_frame as module
from export_jobs.streaming.archive.zip_frame import zip_frame
from export_jobs.streaming.staged.deflate_sink import DeflateSink

MEMBER = "retail__purchases__1997-01-01.csv"
MODIFIED = datetime(1997, 1, 1, 23, tzinfo=UTC)
CSV = "".join(f"{i},{i * 7919 % 23570},Größe {i % 90}\r\n" for i in range(60_000)).encode()
BORDER = (4 << 30) - 1
JAVA_READER = """
import java.io.*; import java.util.zip.*;
class Read {
    public static void main(String[] a) throws Exception {
        try (ZipInputStream zip = new ZipInputStream(new BufferedInputStream(new FileInputStream(a[0])))) {
            ZipEntry entry = zip.getNextEntry(); CRC32 crc = new CRC32();
            long size = 0; byte[] block = new byte[1 << 20];
            for (int n; (n = zip.read(block)) > 0; size += n) crc.update(block, 0, n);
            if (zip.getNextEntry() != null) throw new IOException("more than one entry");
            System.out.println(entry.getName() + " " + size + " " + crc.getValue());
        }
    }
}
"""


def archive(content: bytes, name: str = MEMBER, modified: datetime = MODIFIED) -> bytes:
    stream = io.BytesIO()
    with DeflateSink(stream, "test") as sink:
        sink.write(content)
        sums = sink.finish()
    before, behind = zip_frame(sums, name, modified)
    return before + stream.getvalue() + behind


def read_as_it_arrives(source: BinaryIO, library: Any = zlib) -> tuple[str, int, int]:
    """Name, size and CRC of the first entry, by what its local header says and nothing else, as on a pipe."""
    header = source.read(30)
    magic, _, flags, method, _, crc, packed, size, name_bytes, extra_bytes = struct.unpack("<4sHHHLLLLHH", header)
    assert (magic, flags & 8, method) == (b"PK\x03\x04", 0, 8), "a data descriptor: the sizes are not known yet"
    name, extra = source.read(name_bytes).decode(), source.read(extra_bytes)
    if extra:
        assert (packed, size) == (0xFFFFFFFF, 0xFFFFFFFF)
        size, packed = struct.unpack("<4xQQ", extra)
    inflater, found, seen = library.decompressobj(-15), 0, 0
    while packed:
        block = source.read(min(packed, 1 << 20))
        packed -= len(block)
        while block:
            text = inflater.decompress(block, 1 << 22)
            found, seen, block = library.crc32(text, found), seen + len(text), inflater.unconsumed_tail
    rest = inflater.flush()
    assert inflater.eof and (zlib.crc32(rest, found), seen + len(rest)) == (crc, size)
    assert source.read(4) == b"PK\x01\x02"
    return name, size, crc


def sums(size: int, packed: int) -> PackedRows:
    return PackedRows(bytes=size, crc32=7, sha256="", packed_bytes=packed, packed_sha256="")


@pytest.mark.parametrize("content", [CSV, b"", b"a\r\n"], ids=len)
def test_a_program_that_trusts_the_local_header_reads_it_from_a_pipe(content: bytes) -> None:
    assert read_as_it_arrives(io.BytesIO(archive(content))) == (MEMBER, len(content), zlib.crc32(content))


def test_it_holds_one_plain_readable_file_dated_by_the_window() -> None:
    [member] = zipfile.ZipFile(io.BytesIO(archive(CSV))).infolist()
    assert member.filename == MEMBER
    assert member.date_time == (1997, 1, 1, 23, 0, 0)
    assert member.external_attr >> 16 == stat.S_IFREG | 0o644
    assert member.extract_version == 20  # no zip64: every reader there is can open it
    assert member.flag_bits == 0


def test_a_name_of_other_letters_says_that_it_is_utf8() -> None:
    [member] = zipfile.ZipFile(io.BytesIO(archive(b"x", "Größe 価格.csv"))).infolist()
    assert (member.filename, member.flag_bits) == ("Größe 価格.csv", 1 << 11)


def test_the_date_is_utc_and_stays_within_what_a_zip_can_say() -> None:
    tokyo = timezone(timedelta(hours=9))
    for modified, shown in [
        (datetime(2024, 1, 1, 8, tzinfo=tokyo), (2023, 12, 31, 23, 0, 0)),
        (datetime(1970, 1, 2, tzinfo=UTC), (1980, 1, 1, 0, 0, 0)),
        (datetime(2060, 1, 1, tzinfo=UTC), (2060, 1, 1, 0, 0, 0)),
        (datetime(2107, 12, 31, 23, 59, 59, tzinfo=UTC), (2107, 12, 31, 23, 59, 58)),
        (datetime(2108, 1, 1, tzinfo=UTC), (2107, 12, 31, 23, 59, 58)),
        (datetime(9998, 12, 31, 23, tzinfo=UTC), (2107, 12, 31, 23, 59, 58)),
    ]:
        [member] = zipfile.ZipFile(io.BytesIO(archive(b"x", modified=modified))).infolist()
        assert member.date_time == shown


@pytest.mark.parametrize(
    ("size", "packed", "is_zip64"),
    [
        (BORDER - 1, 1000, False),
        (BORDER, 1000, True),
        (BORDER + 1, 1000, True),
        (BORDER - 1, BORDER - 1, False),
        (BORDER - 1, BORDER, True),
    ],
)
def test_an_entry_is_zip64_from_four_gib_on_and_not_a_byte_before(size: int, packed: int, is_zip64: bool) -> None:
    """Readers that stream, such as Java's ZipInputStream, fail on a smaller entry that says zip64."""
    before, behind = zip_frame(sums(size, packed), MEMBER, MODIFIED)
    assert int.from_bytes(before[4:6], "little") == (45 if is_zip64 else 20)
    assert struct.unpack("<LL", before[18:26]) == ((BORDER, BORDER) if is_zip64 else (packed, size))
    assert len(before) == 30 + len(MEMBER) + (20 if is_zip64 else 0)
    # Where the list of entries begins may need more than four bytes although no entry does.
    assert (b"PK\x06\x06" in behind) == (is_zip64 or len(before) + packed >= BORDER)


def test_a_zip64_archive_is_read_back(monkeypatch: pytest.MonkeyPatch) -> None:
    """The border is moved, not the data; the slow test and bench/compress.py have entries of more than 4 GiB."""
    monkeypatch.setattr(module, "LARGEST_ZIP32", 1000)
    content = archive(CSV)
    with zipfile.ZipFile(io.BytesIO(content)) as opened:
        [member] = opened.infolist()
        assert (opened.read(member), member.extract_version) == (CSV, 45)
    assert read_as_it_arrives(io.BytesIO(content))[1] == len(CSV)


PROGRAMS = [["unzip", "-tqq"], ["7z", "t"], ["bsdtar", "-tf"], ["busybox", "unzip", "-t"]]


@pytest.mark.parametrize("is_zip64", [False, True])
@pytest.mark.parametrize("command", PROGRAMS, ids=[command[0] for command in PROGRAMS])
def test_the_usual_programs_accept_it(
    command: list[str], is_zip64: bool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    if shutil.which(command[0]) is None:
        pytest.skip(f"NOT CHECKED: {command[0]} is not installed")
    if is_zip64:
        monkeypatch.setattr(module, "LARGEST_ZIP32", 1000)
    path = tmp_path / "file.zip"
    path.write_bytes(archive(CSV))
    assert subprocess.run([*command, path], check=False, capture_output=True).returncode == 0


def read_by_java(path: Path, folder: Path) -> str:
    java = shutil.which("java")
    if java is None or not subprocess.run([java, "--list-modules"], capture_output=True, text=True, check=False).stdout:
        pytest.skip("NOT CHECKED: Java is not installed")
    program = folder / "Read.java"
    program.write_text(JAVA_READER)
    found = subprocess.run([java, program, path], check=False, capture_output=True, text=True)
    if "jdk.compiler" in found.stderr:
        pytest.skip("NOT CHECKED: Java is installed without its compiler")
    assert found.returncode == 0, found.stderr
    return found.stdout.strip()


def test_java_reads_it_as_it_arrives(tmp_path: Path) -> None:
    path = tmp_path / "file.zip"
    path.write_bytes(archive(CSV))
    assert read_by_java(path, tmp_path) == f"{MEMBER} {len(CSV)} {zlib.crc32(CSV)}"


@pytest.mark.slow
@pytest.mark.parametrize("size", [BORDER - 1, BORDER + 1], ids=["just under 4 GiB", "just over 4 GiB"])
def test_entries_on_both_sides_of_four_gib_are_read_as_they_arrive(size: int, tmp_path: Path) -> None:
    """Unpacked by ISA-L here, in a third of the time, and by Java's zlib, which has nothing to do with us."""
    path, block = tmp_path / "file.zip", bytes(1 << 20)
    stream = tmp_path / "stream"
    with stream.open("wb") as file, DeflateSink(file, "test", level=1) as sink:
        for _ in range(size >> 20):
            sink.write(block)
        sink.write(block[: size & (1 << 20) - 1])
        packed = sink.finish()
    before, behind = zip_frame(packed, MEMBER, MODIFIED)
    path.write_bytes(before + stream.read_bytes() + behind)
    with path.open("rb") as source:
        assert read_as_it_arrives(source, isal_zlib) == (MEMBER, size, packed.crc32)
    assert read_by_java(path, tmp_path) == f"{MEMBER} {size} {packed.crc32}"
