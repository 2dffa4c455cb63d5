"""Who may do what with the store's own logins: nobody but the owner runs a function or switches a guard off."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

import psycopg
import pytest
from psycopg import sql

from demo.postgres import Postgres
from export_jobs.errors import UserError
from export_jobs.store.database.engine import create_store_engine
from export_jobs.store.database.rights import store_login
from export_jobs.store.database.roles import EDITOR, PAGE, READER, TASKS, WRITE_RIGHTS
from export_jobs.store.definitions import Definitions
from export_jobs.store.findings.alarms import Alarms
from export_jobs.store.ledger import Ledger
from export_jobs.store.schema import upgrade_store
from tests.integration.store.samples import Store, administrator, delivery, publication, spec

pytestmark = pytest.mark.integration

PASSWORD = "of a test"
FUNCTIONS = """SELECT p.oid::regprocedure::text, p.prosecdef, p.prorettype = 'trigger'::regtype, p.provariadic <> 0
    FROM pg_proc p WHERE p.pronamespace = 'export_jobs'::regnamespace ORDER BY 1"""
TABLES = "SELECT tablename FROM pg_tables WHERE schemaname = 'export_jobs' ORDER BY 1"
ROWS = "id bigint, job_id bigint, name text, tag text, version int, deleted_at timestamptz, enabled boolean"
GUARDS_OFF = [
    "ALTER TABLE export_jobs.job DISABLE TRIGGER ALL",
    "ALTER TABLE export_jobs.delivery DISABLE TRIGGER ALL",
    "DROP TRIGGER ledger_is_append_only ON export_jobs.delivery",
    "ALTER TABLE export_jobs.job DROP CONSTRAINT job_owner_is_an_address",
    "SET session_replication_role = replica",
    "CREATE OR REPLACE FUNCTION export_jobs.guard_ledger() RETURNS trigger LANGUAGE sql AS 'SELECT NULL'",
    "CREATE FUNCTION export_jobs.mine() RETURNS int LANGUAGE sql AS 'SELECT 1'",
    "CREATE TABLE export_jobs.mine (a int)",
    "CREATE TEMPORARY TABLE mine (a int)",
    "CREATE SCHEMA mine",
]
REWRITES = [
    "UPDATE export_jobs.delivery SET sha256 = 'ff'",
    "DELETE FROM export_jobs.execution_event",
    "DELETE FROM export_jobs.job_version",
    "TRUNCATE export_jobs.notification",
    "UPDATE export_jobs.chain_head SET sequence = 1",
    "DELETE FROM export_jobs.chain_entry",
    "INSERT INTO export_jobs.chain_entry VALUES ('job 1', 99, 'delivery', 1, '')",
    "INSERT INTO export_jobs.job_version VALUES (1, 9, '{}', '{}')",
    "INSERT INTO export_jobs.definition_change (noun, name) VALUES ('template', 'rows')",
    "UPDATE export_jobs.alembic_version SET version_num = '0001'",
]


@pytest.fixture
def login(store: Store, postgres: Postgres) -> Iterator[Callable[..., dict[str, Any]]]:
    """A function that makes a login with some roles and tells how to connect as it."""
    database = store.dsn["dbname"]
    made: list[str] = []

    def make(*roles: str) -> dict[str, Any]:
        name = f"login_of_tests_{len(made)}"
        made.append(name)
        with administrator(postgres, database) as session:
            session.execute(f"CREATE ROLE {name} LOGIN PASSWORD '{PASSWORD}'")
            session.execute(f"GRANT CONNECT ON DATABASE {database} TO {name}")
            for role in roles:
                session.execute(sql.SQL("GRANT {} TO {}").format(sql.Identifier(role), sql.Identifier(name)))
        return {**store.dsn, "user": name, "password": PASSWORD}

    yield make
    store.engine.dispose()
    with administrator(postgres, database) as session:
        for name in made:
            session.execute(f"DROP OWNED BY {name}")
            session.execute(f"DROP ROLE {name}")


@contextmanager
def connect(dsn: dict[str, Any]) -> Iterator[psycopg.Connection[Any]]:
    with psycopg.connect(**dsn, autocommit=True) as session:
        yield session


def everything(store: Store) -> dict[str, object]:
    return {
        name: store.hand(f"SELECT t::text FROM export_jobs.{name} AS t ORDER BY 1") for (name,) in store.hand(TABLES)
    }


@pytest.fixture
def filled(store: Store) -> Store:
    """A store in which each table has a row."""
    execution = store.run(store.create())
    store.ledger.record_event(execution.id, "started", step="upload", attempt="first")
    store.ledger.claim(execution.id, "rows", "upload", "first")
    with store.ledger.fence_delivery(delivery(execution), "upload", "first"):
        pass
    store.ledger.claim(execution.id, "", "publish", "first")
    with store.ledger.fence_publication(publication(execution), "publish", "first"):
        pass
    store.ledger.record_notification(execution.id, "success", "s", recipient="a@example.com", state="sent", reply="250")
    return store


def test_w2_no_function_does_anything_for_a_login_that_may_only_read(
    filled: Store, postgres: Postgres, login: Callable[..., dict[str, Any]]
) -> None:
    """Called directly, as a trigger on a table of its own, and on a temporary one where somebody allows those."""
    reader = login()
    with administrator(postgres, filled.dsn["dbname"]) as session:
        session.execute(f"GRANT USAGE ON SCHEMA export_jobs TO {reader['user']}")
        session.execute(f"GRANT SELECT ON ALL TABLES IN SCHEMA export_jobs TO {reader['user']}")
        session.execute(f"GRANT TEMPORARY, CREATE ON DATABASE {filled.dsn['dbname']} TO {reader['user']}")
        functions = session.execute(FUNCTIONS).fetchall()  # with the schema in their names, as in no path of its own
    before = everything(filled)
    assert len(functions) > 30
    tried: dict[str, list[str]] = {}
    with connect(reader) as session:
        session.execute("CREATE SCHEMA mine")
        for name, _, is_trigger, is_variadic in functions:
            statements = attempts(name, is_trigger=is_trigger, is_variadic=is_variadic)
            tried[name] = [refusal(session, statement) for statement in statements]
    assert {sentence.split(" ")[0] for sentences in tried.values() for sentence in sentences} == {"permission"}, tried
    assert everything(filled) == before


def attempts(function: str, *, is_trigger: bool, is_variadic: bool) -> list[str]:
    name, _, parameters = function.removesuffix(")").partition("(")
    if not is_trigger:
        arguments = [f"NULL::{kind}" for kind in parameters.split(",") if kind]
        arguments[-1:] = [f"VARIADIC {last}" if is_variadic else last for last in arguments[-1:]]
        return [f"SELECT {name}({', '.join(arguments)})"]
    return [
        f"CREATE {kind} TABLE {table} ({ROWS}); CREATE TRIGGER t BEFORE {event} ON {table} FOR EACH ROW "
        f"EXECUTE FUNCTION {name}(); INSERT INTO {table} (id, job_id) VALUES (1, 1); DELETE FROM {table}"
        for kind, table in (("TEMPORARY", "job"), ("", "mine.job"))
        for event in ("INSERT", "DELETE")
    ]


def refusal(session: psycopg.Connection[Any], statement: str) -> str:
    try:
        session.execute(statement.encode())
    except psycopg.Error as error:
        return str(error.diag.message_primary)
    return f"done: {statement}"


def test_w2_a_function_with_the_owners_rights_works_for_its_own_tables_only(filled: Store) -> None:
    """The second wall: also where somebody has granted EXECUTE, as the owner has it."""
    definers = [name for name, is_definer, is_trigger, _ in filled.hand(FUNCTIONS) if is_definer and is_trigger]
    before = everything(filled)
    assert len(definers) > 10
    for name in definers:
        for table in ("pg_temp.job", "public.job"):
            create = f"CREATE TABLE {table} ({ROWS})"
            insert = f"INSERT INTO {table} (id, job_id, name, tag, version) VALUES (1, 1, 'sales', 'partner', 1)"
            for event, statement in (("INSERT", insert), ("DELETE", f"DELETE FROM {table}")):
                trigger = f"CREATE TRIGGER t AFTER {event} ON {table} FOR EACH ROW EXECUTE FUNCTION {name}"
                first = [create, insert, trigger] if event == "DELETE" else [create, trigger]
                assert filled.refusal(*first, statement).startswith("This function works for tables of"), name
    assert everything(filled) == before


def test_every_function_has_a_search_path_of_its_own(store: Store) -> None:
    """Else an operator or a type of the caller's would stand in for PostgreSQL's."""
    loose = """SELECT oid::regprocedure::text FROM pg_proc WHERE pronamespace = 'export_jobs'::regnamespace
        AND NOT coalesce(proconfig, '{}') && ARRAY['search_path=pg_catalog, pg_temp']"""
    assert store.hand(loose) == []


def test_a_later_function_is_not_for_everybody_either(store: Store, login: Callable[..., dict[str, Any]]) -> None:
    store.hand("CREATE FUNCTION export_jobs.later() RETURNS int LANGUAGE sql AS 'SELECT 1'")
    try:
        with connect(login(READER)) as session:
            assert refusal(session, "SELECT export_jobs.later()") == "permission denied for function later"
    finally:
        store.hand("DROP FUNCTION export_jobs.later()")


@pytest.mark.parametrize("role", [PAGE, TASKS, EDITOR, READER])
def test_w7_no_role_switches_a_guard_off_or_rewrites_the_ledger(
    filled: Store, login: Callable[..., dict[str, Any]], role: str
) -> None:
    before = everything(filled)
    with connect(login(role)) as session:
        tried = {statement: refusal(session, statement) for statement in (*GUARDS_OFF, *REWRITES)}
    assert [statement for statement, sentence in tried.items() if sentence.startswith("done")] == []
    assert {sentence.split(" ")[0] for sentence in tried.values()} <= {"permission", "must"}, tried
    assert everything(filled) == before


def test_w7_each_role_can_do_its_work_and_no_more(store: Store, login: Callable[..., dict[str, Any]]) -> None:
    """The page defines, tasks record, an editor types, a reader reads: through the same Python as in production."""
    page, tasks = (create_store_engine(login(role)) for role in (PAGE, TASKS))
    definitions, ledger = Definitions(page), Ledger(tasks)
    job = definitions.create(spec(), "anna")
    definitions.update(spec(description="New"), "ben", expected_version=1)
    by_tasks = Store({}, tasks)
    execution = by_tasks.run(job)
    Ledger(page).rebind(execution.id, 2, "ben")
    ledger.record_event(execution.id, "started", step="upload", attempt="first")
    ledger.claim(execution.id, "rows", "upload", "first")
    with ledger.fence_delivery(delivery(execution), "upload", "first"):
        pass
    ledger.claim(execution.id, "", "publish", "first")
    with ledger.fence_publication(publication(execution), "publish", "first"):
        pass
    ledger.record_notification(execution.id, "success", "s", recipient="a@example.com", state="sent", reply="250")
    Alarms(tasks).keep_only([])
    with pytest.raises(UserError, match="may not do this"):
        Definitions(tasks).delete("sales", "anna")
    with pytest.raises(UserError, match="may not do this"):
        Ledger(page).claim(execution.id, "rows", "upload", "second")
    definitions.delete("sales", "anna")
    for engine in (page, tasks):
        engine.dispose()


def test_w7_only_page_and_owner_speak_for_other_people(store: Store, login: Callable[..., dict[str, Any]]) -> None:
    store.create()
    page, editor = login(PAGE), login(EDITOR)
    for dsn, text in ((editor, "by an editor"), (page, "by the page"), (store.dsn, "by the owner")):
        with connect(dsn) as session:
            session.execute("SET export_jobs.actor = 'the boss'")
            session.execute("UPDATE export_jobs.job SET description = %s", [text])
    assert store.hand("SELECT created_by, login FROM export_jobs.job_version ORDER BY version") == [
        ("anna", "export_jobs"),
        (editor["user"], editor["user"]),
        ("the boss", page["user"]),
        ("the boss", "export_jobs"),
    ]


def test_w7_what_a_client_says_about_the_author_is_not_taken(
    store: Store, login: Callable[..., dict[str, Any]]
) -> None:
    editor = login(EDITOR)
    columns = "name, owner, destination, frequency, valid_from, valid_until, created_by, created_at"
    with connect(editor) as session:
        session.execute(
            f"INSERT INTO export_jobs.job ({columns}) VALUES ('typed', 'a@example.com', 'partner', 'daily', "
            "'2026-01-01', '2026-01-31', 'the boss', '1999-01-01')".encode()
        )
        session.execute(
            "INSERT INTO export_jobs.template (name, kind, fact, created_by) VALUES ('t', 'standard', 'f', 'the boss')"
        )
        session.execute("DELETE FROM export_jobs.job")
        session.execute("DELETE FROM export_jobs.template WHERE name = 't'")
    name = editor["user"]
    assert store.hand("SELECT created_by, created_at > '2000-01-01', deleted_by FROM export_jobs.job") == [
        (name, True, name)
    ]
    changes = "SELECT noun, name, changed_by, login FROM export_jobs.definition_change WHERE name IN ('t', 'typed')"
    assert store.hand(f"{changes} ORDER BY id") == [
        ("template", "t", name, name),
        ("job", "typed", name, name),
        ("template", "t", name, name),
    ]


def test_w7_entries_of_the_ledger_have_the_login_that_wrote_them(
    store: Store, login: Callable[..., dict[str, Any]]
) -> None:
    job = store.create()
    tasks = login(TASKS)
    columns = "job_id, dag_id, run_id, run_type, window_start, window_end, version, login"
    with connect(tasks) as session:
        session.execute(
            f"INSERT INTO export_jobs.execution ({columns}) VALUES (1, %s, 'r', 'manual', '2026-01-01', '2026-01-02', "
            "1, 'the boss')".encode(),
            [job.dag_id],
        )
    assert store.hand("SELECT login FROM export_jobs.execution") == [(tasks["user"],)]


def test_w7_only_the_owner_confirms_a_bulk_deletion(store: Store, login: Callable[..., dict[str, Any]]) -> None:
    with store.definitions.transaction("anna") as within:
        for number in range(6):
            within.create(spec(f"job-{number}"))
    with connect(login(PAGE)) as session:
        session.execute("SET export_jobs.allow_bulk_delete = on")
        assert refusal(session, "DELETE FROM export_jobs.job").startswith("This would delete 6 of 6 jobs at once")
    assert len(store.definitions.jobs()) == 6


def test_every_table_that_somebody_writes_has_its_rights(store: Store) -> None:
    """A table of a later migration is decided about: who writes it, or that the store alone does."""
    by_the_store = {"job_version", "definition_change", "chain_head", "chain_entry", "alembic_version"}
    tables = {name for (name,) in store.hand(TABLES)}
    assert {table for rights in WRITE_RIGHTS.values() for table in rights} == tables - by_the_store


def test_the_doctor_is_told_what_a_login_lacks_and_has_too_much(
    store: Store, postgres: Postgres, login: Callable[..., dict[str, Any]]
) -> None:
    page = create_store_engine(login(PAGE))
    found = store_login(page, PAGE)
    assert (found.missing, found.is_owner, found.strangers_may) == ((), False, ())
    assert "INSERT on export_jobs.delivery" in store_login(page, PAGE, TASKS).missing
    assert store_login(store.engine, PAGE, TASKS).is_owner
    with administrator(postgres, store.dsn["dbname"]) as session:
        session.execute("GRANT EXECUTE ON FUNCTION export_jobs.bury_job() TO PUBLIC")
        session.execute(f"GRANT TEMPORARY ON DATABASE {store.dsn['dbname']} TO PUBLIC")
    try:
        assert store_login(page, PAGE).strangers_may == (
            f"make temporary tables in the database {store.dsn['dbname']}",
            "run the function export_jobs.bury_job()",
        )
    finally:
        upgrade_store(store.engine)
        page.dispose()
    assert store_login(store.engine, PAGE).strangers_may == (), "an upgrade takes both away again"


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
    with pytest.raises(UserError, match="is for the owner alone"):
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
            assert (found.missing, found.is_owner, found.strangers_may) == ((), False, ())
        for engine in (owner, for_page, for_tasks):
            engine.dispose()
    finally:
        postgres.drop_database(name)
        with administrator(postgres) as session:
            for login in theirs:
                session.execute(sql.SQL("DROP ROLE {}").format(sql.Identifier(login)))
