"""Archives checked by other programs: zipfile, gzip, zstandard and, where they are installed, unzip and zstd."""

from __future__ import annotations

import gzip
import hashlib
import io
import random
import shutil
import subprocess
import zipfile
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, get_args

import pytest
import zstandard
from hypothesis import given, settings
from hypothesis import strategies as st

from export_jobs.core.definitions.job import Compression
from export_jobs.core.files.export_file import PackedRows
from export_jobs.errors import TerminalError
from export_jobs.streaming.compress import CompressionResult, compress
from export_jobs.streaming.staged.deflate_sink import DeflateSink

COMPRESSIONS = get_args(Compression)
MEMBER = "retail__purchases__1997-01-01.csv"
MODIFIED = datetime(1997, 1, 1, 23, tzinfo=UTC)
CSV = "".join(f"{i},{i * 7919 % 23570},Größe {i % 90}\r\n" for i in range(60_000)).encode()


def staged(content: bytes) -> tuple[bytes, PackedRows]:
    """Rows as the extraction stages them."""
    file = io.BytesIO()
    with DeflateSink(file, "test") as sink:
        sink.write(content)
        sums = sink.finish()
    return file.getvalue(), sums


def packed(content: bytes, compression: Compression, **changes: Any) -> tuple[bytes, CompressionResult]:
    stream, sums = staged(content)
    sink = io.BytesIO()
    arguments = {"packed": sums, "member": MEMBER, "modified": MODIFIED, **changes}
    found = compress(io.BytesIO(stream), sink, compression=compression, **arguments)
    return sink.getvalue(), found


def unpacked(content: bytes, compression: Compression) -> bytes:
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
def test_what_comes_out_is_what_went_in_and_its_sum_is_true(compression: Compression, content: bytes) -> None:
    result, found = packed(content, compression)
    assert unpacked(result, compression) == content
    assert found == CompressionResult(len(result), sha256(result))


@settings(max_examples=60)
@given(st.sampled_from(COMPRESSIONS), st.binary(max_size=5000))
def test_any_bytes_come_back(compression: Compression, content: bytes) -> None:
    assert unpacked(packed(content, compression)[0], compression) == content


@pytest.mark.parametrize("compression", COMPRESSIONS)
def test_a_rerun_gives_the_same_bytes_however_the_source_is_read(compression: Compression) -> None:
    class Hesitant(io.BytesIO):
        """Gives back fewer bytes than asked for, as a network file does."""

        def read(self, size: int | None = -1) -> bytes:
            return super().read(min(size or 0, 70_001))

    stream, sums = staged(CSV)
    sink = io.BytesIO()
    compress(
        Hesitant(stream),
        sink,
        packed=sums,
        compression=compression,
        member=MEMBER,
        modified=MODIFIED,
    )
    assert packed(CSV, compression)[0] == packed(CSV, compression)[0] == sink.getvalue()


def test_a_gzip_names_no_file_and_no_time() -> None:
    result, _ = packed(CSV, "gzip")
    assert result[:10] == b"\x1f\x8b\x08\x00\x00\x00\x00\x00\x00\xff"


TOOLS = [("zip", ["unzip", "-tqq"]), ("gzip", ["gzip", "-t"]), ("zstd", ["zstd", "-tq"])]


@pytest.mark.parametrize(("compression", "command"), TOOLS, ids=[tool[0] for _, tool in TOOLS])
def test_the_usual_programs_accept_the_file(compression: Compression, command: list[str], tmp_path: Path) -> None:
    if shutil.which(command[0]) is None:
        pytest.skip(f"NOT CHECKED: {command[0]} is not installed")
    suffix = {"zip": "zip", "gzip": "gz", "zstd": "zst"}[compression]
    path = tmp_path / f"file.{suffix}"
    path.write_bytes(packed(CSV, compression)[0])
    assert subprocess.run([*command, path], check=False, capture_output=True).returncode == 0


@pytest.mark.parametrize("cut", [1, 1000])
@pytest.mark.parametrize("compression", ["zip", "gzip", "zstd"])
def test_a_cut_file_is_found_out_by_its_reader(compression: Compression, cut: int) -> None:
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
@pytest.mark.parametrize("change", ["cut", "longer", "other", "bytes", "crc32", "packed_sha256"])
def test_other_rows_than_those_that_were_extracted_are_refused(compression: Compression, change: str) -> None:
    stream, sums = staged(CSV)
    content = {"cut": stream[:-1], "longer": stream + b"x", "other": stream[:5000] + b"?" + stream[5001:]}
    if change == "packed_sha256" or (change in {"bytes", "crc32"} and compression in {"zstd", "none"}):
        wrong: Any = "0" * 64 if change == "packed_sha256" else getattr(sums, change) + 1
        sums = sums.model_copy(update={change: wrong})
    elif change not in content:
        return  # what zip and gzip say of the text is for its reader to check
    with pytest.raises(TerminalError, match="Clear the extract task"):
        compress(
            io.BytesIO(content.get(change, stream)),
            io.BytesIO(),
            packed=sums,
            compression=compression,
            member=MEMBER,
            modified=MODIFIED,
        )


@pytest.mark.parametrize("member", ["../x.csv", "/abs.csv", "a/b.csv", "..", ".", "", "C:\\x.csv", "a\0.csv"])
def test_a_member_is_a_plain_name(member: str) -> None:
    """No archive of ours can write outside the folder it is unpacked in."""
    with pytest.raises(ValueError, match="not a plain file name"):
        packed(b"x", "zip", member=member)
