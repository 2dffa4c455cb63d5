"""The database roles of a store: who may write what. Only the owner of the schema can disable a guard.

The roles cannot log in. An administrator grants them to logins: ``GRANT export_jobs_page TO airflow_page``.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from psycopg import sql
from sqlalchemy import Connection, text

PAGE, TASKS, EDITOR, READER = "export_jobs_page", "export_jobs_tasks", "export_jobs_editor", "export_jobs_reader"

_DEFINITION_TABLES = ("job", "job_template", "job_filter", "template", "key", "destination")
_RECORDS = ("execution", "execution_event", "delivery", "publication", "notification", "placement", "file_number")
WRITE_RIGHTS: Mapping[str, Mapping[str, str]] = {
    PAGE: {
        "job": "INSERT, UPDATE, DELETE",
        "job_template": "INSERT",
        "job_filter": "INSERT",
        "template": "INSERT, DELETE",
        "key": "INSERT, UPDATE, DELETE",
        "destination": "INSERT, UPDATE, DELETE",
        "execution_event": "INSERT",  # the choice of another version for a rerun
        "process": "INSERT, UPDATE, DELETE",
        "permit": "INSERT, DELETE",
    },
    TASKS: {
        **dict.fromkeys(_RECORDS, "INSERT"),
        "lease": "INSERT, UPDATE",
        "alarm": "INSERT, UPDATE, DELETE",
        "process": "INSERT, UPDATE, DELETE",
    },
    EDITOR: dict.fromkeys(_DEFINITION_TABLES, "INSERT, UPDATE, DELETE"),
    READER: {},
}
"""What each role may write, by table. Every role reads every table. Add each new table that a role writes."""

_CHECKED_BY = ("is_plain_name", "is_without_null", "year_after", "is_mailbox", "are_mailboxes", "are_column_formats")
"""Functions of CHECK constraints, which every login that writes a row runs. They read nothing."""

_CLOSE_FUNCTIONS = """
    REVOKE EXECUTE ON ALL FUNCTIONS IN SCHEMA export_jobs FROM PUBLIC;
    DO $$
    DECLARE loose regprocedure;
    BEGIN
        FOR loose IN SELECT oid FROM pg_proc WHERE pronamespace = 'export_jobs'::regnamespace
            AND NOT coalesce(proconfig, '{}') && ARRAY['search_path=pg_catalog, pg_temp'] LOOP
            EXECUTE format('ALTER FUNCTION %s SET search_path = pg_catalog, pg_temp', loose);
        END LOOP;
    END $$"""
"""Triggers need no right on their function when they fire. A function must look up names only in the system's schema,
whatever its caller's search_path is; CREATE OR REPLACE in a later migration resets that setting."""

_TO_EVERY_ROLE = (
    "REVOKE ALL ON ALL TABLES IN SCHEMA export_jobs FROM {role}",  # rights that an earlier version granted
    "GRANT USAGE ON SCHEMA export_jobs TO {role}",
    "GRANT SELECT ON ALL TABLES IN SCHEMA export_jobs TO {role}",
)
_OWNS_DATABASE = """SELECT datname FROM pg_database
    WHERE datname = current_database() AND pg_has_role(current_user, datdba, 'USAGE')"""
_MISSING_ROLES = "SELECT name FROM unnest(CAST(:names AS text[])) AS name WHERE to_regrole(name) IS NULL"
_MAY_CREATE_ROLES = "SELECT rolsuper OR rolcreaterole FROM pg_roles WHERE rolname = current_user"
_WRITERS = """SELECT DISTINCT r.rolname FROM pg_class c, aclexplode(c.relacl) AS given
    JOIN pg_roles r ON r.oid = given.grantee
    WHERE c.relnamespace = 'export_jobs'::regnamespace AND c.relkind = 'r' AND r.oid <> c.relowner
        AND given.privilege_type IN ('INSERT', 'UPDATE')"""
_IS_OWNER = """SELECT pg_has_role(current_user, relowner, 'USAGE') FROM pg_class
    WHERE oid = 'export_jobs.job'::regclass"""


@dataclass(frozen=True)
class RolesReport:
    """``missing``: roles that do not exist and that the login may not create."""

    missing: tuple[str, ...]


def grant_rights(connection: Connection) -> RolesReport:
    """Create the roles if the login may; if it owns the schema, grant each its rights. Runs after a migration.

    Logins that may already write a table can still do so: they get the functions that its constraints run.
    """
    missing = _create_roles(connection)
    if not connection.execute(text(_IS_OWNER)).scalar_one():
        return RolesReport(tuple(missing))
    roles = [role for role in WRITE_RIGHTS if role not in missing]
    connection.connection.cursor().execute(_CLOSE_FUNCTIONS)
    for role in roles:
        for statement in _TO_EVERY_ROLE:
            _run(connection, statement, role=sql.Identifier(role))
        for table, rights in WRITE_RIGHTS[role].items():
            statement = f"GRANT {rights} ON {{table}} TO {{role}}"
            _run(connection, statement, table=sql.Identifier("export_jobs", table), role=sql.Identifier(role))
    for writer in connection.execute(text(_WRITERS)).scalars().all():
        for function in _CHECKED_BY:
            names = {"function": sql.Identifier("export_jobs", function), "role": sql.Identifier(writer)}
            _run(connection, "GRANT EXECUTE ON FUNCTION {function} TO {role}", **names)
    _close_database(connection, roles)
    return RolesReport(tuple(missing))


def _create_roles(connection: Connection) -> list[str]:
    """Create missing roles if the login may; return those that are still missing."""
    missing = list(connection.execute(text(_MISSING_ROLES), {"names": list(WRITE_RIGHTS)}).scalars())
    if not missing or not connection.execute(text(_MAY_CREATE_ROLES)).scalar_one():
        return missing
    for role in missing:
        # Roles belong to all databases of a server; another store may be creating them at the same time.
        statement = "DO $$ BEGIN CREATE ROLE {role}; EXCEPTION WHEN duplicate_object OR unique_violation THEN END $$"
        _run(connection, statement, role=sql.Identifier(role))
    return []


def _close_database(connection: Connection, roles: list[str]) -> None:
    """If the login owns the database: let these roles connect, and let nobody else create temporary tables."""
    database = connection.execute(text(_OWNS_DATABASE)).scalar_one_or_none()
    if database is None:
        return
    _run(connection, "REVOKE TEMPORARY ON DATABASE {database} FROM PUBLIC", database=sql.Identifier(database))
    for role in roles:
        statement = "GRANT CONNECT ON DATABASE {database} TO {role}"
        _run(connection, statement, database=sql.Identifier(database), role=sql.Identifier(role))


def _run(connection: Connection, statement: str, **names: sql.Identifier) -> None:
    connection.connection.cursor().execute(sql.SQL(statement).format(**names))
