"""Who may do what with the store's own logins: nobody but the owner runs a function or switches a guard off."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from demo.postgres import Postgres
from export_jobs.errors import UserError
from export_jobs.store.database.engine import create_store_engine
from export_jobs.store.database.rights import store_login
from export_jobs.store.database.roles import EDITOR, PAGE, READER, TASKS, WRITE_RIGHTS
from export_jobs.store.definitions import Definitions
from export_jobs.store.findings.alarms import Alarms
from export_jobs.store.ledger import Ledger
from export_jobs.store.schema import upgrade_store
from tests.integration.store.logins import TABLES, connect, everything, refusal
from tests.integration.store.samples import Store, administrator, delivery, publication, spec

pytestmark = pytest.mark.integration

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


def test_the_doctor_sees_which_rights_a_login_misses_and_which_are_too_many(
    store: Store, postgres: Postgres, login: Callable[..., dict[str, Any]]
) -> None:
    page = create_store_engine(login(PAGE))
    found = store_login(page, PAGE)
    assert (found.missing, found.is_owner, found.public_rights) == ((), False, ())
    assert "INSERT on export_jobs.delivery" in store_login(page, PAGE, TASKS).missing
    assert store_login(store.engine, PAGE, TASKS).is_owner
    with administrator(postgres, store.dsn["dbname"]) as session:
        session.execute("GRANT EXECUTE ON FUNCTION export_jobs.bury_job() TO PUBLIC")
        session.execute(f"GRANT TEMPORARY ON DATABASE {store.dsn['dbname']} TO PUBLIC")
    try:
        assert store_login(page, PAGE).public_rights == (
            f"create temporary tables in the database {store.dsn['dbname']}",
            "run the function export_jobs.bury_job()",
        )
    finally:
        upgrade_store(store.engine)
        page.dispose()
    assert store_login(store.engine, PAGE).public_rights == (), "an upgrade takes both away again"
