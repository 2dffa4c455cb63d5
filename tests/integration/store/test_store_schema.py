"""Making the schema, and a store that is away, locked, foreign or out of date: one sentence each, no secret in it."""

from __future__ import annotations

import multiprocessing
import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import psycopg
import pytest
from psycopg import sql

from demo.postgres import Postgres
from export_jobs.errors import TerminalError, TransientError, UserError
from export_jobs.store.database.engine import create_store_engine
from export_jobs.store.definitions import Definitions
from export_jobs.store.schema import current_revision, is_current, newest_revision, upgrade_store
from tests.integration.store.samples import Store, administrator

pytestmark = pytest.mark.integration


def test_upgrade_makes_the_schema_once(fresh_database: Callable[..., dict[str, Any]]) -> None:
    engine = create_store_engine(fresh_database())
    assert current_revision(engine) is None
    assert not is_current(engine)
    upgrade_store(engine)
    upgrade_store(engine)
    assert current_revision(engine) == newest_revision() is not None
    assert is_current(engine)
    assert Definitions(engine).jobs() == []
    engine.dispose()


def test_upgrade_in_a_schema_that_an_administrator_made(postgres: Postgres) -> None:
    """The login may create tables in its schema and no schema of its own."""
    postgres.create_database("made_by_administrator", "postgres")
    with psycopg.connect(**postgres.dsn("made_by_administrator", "postgres")) as session:
        session.execute("GRANT CONNECT ON DATABASE made_by_administrator TO export_jobs")
        session.execute("CREATE SCHEMA export_jobs AUTHORIZATION export_jobs")
    engine = create_store_engine(postgres.dsn("made_by_administrator", "export_jobs"))
    upgrade_store(engine)
    assert is_current(engine)
    engine.dispose()
    postgres.drop_database("made_by_administrator")


def test_a_store_of_a_newer_version_is_left_alone(empty_store: Store) -> None:
    empty_store.hand("UPDATE export_jobs.alembic_version SET version_num = '9999'")
    assert not is_current(empty_store.engine)
    with pytest.raises(UserError, match="newer version of this package"):
        upgrade_store(empty_store.engine)


def test_constraints_have_names_that_read_as_sentences(empty_store: Store) -> None:
    """`job_check1` would tell nobody anything."""
    rows = empty_store.hand(
        "SELECT conname FROM pg_constraint WHERE contype = 'c' AND connamespace = 'export_jobs'::regnamespace"
    )
    assert len(rows) > 25
    assert [name for (name,) in rows if re.search(r"_check\d*$", name)] == []


def test_a_store_before_its_first_upgrade_says_what_to_do(fresh_database: Callable[..., dict[str, Any]]) -> None:
    engine = create_store_engine(fresh_database())
    with pytest.raises(UserError, match="Run `export-jobs db upgrade`"):
        Definitions(engine).jobs()
    engine.dispose()


def test_q15_a_store_that_is_away_may_come_back(postgres: Postgres, tmp_path: Any) -> None:
    engine = create_store_engine(
        {**postgres.dsn("export_jobs", "export_jobs"), "host": str(tmp_path), "password": "canary-pw"}
    )
    with pytest.raises(TransientError, match="cannot be reached") as raised:
        Definitions(engine).jobs()
    assert "canary" not in str(raised.value)


def test_a_refused_login_does_not_pass_by_itself(postgres: Postgres) -> None:
    engine = create_store_engine({**postgres.dsn("export_jobs", "export_jobs"), "password": "canary-pw"})
    with pytest.raises(TerminalError, match="refuses the login") as raised:
        Definitions(engine).jobs()
    assert "canary" not in str(raised.value)


def test_a_session_that_was_cut_is_replaced_unnoticed(store: Store, postgres: Postgres) -> None:
    store.definitions.jobs()
    with administrator(postgres) as session:
        query = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = %s"
        assert session.execute(query, [store.dsn["dbname"]]).fetchall()
    assert store.definitions.jobs() == []


def test_parent_and_child_do_not_share_a_connection(store: Store) -> None:
    """Airflow forks for every task; two processes on one socket read each other's answers."""
    backend = "SELECT pg_backend_pid()"
    with store.engine.connect() as connection:
        parents = connection.exec_driver_sql(backend).scalar_one()
    context = multiprocessing.get_context("fork")
    answers = context.Queue()

    def child() -> None:
        with store.engine.connect() as connection:
            answers.put(connection.exec_driver_sql(backend).scalar_one())

    process = context.Process(target=child)
    process.start()
    assert answers.get(timeout=20) != parents
    process.join(20)
    assert process.exitcode == 0
    with store.engine.connect() as connection:
        assert connection.exec_driver_sql(backend).scalar_one() == parents


