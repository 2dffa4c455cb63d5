"""One transaction of PostgreSQL that reads any number of exports as of one instant."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from typing import Any

import psycopg
from psycopg.pq import TransactionStatus

from export_jobs.core.definitions.job import FileOptions
from export_jobs.core.sql.checks.shape import depends_on_plan, read_shape
from export_jobs.core.sql.compiled import CompiledExport
from export_jobs.streaming.base.limits import QueryLimits
from export_jobs.streaming.base.read_options import ReadOptions
from export_jobs.streaming.base.sink import ByteSink
from export_jobs.streaming.csv.sink import CsvSink, ExtractResult
from export_jobs.streaming.postgres.copy import check_preconditions, copy_rows
from export_jobs.streaming.postgres.described import describe
from export_jobs.streaming.postgres.errors import translate_postgres_errors
from export_jobs.streaming.postgres.tables import refuse_other_tables, refuse_rewritten_tables
from export_jobs.streaming.postgres.transaction import begin_transaction, use_one_plan

LOCK_TIMEOUT_S = 60
CANCEL_S = 5


class PostgresSnapshot:
    """The instant that a transaction sees. ``on_one_plan``: the templates whose bytes depend on the query plan."""

    def __init__(
        self,
        connection: psycopg.Connection[Any],
        read_options: ReadOptions,
        lock_timeout_s: int,
        on_one_plan: frozenset[str],
    ) -> None:
        self._connection = connection
        self._statement_timeout_s = read_options.statement_timeout_s
        self._lock_timeout_s = lock_timeout_s
        self._on_one_plan = on_one_plan

    def extract(self, export: CompiledExport, options: FileOptions, sink: ByteSink) -> ExtractResult:
        """Write the rows of ``export`` to ``sink`` as CSV; returns only for a complete result.

        Raises ``TransientError`` for errors that may pass (connection, lock, conflict), ``TerminalError`` for others
        (permission, precondition, cancelled, too long, too large, no space).
        """
        limits = QueryLimits(export.template, self._statement_timeout_s, self._lock_timeout_s)
        output = CsvSink(sink, export, options)
        with translate_postgres_errors(limits):
            # The settings of this export, its time limit and its plan, end with the savepoint.
            self._connection.execute("SAVEPOINT export")
            if export.template in self._on_one_plan:
                use_one_plan(self._connection)
            check_preconditions(self._connection, export, limits)
            rows = copy_rows(self._connection, export, options, output, limits)
            refuse_rewritten_tables(self._connection, export.template)
            self._connection.execute("ROLLBACK TO SAVEPOINT export")
        return output.finish(rows)


@contextmanager
def open_snapshot(
    connection: psycopg.Connection[Any],
    exports: Sequence[CompiledExport],
    read_options: ReadOptions,
    *,
    lock_timeout_s: int = LOCK_TIMEOUT_S,
) -> Iterator[PostgresSnapshot]:
    """Open a transaction to read ``exports``: everything they read is looked up and locked before any row is read.

    The transaction ends with the context, so no snapshot is open while files are compressed and sent. Raises what
    ``PostgresSnapshot.extract`` and ``check_shape`` raise. After an error the connection is closed.
    """
    on_one_plan = set()
    limits = QueryLimits(exports[0].template, read_options.statement_timeout_s, lock_timeout_s)
    try:
        with translate_postgres_errors(limits):
            search_path = begin_transaction(connection, read_options, limits)
        for export in exports:
            with translate_postgres_errors(
                QueryLimits(export.template, read_options.statement_timeout_s, lock_timeout_s)
            ):
                refuse_other_tables(connection, export, search_path)
                # A described table is locked until the end, so that it is unchanged when it is read.
                shape = read_shape(export, lambda query: describe(connection, query))
            read_options.check_shape(export, shape)
            if depends_on_plan(export, shape):
                on_one_plan.add(export.template)
        yield PostgresSnapshot(connection, read_options, lock_timeout_s, frozenset(on_one_plan))
        with translate_postgres_errors(limits):
            connection.execute("COMMIT")
    except BaseException:
        _abandon(connection)
        raise


def extract_by_copy(
    connection: psycopg.Connection[Any],
    export: CompiledExport,
    options: FileOptions,
    sink: ByteSink,
    read_options: ReadOptions,
    *,
    lock_timeout_s: int = LOCK_TIMEOUT_S,
) -> ExtractResult:
    """Read one export in its own transaction."""
    with open_snapshot(connection, [export], read_options, lock_timeout_s=lock_timeout_s) as snapshot:
        return snapshot.extract(export, options, sink)


def _abandon(connection: psycopg.Connection[Any]) -> None:
    """Cancel the query on the server, too: it would else continue, for example to sort, until it sends a row."""
    with suppress(psycopg.Error, OSError):
        if connection.info.transaction_status is TransactionStatus.ACTIVE:
            connection.cancel_safe(timeout=CANCEL_S)
    connection.close()
