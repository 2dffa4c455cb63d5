"""A PostgreSQL that refuses a session: the true reason, at once, and nothing that is in the connection."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import psycopg
import pytest

from demo.postgres import Postgres
from export_jobs.errors import TerminalError
from export_jobs.orchestration.airflow.connections import open_source

pytestmark = pytest.mark.integration


@pytest.fixture
def closed(postgres: Postgres) -> Iterator[dict[str, Any]]:
    """The login of a role that may not connect to a database."""
    postgres.create_database("closed_to_readers", "export_jobs")
    with psycopg.connect(**postgres.dsn("postgres", "postgres"), autocommit=True) as session:
        session.execute("REVOKE CONNECT ON DATABASE closed_to_readers FROM PUBLIC")
    yield postgres.dsn("closed_to_readers", "warehouse_reader")
    postgres.drop_database("closed_to_readers")


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({}, "does not accept its role. Ask its administrator to GRANT CONNECT to that role."),
        ({"dbname": "nowhere"}, "has no such database or role. Correct its schema and login"),
        ({"password": "canary-pw"}, "refuses the login. Correct its login and password"),
    ],
)
def test_each_refusal_has_its_own_sentence(
    closed: dict[str, Any], monkeypatch: pytest.MonkeyPatch, changes: dict[str, str], said: str
) -> None:
    dsn = {**closed, **changes}
    parts = {"host": dsn["host"], "port": dsn["port"], "login": dsn["user"], "password": dsn["password"]}
    connection = {"conn_type": "postgres", "schema": dsn["dbname"], **parts}
    monkeypatch.setenv("AIRFLOW_CONN_CLOSED", json.dumps(connection))
    with pytest.raises(TerminalError) as caught, open_source("closed", "postgres"):
        pass
    sentence = str(caught.value)
    assert sentence.startswith("The database of the connection 'closed' ") and said in sentence
    for hidden in (dsn["user"], dsn["password"], dsn["host"], dsn["dbname"]):
        assert hidden not in sentence
