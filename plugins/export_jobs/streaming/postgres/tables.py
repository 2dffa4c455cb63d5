"""Check that a statement reads the intended tables, and all their rows."""

from __future__ import annotations

from typing import Any

import psycopg

from export_jobs.core.sql.checks.search_path import SearchPath
from export_jobs.core.sql.compiled import CompiledExport
from export_jobs.errors import TerminalError, TransientError
from export_jobs.streaming.postgres.transaction import set_path

_RESOLVED = "SELECT name, pg_catalog.to_regclass(name)::oid FROM unnest(%(names)s::text[]) AS asked (name)"
# pg_class is read in our snapshot, pg_relation_filenode() returns the current state.
_REWRITTEN = """
SELECT count(*) FROM pg_catalog.pg_locks AS held JOIN pg_catalog.pg_class AS seen ON seen.oid = held.relation
WHERE held.pid = pg_catalog.pg_backend_pid() AND held.locktype = 'relation' AND seen.relfilenode <> 0
  AND seen.relkind IN ('r', 'm') AND seen.relfilenode <> pg_catalog.pg_relation_filenode(seen.oid)
"""


def refuse_other_tables(connection: psycopg.Connection[Any], export: CompiledExport, search_path: SearchPath) -> None:
    """Raise ``TerminalError`` if a name without a schema means different tables for the role and for exports."""
    if search_path.overruled is None or not export.unqualified_tables:
        return
    names = {"names": list(export.unqualified_tables)}
    ours = dict(connection.execute(_RESOLVED, names).fetchall())
    connection.execute(set_path(search_path.overruled))
    theirs = dict(connection.execute(_RESOLVED, names).fetchall())
    connection.execute(set_path(search_path.path))
    differing = sorted(name for name in ours if ours[name] != theirs[name])
    if differing:
        raise TerminalError(
            f"Template {export.template!r}: the catalogue names {', '.join(differing)} without a schema, and the "
            f"search_path of the database's role ({search_path.overruled}) finds other tables than the search_path of "
            f"exports ({search_path.path})",
            "Write the schema in the catalogue's SQL, or set the path in the Airflow connection's extra, such as "
            '{"options": "-c search_path=sales"}; then clear this task',
        )


def refuse_rewritten_tables(connection: psycopg.Connection[Any], template: str) -> None:
    """Raise ``TransientError`` if a table was rewritten or emptied after our snapshot was taken and before we locked
    it: PostgreSQL then shows no row of it, and an empty file would be delivered.
    """
    row = connection.execute(_REWRITTEN).fetchone()
    if row and row[0]:
        raise TransientError(
            f"Template {template!r}: a table was changed by ALTER TABLE or TRUNCATE just before it was read",
            "Nothing is delivered; this task is retried automatically",
        )
