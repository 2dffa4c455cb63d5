"""Archives checked by other programs: zipfile, gzip, zstandard and, where they are installed, unzip and zstd."""

from __future__ import annotations

import gzip
import hashlib
import io
import random
import shutil
import stat
import subprocess
import zipfile
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path
from typing import Any, get_args

import pytest
import zstandard
from hypothesis import given, settings
from hypothesis import strategies as st

from export_jobs.core.definitions.job import FileOptions
from export_jobs.errors import TerminalError
from export_jobs.streaming import compress as module
from export_jobs.streaming.compress import CompressionResult, compress

COMPRESSIONS = get_args(FileOptions.model_fields["compression"].annotation)
MEMBER = "retail__purchases__1997-01-01.csv"
MODIFIED = datetime(1997, 1, 1, 23, tzinfo=UTC)
CSV = "".join(f"{i},{i * 7919 % 23570},Größe {i % 90}\r\n" for i in range(60_000)).encode()


def packed(content: bytes, compression: str, **changes: Any) -> tuple[bytes, CompressionResult]:
    sink = io.BytesIO()
    arguments = {"member": MEMBER, "modified": MODIFIED, "size": len(content), **changes}
    found = compress(io.BytesIO(content), sink, compression=compression, **arguments)  # type: ignore[arg-type]
    return sink.getvalue(), found


def unpacked(content: bytes, compression: str) -> bytes:
    match compression:
        case "zip":
            with zipfile.ZipFile(io.BytesIO(content)) as archive:
                assert archive.testzip() is None
                [member] = archive.infolist()
                return archive.read(member)
        case "gzip":
            return gzip.decompress(content)
        case "zstd":
            return zstandard.ZstdDecompressor().decompressobj().decompress(content)
    return content


