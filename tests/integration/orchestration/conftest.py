"""The tasks of a run on a real store, called as Airflow's task runner calls them."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from export_jobs.core.definitions.job import Template
from export_jobs.store.stored_job import StoredJob
from tests.integration.orchestration.run import Run, connection
from tests.integration.orchestration.zoo import ZOO
from tests.integration.store.conftest import database, empty_store, job, store
from tests.integration.store.samples import Store
from tests.servers.airflow_api import AirflowServer, AirflowState
from tests.servers.smtp_script import Script, ScriptedSmtpServer

__all__ = ["Run", "database", "empty_store", "job", "store"]


@pytest.fixture
def connected(store: Store, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Store:
    """The store as tasks find it, through Airflow's connection; no snapshot of it is there yet."""
    monkeypatch.setenv("EXPORT_JOBS_STATE", str(tmp_path))
    monkeypatch.setenv("AIRFLOW_CONN_EXPORT_JOBS_STORE", connection(store))
    return store


@pytest.fixture
def run(connected: Store, job: StoredJob) -> Run:
    return Run(connected, job)


@pytest.fixture
def zoo(connected: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Store:
    """A table with every type of PostgreSQL: fact ``animals`` of the catalogue, and a template of all its columns."""
    declared = ", ".join(f"{name}: {kind}" for name, (kind, _, _) in ZOO.items())
    (tmp_path / "sql" / "facts").mkdir(parents=True)
    (tmp_path / "sql" / "facts" / "animals.sql").write_text(
        "/*\ntitle: Animals\nconnection: shop\nevent_date: {column: seen_at, type: timestamptz}\norder_by: [place]\n"
        f"columns: {{place: integer, {declared}}}\n*/\nSELECT * FROM zoo.animals\n"
    )
    monkeypatch.setenv("EXPORT_JOBS_CATALOGUE", str(tmp_path / "sql"))
    monkeypatch.setenv("EXPORT_JOBS_STAGING", str(tmp_path / "staging"))
    monkeypatch.setenv("AIRFLOW_CONN_SHOP", connection(connected))
    rows = [[values[number] for _, _, values in ZOO.values()] for number in range(3)] + [["NULL"] * len(ZOO)]
    lines = ", ".join(f"({number}, '2026-01-01 12:00Z', {', '.join(row)})" for number, row in enumerate(rows))
    connected.hand(
        "DROP SCHEMA IF EXISTS zoo CASCADE",
        "CREATE SCHEMA zoo",
        "CREATE TYPE zoo.mood AS ENUM ('happy', 'sad')",
        "CREATE TABLE zoo.animals (place int, seen_at timestamptz, "
        + ", ".join(f"{name} {kind}" for name, (_, kind, _) in ZOO.items())
        + ")",
        f"INSERT INTO zoo.animals VALUES {lines}",
    )
    with connected.definitions.transaction("anna") as within:
        within.create_template(Template(name="animals", kind="standard", fact="animals", columns=tuple(ZOO)))
    return connected


@pytest.fixture
def mails(monkeypatch: pytest.MonkeyPatch) -> Iterator[Script]:
    """A mail server that takes everything until a test tells it otherwise."""
    script = Script()
    with ScriptedSmtpServer(script) as server:
        monkeypatch.setenv("AIRFLOW_CONN_SMTP_DEFAULT", json.dumps(server.connection()))
        yield script


@pytest.fixture(autouse=True)
def operators(monkeypatch: pytest.MonkeyPatch) -> None:
    """No mail goes to whomever the caller's shell names."""
    monkeypatch.delenv("EXPORT_JOBS_OPERATORS_MAIL", raising=False)


@pytest.fixture
def airflow(monkeypatch: pytest.MonkeyPatch) -> Iterator[AirflowState]:
    """Airflow's API as the auditor asks it."""
    with AirflowServer() as server:
        monkeypatch.setenv("AIRFLOW_CONN_EXPORT_JOBS_AIRFLOW_API", json.dumps(server.connection))
        yield server.state
