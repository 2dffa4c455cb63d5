"""``CompiledExport`` -> CSV bytes: ``COPY (…) TO STDOUT`` read at libpq level, in constant memory."""

from __future__ import annotations

import math
from contextlib import suppress
from typing import Any, BinaryIO

import psycopg
from psycopg import sql
from psycopg.pq import TransactionStatus

from export_jobs.core.definitions.job import FileOptions
from export_jobs.core.sql.compiled import CompiledExport
from export_jobs.core.sql.shape import depends_on_plan, read_shape
from export_jobs.errors import TerminalError
from export_jobs.streaming.base.limits import QueryLimits
from export_jobs.streaming.base.read_options import ReadOptions
from export_jobs.streaming.csv.sink import CsvSink, ExtractResult
from export_jobs.streaming.postgres.copy_stream import CopyStream
from export_jobs.streaming.postgres.described import describe
from export_jobs.streaming.postgres.errors import translate_postgres_errors
from export_jobs.streaming.postgres.tables import refuse_other_tables, refuse_rewritten_tables
from export_jobs.streaming.postgres.transaction import begin_transaction, use_one_plan

LOCK_TIMEOUT_S = 60
DEAD_SERVER_S = 120
CANCEL_S = 5
BATCH_BYTES = 1 << 17


def extract_by_copy(
    connection: psycopg.Connection[Any],
    export: CompiledExport,
    options: FileOptions,
    sink: BinaryIO,
    read_options: ReadOptions,
    *,
    lock_timeout_s: int = LOCK_TIMEOUT_S,
) -> ExtractResult:
    """Run ``export`` on ``connection`` and write its rows to ``sink`` as CSV.

    Every row of ``export``: ``max_rows`` is for whoever makes the statement. Returns only for a complete result; the
    transaction is over then, so nothing holds a snapshot while the file is compressed and sent.

    Raises ``TransientError`` for what may pass (connection, lock, conflict), ``TerminalError`` for what cannot
    (unknown column, no permission, precondition, cancelled, too long, too large, no space). The connection is closed
    then.
    """
    limits = QueryLimits(export.template, read_options.statement_timeout_s, lock_timeout_s)
    output = CsvSink(sink, export, options)
    try:
        with translate_postgres_errors(limits):
            search_path = begin_transaction(connection, read_options, limits)
            refuse_other_tables(connection, export, search_path)
            # What is described is locked until the end, so that it is still the same when it is read.
            shape = read_shape(export, lambda query: describe(connection, query))
            read_options.check_shape(export, shape)
            if depends_on_plan(export, shape):
                use_one_plan(connection)
            _check_preconditions(connection, export, limits)
            statement = _statement(connection, export, options)
            stream = CopyStream(connection, statement, limits.began + limits.statement_timeout_s + DEAD_SERVER_S)
            rows = _write(stream, export.template, options, output)
            refuse_rewritten_tables(connection, export.template)
            connection.execute("COMMIT")
    except BaseException:
        _abandon(connection)
        raise
    return output.finish(rows)


def _check_preconditions(connection: psycopg.Connection[Any], export: CompiledExport, limits: QueryLimits) -> None:
    for condition in export.preconditions:
        # With values, even none, psycopg reads %% as % and sends one statement only.
        found = connection.execute(condition.sql.encode(), {}).fetchone()
        if found:
            raise TerminalError(condition.what, condition.remedy)
        rest_ms = max(math.ceil(limits.remaining_s * 1000), 1)
        connection.execute(sql.SQL("SET LOCAL statement_timeout = {}").format(f"{rest_ms}ms"))


def _statement(connection: psycopg.Connection[Any], export: CompiledExport, options: FileOptions) -> bytes:
    """The COPY statement; values are quoted by the driver, since COPY takes no parameters."""
    query = psycopg.ClientCursor(connection).mogrify(export.sql.encode(), export.parameters)
    # The header is ours: a name inside the database has at most 63 bytes, a heading may have more.
    copy_options = sql.SQL("FORMAT csv, HEADER false, DELIMITER {}, NULL {}{}").format(
        options.delimiter,
        options.null_text,
        sql.SQL(", FORCE_QUOTE *" if options.quoting == "all" else ""),
    )
    # Line breaks keep a comment at the end of the query from swallowing the rest.
    return b"COPY (\n%s\n) TO STDOUT (%s)" % (query.encode(), copy_options.as_bytes(connection))


def _write(stream: CopyStream, template: str, options: FileOptions, output: CsvSink) -> int:
    """Write the result into ``output``; returns the number of rows, which the server has confirmed."""
    output.begin(stream.columns)
    seen = 0
    for batch, records in stream.batches(BATCH_BYTES):
        seen += records
        output.write(_with_crlf(batch, records) if options.line_ending == "crlf" else batch)
    if stream.confirmed_rows != seen:
        raise TerminalError(
            f"Template {template!r}: the database sent {stream.confirmed_rows} rows, but {seen} arrived. "
            "Nothing is delivered",
            "Look for a proxy between worker and database, then clear this task",
        )
    return seen


def _with_crlf(batch: bytearray, records: int) -> bytes | bytearray:
    """The records with CR LF at their ends, as RFC 4180 asks; line feeds inside a cell stay what they are."""
    if batch.count(b"\n") == records:
        return batch.replace(b"\n", b"\r\n")
    # A cell with a line feed stands in quotes, and a quote inside a cell is doubled: every even part is outside.
    parts = batch.split(b'"')
    parts[::2] = [part.replace(b"\n", b"\r\n") for part in parts[::2]]
    return b'"'.join(parts)


def _abandon(connection: psycopg.Connection[Any]) -> None:
    """End the query on the server too: it would else sort on until it next tries to send a row."""
    with suppress(psycopg.Error, OSError):
        if connection.info.transaction_status is TransactionStatus.ACTIVE:
            connection.cancel_safe(timeout=CANCEL_S)
    connection.close()
