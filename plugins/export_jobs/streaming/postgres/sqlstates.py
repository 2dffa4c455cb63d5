"""What each SQLSTATE of PostgreSQL means for a query that only reads, and whether a retry may help.

Classes and codes of https://www.postgresql.org/docs/current/errcodes-appendix.html; a code goes before its class.
"""

from __future__ import annotations

from dataclasses import dataclass

TRY_AGAIN = "Nothing is delivered; this task is retried automatically"
_NEXT = ", then clear this task"
_OWNER = "Ask the database's owner to"


@dataclass(frozen=True)
class SqlstateMeaning:
    """What an error means, and what to do next; ``may_pass``: a retry of the same query can succeed."""

    what: str
    remedy: str = TRY_AGAIN
    may_pass: bool = True


def _terminal(what: str, remedy: str) -> SqlstateMeaning:
    return SqlstateMeaning(what, remedy, may_pass=False)


CONNECTION_LOST = SqlstateMeaning("the connection to the database was lost")
_OUT_OF_STEP = _terminal(
    "a statement of another session interfered",
    "Connect without a pooler, or let the pooler keep one server connection for the whole session" + _NEXT,
)
_CATALOGUE_REMEDY = "Correct the fact, KPI or dimension under include/sql" + _NEXT
_DATA_REMEDY = "Find the row with `export-jobs sql`, or make the expression in the catalogue handle such values"
_SHORTER = "or export shorter windows or fewer columns" + _NEXT

SQLSTATES: dict[str, SqlstateMeaning] = {
    "08": CONNECTION_LOST,
    "0A": _terminal("the database does not support what the query uses", _CATALOGUE_REMEDY),
    "21": _terminal("a subquery returns more than one row", _DATA_REMEDY),
    "22": _terminal("a value in the data made the query fail", _DATA_REMEDY),
    "25006": _terminal("the statement tries to write, and an export only reads", "Correct the SQL under include/sql"),
    "25P03": SqlstateMeaning("the database ended the transaction because it was idle"),
    "25P04": _terminal(
        "the database ended the transaction because it took longer than transaction_timeout allows",
        f"{_OWNER} increase transaction_timeout for the connection's user, {_SHORTER}",
    ),
    "26": _OUT_OF_STEP,
    "28": _terminal("the database rejects the login of the connection's user", "Correct the login" + _NEXT),
    "38": _terminal("a function of the database failed", "Correct the function" + _NEXT),
    "39": _terminal("a function of the database failed", "Correct the function" + _NEXT),
    "3D": _terminal("the catalogue names a database that does not exist", _CATALOGUE_REMEDY),
    "3F": _terminal("the catalogue names a schema that does not exist", _CATALOGUE_REMEDY),
    "40": SqlstateMeaning(
        "the query conflicted with other work on the database (a recovery conflict or a serialization failure)"
    ),
    "42501": _terminal("the database denies reading", "Grant SELECT to the connection's user" + _NEXT),
    "42P05": _OUT_OF_STEP,
    "42": _terminal("the catalogue does not match the database", _CATALOGUE_REMEDY),
    "53": SqlstateMeaning("the database has run out of connections, memory or disk space"),
    "53400": _terminal(
        "the query needs more than a limit of the database allows, such as temp_file_limit",
        f"{_OWNER} increase that limit for the connection's user, {_SHORTER}",
    ),
    "54": _terminal(
        "the query is too large or too complex for the database", f"Simplify it in the catalogue, {_SHORTER}"
    ),
    "55000": _terminal(
        "something that the query reads is not ready, such as a materialized view that was never refreshed",
        "Refresh it" + _NEXT,
    ),
    "55006": SqlstateMeaning("the database is busy with what the query needs"),
    "57": SqlstateMeaning("the database is shutting down or restarting, or its administrator ended this session"),
    "57P04": _terminal("the database has been dropped", "Restore it, or correct the connection" + _NEXT),
    "58": SqlstateMeaning("the database had trouble with its own disk or system"),
    "58P01": _terminal("a file of the database is missing", f"{_OWNER} look into its log" + _NEXT),
    "72": SqlstateMeaning("the database has removed old rows that the query still needed"),
    "HV": SqlstateMeaning("the other database behind a foreign table failed"),
    "P0": _terminal("a function of the database raised an error", "Correct the function or its arguments" + _NEXT),
    "XX": SqlstateMeaning("the database had an internal error"),
    "XX001": _terminal("the database found damaged data", f"{_OWNER} repair or restore it" + _NEXT),
    "XX002": _terminal("the database found a damaged index", f"{_OWNER} rebuild it (REINDEX)" + _NEXT),
}
OTHER = _terminal(
    "the database refuses the query", "Run the SQL that `export-jobs sql` prints by hand, as the connection's user"
)


def sqlstate_meaning(code: str) -> SqlstateMeaning:
    """Return the meaning of a SQLSTATE of five characters."""
    return SQLSTATES.get(code) or SQLSTATES.get(code[:2]) or OTHER
