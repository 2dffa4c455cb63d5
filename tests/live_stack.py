"""One real Airflow for all live and browser tests, on its own Postgres, SFTP, S3 and mail servers and warehouse."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import psycopg
import pytest

from tests.servers.sftp_faults import PASSWORD, USER, FaultySftpServer

if TYPE_CHECKING:
    from demo.postgres import Postgres
    from demo.s3_server import S3Server
    from demo.smtp_server import SmtpServer
    from tests.airflow.live import Live

Note = Callable[[str, object], None]
STARTED = pytest.StashKey["Live"]()
"""The stack, once a test has asked for it; Airflow runs only while the next test asks for it, too."""
CATALOGUE = Path(__file__).parent / "airflow" / "catalogue"

WAREHOUSE = """
    CREATE SCHEMA live;
    CREATE TABLE live.events (event_id bigint PRIMARY KEY, happened_at timestamptz, amount numeric(10, 2), note text);
    INSERT INTO live.events
    SELECT n, timestamptz '2026-01-01 00:30+00' + n * interval '1 hour', n * 1.25, CASE WHEN n % 7 > 0 THEN 'n' || n END
    FROM generate_series(0, 24 * 60 - 1) AS n;
    CREATE VIEW live.breakable AS SELECT event_id, happened_at, amount FROM live.events;
    CREATE TABLE live.places (place_id bigint PRIMARY KEY, place_name text, region text);
    INSERT INTO live.places VALUES (0, 'Harbour', 'North'), (1, 'Market', 'North'), (2, 'Castle', 'South');
    GRANT USAGE ON SCHEMA live TO warehouse_reader;
    GRANT SELECT ON ALL TABLES IN SCHEMA live TO warehouse_reader;
"""


@pytest.fixture(scope="session")
def partner(stack_folder: Path) -> Iterator[FaultySftpServer]:
    """The partner's SFTP server, which misbehaves when a test tells it to."""
    root = stack_folder / "partner"
    (root / "in").mkdir(parents=True)
    with FaultySftpServer(root) as server:
        yield server


@pytest.fixture(scope="session")
def live_stack(
    stack_folder: Path, postgres: Postgres, partner: FaultySftpServer, s3: S3Server, smtp: SmtpServer
) -> Iterator[Live]:
    """The running stack, with destinations and templates saved and no job yet."""
    from demo.airflow_processes import Airflow
    from demo.store import DATABASE, OWNER, make_store
    from export_jobs.store.database.engine import create_store_engine
    from tests.airflow.live import Live

    with psycopg.connect(**postgres.dsn("warehouse", "warehouse_owner")) as connection:
        connection.execute(WAREHOUSE)
    environment = {
        "EXPORT_JOBS_CATALOGUE": str(CATALOGUE),
        "EXPORT_JOBS_RETRIES": "3",
        "EXPORT_JOBS_RETRY_DELAY_S": "3",
        "EXPORT_JOBS_STALL_TIMEOUT_S": "600",  # a drill holds an upload until Airflow has missed its heartbeat
        "AIRFLOW__SCHEDULER__SCHEDULER_HEARTBEAT_SEC": "1",
        "AIRFLOW__SCHEDULER__SCHEDULER_IDLE_SLEEP_TIME": "0.5",  # three schedulers may look at the same time
        "AIRFLOW__SCHEDULER__TASK_INSTANCE_HEARTBEAT_TIMEOUT": "20",
        "AIRFLOW__SCHEDULER__TASK_INSTANCE_HEARTBEAT_TIMEOUT_DETECTION_INTERVAL": "3",
        "AIRFLOW__SCHEDULER__TASK_INSTANCE_HEARTBEAT_SEC": "4",
        "AIRFLOW__WORKERS__EXECUTION_API_RETRIES": "2",
        **_connections(postgres, partner, s3, smtp),
    }
    airflow = Airflow(stack_folder / "airflow", postgres, usual_port=None, extra_env=environment, without=["triggerer"])
    airflow.prepare()
    _read_our_modules_before_forking(airflow.folder)
    api = {"host": "http://127.0.0.1", "port": airflow.port, "login": "admin", "password": airflow.password()}
    airflow.extra_env["AIRFLOW_CONN_EXPORT_JOBS_AIRFLOW_API"] = json.dumps({"conn_type": "http", **api})
    make_store(postgres)
    engine = create_store_engine(postgres.dsn(DATABASE, OWNER))
    with airflow:
        live = Live(airflow, postgres, partner, s3, smtp, engine)
        live.client.post("/api/v2/pools", json={"name": "export_jobs", "slots": 8}).raise_for_status()
        live.define()
        yield live
        live.close()
    engine.dispose()


