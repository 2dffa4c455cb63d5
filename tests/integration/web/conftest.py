"""The API inside a real Airflow app, with its real auth manager and tables, on a real store; users of every role."""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Any
from urllib.parse import quote_plus

import psycopg
import pytest

from demo.postgres import Postgres
from export_jobs.core.definitions.job import DestinationSpec, Template
from tests.integration.store.samples import Store, empty_again

if TYPE_CHECKING:
    from fastapi import FastAPI
    from fastapi.testclient import TestClient

    Ask = Callable[..., TestClient]

STORE = "AIRFLOW_CONN_EXPORT_JOBS_STORE"


TABLES = """
    CREATE SCHEMA sales;
    CREATE TABLE sales.stores (store_id int, name text, city text, region text, country text);
    INSERT INTO sales.stores VALUES (1, 'First', 'Köln', 'West', 'Germany'),
        (2, 'Second', 'Gent', 'Benelux', 'Belgium'), (3, 'Third', 'Bonn', 'West', 'Germany'),
        (4, 'Fourth', NULL, '100%_', NULL);
    CREATE TABLE sales.purchases (purchase_id int, customer_id int, store_id int, purchased_at timestamptz,
        purchase_date date, cds int, amount_usd numeric, is_refund boolean, updated_at timestamptz);
    INSERT INTO sales.purchases SELECT n, n % 7, n % 4 + 1, '1997-01-01T12:00Z', '1997-01-01', 1, 10, n % 10 = 0,
        '1997-01-01T12:00Z' FROM generate_series(1, 100) n;
"""


def dsn_url(dsn: dict[str, Any]) -> str:
    return f"postgres://{dsn['user']}:{quote_plus(dsn['password'])}@{quote_plus(dsn['host'])}/{dsn['dbname']}"


@pytest.fixture(scope="session")
def web_database(postgres: Postgres) -> Iterator[str]:
    """A store for the web tests only."""
    from export_jobs.store.database.engine import create_store_engine
    from export_jobs.store.schema import upgrade_store

    name = "store_of_web_tests"
    postgres.create_database(name, "export_jobs")
    engine = create_store_engine(postgres.dsn(name, "export_jobs"))
    upgrade_store(engine)
    engine.dispose()
    yield name
    postgres.drop_database(name)


@pytest.fixture(scope="session")
def airflow_app() -> FastAPI:
    """Airflow's own app on its own SQLite tables, with ours mounted in it as Airflow mounts a plugin's."""
    os.environ["AIRFLOW__CORE__AUTH_MANAGER"] = "tests.integration.web.auth_manager.AuthManagerOfDags"
    os.environ["AIRFLOW__CORE__SIMPLE_AUTH_MANAGER_USERS"] = "viewer:viewer,user:user,op:op,admin:admin"
    os.environ["AIRFLOW__API_AUTH__JWT_SECRET"] = "a secret of the tests, " * 4
    os.environ["AIRFLOW__API__BASE_URL"] = "http://airflow.example"
    from airflow.api_fastapi.app import create_app
    from airflow.models.dagbundle import DagBundleModel
    from airflow.models.pool import Pool
    from airflow.utils.db import initdb
    from airflow.utils.session import create_session
    from starlette.routing import Mount

    from export_jobs.web.app import PREFIX
    from export_jobs.web.app import create_app as create_ours

    initdb()
    with create_session() as session:
        session.merge(DagBundleModel(name="exports"))
        if session.query(Pool).filter(Pool.pool == "export_jobs").first() is None:
            session.add(Pool(pool="export_jobs", slots=8, description="", include_deferred=False))
    app: FastAPI = create_app(apps="core")
    app.router.routes.insert(0, Mount(PREFIX, create_ours()))  # before the catch-all, as a plugin's is
    return app


