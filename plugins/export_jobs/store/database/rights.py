"""What a database login may do in the store: for whoever sets an installation up."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import Engine, text

from export_jobs.store.database.engine import transaction

_NEEDED = (
    ("job", "SELECT"),
    ("job", "INSERT"),
    ("job", "UPDATE"),
    ("template", "INSERT"),
    ("execution", "INSERT"),
    ("execution_event", "INSERT"),
    ("delivery", "INSERT"),
)


@dataclass(frozen=True)
class StoreLogin:
    """``role`` is the login's role; ``missing`` names each right that page and tasks need and the role lacks."""

    role: str
    missing: tuple[str, ...]


def store_login(engine: Engine) -> StoreLogin:
    """The login of ``engine`` and what it lacks."""
    with transaction(engine) as connection:
        role = str(connection.execute(text("SELECT current_user")).scalar_one())
        query = text("SELECT has_table_privilege('export_jobs.' || :name, :privilege)")
        missing = [
            f"{privilege} on export_jobs.{name}"
            for name, privilege in _NEEDED
            if not connection.execute(query, {"name": name, "privilege": privilege}).scalar_one()
        ]
    return StoreLogin(role, tuple(missing))
