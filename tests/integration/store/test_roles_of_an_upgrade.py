"""The roles that an upgrade makes, or does without; by the owner alone, and as the how-to says."""

from __future__ import annotations

import re
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Any

import psycopg
import pytest
from psycopg import sql

from demo.postgres import Postgres
from export_jobs.errors import UserError
from export_jobs.store.database.engine import create_store_engine
from export_jobs.store.database.rights import store_login
from export_jobs.store.database.roles import PAGE, TASKS, WRITE_RIGHTS
from export_jobs.store.definitions import Definitions
from export_jobs.store.schema import upgrade_store
from tests.integration.store.samples import Store, administrator

pytestmark = pytest.mark.integration


def test_an_upgrade_without_the_right_to_make_roles_still_upgrades(
    postgres: Postgres, fresh_database: Callable[..., dict[str, Any]]
) -> None:
    """A plain installation with one login: everything works, and somebody is told which roles are missing."""
    dsn = fresh_database("warehouse_owner")
    with administrator(postgres) as session:
        for role in WRITE_RIGHTS:
            with suppress(psycopg.errors.DependentObjectsStillExist):
                session.execute(sql.SQL("ALTER ROLE {} RENAME TO {}").format(*map(sql.Identifier, (role, f"{role}_x"))))
    engine = create_store_engine(dsn)
    try:
        assert upgrade_store(engine).missing == tuple(WRITE_RIGHTS)
    finally:
        with administrator(postgres) as session:
            for role in WRITE_RIGHTS:
                session.execute(sql.SQL("ALTER ROLE {} RENAME TO {}").format(*map(sql.Identifier, (f"{role}_x", role))))
    assert Definitions(engine).jobs() == []
    assert upgrade_store(engine).missing == (), "an administrator has made them; now they have their rights"
    engine.dispose()


def test_an_upgrade_by_somebody_else_than_the_owner_says_so(store: Store, login: Callable[..., dict[str, Any]]) -> None:
    engine = create_store_engine(login(PAGE))
    assert upgrade_store(engine).missing == (), "there is nothing to do"
    store.hand("UPDATE export_jobs.alembic_version SET version_num = '0002'")
    with pytest.raises(UserError, match="is only for the owner"):
        upgrade_store(engine)
    engine.dispose()


def test_the_how_to_for_a_database_of_somebody_else_works(postgres: Postgres) -> None:
    """Its SQL as it stands there, run by an administrator; then an upgrade by an owner who may make no role."""
    page = Path(__file__).parents[3] / "docs" / "howto" / "database-roles.md"
    (block,) = re.findall(r"<!-- run by a test -->\n```sql\n(.*?)```", page.read_text("utf-8"), re.DOTALL)
    name = "database_of_somebody_else"
    postgres.create_database(name, "postgres")
    named = block.replace("DATABASE export_jobs ", f"DATABASE {name} ")
    theirs = re.findall(r"CREATE ROLE (\w+) LOGIN", named)
    statements = [text for text in named.split(";") if text.strip()]
    try:
        with administrator(postgres, name) as session:
            for statement in statements:
                with suppress(psycopg.errors.DuplicateObject):  # other stores of this server have made the roles
                    session.execute(statement.encode())
        logins = {login: {**postgres.dsn(name, "postgres"), "user": login, "password": "change-me"} for login in theirs}
        assert list(logins) == ["export_jobs_owner", "airflow_page", "airflow_tasks"]
        owner, for_page, for_tasks = (create_store_engine(dsn) for dsn in logins.values())
        assert upgrade_store(owner).missing == ()
        for engine, role in ((for_page, PAGE), (for_tasks, TASKS)):
            found = store_login(engine, role)
            assert (found.missing, found.is_owner, found.public_rights) == ((), False, ())
        for engine in (owner, for_page, for_tasks):
            engine.dispose()
    finally:
        postgres.drop_database(name)
        with administrator(postgres) as session:
            for login in theirs:
                session.execute(sql.SQL("DROP ROLE {}").format(sql.Identifier(login)))
