"""Cut whole records into parts: after a number of rows, or before a part would have too many bytes.

Only the text decides where a part ends, never how it arrives: a rerun's parts are the same.
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
    """Blocks of whole records, each ended by a line feed. ``has_quotes``: a line feed in quotes ends no record.

    ``head_bytes``: size of what each part starts with, such as headings.
    """

    template: str
    blocks: Iterator[bytes]
    has_quotes: bool
    head_bytes: int = 0


class PartCutter:
    """Cuts records into parts, in order. Each part must be read to its end before the next one is requested."""

    def __init__(self, text: RecordText, split: FileSplit) -> None:
        self._text, self._split = text, split
        self._rest = next(text.blocks, b"")
        self.number = 0
        self.rows = 0
        """Rows of the current part so far."""

    def __iter__(self) -> Iterator[Iterator[bytes]]:
        """Yield the records of each part. If there are no records, yield one part without any.

        Raises ``TerminalError`` for more than ``MAX_FILE_PARTS`` parts and for a record that is too large for a part.
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
        """Return how many bytes of the block still fit into the part, in whole records."""
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
    """Return how many records a block of whole records has."""
    if has_quotes and b'"' in block:
        block = b"".join(block.split(b'"')[::2])
    return block.count(b"\n")


def end_of_records(block: bytes, records: int, *, has_quotes: bool) -> int:
    """Return where the first ``records`` of a block of whole records end; the block's end if it has no more."""
    if count_records(block, has_quotes=has_quotes) <= records:
        return len(block)
    end = is_inside = 0
    while records:
        start, end = end, block.index(b"\n", end) + 1
        if has_quotes:
            is_inside ^= block.count(b'"', start, end) % 2
        records -= not is_inside
    return end
