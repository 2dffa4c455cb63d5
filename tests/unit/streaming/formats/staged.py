"""Staged rows for the tests of formats: cells as PostgreSQL's COPY writes them, cut into chunks at odd places."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from export_jobs.core.definitions.job import FileOptions
from export_jobs.core.sql.compiled import Column
from export_jobs.streaming.csv.text import CsvFormatter
from export_jobs.streaming.formats.staged_table import STAGED_DIALECT, StagedTable

Rows = Sequence[Sequence[str | None]]


def staged_text(rows: Rows, dialect: FileOptions = STAGED_DIALECT) -> bytes:
    csv = CsvFormatter(dialect, len(rows[0]) if rows else 1)
    return csv.lines([[csv.null if cell is None else csv.cell(cell) for cell in row] for row in rows]).encode()


def staged(columns: Sequence[Column], rows: Rows, chunk_bytes: int = 7) -> StagedTable:
    return StagedTable("sales", tuple(columns), chunks_of(staged_text(rows), chunk_bytes))


def chunks_of(text: bytes, size: int) -> Iterator[bytes]:
    return (text[start : start + size] for start in range(0, len(text), size))
