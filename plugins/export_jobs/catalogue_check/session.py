"""Sessions that check SQL in a database without reading rows: the columns of a query, and whether a statement plans.

Every query is its own read-only transaction with a time limit, so that no lock is kept between queries.
"""

from __future__ import annotations

from contextlib import suppress
from typing import Any, Protocol

import psycopg

from export_jobs.core.base.deadline import Deadline
from export_jobs.core.catalogue.catalogue import ColumnType
from export_jobs.core.catalogue.database_types import POSTGRES_TYPES, ResultColumn, type_by_name
from export_jobs.core.catalogue.dialect_names import DUCKDB, SQLITE
from export_jobs.core.sql.checks.search_path import SEARCH_PATH_QUERY, SearchPath

QUESTION_TIMEOUT_S = 60
QUESTION_LOCK_TIMEOUT_S = 10
APPLICATION_NAME = "export-jobs catalogue check"
_TIMEOUT_SQLSTATES = ("57014", "55P03")
_SCHEMA_FAULTS = "42"
_BEGIN = {DUCKDB: "BEGIN TRANSACTION READ ONLY", "mysql": "START TRANSACTION READ ONLY"}


class RefusedError(Exception):
    """The database refuses a query: ``str`` is its reason without the last full stop.

    ``line`` of the statement, from 1, where known; ``is_timeout``: more time might help.
    """

    def __init__(self, reason: str, line: int | None = None, *, is_timeout: bool = False) -> None:
        super().__init__(reason.rstrip("."))
        self.line, self.is_timeout = line, is_timeout


class CatalogueSession(Protocol):
    """The queries of the live check of a catalogue; each one may raise ``RefusedError``."""

    def describe(self, query: str) -> list[ResultColumn]:
        """The columns of a query's result."""

    def explain(self, statement: str) -> None:
        """Let the database plan the statement."""

    def value(self, query: str) -> Any:
        """The first cell of the result; what the database says of a cell's content is not repeated."""

    def close(self) -> None:
        """End the session."""


class PostgresSession:
    """A session with PostgreSQL. It takes over ``connection``."""

    def __init__(self, connection: psycopg.Connection[Any]) -> None:
        connection.rollback()
        connection.autocommit = True
        connection.read_only = True
        connection.execute("SET client_encoding = 'UTF8'")
        row = connection.execute(SEARCH_PATH_QUERY).fetchone()
        self._search_path = SearchPath.of(*row).path if row else ""
        self._connection = connection

    def describe(self, query: str) -> list[ResultColumn]:
        """The columns of a query's result."""
        columns = self._ask(query)[1]
        unknown = [column.type_code for column in columns if column.type_code not in POSTGRES_TYPES]
        names = self._types(unknown) if unknown else {}
        return [
            ResultColumn(column.name, POSTGRES_TYPES[column.type_code], POSTGRES_TYPES[column.type_code])
            if column.type_code in POSTGRES_TYPES
            else ResultColumn(column.name, *names[column.type_code])
            for column in columns
        ]

    def explain(self, statement: str) -> None:
        """Let the database plan the statement."""
        self._ask(f"EXPLAIN {statement}")

    def value(self, query: str) -> Any:
        """The first cell of the result."""
        row = self._ask(query, hide_values=True)[0]
        return row[0] if row else None

    def close(self) -> None:
        """End the session."""
        self._connection.close()

    def _ask(self, statement: str, *, hide_values: bool = False) -> tuple[Any, list[psycopg.Column]]:
        """Return first row and columns. ``hide_values``: repeat only SQL faults: other errors may quote a cell."""
        try:
            with self._connection.transaction():
                self._connection.execute("SELECT pg_catalog.set_config('search_path', %s, true)", (self._search_path,))
                self._connection.execute(
                    f"SET LOCAL statement_timeout = '{QUESTION_TIMEOUT_S}s'; "
                    f"SET LOCAL lock_timeout = '{QUESTION_LOCK_TIMEOUT_S}s'; "
                    f"SET LOCAL application_name = '{APPLICATION_NAME}'"
                )
                cursor = self._connection.execute(statement.encode())
                return cursor.fetchone(), list(cursor.description or ())
        except psycopg.Error as error:
            code = error.sqlstate or "the connection is lost"
            reason = error.diag.message_primary
            if not reason or (hide_values and not code.startswith(_SCHEMA_FAULTS)):
                reason = f"{type(error).__name__} ({code})"
            position = int(error.diag.statement_position or 0)
            line = statement.count("\n", 0, position) + 1 if position else None
            raise RefusedError(reason, line, is_timeout=code in _TIMEOUT_SQLSTATES) from None

    def _types(self, codes: list[int]) -> dict[int, tuple[ColumnType | None, str]]:
        """Return the names of other types; a type with a collation is text, such as citext."""
        rows = self._connection.execute(
            "SELECT oid, format_type(oid, NULL), typcollation <> 0 AND typcategory = 'S' FROM pg_type"
            " WHERE oid = ANY (%s)",
            (codes,),
        )
        return {code: ("text" if is_text else None, name) for code, name, is_text in rows}


class DbApiSession:
    """A session with any other database. It takes over the DB-API connection."""

    def __init__(self, connection: Any, dialect: str) -> None:
        self._connection, self._dialect = connection, dialect
        if dialect == SQLITE:
            connection.execute("PRAGMA query_only = ON")
        elif hasattr(connection, "read_only"):
            connection.read_only = True  # a database with PostgreSQL's protocol

    def describe(self, query: str) -> list[ResultColumn]:
        """Return the columns of a query's result; only DuckDB reports their types."""
        if self._dialect == DUCKDB:
            return [ResultColumn(row[0], type_by_name(row[1]), row[1]) for row in self._ask(f"DESCRIBE {query}")[0]]
        return [ResultColumn(column[0], None, "") for column in self._ask(query)[1]]

    def explain(self, statement: str) -> None:
        """Let the database plan the statement."""
        self._ask(f"EXPLAIN {statement}")

    def value(self, query: str) -> Any:
        """The first cell of the result."""
        try:
            rows = self._ask(query)[0]
        except RefusedError as error:
            raise RefusedError("the query fails on this data", is_timeout=error.is_timeout) from None
        return rows[0][0] if rows else None

    def close(self) -> None:
        """End the session."""
        self._connection.close()

    def _ask(self, statement: str) -> tuple[list[Any], list[Any]]:
        """Return rows and columns. Every driver has its own exceptions, so all of them are caught."""
        # A cursor of DuckDB is another connection, with its own transaction; the connection is a cursor too.
        cursor = self._connection if self._dialect == DUCKDB else self._connection.cursor()
        with Deadline(QUESTION_TIMEOUT_S, self._interrupt) as deadline:
            try:
                if self._dialect in _BEGIN:
                    cursor.execute(_BEGIN[self._dialect])
                cursor.execute(statement)
                return list(cursor.fetchall()), list(cursor.description or ())
            except Exception as error:
                reason = " ".join(str(error).split()) or type(error).__name__
                raise RefusedError(reason[:300], is_timeout=deadline.has_passed) from None
            finally:
                with suppress(Exception):
                    self._connection.rollback()

    def _interrupt(self) -> None:
        for way in ("interrupt", "cancel"):
            if callable(end := getattr(self._connection, way, None)):
                with suppress(Exception):  # the statement may have ended, and the connection with it
                    end()
                return
