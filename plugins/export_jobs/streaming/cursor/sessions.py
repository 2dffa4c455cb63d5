"""One open DB-API connection per export: how each driver is set to read only, streams rows and is interrupted."""

from __future__ import annotations

import sqlite3
import sys
from collections.abc import Mapping, Sequence
from contextlib import suppress
from typing import Any

from export_jobs.core.catalogue.catalogue import ColumnType
from export_jobs.core.catalogue.database_types import POSTGRES_TYPES, ResultColumn, type_by_name
from export_jobs.errors import TerminalError
from export_jobs.streaming.cursor.placeholders import to_paramstyle

_DUCKDB_DECIDES_BYTES = {
    "default_order": "'asc'",
    "default_null_order": "'nulls_last'",
    "integer_division": "false",
    "preserve_insertion_order": "true",
}

_TIMES: frozenset[ColumnType] = frozenset({"date", "timestamp", "timestamptz"})
_POSTGRES_REAL = 700
"""Its object identifier in pg_type."""


class CursorSession:
    """A connection of any driver that implements PEP 249.

    There is no common way to set it to read only, so the user of such a connection must have no permission to write.
    """

    def __init__(self, connection: Any, paramstyle: str) -> None:
        self._connection = connection
        self._paramstyle = paramstyle
        self._cursor: Any = None

    def begin(self, time_zone: str) -> None:
        """Begin a transaction for reading; ``time_zone`` is used for casts between times and dates, if any."""

    def describe(self, sql: str) -> list[ResultColumn]:
        """Return the columns of a query that returns no rows; few drivers report types unambiguously."""
        cursor = self._new_cursor()
        cursor.execute(sql)
        found = [self._result_column(column[0], column[1]) for column in cursor.description or ()]
        cursor.fetchall()
        if cursor is not self._connection:
            cursor.close()
        return found

    def query(self, sql: str, values: Mapping[str, Any]) -> Any:
        """Run one statement (``%(name)s`` placeholders); return the cursor over its rows, which streams if it can."""
        if self._cursor is not None and self._cursor is not self._connection:
            self._cursor.close()
        self._cursor = self._new_cursor()
        text, bound = to_paramstyle(sql, values, self._paramstyle)
        self._cursor.execute(text) if bound is None else self._cursor.execute(text, bound)
        return self._cursor

    def read(self, sql: str, values: Mapping[str, Any], kinds: Sequence[ColumnType]) -> Any:  # noqa: ARG002
        """Return the cursor over the rows of an export; values of the types ``kinds`` are complete."""
        return self.query(sql, values)

    def is_short_float(self, type_code: Any) -> bool:  # noqa: ARG002  few drivers say
        """Return whether a column has floats of 32 bits, which have fewer digits."""
        return False

    def interrupt(self) -> None:
        """Cancel a running statement from another thread, if the driver can."""
        for owner, name in ((self._connection, "interrupt"), (self._connection, "cancel"), (self._cursor, "cancel")):
            if callable(way := getattr(owner, name, None)):
                with suppress(Exception):  # the statement may have ended, and the connection with it
                    way()
                return

    def end(self) -> None:
        """End the transaction, so that no snapshot is open while the file is compressed and sent."""
        self._connection.rollback()

    def close(self) -> None:
        """Close the connection; errors at this point do not affect what was read."""
        with suppress(Exception):
            self._connection.close()

    def _new_cursor(self) -> Any:
        return self._connection.cursor()

    def _result_column(self, name: str, type_code: Any) -> ResultColumn:
        return ResultColumn(name, None, _type_mark(type_code), is_opaque=True)


class SqliteSession(CursorSession):
    """SQLite: a switch of the connection refuses writes; rows are read one by one."""

    def begin(self, time_zone: str) -> None:  # noqa: ARG002  SQLite knows no zones
        """Begin a transaction, which starts with the first read: preconditions and rows are of one instant."""
        self._connection.rollback()
        # Python 3.12 and later: a quoted name that is no column is then an error, as elsewhere, not a text.
        names_only = getattr(sqlite3, "SQLITE_DBCONFIG_DQS_DML", None)
        if names_only is not None:
            self._connection.setconfig(names_only, False)
        self._connection.execute("PRAGMA query_only = ON")
        self._connection.execute("BEGIN")


