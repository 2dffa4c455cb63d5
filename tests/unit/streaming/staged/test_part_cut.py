"""Parts end at whole records, wherever a line feed stands in quotes and however the text arrives."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from hypothesis import given
from hypothesis import strategies as st

from export_jobs.core.definitions.job import FileSplit
from export_jobs.errors import TerminalError
from export_jobs.streaming.staged import part_cut
from export_jobs.streaming.staged.part_cut import PartCutter, RecordText, count_records, end_of_records

CELLS = st.sampled_from(["a", '"b"', '"two\r\nlines"', '"says ""x"""', '"\n"', "", '""'])
RECORDS = st.lists(st.lists(CELLS, min_size=1, max_size=3).map(lambda cells: ",".join(cells).encode() + b"\r\n"))


def blocks(records: list[bytes], size: int) -> Iterator[bytes]:
    return (b"".join(records[start : start + size]) for start in range(0, len(records), size))


def parts(records: list[bytes], split: FileSplit, size: int = 3, head: bytes = b"") -> list[bytes]:
    cutter = PartCutter(RecordText("sales", blocks(records, size), has_quotes=True, head_bytes=len(head)), split)
    return [b"".join(part) for part in cutter]


@given(RECORDS, st.integers(1, 7), st.integers(1, 9))
def test_each_part_has_its_rows_and_all_of_them_are_all(records: list[bytes], rows: int, size: int) -> None:
    wanted = [b"".join(records[start : start + rows]) for start in range(0, len(records), rows)]
    assert parts(records, FileSplit(rows=rows), size) == (wanted or [b""])


@given(RECORDS, st.integers(50, 200), st.integers(1, 9))
def test_a_part_has_as_many_records_as_fit(records: list[bytes], limit: int, size: int) -> None:
    head = b"id,name\r\n"
    wanted, part = [], b""
    for record in records:
        if len(head) + len(part) + len(record) > limit:
            wanted.append(part)
            part = b""
        part += record
    assert parts(records, FileSplit(bytes=limit), size, head) == [*wanted, part]


def test_a_record_that_no_part_has_room_for_is_an_error() -> None:
    with pytest.raises(TerminalError, match="Template 'sales': a row does not fit into a part of 10 bytes"):
        parts([b"short\n", b"x" * 10 + b"\n"], FileSplit(bytes=10))
    with pytest.raises(TerminalError, match="a row does not fit"):
        parts([b"a\n"], FileSplit(bytes=10), head=b"a very long heading\n")


def test_more_parts_than_a_run_may_make_are_an_error(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(part_cut, "MAX_FILE_PARTS", 3)
    assert len(parts([b"a\n"] * 3, FileSplit(rows=1))) == 3
    with pytest.raises(TerminalError, match="Template 'sales' would have more than 3 parts"):
        parts([b"a\n"] * 4, FileSplit(rows=1))


def test_quotes_end_nothing_in_a_text_that_has_none() -> None:
    lines = b'{"a": "5\\" wide"}\n{"a": "x"}\n'
    assert count_records(lines, has_quotes=False) == 2
    assert end_of_records(lines, 1, has_quotes=False) == lines.index(b"\n") + 1
    cutter = PartCutter(RecordText("sales", iter([lines]), has_quotes=False), FileSplit(rows=1))
    assert [b"".join(part) for part in cutter] == lines.splitlines(keepends=True)


def test_the_rows_of_a_part_are_counted() -> None:
    cutter = PartCutter(RecordText("sales", iter([b'a\n"\n"\nb\n']), has_quotes=True), FileSplit(rows=2))
    counted = []
    for part in cutter:
        for _ in part:
            pass
        counted.append((cutter.number, cutter.rows))
    assert counted == [(1, 2), (2, 1)]
