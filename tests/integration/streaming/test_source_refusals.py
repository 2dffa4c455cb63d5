"""What a source does not do: write, run for ever, take two statements, or show a value in an error."""

from __future__ import annotations

import sqlite3
from pathlib import Path

import pytest

from export_jobs.core.definitions.job import FileOptions
from export_jobs.core.sql.compiled import Column, Precondition
from export_jobs.errors import TerminalError, TransientError
from tests.integration.streaming.three_databases import (
    DIALECTS,
    LONG,
    OTHERS,
    ROWS,
    export,
    facts,
    read,
)

pytestmark = pytest.mark.integration


@pytest.mark.parametrize("dialect", DIALECTS)
def test_a_query_that_runs_too_long_is_ended(connections: Path, dialect: str) -> None:
    slow = export(dialect, LONG[dialect], (Column("n", "integer"),))
    with pytest.raises(TerminalError, match=r"'sales'.*more than 1 s.*EXPORT_JOBS_STATEMENT_TIMEOUT_S"):
        read(slow, timeout_s=1)


@pytest.mark.parametrize("dialect", DIALECTS)
def test_rows_that_come_too_slowly_are_ended_too(connections: Path, dialect: str) -> None:
    rows = {
        "postgres": "SELECT i FROM generate_series(1, 100000000000) AS i",
        "duckdb": "SELECT i FROM range(100000000000) AS t(i)",
        "sqlite": "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT i FROM n",
    }
    with pytest.raises(TerminalError, match=r"'sales'.*more than 1 s"):
        read(export(dialect, rows[dialect], (Column("n", "integer"),)), timeout_s=1)


@pytest.mark.parametrize("dialect", DIALECTS)
@pytest.mark.parametrize(
    "statement",
    [
        "DELETE FROM facts",
        "INSERT INTO facts (id) VALUES (9)",
        "DROP TABLE facts",
        "CREATE TABLE made AS SELECT 1 AS a",
    ],
)
def test_a_statement_that_writes_is_refused(connections: Path, dialect: str, statement: str) -> None:
    with pytest.raises(TerminalError):
        read(export(dialect, statement, ()))
    condition = Precondition(statement, "never said", "")
    with pytest.raises(TerminalError) as caught:
        read(export(dialect, "SELECT 1 AS a", (Column("a", "integer"),), preconditions=(condition,)))
    assert "never said" not in str(caught.value)
    assert read(export(dialect, "SELECT count(*) FROM facts", (Column("n", "integer"),)))[0] == b"n\r\n8\r\n"


def test_sqlite_itself_refuses_to_write(connections: Path) -> None:
    with pytest.raises(TerminalError, match="the statement tries to write, and an export only reads"):
        read(export("sqlite", "DELETE FROM facts RETURNING id", (Column("id", "integer"),)))


@pytest.mark.parametrize("dialect", OTHERS)
def test_a_second_statement_cannot_hide_in_the_text(connections: Path, dialect: str) -> None:
    with pytest.raises(TerminalError):
        read(export(dialect, "SELECT 1 AS a; COMMIT; DROP TABLE facts", (Column("a", "integer"),)))
    assert read(export(dialect, "SELECT count(*) FROM facts", (Column("n", "integer"),)))[0] == b"n\r\n8\r\n"


def test_duckdb_writes_no_file_of_its_own(connections: Path) -> None:
    """A transaction that is read only would let it."""
    target = connections / "stolen.csv"
    with pytest.raises(TerminalError, match="not one SELECT"):
        read(export("duckdb", f"COPY facts TO '{target}'", ()))
    assert not target.exists()


REFUSED = [
    ("duckdb", "SELECT nothing FROM facts", 'Referenced column "nothing" not found'),
    ("duckdb", "SELECT * FROM nowhere", "Table with name nowhere does not exist"),
    ("duckdb", "SELEC 1", "the catalogue does not match the database"),
    ("duckdb", "SELECT CAST(name AS INTEGER) FROM facts", "a value in the data made the query fail"),
    ("sqlite", "SELECT f.gone FROM facts AS f", r"no such column: f\.gone"),
    ("sqlite", "SELECT * FROM nowhere", "no such table: nowhere"),
    ("sqlite", "SELEC 1", "the database refuses the query"),
    ("sqlite", "SELECT json(name) FROM facts", "the database refuses the query"),
    ("sqlite", "SELECT CAST(x'73616c617279ff' AS TEXT)", "a text in the data is not UTF-8"),
]


@pytest.mark.parametrize(("dialect", "query", "sentence"), REFUSED, ids=[query for _, query, _ in REFUSED])
def test_what_cannot_pass_by_itself_fails_with_a_sentence(
    connections: Path, dialect: str, query: str, sentence: str
) -> None:
    with pytest.raises(TerminalError, match=f"Template 'sales': .*{sentence}") as caught:
        read(export(dialect, query, (Column("a", "text"),)))
    assert query not in str(caught.value)
    assert not any(str(row[1]) in str(caught.value) for row in ROWS[:3])
    assert "salary" not in str(caught.value)
    assert caught.value.__cause__ is None


def test_a_locked_sqlite_file_is_tried_again(connections: Path) -> None:
    with sqlite3.connect(connections / "shop.db") as writer:
        writer.execute("BEGIN EXCLUSIVE")
        with pytest.raises(TransientError, match="another session holds a lock"):
            read(export("sqlite", "SELECT count(*) FROM facts", (Column("n", "integer"),)))
    writer.close()


def test_a_cell_of_another_type_names_its_column_and_no_value(connections: Path) -> None:
    wrong = export("sqlite", "SELECT id, name FROM facts", (Column("id", "integer"), Column("Name", "date")))
    with pytest.raises(
        TerminalError, match=r"Template 'sales', column 'Name': .*type str that is not a date"
    ) as caught:
        read(wrong)
    assert "plain" not in str(caught.value)


@pytest.mark.parametrize("dialect", DIALECTS)
def test_a_file_that_is_too_large_is_refused(connections: Path, dialect: str) -> None:
    with pytest.raises(TerminalError, match="more than 20 bytes"):
        read(facts(dialect, FileOptions()), max_bytes=20)


@pytest.mark.parametrize("dialect", DIALECTS)
def test_headings_that_do_not_belong_to_the_cells_are_refused(connections: Path, dialect: str) -> None:
    with pytest.raises(TerminalError, match="returns 2 columns but the file has 1"):
        read(export(dialect, "SELECT id, name FROM facts", (Column("id", "integer"),)))