@pytest.hookimpl(tryfirst=True)
def pytest_runtest_setup(item: pytest.Item) -> None:
    """Start Airflow again for a test that comes after those that needed none."""
    stack = item.session.stash.get(STARTED, None)
    if stack and _asks_for_airflow(item) and not stack.airflow.is_started:
        stack.airflow.start()


@pytest.hookimpl(wrapper=True)
def pytest_runtest_teardown(item: pytest.Item, nextitem: pytest.Item | None) -> Iterator[None]:
    """Stop Airflow after the last test that asks for it: an idle one takes a quarter of a core from all others."""
    yield
    stack = item.session.stash.get(STARTED, None)
    if stack and not _asks_for_airflow(nextitem):
        stack.airflow.stop()


def _asks_for_airflow(item: pytest.Item | None) -> bool:
    return "live_stack" in getattr(item, "fixturenames", ())


@pytest.fixture
def live(request: pytest.FixtureRequest, live_stack: Live, record_property: Note) -> Iterator[Live]:
    """The stack with all its servers well; the jobs that a test makes go with it."""
    request.session.stash[STARTED] = live_stack
    live_stack.partner.heal()
    live_stack.note = record_property
    before = live_stack.names()
    yield live_stack
    live_stack.partner.heal()
    live_stack.delete(live_stack.names() - before)
    live_stack.empty_the_partners_folder()


def _read_our_modules_before_forking(airflow_home: Path) -> None:
    """Import once, in the scheduler and the parser, what takes each of their tasks and parses a second otherwise."""
    (airflow_home / "config").mkdir(exist_ok=True)
    modules = ("export_jobs.delivery.sftp", "export_jobs.orchestration.factory")
    settings = "".join(f"import {module}\n" for module in modules)
    (airflow_home / "config" / "airflow_local_settings.py").write_text(settings)


def _connections(postgres: Postgres, partner: FaultySftpServer, s3: S3Server, smtp: SmtpServer) -> dict[str, str]:
    from demo.store import DATABASE, PAGE_LOGIN, TASKS_LOGIN

    sftp = {"conn_type": "sftp", "host": "127.0.0.1", "port": partner.port, "login": USER}
    pinned = {"host_key": partner.host_key_line}
    mail = {"disable_ssl": True, "disable_tls": True, "from_email": "exports@example.com", "retry_limit": 0}
    connections: dict[str, dict[str, Any]] = {
        "EXPORT_JOBS_STORE": _database(postgres, DATABASE, PAGE_LOGIN),
        "EXPORT_JOBS_STORE_TASKS": _database(postgres, DATABASE, TASKS_LOGIN),
        "EXPORT_JOBS_WAREHOUSE": _database(postgres, "warehouse", "warehouse_reader"),
        "PARTNER_SFTP": {**sftp, "password": PASSWORD, "extra": pinned},
        "PARTNER_SFTP_WRONG": {**sftp, "password": "not the password", "extra": pinned},
        "EXPORT_S3": {
            "conn_type": "aws",
            "login": s3.keys["access"],
            "password": s3.keys["secret"],
            "extra": {"endpoint_url": s3.url, "region_name": s3.region},
        },
        "SMTP_DEFAULT": {
            "conn_type": "smtp",
            "host": "127.0.0.1",
            "port": smtp.port,
            "login": smtp.user,
            "password": smtp.password,
            "extra": mail,
        },
    }
    return {f"AIRFLOW_CONN_{name}": json.dumps(connection) for name, connection in connections.items()}


def _database(postgres: Postgres, database: str, role: str) -> dict[str, Any]:
    dsn = postgres.dsn(database, role)
    login = {"login": role, "password": dsn["password"], "schema": database}
    return {"conn_type": "postgres", "host": dsn["host"], "port": dsn["port"], **login}
