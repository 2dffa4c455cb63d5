"""The staged rows of one template, and how they are read back: NULL is never an empty text.

They are CSV as ``COPY`` writes it, in one dialect for all jobs: line feed, no heading, NULL as ``\\N`` without quotes;
a text ``\\N`` is in quotes. Cells are separated by a character that texts hardly ever contain, so that few need quotes:
text without quotes is split by Python's own methods, three times as fast.
"""

from __future__ import annotations

import csv
import io
import re
import sys
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from export_jobs.core.definitions.job import FileOptions
from export_jobs.core.files.names import MAX_FILE_PARTS
from export_jobs.core.sql.compiled import Column
from export_jobs.errors import TerminalError
from export_jobs.streaming.formats.count import Cells, ColumnCounts

NULL = "\\N"
_NO_HEAD = {"header": False, "bom": False, "encoding": "utf-8", "unencodable": "fail"}
DELIMITER = "\x1f"
"""ASCII's unit separator."""
PARQUET_DELIMITER = ","
"""pyarrow reads quotes as fast, and its row groups end where the text says: a rerun gives the same bytes."""
STAGED_DIALECT = FileOptions(header=False, null_text=NULL, line_ending="lf", delimiter=DELIMITER)
PARSED_BYTES = 1 << 16
"""With more, the garbage collector would walk over more cells again and again, and caches would overflow."""

_EMPTY_TEXT = [""]
"""The row of an empty line: in a file of one column it is an empty text."""
_NULL_IN_QUOTES = f'"{NULL}"'


@dataclass(frozen=True)
class StagedTable:
    """The rows for a file. ``chunks`` can be read once; ``template`` names it in errors.

    ``options``: those of the file, for text formats. ``delimiter``: between two staged cells. ``counts``: the numbers
    of the rows that were read.
    """

    template: str
    columns: tuple[Column, ...]
    chunks: Iterable[bytes]
    options: FileOptions = STAGED_DIALECT
    delimiter: str = DELIMITER
    counts: ColumnCounts = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "counts", ColumnCounts(self.columns))

    def blocks(self, size: int) -> Iterator[bytes]:
        """Yield whole records, at most ``size`` bytes at a time unless a single record is longer.

        Blocks end where the text says, never where a chunk happens to end: the result is the same each time.
        """
        pending = bytearray()
        wanted = size
        for chunk in self.chunks:
            pending += chunk
            while len(pending) >= wanted:
                if end := block_end(pending, size):
                    yield bytes(pending[:end])
                    del pending[:end]
                    wanted = size
                else:
                    wanted = 2 * len(pending)
        while pending:
            end = block_end(pending, size) or len(pending)
            yield bytes(pending[:end])
            del pending[:end]

    def batches(self) -> Iterator[list[Cells]]:
        """Yield the cells of each block, column by column; None is NULL."""
        for block in self.blocks(PARSED_BYTES):
            columns = self._columns(block.decode())
            self.counts.add(columns)
            yield columns

    def _columns(self, text: str) -> list[Cells]:
        if _NULL_IN_QUOTES in text:
            columns = _columns_with_nulls_in_quotes(text, self.delimiter)
        elif '"' in text:
            columns = _columns_with_quotes(text, self.delimiter)
        else:
            return self._plain_columns(text)
        if len(columns) != len(self.columns):
            raise self._wrong_cells(f"each staged row has {len(columns)} cells")
        return columns

    def _plain_columns(self, text: str) -> list[Cells]:
        """Return the columns of a text without quotes."""
        width, rows = len(self.columns), text.count("\n")
        cells = text.removesuffix("\n").replace("\n", self.delimiter).split(self.delimiter)
        if len(cells) != width * rows:
            raise self._wrong_cells(f"{rows} staged rows have {len(cells)} cells")
        return [_with_nulls(cells[place::width]) for place in range(width)]

    def _wrong_cells(self, found: str) -> Exception:
        return self.error(f"{found}, but the file has {len(self.columns)} columns")

    def error(self, what: str, remedy: str = "Clear the extract task of this run to read the rows again") -> Exception:
        """Return an error about these rows."""
        return TerminalError(f"Template {self.template!r}: {what}", remedy)

    def cell_error(self, column: Column, what: str, remedy: str) -> Exception:
        """Return an error about a cell of ``column``; the value itself must not be logged."""
        return self.error(f"column {column.name!r} {what}", remedy)


def staged_dialect(options: FileOptions) -> FileOptions:
    """Return how rows of a job with ``options`` are staged: CSV as delivered, other formats in one dialect."""
    max_bytes = options.max_bytes * (MAX_FILE_PARTS if options.split else 1)
    if options.format == "csv":
        # The head of each part is not among the rows, and a part is encoded when it is written.
        return options if not options.split else options.model_copy(update={**_NO_HEAD, "max_bytes": max_bytes})
    kept = {key: getattr(options, key) for key in ("escape_formulas", "line_breaks")} | {"max_bytes": max_bytes}
    mark = PARQUET_DELIMITER if options.format == "parquet" else DELIMITER
    return STAGED_DIALECT.model_copy(update=kept | {"delimiter": mark})


def block_end(text: bytearray | bytes, size: int) -> int:
    """Return where the next block of at most ``size`` bytes ends; 0 if that is not known yet."""
    if len(text) < size:
        return 0
    return last_end(text, size) or _first_end(text)


def last_end(text: bytearray | bytes, limit: int) -> int:
    """Return where the last record before ``limit`` ends; 0 for none. An even number of quotes is before it."""
    end = text.rfind(b"\n", 0, limit) + 1
    is_inside = text.count(b'"', 0, end) % 2
    while end and is_inside:
        before = text.rfind(b"\n", 0, end - 1) + 1
        is_inside ^= text.count(b'"', before, end) % 2
        end = before
    return end


def _first_end(text: bytearray | bytes) -> int:
    """Return where the first record ends; 0 if it does not end yet."""
    start, is_inside = 0, 0
    while end := text.find(b"\n", start) + 1:
        is_inside ^= text.count(b'"', start, end) % 2
        if not is_inside:
            return end
        start = end
    return 0


def _with_nulls(cells: Cells) -> Cells:
    return [None if cell == NULL else cell for cell in cells] if NULL in cells else cells


def _columns_with_quotes(text: str, delimiter: str) -> list[Cells]:
    """Return the columns of a text in which only NULL reads as NULL."""
    csv.field_size_limit(sys.maxsize)  # the module's own limit is 128 kB, and a cell may have any length
    rows = csv.reader(io.StringIO(text, newline=""), strict=True, delimiter=delimiter)
    columns = zip(*(row or _EMPTY_TEXT for row in rows), strict=True)
    return [_with_nulls(column) for column in columns]


def _columns_with_nulls_in_quotes(text: str, delimiter: str) -> list[Cells]:
    cells = re.compile(rf'(?:"([^"]*(?:""[^"]*)*)"|([^"{delimiter}\n]*))([{delimiter}\n])')
    rows: list[list[str | None]] = [[]]
    for quoted, bare, end in cells.findall(text):
        # Only a bare cell can be NULL; for an empty cell both groups are empty.
        rows[-1].append(None if bare == NULL else bare or quoted.replace('""', '"'))
        if end == "\n":
            rows.append([])
    return list(zip(*rows[:-1], strict=True))
