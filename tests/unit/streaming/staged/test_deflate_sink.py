"""Rows packed in a thread: the same bytes however they come, and no error of the thread lost."""

from __future__ import annotations

import errno
import hashlib
import io
import itertools
import threading
import time
import zlib
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from export_jobs.core.files.export_file import PackedRows
from export_jobs.errors import TerminalError
from export_jobs.streaming.staged.deflate_sink import BLOCK_BYTES, WAITING_CHUNKS, DeflateSink

ROWS = b"".join(b"%d,%d,store %d\r\n" % (i, i * 7919 % 23570, i % 90) for i in range(60_000))


def pack(*chunks: bytes, level: int = 2) -> tuple[bytes, PackedRows]:
    file = io.BytesIO()
    with DeflateSink(file, "sales", level) as sink:
        for chunk in chunks:
            sink.write(chunk)
        sums = sink.finish()
    return file.getvalue(), sums


@pytest.mark.parametrize("level", [1, 2, 3])
@pytest.mark.parametrize("content", [ROWS, b"", b"a\r\n", bytes(BLOCK_BYTES), bytes(3 * BLOCK_BYTES)], ids=len)
def test_the_stream_holds_the_rows_and_the_sums_are_true(content: bytes, level: int) -> None:
    stream, sums = pack(content, level=level)
    assert zlib.decompress(stream, -15) == content
    assert sums == PackedRows(
        bytes=len(content),
        crc32=zlib.crc32(content),
        sha256=hashlib.sha256(content).hexdigest(),
        packed_bytes=len(stream),
        packed_sha256=hashlib.sha256(stream).hexdigest(),
    )


@settings(max_examples=30)
@given(st.lists(st.integers(0, len(ROWS)), max_size=20))
def test_the_stream_does_not_depend_on_how_the_rows_come(cuts: list[int]) -> None:
    """Else a file's bytes would depend on the database, the batches of a release, or the network."""
    edges = [0, *sorted(cuts), len(ROWS)]
    assert pack(*(ROWS[start:end] for start, end in itertools.pairwise(edges))) == pack(ROWS)


class FullDisk(io.BytesIO):
    def write(self, chunk: Any) -> int:
        raise OSError(errno.ENOSPC, "no space")


def test_what_fails_in_the_thread_is_raised_where_the_rows_come_from() -> None:
    with (
        DeflateSink(FullDisk(), "template 'sales'") as sink,
        pytest.raises(TerminalError, match=r"no space left.*'sales'"),
    ):
        for _ in range(1000):
            sink.write(ROWS)
    with (
        DeflateSink(FullDisk(), "template 'sales'") as sink,
        pytest.raises(TerminalError, match=r"no space left.*'sales'"),
    ):
        sink.write(ROWS)
        sink.finish()


def test_rows_wait_for_the_thread_so_that_memory_is_bounded() -> None:
    go_on = threading.Event()

    class Slow(io.BytesIO):
        def write(self, chunk: Any) -> int:
            go_on.wait(30)
            return super().write(chunk)

    given_over = 0

    def give() -> None:
        nonlocal given_over
        for _ in range(10 * WAITING_CHUNKS):
            sink.write(ROWS)
            given_over += 1
        sink.finish()

    with DeflateSink(Slow(), "sales") as sink:
        giver = threading.Thread(target=give)
        giver.start()
        time.sleep(0.5)
        waiting = given_over
        go_on.set()
        giver.join()
    assert waiting <= WAITING_CHUNKS + 2
    assert given_over == 10 * WAITING_CHUNKS


def test_an_error_of_the_reader_ends_the_thread() -> None:
    before = threading.active_count()
    with pytest.raises(KeyError), DeflateSink(io.BytesIO(), "sales") as sink:
        sink.write(ROWS)
        raise KeyError
    assert threading.active_count() == before