def sha256(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


@pytest.mark.parametrize("compression", COMPRESSIONS)
@pytest.mark.parametrize("content", [CSV, b"", b"a\r\n", random.Random(1).randbytes(3 << 20)], ids=len)
def test_what_comes_out_is_what_went_in_and_both_sums_are_true(compression: str, content: bytes) -> None:
    result, found = packed(content, compression)
    assert unpacked(result, compression) == content
    assert found == CompressionResult(len(result), sha256(result), sha256(content))


@settings(max_examples=60, deadline=None)
@given(st.sampled_from(COMPRESSIONS), st.binary(max_size=5000))
def test_any_bytes_come_back(compression: str, content: bytes) -> None:
    assert unpacked(packed(content, compression)[0], compression) == content


@pytest.mark.parametrize("compression", COMPRESSIONS)
def test_a_rerun_gives_the_same_bytes_however_the_source_is_read(compression: str) -> None:
    class Hesitant(io.BytesIO):
        """Gives back fewer bytes than asked for, as a network file does."""

        def read(self, size: int | None = -1) -> bytes:
            return super().read(min(size or 0, 70_001))

    sink = io.BytesIO()
    compress(Hesitant(CSV), sink, compression=compression, member=MEMBER, modified=MODIFIED, size=len(CSV))
    assert packed(CSV, compression)[0] == packed(CSV, compression)[0] == sink.getvalue()


def test_a_zip_holds_one_plain_readable_file_dated_by_the_window() -> None:
    result, _ = packed(CSV, "zip")
    [member] = zipfile.ZipFile(io.BytesIO(result)).infolist()
    assert member.filename == MEMBER
    assert member.date_time == (1997, 1, 1, 23, 0, 0)
    assert member.external_attr >> 16 == stat.S_IFREG | 0o644
    assert member.extract_version == 20  # no zip64: every reader there is can open it


def test_the_zip_date_is_utc_and_stays_within_what_a_zip_can_say() -> None:
    tokyo = timezone(timedelta(hours=9))
    for modified, shown in [
        (datetime(2024, 1, 1, 8, tzinfo=tokyo), (2023, 12, 31, 23, 0, 0)),
        (datetime(1970, 1, 2, tzinfo=UTC), (1980, 1, 1, 0, 0, 0)),
        (datetime(2060, 1, 1, tzinfo=UTC), (2060, 1, 1, 0, 0, 0)),
        (datetime(2107, 12, 31, 23, 59, 59, tzinfo=UTC), (2107, 12, 31, 23, 59, 58)),
        (datetime(2108, 1, 1, tzinfo=UTC), (2107, 12, 31, 23, 59, 58)),
        (datetime(9998, 12, 31, 23, tzinfo=UTC), (2107, 12, 31, 23, 59, 58)),
    ]:
        [member] = zipfile.ZipFile(io.BytesIO(packed(b"x", "zip", modified=modified)[0])).infolist()
        assert member.date_time == shown


def test_a_large_file_is_zip64(monkeypatch: pytest.MonkeyPatch) -> None:
    """The border is moved, not the data; bench/compress.py packs 5 GiB for real."""
    monkeypatch.setattr(module, "LARGEST_ZIP32", 1000)
    result, _ = packed(CSV, "zip")
    assert unpacked(result, "zip") == CSV
    [member] = zipfile.ZipFile(io.BytesIO(result)).infolist()
    assert member.extract_version == 45


class HeaderSeenError(Exception):
    """Enough has been written."""


class HeaderSink(io.BytesIO):
    """Takes the local header of an archive, and no more of it."""

    def write(self, chunk: Any) -> int:
        super().write(chunk)
        raise HeaderSeenError


BORDER = (4 << 30) - 1


@pytest.mark.parametrize(
    ("size", "version"),
    [(BORDER - (64 << 20), 20), (BORDER - (64 << 20) + 1, 20), (BORDER - 1, 20), (BORDER, 45), (BORDER + 1, 45)],
)
def test_an_entry_is_zip64_from_four_gib_on_and_not_a_byte_before(size: int, version: int) -> None:
    """Readers that stream, such as Java's ZipInputStream, fail on a smaller entry that says zip64."""
    sink = HeaderSink()
    with pytest.raises(HeaderSeenError):
        compress(io.BytesIO(CSV), sink, compression="zip", member=MEMBER, modified=MODIFIED, size=size)
    header = sink.getvalue()
    assert header[:4] == b"PK\x03\x04"
    assert int.from_bytes(header[4:6], "little") == version
    sizes = header[18:26]
    assert sizes == (b"\xff" * 8 if version == 45 else bytes(8))


def test_a_gzip_names_no_file_and_no_time() -> None:
    result, _ = packed(CSV, "gzip")
    assert result[:10] == b"\x1f\x8b\x08\x00\x00\x00\x00\x00\x00\xff"


TOOLS = [("zip", ["unzip", "-tqq"]), ("gzip", ["gzip", "-t"]), ("zstd", ["zstd", "-tq"])]


@pytest.mark.parametrize(("compression", "command"), TOOLS, ids=[tool[0] for _, tool in TOOLS])
def test_the_usual_programs_accept_the_file(compression: str, command: list[str], tmp_path: Path) -> None:
    if shutil.which(command[0]) is None:
        pytest.skip(f"NOT CHECKED: {command[0]} is not installed")
    suffix = {"zip": "zip", "gzip": "gz", "zstd": "zst"}[compression]
    path = tmp_path / f"file.{suffix}"
    path.write_bytes(packed(CSV, compression)[0])
    assert subprocess.run([*command, path], check=False, capture_output=True).returncode == 0


@pytest.mark.parametrize("cut", [1, 1000])
@pytest.mark.parametrize("compression", ["zip", "gzip", "zstd"])
def test_a_cut_file_is_found_out_by_its_reader(compression: str, cut: int) -> None:
    """What is published says of itself when it is not whole."""
    result, found = packed(CSV, compression)
    broken = result[:-cut]
    assert sha256(broken) != found.sha256
    if compression == "zstd":
        decompressor = zstandard.ZstdDecompressor().decompressobj()
        decompressor.decompress(broken)
        assert not decompressor.eof
    else:
        with pytest.raises((zipfile.BadZipFile, EOFError)):
            unpacked(broken, compression)


@pytest.mark.parametrize("compression", COMPRESSIONS)
@pytest.mark.parametrize("size", [len(CSV) - 1, len(CSV) + 1, 0])
def test_a_source_of_another_size_is_refused(compression: str, size: int) -> None:
    with pytest.raises(TerminalError, match="Clear the extract task"):
        packed(CSV, compression, size=size)


@pytest.mark.parametrize("member", ["../x.csv", "/abs.csv", "a/b.csv", "..", ".", "", "C:\\x.csv", "a\0.csv"])
def test_a_member_is_a_plain_name(member: str) -> None:
    """No archive of ours can write outside the folder it is unpacked in."""
    with pytest.raises(ValueError, match="not a plain file name"):
        packed(b"x", "zip", member=member)