def test_a_lock_held_too_long_may_pass(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("export_jobs.store.database.engine.LOCK_TIMEOUT_MS", 200)
    impatient = Definitions(create_store_engine(store.dsn))
    store.create()
    holder = store.session()
    holder.execute("SELECT FROM export_jobs.job FOR UPDATE")
    with pytest.raises(TransientError, match="Another process has locked"):
        impatient.delete("sales", "anna")


ON_JOBS = ("SELECT, UPDATE, DELETE ON export_jobs.job",)
ON_NEW_JOBS = tuple(f"INSERT ON export_jobs.{table}" for table in ("job", "job_template", "job_filter"))


@contextmanager
def analyst(store: Store, postgres: Postgres, *grants: str) -> Iterator[Callable[..., None]]:
    """A function that runs statements in one transaction as a person with these rights and no other."""
    login = sql.Identifier("analyst_of_tests")
    name = store.dsn["dbname"]
    admin = {**postgres.dsn(name, "postgres")}
    with administrator(postgres) as session:
        session.execute(sql.SQL("DROP ROLE IF EXISTS {}").format(login))
        session.execute(sql.SQL("CREATE ROLE {}").format(login))
        session.execute(sql.SQL("GRANT CONNECT ON DATABASE {} TO {}").format(sql.Identifier(name), login))
    with psycopg.connect(**admin) as session:
        for grant in ("USAGE ON SCHEMA export_jobs", *grants):
            session.execute(sql.SQL("GRANT {} TO {}").format(sql.SQL(grant), login))
    upgrade_store(store.engine)  # whoever may write a table gets what its constraints run

    def run(*statements: str) -> None:
        with psycopg.connect(**admin) as session:
            session.execute("SET SESSION AUTHORIZATION analyst_of_tests")
            for statement in statements:
                session.execute(statement.encode())

    yield run
    with psycopg.connect(**admin) as session:
        session.execute(sql.SQL("DROP OWNED BY {}").format(login))
    with administrator(postgres) as session:
        session.execute(sql.SQL("DROP ROLE {}").format(login))


def test_a_person_needs_no_more_than_the_right_to_edit_a_row(store: Store, postgres: Postgres) -> None:
    """What the triggers read and write on the way is theirs to read and write, and the author is still the person."""
    store.create(templates=[{"template": "rows", "filters": [{"column": "amount", "op": "is_null"}]}])
    with analyst(store, postgres, *ON_JOBS) as run:
        run("UPDATE export_jobs.job SET description = 'by an analyst'")
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            run("INSERT INTO export_jobs.job_version VALUES (1, 9, '{}', '{}')")
        run("DELETE FROM export_jobs.job")
    assert store.hand("SELECT version, created_by FROM export_jobs.job_version ORDER BY version") == [
        (1, "anna"),
        (2, "analyst_of_tests"),
    ]
    assert store.hand("SELECT deleted_by FROM export_jobs.job") == [("analyst_of_tests",)]


def test_a_person_needs_no_more_than_the_right_to_add_rows(store: Store, postgres: Postgres) -> None:
    with analyst(store, postgres, *ON_NEW_JOBS) as run:
        run(
            """INSERT INTO export_jobs.job (name, owner, destination, frequency, valid_from, valid_until)
            VALUES ('typed', 'owner@example.com', 'partner', 'daily', '2026-01-01', '2026-01-31')""",
            "INSERT INTO export_jobs.job_template (job_id, position, template) VALUES (1, 1, 'rows')",
            "INSERT INTO export_jobs.job_filter VALUES (1, 'rows', 1, 'amount', 'at_least', '{5}')",
        )
        with pytest.raises(psycopg.Error, match='Job "typed": its filters cannot change once the job exists'):
            run("INSERT INTO export_jobs.job_filter VALUES (1, 'rows', 2, 'amount', 'at_most', '{9}')")
    (typed,) = store.definitions.jobs()
    assert [one.values for one in typed.parse().use("rows").filters] == [("5",)]
    assert store.definitions.versions(typed.job_id)[0].created_by == "analyst_of_tests"
