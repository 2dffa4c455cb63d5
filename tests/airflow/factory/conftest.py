"""One process that has Airflow loaded for all tests of this folder, and a store of jobs for each."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest

from demo.postgres import Postgres
from export_jobs.core.definitions.job import DestinationSpec, Template
from export_jobs.store.database.engine import create_store_engine
from export_jobs.store.definitions import Definitions
from export_jobs.store.schema import upgrade_store
from tests.airflow.factory.rows import Rows, connection
from tests.airflow.parser import Parser, parser


@pytest.fixture(scope="session")
def processor(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Parser]:
    with parser(tmp_path_factory.mktemp("airflow")) as running:
        yield running


@pytest.fixture(scope="session")
def empty_database(postgres: Postgres) -> Iterator[str]:
    """A database with the schema that the migrations make, to be copied for every test."""
    name = "factory_empty"
    postgres.create_database(name, "export_jobs")
    engine = create_store_engine(postgres.dsn(name, "export_jobs"))
    upgrade_store(engine)
    engine.dispose()
    yield name
    postgres.drop_database(name)


@pytest.fixture
def rows(postgres: Postgres, empty_database: str, processor: Parser, tmp_path: Path) -> Iterator[Rows]:
    with psycopg.connect(**postgres.dsn("postgres", "postgres"), autocommit=True) as session:
        session.execute("DROP DATABASE IF EXISTS factory_rows")
        session.execute(f"CREATE DATABASE factory_rows TEMPLATE {empty_database} OWNER export_jobs".encode())
    dsn, superuser = (postgres.dsn("factory_rows", role) for role in ("export_jobs", "postgres"))
    engine = create_store_engine(dsn)
    found = Rows(dsn, superuser, Definitions(engine), processor, tmp_path)
    found.environment = {
        "AIRFLOW_CONN_EXPORT_JOBS_STORE": connection(dsn),
        "EXPORT_JOBS_STATE": str(tmp_path),
    }
    with found.definitions.transaction("anna") as within:
        within.save_destination(DestinationSpec(tag="partner", kind="sftp", connection="partner_sftp", folder="in"))
        within.create_template(Template(name="all-purchases", kind="standard", fact="purchases"))
        within.create_template(Template(name="totals", kind="custom", kpis=("cds_sold",), dimensions=("store",)))
    yield found
    engine.dispose()
    postgres.drop_database("factory_rows")
