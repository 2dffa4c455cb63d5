"""The reading transaction: READ ONLY, REPEATABLE READ, with every setting that affects how a cell is written.

The same rows give the same bytes, whatever the defaults of role, database and server are.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Literal

import psycopg
from psycopg import sql

from export_jobs.core.sql.checks.search_path import SearchPath
from export_jobs.errors import TerminalError
from export_jobs.streaming.base.limits import QueryLimits
from export_jobs.streaming.base.read_options import ReadOptions

DECIDE_BYTES = {
    # How values are written ...
    "DateStyle": "ISO, YMD",
    "IntervalStyle": "iso_8601",
    "extra_float_digits": "1",  # the shortest text that reads back as the same number
    "bytea_output": "hex",
    "client_encoding": "UTF8",
    "xmlbinary": "base64",
    "lc_monetary": "C",
    "lc_numeric": "C",
    "lc_time": "C",
    "quote_all_identifiers": "off",
    # ... how the catalogue's SQL and texts of the data are read ...
    "standard_conforming_strings": "on",
    "backslash_quote": "safe_encoding",
    "array_nulls": "on",
    "transform_null_equals": "off",
    "xmloption": "content",
    "timezone_abbreviations": "Default",
    "default_text_search_config": "pg_catalog.simple",
    # ... and which rows there are, and from where on an unordered scan gives them.
    "row_security": "on",
    "gin_fuzzy_search_limit": "0",
    "synchronize_seqscans": "off",
}
_LOSE_ROWS = ("zero_damaged_pages", "ignore_checksum_failure")
"""Only a superuser can reset these; with them, damaged pages are read as empty ones."""

_SETTINGS = "SELECT name, setting, source FROM pg_catalog.pg_settings"
_PLANNER = """
SELECT name, boot_val FROM pg_settings
WHERE (category LIKE 'Query Tuning%%'
       OR name IN ('work_mem', 'hash_mem_multiplier', 'debug_parallel_query', 'force_parallel_mode'))
  AND context = 'user' AND setting <> boot_val
"""


def begin_transaction(
    connection: psycopg.Connection[Any], read_options: ReadOptions, limits: QueryLimits
) -> SearchPath:
    """Begin the transaction; return the search path for names without a schema.

    Raises ``TerminalError`` if the session reads damaged pages as empty ones.
    """
    connection.rollback()
    connection.autocommit = True
    connection.prepare_threshold = None  # a pooler may give each transaction another server session
    # With SQL_ASCII the driver would return bytes, and the role's own time limit is for other work.
    first = {"client_encoding": "UTF8", "statement_timeout": f"{limits.statement_timeout_s}s"}
    connection.execute(sql.SQL("; ").join(_set("SET", first)))
    # Until our path is set, every name has its schema.
    known = {name: (setting, source) for name, setting, source in connection.execute(_SETTINGS)}
    _refuse_loss_of_rows(known)
    search_path = SearchPath.of(*known["search_path"])
    names = {name.lower() for name in known}
    settings = {
        **{name: value for name, value in DECIDE_BYTES.items() if name.lower() in names},
        "TimeZone": read_options.time_zone,
        "statement_timeout": f"{limits.statement_timeout_s}s",
        "lock_timeout": f"{limits.lock_timeout_s}s",
        # Between two exports of a run a file is closed, which takes long in an object store.
        "idle_in_transaction_session_timeout": f"{limits.statement_timeout_s}s",
        "application_name": read_options.application_name.encode("ascii", "replace").decode()[:63],
    }
    begin = sql.SQL("BEGIN TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
    connection.execute(sql.SQL("; ").join([begin, set_path(search_path.path), *_set("SET LOCAL", settings)]))
    return search_path


def use_one_plan(connection: psycopg.Connection[Any]) -> None:
    """Make the planner use only PostgreSQL's own defaults, without parallel workers.

    For a statement whose bytes depend on the plan: rows without an order, and sums of floating-point numbers, whose
    last digits depend on the order of the additions.
    """
    defaults = dict(connection.execute(_PLANNER, {}).fetchall()) | {"max_parallel_workers_per_gather": "0"}
    connection.execute(sql.SQL("; ").join(_set("SET LOCAL", defaults)))


def set_path(path: str) -> sql.Composed:
    """Return the statement that sets the path of this transaction; ``SET`` would read a list as one name."""
    return sql.SQL("SELECT pg_catalog.set_config('search_path', {}, true)").format(path)


def _set(command: Literal["SET", "SET LOCAL"], settings: Mapping[str, str]) -> list[sql.Composable]:
    return [
        sql.SQL(command) + sql.SQL(" {} = {}").format(sql.Identifier(name.lower()), value)
        for name, value in settings.items()
    ]


def _refuse_loss_of_rows(known: Mapping[str, tuple[str, str]]) -> None:
    for name in _LOSE_ROWS:
        if known.get(name, ("", ""))[0] == "on":
            raise TerminalError(
                f"The setting {name} is on for the database user, so rows on damaged pages would be left out silently",
                f"Ask the database's owner to set {name} off, then clear this task",
            )
