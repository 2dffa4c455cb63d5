"""What a database login may do in the store, so that an installation can be checked."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import Connection, Engine, text

from export_jobs.store.database.engine import transaction
from export_jobs.store.database.roles import WRITE_RIGHTS

_OWNS_TABLES = """SELECT pg_has_role(current_user, relowner, 'MEMBER') FROM pg_class
    WHERE oid = 'export_jobs.job'::regclass"""
_PUBLIC_RIGHTS = """
    SELECT 'run the function ' || p.oid::regprocedure FROM pg_proc p
    WHERE p.pronamespace = 'export_jobs'::regnamespace AND EXISTS (
        SELECT FROM aclexplode(coalesce(p.proacl, acldefault('f', p.proowner))) AS given WHERE given.grantee = 0)
    UNION ALL SELECT 'create temporary tables in the database ' || d.datname FROM pg_database d
    WHERE d.datname = current_database() AND EXISTS (
        SELECT FROM aclexplode(coalesce(d.datacl, acldefault('d', d.datdba))) AS given
        WHERE given.grantee = 0 AND given.privilege_type = 'TEMPORARY')
    ORDER BY 1"""


@dataclass(frozen=True)
class StoreLogin:
    """A login of the store.

    ``role``: its database role. ``missing``: each right that it needs and does not have. ``is_owner``: it can disable
    the guards and rewrite the ledger. ``public_rights``: what every login of the database may do and should not.
    """

    role: str
    missing: tuple[str, ...]
    is_owner: bool
    public_rights: tuple[str, ...]


def store_login(engine: Engine, *purposes: str) -> StoreLogin:
    """Return the login of ``engine``, compared with the roles that it needs (``PAGE``, ``TASKS`` or both)."""
    with transaction(engine) as connection:
        return StoreLogin(
            role=str(connection.execute(text("SELECT current_user")).scalar_one()),
            missing=tuple(_missing(connection, purposes)),
            is_owner=bool(connection.execute(text(_OWNS_TABLES)).scalar_one()),
            public_rights=tuple(connection.execute(text(_PUBLIC_RIGHTS)).scalars()),
        )


def _missing(connection: Connection, purposes: tuple[str, ...]) -> list[str]:
    has = text("SELECT has_table_privilege('export_jobs.' || :name, :privilege)")
    needed = dict.fromkeys(
        (table, privilege)
        for purpose in purposes
        for table, privileges in WRITE_RIGHTS[purpose].items()
        for privilege in ("SELECT", *privileges.split(", "))
    )
    return [
        f"{privilege} on export_jobs.{table}"
        for table, privilege in needed
        if not connection.execute(has, {"name": table, "privilege": privilege}).scalar_one()
    ]
