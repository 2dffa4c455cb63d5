"""Extract a ``CompiledExport`` as CSV through a driver's cursor, in batches and in constant memory."""

from __future__ import annotations

import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from functools import partial
from typing import Any

from export_jobs.core.base.deadline import Deadline
from export_jobs.core.catalogue.database_types import ResultColumn
from export_jobs.core.definitions.job import FileOptions
from export_jobs.core.sql.checks.shape import read_shape
from export_jobs.core.sql.compiled import CompiledExport
from export_jobs.errors import TerminalError
from export_jobs.streaming.base.limits import QueryTimeoutError
from export_jobs.streaming.base.read_options import ReadOptions
from export_jobs.streaming.base.sink import ByteSink
from export_jobs.streaming.csv.sink import CsvSink, ExtractResult
from export_jobs.streaming.csv.text import RowWriter
from export_jobs.streaming.cursor.errors import translate_driver_errors
from export_jobs.streaming.cursor.sessions import CursorSession

BATCH_ROWS = 1000


class CursorSnapshot:
    """A transaction in a driver's session: as of one instant, if the database keeps that for a transaction."""

    def __init__(self, session: CursorSession, read_options: ReadOptions) -> None:
        self._session = session
        self._read_options = read_options

    def extract(self, export: CompiledExport, options: FileOptions, sink: ByteSink) -> ExtractResult:
        """Write the rows of ``export`` to ``sink`` as CSV, at most ``max_rows`` of them.

        Returns only for a complete result. Raises ``TransientError`` for errors that may pass, ``TerminalError`` for
        others: a query that is refused or too slow, a precondition that fails, a cell that is not of its column's type,
        a file that is too large.
        """
        read_options, session = self._read_options, self._session
        output = CsvSink(sink, export, options)
        with Deadline(read_options.statement_timeout_s, session.interrupt) as deadline:
            _check_preconditions(session, export, deadline)
            cursor = _run(session, export, deadline)
            output.begin(len(cursor.description or ()))
            short = {
                place for place, column in enumerate(cursor.description or ()) if session.is_short_float(column[1])
            }
            writer = RowWriter(export, options, read_options.time_zone, short)
            rows = 0
            for batch in _batches(cursor, export.template, deadline, read_options.max_rows):
                output.write(writer.lines(batch), len(batch))
                rows += len(batch)
        return output.finish(rows)


@contextmanager
def open_cursor_snapshot(
    session: CursorSession, exports: Sequence[CompiledExport], read_options: ReadOptions
) -> Iterator[CursorSnapshot]:
    """Open a transaction to read ``exports``; their columns are looked up before any row is read.

    Raises what ``CursorSnapshot.extract`` and ``check_shape`` raise. After an error the session is closed.
    """
    template = exports[0].template
    try:
        with Deadline(read_options.statement_timeout_s, session.interrupt) as deadline:
            with translate_driver_errors(template, deadline):
                session.begin(read_options.time_zone)
            for export in exports:
                shape = read_shape(export, partial(_describe, session, export.template, deadline))
                read_options.check_shape(export, shape)
        yield CursorSnapshot(session, read_options)
        with (
            Deadline(read_options.statement_timeout_s, session.interrupt) as deadline,
            translate_driver_errors(template, deadline),
        ):
            session.end()
    except BaseException:
        session.interrupt()
        session.close()
        raise


def extract_by_cursor(
    session: CursorSession,
    export: CompiledExport,
    options: FileOptions,
    sink: ByteSink,
    read_options: ReadOptions,
) -> ExtractResult:
    """Read one export in its own transaction."""
    with open_cursor_snapshot(session, [export], read_options) as snapshot:
        return snapshot.extract(export, options, sink)


def _describe(session: CursorSession, template: str, deadline: Deadline, query: str) -> list[ResultColumn]:
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
        return session.read(export.sql, export.parameters, [column.type for column in export.columns])


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