@pytest.fixture
def web_store(postgres: Postgres, web_database: str, monkeypatch: pytest.MonkeyPatch) -> Iterator[Store]:
    """The store behind the API: two destinations, two templates of the catalogue in ``include/sql``."""
    from export_jobs.store.database.engine import create_store_engine
    from export_jobs.web.http import dependencies as state

    dsn = postgres.dsn(web_database, "export_jobs")
    monkeypatch.setenv(STORE, dsn_url(dsn))
    state._engine_of.cache_clear()
    store = Store(dsn, create_store_engine(dsn))
    with store.definitions.transaction("anna") as within:
        within.save_destination(DestinationSpec(tag="partner", kind="sftp", connection="partner_sftp", folder="in"))
        within.save_destination(DestinationSpec(tag="archive", kind="s3", connection="archive_s3", folder="bucket"))
        within.create_template(Template(name="rows", kind="standard", fact="purchases"))
        within.create_template(Template(name="totals", kind="custom", kpis=("gross_sales",), dimensions=("store",)))
    yield store
    store.engine.dispose()
    empty_again(postgres, web_database)


@pytest.fixture
def airflow_tables(airflow_app: FastAPI) -> Iterator[Any]:
    """A function that adds rows to Airflow's own tables; rows of a test are removed afterwards."""
    from airflow import models
    from airflow.models.dagbag import DagPriorityParsingRequest
    from airflow.utils.session import create_session

    def add(*rows: Any) -> None:
        for row in rows:  # one by one, since the order matters to foreign keys
            with create_session() as session:
                session.add(row)

    yield add
    with create_session() as session:
        for model in (models.Log, models.DagRun, DagPriorityParsingRequest, models.DagModel):
            session.query(model).delete()


@pytest.fixture
def ask(airflow_app: FastAPI, web_store: Store, airflow_tables: Any) -> Ask:
    """Return a client that is logged in with a role, without permission on the Dag ``without``. None: not logged in.

    ``team`` is theirs in multi-team mode, ``mail`` the address that the auth manager knows of them.
    """
    from airflow.api_fastapi.app import get_auth_manager
    from airflow.api_fastapi.auth.managers.simple.user import SimpleAuthManagerUser
    from fastapi.testclient import TestClient

    from tests.integration.web.auth_manager import WITH_MAIL, WITHOUT

    def client(role: str | None = "admin", *, without: str = "", mail: str = "", team: str = "") -> TestClient:
        made = TestClient(airflow_app, base_url="http://airflow.example", raise_server_exceptions=False)
        made.headers["Content-Type"] = "application/json"
        if role:
            name = role + (f"{WITHOUT}{without}" if without else "") + (f"{WITH_MAIL}{mail}" if mail else "")
            user = SimpleAuthManagerUser(username=name, role=role, teams=[team] if team else [])
            made.headers["Authorization"] = f"Bearer {get_auth_manager().generate_jwt(user)}"
        return made

    return client


@pytest.fixture
def audit(airflow_app: FastAPI) -> Callable[[], list[tuple[str, str, str | None, dict[str, Any]]]]:
    """Return the rows of Airflow's audit log, oldest first: event, user, Dag, extra."""
    from airflow.models import Log
    from airflow.utils.session import create_session

    def rows() -> list[tuple[str, str, str | None, dict[str, Any]]]:
        with create_session() as session:
            found = session.query(Log).filter(Log.event.like("export_jobs.%")).order_by(Log.id).all()
            return [(row.event, row.owner, row.dag_id, json.loads(row.extra)) for row in found]

    return rows


@pytest.fixture(scope="module")
def warehouse(postgres: Postgres) -> Iterator[dict[str, Any]]:
    name = "warehouse_of_web_tests"
    postgres.create_database(name, "export_jobs")
    with psycopg.connect(**postgres.dsn(name, "export_jobs")) as session:
        session.execute(TABLES)
    yield postgres.dsn(name, "export_jobs")
    postgres.drop_database(name)


@pytest.fixture
def connected(warehouse: dict[str, Any], monkeypatch: pytest.MonkeyPatch) -> None:
    parts = {
        "conn_type": "postgres",
        "login": warehouse["user"],
        "password": warehouse["password"],
        "schema": warehouse["dbname"],
        "host": warehouse["host"],
        "port": warehouse["port"],
    }
    monkeypatch.setenv("AIRFLOW_CONN_EXPORT_JOBS_WAREHOUSE", json.dumps(parts))
