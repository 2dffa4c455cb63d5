"""``CompiledExport`` -> CSV bytes through a driver's cursor, in batches, in memory that does not grow with rows."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from typing import Any, BinaryIO

from export_jobs.core.base.deadline import Deadline
from export_jobs.core.catalogue.database_types import ResultColumn
from export_jobs.core.definitions.job import FileOptions
from export_jobs.core.sql.compiled import CompiledExport
from export_jobs.core.sql.shape import read_shape
from export_jobs.errors import TerminalError
from export_jobs.streaming.base.limits import QueryTimeoutError
from export_jobs.streaming.base.read_options import ReadOptions
from export_jobs.streaming.csv.sink import CsvSink, ExtractResult
from export_jobs.streaming.csv.text import RowWriter
from export_jobs.streaming.cursor.errors import translate_driver_errors
from export_jobs.streaming.cursor.sessions import CursorSession

BATCH_ROWS = 1000


def extract_by_cursor(
    session: CursorSession,
    export: CompiledExport,
    options: FileOptions,
    sink: BinaryIO,
    read_options: ReadOptions,
) -> ExtractResult:
    """Run ``export`` in ``session`` and write its rows to ``sink`` as CSV.

    No more than ``max_rows`` rows are read. Returns only for a complete result.

    Raises ``TransientError`` for what may pass, ``TerminalError`` for what cannot: a query that is refused or too slow,
    a precondition that fails, a cell that is not of its column's type, a file too large. The session is closed then.
    """
    output = CsvSink(sink, export, options)
    try:
        with Deadline(read_options.statement_timeout_s, session.interrupt) as deadline:
            with translate_driver_errors(export.template, deadline):
                session.begin(read_options.time_zone)
            shape = read_shape(export, lambda query: _describe(session, query, export.template, deadline))
            read_options.check_shape(export, shape)
            _check_preconditions(session, export, deadline)
            cursor = _run(session, export, deadline)
            output.begin(len(cursor.description or ()))
            writer = RowWriter(export, options, read_options.time_zone)
            rows = 0
            for batch in _batches(cursor, export.template, deadline, read_options.max_rows):
                output.write(writer.lines(batch))
                rows += len(batch)
            with translate_driver_errors(export.template, deadline):
                session.end()
    except BaseException:
        session.interrupt()
        session.close()
        raise
    return output.finish(rows)


def _describe(session: CursorSession, query: str, template: str, deadline: Deadline) -> list[ResultColumn]:
    with translate_driver_errors(template, deadline):
        return session.describe(query)


def _check_preconditions(session: CursorSession, export: CompiledExport, deadline: Deadline) -> None:
    for condition in export.preconditions:
        with translate_driver_errors(export.template, deadline):
            found = session.query(condition.sql, {}).fetchmany(1)
        if found:
            raise TerminalError(condition.what, condition.remedy)


def _run(session: CursorSession, export: CompiledExport, deadline: Deadline) -> Any:
    with translate_driver_errors(export.template, deadline):
        return session.query(export.sql, export.parameters)


def _batches(cursor: Any, template: str, deadline: Deadline, max_rows: int | None) -> Iterator[list[tuple[Any, ...]]]:
    left = sys.maxsize if max_rows is None else max_rows
    while left:
        with translate_driver_errors(template, deadline):
            rows = cursor.fetchmany(min(BATCH_ROWS, left))
        if deadline.has_passed:  # a driver that cannot be interrupted
            raise QueryTimeoutError.after(deadline.seconds, template)
        if not rows:
            return
        yield rows
        left -= len(rows)
