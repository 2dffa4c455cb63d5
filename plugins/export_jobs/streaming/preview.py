"""Read the first rows of a file as texts, each cell exactly as in the file; nothing is staged or delivered."""

from __future__ import annotations

import io
import re
from collections.abc import Iterator
from dataclasses import dataclass

from export_jobs.core.definitions.job import FileOptions
from export_jobs.core.sql.compiled import Column, CompiledExport
from export_jobs.errors import TerminalError
from export_jobs.streaming.base.limits import QueryTimeoutError
from export_jobs.streaming.base.read_options import ReadOptions
from export_jobs.streaming.base.sink import TooLargeError
from export_jobs.streaming.source import Source

ROWS = 50
PREVIEW_TIMEOUT_S = 10
MAX_PREVIEW_BYTES = 16 << 20
# All cells are quoted and NULL is bare, so reading back gives exactly what was written.
_CELL = re.compile(r'(?:"([^"]*(?:""[^"]*)*)")?([,\n])')


@dataclass(frozen=True)
class Preview:
    """The first rows of an export. A cell without a value is None; ``truncated``: there are more rows than these."""

    columns: tuple[Column, ...]
    rows: list[list[str | None]]
    truncated: bool


def first_rows(
    source: Source,
    export: CompiledExport,
    options: FileOptions,
    *,
    time_zone: str,
    application_name: str,
    limit: int = ROWS,
    timeout_s: int = PREVIEW_TIMEOUT_S,
) -> Preview:
    """Return the first ``limit`` rows of ``export``, read as in a run, within ``timeout_s`` seconds.

    Raises what a run raises, and ``TerminalError`` if these rows take too long or have more than 16 MiB.
    """
    written = io.BytesIO()
    readable = FileOptions(
        quoting="all",
        header=False,
        line_ending="lf",
        escape_formulas=options.escape_formulas,
        line_breaks=options.line_breaks,
        max_bytes=MAX_PREVIEW_BYTES,
    )
    try:
        source.extract(export, readable, written, ReadOptions(time_zone, application_name, timeout_s, limit + 1))
    except QueryTimeoutError:
        raise TerminalError(
            f"Template {export.template!r}: the preview took longer than {timeout_s} s",
            "Choose a shorter window; a run has more time than a preview",
        ) from None
    except TooLargeError:
        raise TerminalError(
            f"Template {export.template!r}: the first {limit} rows are too large for a preview", "Ask for fewer rows"
        ) from None
    rows = list(_rows(written.getvalue().decode()))
    return Preview(export.columns, rows[:limit], truncated=len(rows) > limit)


def _rows(text: str) -> Iterator[list[str | None]]:
    row: list[str | None] = []
    for cell in _CELL.finditer(text):
        row.append(None if cell[1] is None else cell[1].replace('""', '"'))
        if cell[2] == "\n":
            yield row
            row = []
