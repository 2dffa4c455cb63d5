"""An empty store for every test: one schema that the migrations made, emptied past its own guards after each."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from sqlalchemy import event

from demo.postgres import Postgres
from export_jobs.core.definitions.job import DestinationSpec, Template
from export_jobs.store.database.engine import create_store_engine
from export_jobs.store.schema import upgrade_store
from export_jobs.store.stored_job import StoredJob
from tests.integration.store.samples import Store, empty_again


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
