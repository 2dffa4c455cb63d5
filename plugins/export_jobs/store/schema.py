"""The store's schema: Alembic migrations, with their version table in the schema ``export_jobs``."""

from __future__ import annotations

from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from alembic.util import CommandError
from sqlalchemy import Connection, Engine, text

from export_jobs.errors import UserError
from export_jobs.store.database.engine import transaction
from export_jobs.store.database.roles import RolesReport, grant_rights

UPGRADE_LOCK_KEY = 5_739_201_118


def upgrade_store(engine: Engine) -> RolesReport:
    """Upgrade the schema and the rights of its roles to this version; a second call changes nothing.

    Raise ``UserError`` when a newer version of this package has created it.
    """
    with transaction(engine) as connection:
        connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": UPGRADE_LOCK_KEY})
        # Checked first: IF NOT EXISTS needs the right to create schemas even if an administrator has created this one.
        if not connection.execute(text("SELECT to_regnamespace('export_jobs') IS NOT NULL")).scalar_one():
            connection.execute(text("CREATE SCHEMA export_jobs"))
        try:
            command.upgrade(_config(connection), "head")
        except CommandError:
            raise UserError(
                "The store was created by a newer version of this package", "Install that version, or a later one"
            ) from None
        return grant_rights(connection)


def current_revision(engine: Engine) -> str | None:
    """Return the store's current revision; None before the first upgrade."""
    with transaction(engine) as connection:
        context = MigrationContext.configure(connection, opts={"version_table_schema": "export_jobs"})
        return context.get_current_revision()


def is_read_only(engine: Engine) -> bool:
    """Return whether new transactions are read-only: on a standby, or by a setting of login or database."""
    with transaction(engine) as connection:
        return str(connection.execute(text("SHOW transaction_read_only")).scalar_one()) == "on"


def newest_revision() -> str | None:
    """Return the revision that this version of the package needs."""
    return ScriptDirectory.from_config(_config(None)).get_current_head()


def is_current(engine: Engine) -> bool:
    """Return whether ``upgrade_store`` has nothing to do."""
    return current_revision(engine) == newest_revision()


def _config(connection: Connection | None) -> Config:
    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent / "migrations"))
    config.attributes["connection"] = connection
    return config
