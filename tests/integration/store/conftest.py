"""An empty store for every test: one schema that the migrations made, emptied past its own guards after each."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from psycopg import sql
from sqlalchemy import event

from demo.postgres import Postgres
from export_jobs.core.definitions.job import DestinationSpec, Template
from export_jobs.store.database.engine import create_store_engine
from export_jobs.store.schema import upgrade_store
from export_jobs.store.stored_job import StoredJob
from tests.integration.store.logins import PASSWORD
from tests.integration.store.samples import Store, administrator, delivery, empty_again, publication


@pytest.fixture(scope="session")
def database(postgres: Postgres) -> Iterator[str]:
    """A database with the schema that the migrations make, for all tests of the store."""
    name = "store_of_tests"
    postgres.create_database(name, "export_jobs")
    engine = create_store_engine(postgres.dsn(name, "export_jobs"))
    upgrade_store(engine)
    engine.dispose()
    yield name
    postgres.drop_database(name)


@pytest.fixture
def empty_store(postgres: Postgres, database: str) -> Iterator[Store]:
    dsn = postgres.dsn(database, "export_jobs")
    store = Store(dsn, create_store_engine(dsn))
    yield store
    store.engine.dispose()
    for session in store.sessions:
        session.close()
    empty_again(postgres, database)


@pytest.fixture
def store(empty_store: Store) -> Store:
    """A store with a destination and two templates."""
    with empty_store.definitions.transaction("anna") as within:
        within.save_destination(DestinationSpec(tag="partner", kind="sftp", connection="partner_sftp", folder="in"))
        within.create_template(Template(name="rows", kind="standard", fact="purchases"))
        within.create_template(Template(name="totals", kind="custom", kpis=("sales",), dimensions=("store",)))
    return empty_store


@pytest.fixture
def job(store: Store) -> StoredJob:
    return store.create()


@pytest.fixture
def queries(store: Store) -> Iterator[Callable[[], int]]:
    """How many statements the Python API has sent to the store so far."""
    sent: list[str] = []

    def note(_connection: Any, _cursor: Any, statement: str, *_: Any) -> None:
        sent.append(statement)

    event.listen(store.engine, "before_cursor_execute", note)
    yield lambda: len(sent)
    event.remove(store.engine, "before_cursor_execute", note)


@pytest.fixture
def scalar(store: Store) -> Callable[..., object]:
    """Ask the store for one value."""
    session = store.session(autocommit=True)

    def ask(query: str, *values: object) -> object:
        row = session.execute(query.encode(), values).fetchone()
        assert row is not None
        return row[0]

    return ask


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
