"""Connections of Airflow's as a source: those that the docs show, and what is said of one that does not fit."""

from __future__ import annotations

from pathlib import Path

import pytest

from export_jobs.core.definitions.job import FileOptions
from export_jobs.errors import TransientError, UserError
from export_jobs.orchestration.airflow.connections import open_source
from tests.integration.streaming.three_databases import (
    OTHERS,
    connect,
    facts,
    read,
)

pytestmark = pytest.mark.integration


def test_connections_as_the_docs_say_them_open_the_file_for_reading_only(
    connections: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    expected = read(facts("postgres", FileOptions()))
    connect(monkeypatch, "duckdb", conn_type="duckdb", host=f"{connections}/shop.duckdb", extra={"read_only": True})
    connect(monkeypatch, "sqlite", conn_type="sqlite", host=f"{connections}/shop.db", extra={"mode": "ro"})
    for dialect in OTHERS:
        assert read(facts(dialect, FileOptions())) == expected
    connect(monkeypatch, "sqlite", conn_type="sqlite", host=f"{connections}/none.db", extra={"mode": "ro"})
    with pytest.raises(TransientError, match="'in_sqlite' cannot be opened"):
        read(facts("sqlite", FileOptions()))
    assert not (connections / "none.db").exists()


UNFIT = [
    (
        "in_sqlite",
        "postgres",
        "of type 'sqlite', but the catalogue says that its dialect is postgres.*`dialect: sqlite`",
    ),
    ("in_duckdb", "sqlite", "`dialect: duckdb`"),
    ("in_postgres", "duckdb", "Write the database's own dialect in the header of each fact"),
    ("in_odbc", "postgres", "of type 'odbc'"),
    ("in_mysql", "mysql", "the provider of that type is not installed here"),
    ("in_smtp", "mysql", "of type 'smtp', which is not an SQL database"),
    ("in_nothing", "duckdb", "Airflow has no connection 'in_nothing', which is needed for reading the warehouse"),
    ("in_duckdb_uri", "duckdb", "has its DuckDB file in the field for the schema"),
    ("in_sqlite_uri", "sqlite", "has its SQLite file in the field for the schema"),
]


@pytest.mark.parametrize(("connection_id", "dialect", "sentence"), UNFIT)
def test_a_connection_that_does_not_fit_says_what_to_correct(
    connections: Path, monkeypatch: pytest.MonkeyPatch, connection_id: str, dialect: str, sentence: str
) -> None:
    connect(monkeypatch, "odbc", conn_type="odbc", host="h")
    connect(monkeypatch, "mysql", conn_type="mysql", host="h")
    connect(monkeypatch, "smtp", conn_type="smtp", host="h")
    monkeypatch.setenv("AIRFLOW_CONN_IN_DUCKDB_URI", "duckdb:////data/shop.duckdb")
    monkeypatch.setenv("AIRFLOW_CONN_IN_SQLITE_URI", "sqlite:////data/shop.db")
    with pytest.raises(UserError, match=sentence), open_source(connection_id, dialect):
        pass


def test_a_database_that_cannot_be_opened_shows_no_secret(connections: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    connect(monkeypatch, "gone", conn_type="postgres", host="127.0.0.1", port=9, login="u", password="canary-pw")
    connect(monkeypatch, "folder", conn_type="sqlite", host="/nowhere/canary-pw/x.db")
    for name, dialect in (("in_gone", "postgres"), ("in_folder", "sqlite")):
        with (
            pytest.raises(TransientError, match=f"'{name}' cannot be opened \\(OperationalError\\)") as caught,
            open_source(name, dialect),
        ):
            pass
        assert "canary" not in str(caught.value)