class DuckDbSession(CursorSession):
    """DuckDB: read-only transactions, streamed rows. The connection is the cursor; ``cursor()`` is another session."""

    def begin(self, time_zone: str) -> None:
        """Begin a read-only transaction in ``time_zone``, which affects casts between times and dates."""
        # The bar would be written to the standard output, bypassing Python, into a command's JSON.
        self._connection.execute("SET enable_progress_bar = false")
        self._connection.execute("SET TimeZone = ?", [time_zone])
        for name, value in _DUCKDB_DECIDES_BYTES.items():
            self._connection.execute(f"SET {name} = {value}")
        self._connection.execute("BEGIN TRANSACTION READ ONLY")

    def query(self, sql: str, values: Mapping[str, Any]) -> Any:
        """Run one SELECT."""
        self._refuse_all_but_select(sql, values)
        return super().query(sql, values)

    def _refuse_all_but_select(self, sql: str, values: Mapping[str, Any]) -> None:
        """Refuse other SQL: DuckDB would run several statements, or write a file, in a read-only transaction."""
        found = self._connection.extract_statements(to_paramstyle(sql, values, self._paramstyle)[0])
        if [statement.type.name for statement in found] != ["SELECT"]:
            raise TerminalError(
                "The catalogue's SQL is not one SELECT", "Correct the fact or dimension, then try again"
            )

    def read(self, sql: str, values: Mapping[str, Any], kinds: Sequence[ColumnType]) -> Any:
        """Return the rows with times as texts: Python turns infinity into a day of 9999 and drops nanoseconds."""
        self._refuse_all_but_select(sql, values)
        # Line breaks keep a comment at the end of the query from swallowing the rest.
        found = self.query(f"SELECT * FROM (\n{sql}\n) AS r LIMIT 0", values).description  # noqa: S608
        if len(found) != len(kinds):
            return self.query(sql, values)  # the caller reports the wrong number of columns
        names = [f"c{place}" for place in range(len(kinds))]
        types = zip(names, found, kinds, strict=True)
        cells = [_duckdb_cell(name, str(column[1]), declared) for name, column, declared in types]
        return self.query(f"SELECT {', '.join(cells)} FROM (\n{sql}\n) AS r({', '.join(names)})", values)  # noqa: S608

    def is_short_float(self, type_code: Any) -> bool:
        """See ``CursorSession``."""
        return str(type_code) == "FLOAT"

    def _new_cursor(self) -> Any:
        return self._connection

    def _result_column(self, name: str, type_code: Any) -> ResultColumn:
        return ResultColumn(name, type_by_name(str(type_code)), str(type_code))


def _duckdb_cell(name: str, type_name: str, declared: ColumnType) -> str:
    """``declared``: the catalogue's type."""
    kind = type_by_name(type_name)
    if type_name == "TIME_NS" or (declared in _TIMES and kind in {"date", "timestamp"}):
        return f"CAST({name} AS VARCHAR)"
    return f"CAST({name} AT TIME ZONE 'UTC' AS VARCHAR)" if declared == kind == "timestamptz" else name


class PsycopgSession(CursorSession):
    """A database with PostgreSQL's protocol but without ``COPY``: a read-only cursor on the server."""

    def begin(self, time_zone: str) -> None:  # noqa: ARG002  not every such database supports SET TimeZone
        """Set the connection to read only; the transaction begins with the first statement."""
        self._connection.rollback()
        self._connection.read_only = True

    def _new_cursor(self) -> Any:
        return self._connection.cursor("export_jobs")

    def is_short_float(self, type_code: Any) -> bool:
        """See ``CursorSession``."""
        return bool(type_code == _POSTGRES_REAL)

    def _result_column(self, name: str, type_code: Any) -> ResultColumn:
        kind = POSTGRES_TYPES.get(type_code)
        return ResultColumn(name, kind, kind) if kind else super()._result_column(name, type_code)


_SESSIONS = {"sqlite3": SqliteSession, "_duckdb": DuckDbSession, "duckdb": DuckDbSession, "psycopg": PsycopgSession}


def session_for(connection: Any, placeholder: str) -> CursorSession:
    """Return the session for a connection, by its driver. ``placeholder``: the Airflow hook's, if it has none."""
    module = type(connection).__module__
    kind = _SESSIONS.get(module.partition(".")[0], CursorSession)
    return kind(connection, _paramstyle(module) or ("qmark" if placeholder == "?" else "format"))


def _type_mark(type_code: Any) -> str:
    """Return a driver's name of a type, as a text that is the same every time; "" if there is none."""
    if isinstance(type_code, type):
        return type_code.__name__
    if isinstance(type_code, int):
        return f"the driver's type {type_code}"
    name = type_code if isinstance(type_code, str) else getattr(type_code, "name", "")
    return name if isinstance(name, str) else ""


def _paramstyle(module: str) -> str | None:
    """Return the paramstyle of the driver: of the connection class's module, or of a package above it."""
    while module:
        found = getattr(sys.modules.get(module), "paramstyle", None)
        if isinstance(found, str):
            return found
        module = module.rpartition(".")[0]
    return None
