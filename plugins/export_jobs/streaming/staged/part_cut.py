"""Whole records -> parts: cut after a number of rows, or before a part would have more bytes than it may.

Where a part ends is decided by the text alone, never by how it happens to arrive: a rerun's parts are the same.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from export_jobs.core.definitions.job import FileSplit
from export_jobs.core.files.names import MAX_FILE_PARTS
from export_jobs.errors import TerminalError
from export_jobs.streaming.formats.staged_table import last_end


@dataclass(frozen=True)
class RecordText:
    """Records as blocks of whole ones, each ended by a line feed. ``has_quotes``: one in quotes ends no record.

    ``head_bytes``: of what each part begins with, such as headings.
    """

    template: str
    blocks: Iterator[bytes]
    has_quotes: bool
    head_bytes: int = 0


class PartCutter:
    """Cuts records into parts, in order. Each part has to be read to its end before the next one is asked for."""

    def __init__(self, text: RecordText, split: FileSplit) -> None:
        self._text, self._split = text, split
        self._rest = next(text.blocks, b"")
        self.number = 0
        self.rows = 0
        """Of the part that is read, so far."""

    def __iter__(self) -> Iterator[Iterator[bytes]]:
        """The records of each part. Where there are none at all, one part without any.

        Raises ``TerminalError`` for more than ``MAX_FILE_PARTS`` parts and for a record that no part has room for.
        """
        while not self.number or self._rest:
            self.number += 1
            if self.number > MAX_FILE_PARTS:
                raise TerminalError(
                    f"Template {self._text.template!r} would have more than {MAX_FILE_PARTS} parts",
                    "Allow larger parts (file.split), export shorter windows, or filter the rows",
                )
            self.rows = 0
            yield self._part()

    def _part(self) -> Iterator[bytes]:
        used = self._text.head_bytes
        while self._rest:
            end = self._fitting_end(used)
            if not end and not self.rows:
                raise TerminalError(
                    f"Template {self._text.template!r}: a row does not fit into a part of {self._split.bytes} bytes",
                    "Create a new job with larger parts (file.split), or leave out a long column",
                )
            if end:
                taken, self._rest = self._rest[:end], self._rest[end:]
                self.rows += count_records(taken, has_quotes=self._text.has_quotes)
                used += end
                yield taken
            if self._rest:
                return
            self._rest = next(self._text.blocks, b"")
            if self.rows == self._split.rows:
                return

    def _fitting_end(self, used: int) -> int:
        """How many bytes of the block still go into the part; whole records only."""
        block, has_quotes = self._rest, self._text.has_quotes
        if self._split.rows is not None:
            return end_of_records(block, self._split.rows - self.rows, has_quotes=has_quotes)
        room = (self._split.bytes or 0) - used
        if len(block) <= room:
            return len(block)
        if room <= 0:
            return 0
        return last_end(block, room) if has_quotes else block.rfind(b"\n", 0, room) + 1


def count_records(block: bytes, *, has_quotes: bool) -> int:
    """How many records a block of whole ones has."""
    if has_quotes and b'"' in block:
        block = b"".join(block.split(b'"')[::2])
    return block.count(b"\n")


def end_of_records(block: bytes, records: int, *, has_quotes: bool) -> int:
    """Where the first ``records`` of a block of whole records end: its own end when it has no more than that."""
    if count_records(block, has_quotes=has_quotes) <= records:
        return len(block)
    end = is_inside = 0
    while records:
        start, end = end, block.index(b"\n", end) + 1
        if has_quotes:
            is_inside ^= block.count(b'"', start, end) % 2
        records -= not is_inside
    return end
