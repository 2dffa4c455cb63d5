"""``CompiledExport`` -> CSV bytes: ``COPY (…) TO STDOUT`` read at libpq level, in constant memory."""

from __future__ import annotations

import math
from typing import Any

import psycopg
from psycopg import sql

from export_jobs.core.definitions.job import FileOptions
from export_jobs.core.sql.compiled import CompiledExport
from export_jobs.errors import TerminalError
from export_jobs.streaming.base.limits import QueryLimits
from export_jobs.streaming.csv.sink import CsvSink
from export_jobs.streaming.postgres.copy_stream import CopyStream

DEAD_SERVER_S = 120
BATCH_BYTES = 1 << 17


def copy_rows(
    connection: psycopg.Connection[Any],
    export: CompiledExport,
    options: FileOptions,
    output: CsvSink,
    limits: QueryLimits,
) -> int:
    """Write the rows of ``export`` into ``output``; return their number, which the server has confirmed.

    Raises ``psycopg.Error``, and ``TerminalError`` for a result that is incomplete or does not match the headings.
    """
    statement = _statement(connection, export, options)
    stream = CopyStream(connection, statement, limits.began + limits.statement_timeout_s + DEAD_SERVER_S)
    return _write(stream, export.template, options, output)


def check_preconditions(connection: psycopg.Connection[Any], export: CompiledExport, limits: QueryLimits) -> None:
    """Raise ``TerminalError`` if a precondition fails; set the rest of the query's time as the next time limit."""
    for condition in export.preconditions:
        # With values, even none, psycopg reads %% as % and sends one statement only.
        found = connection.execute(condition.sql.encode(), {}).fetchone()
        if found:
            raise TerminalError(condition.what, condition.remedy)
        rest_ms = max(math.ceil(limits.remaining_s * 1000), 1)
        connection.execute(sql.SQL("SET LOCAL statement_timeout = {}").format(f"{rest_ms}ms"))


def _statement(connection: psycopg.Connection[Any], export: CompiledExport, options: FileOptions) -> bytes:
    """Return the COPY statement; the driver quotes the values, since COPY takes no parameters."""
    query = psycopg.ClientCursor(connection).mogrify(export.sql.encode(), export.parameters)
    # We write the header: a name in the database has at most 63 bytes, but a heading may have more.
    copy_options = sql.SQL("FORMAT csv, HEADER false, DELIMITER {}, NULL {}{}").format(
        options.delimiter,
        options.null_text,
        sql.SQL(", FORCE_QUOTE *" if options.quoting == "all" else ""),
    )
    # Line breaks keep a comment at the end of the query from swallowing the rest.
    return b"COPY (\n%s\n) TO STDOUT (%s)" % (query.encode(), copy_options.as_bytes(connection))


def _write(stream: CopyStream, template: str, options: FileOptions, output: CsvSink) -> int:
    """Write the result into ``output``; return the number of rows, which the server has confirmed."""
    output.begin(stream.columns)
    seen = 0
    for batch, records in stream.batches(BATCH_BYTES):
        seen += records
        output.write(_with_crlf(batch, records) if options.line_ending == "crlf" else batch, records)
    if stream.confirmed_rows != seen:
        raise TerminalError(
            f"Template {template!r}: the database sent {stream.confirmed_rows} rows, but {seen} arrived. "
            "Nothing is delivered",
            "Look for a proxy between worker and database, then clear this task",
        )
    return seen


def _with_crlf(batch: bytearray, records: int) -> bytes | bytearray:
    """Return the records with CR LF at their ends, as RFC 4180 requires; line feeds inside a cell stay unchanged."""
    if batch.count(b"\n") == records:
        return batch.replace(b"\n", b"\r\n")
    # A cell with a line feed is in quotes, and a quote inside a cell is doubled: every even part is outside.
    parts = batch.split(b'"')
    parts[::2] = [part.replace(b"\n", b"\r\n") for part in parts[::2]]
    return b'"'.join(parts)
