"""The same on databases without COPY: a text that some driver could read as a placeholder is a value there too."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import duckdb
import pytest

from export_jobs.core.catalogue.catalogue import Catalogue
from export_jobs.core.catalogue.files import load_catalogue
from export_jobs.core.sql.compiler import compile_export
from export_jobs.core.validation.definitions import check_stored_job
from export_jobs.streaming.cursor.placeholders import to_paramstyle
from tests.injection.notes import CATALOGUE, DAY
from tests.injection.payloads import ALL, VISIBLE
from tests.injection.test_nothing_is_executed import CONDITIONS

MARKS = ["?", "?1", ":note", ":filter_1_1", "$1", "$note", "%(filter_1_1)s", "a?b:c"]
TEXTS = [*(ALL[name] for name in sorted(VISIBLE)), *MARKS, "x"]
TABLE = """CREATE TABLE notes (note_id int, author text, note text, amount int, is_open int, noted_on date,
noted_at {time}, checked_at {time})"""


@dataclass
class Other:
    """A table of notes beside a canary; ``execute`` is the driver's own."""

    execute: Callable[..., Any]
    catalogue: Catalogue
    paramstyle: str

    def found(self, use: dict[str, Any]) -> list[str]:
        row = {
            "name": "notes", "owner": "owner@example.com", "destination": "partner", "job_id": 1, "version": 1,
            "schedule": {"frequency": "daily", "from": "2024-05-01", "until": "2024-05-31"}, "dag_id": "notes",
            "templates": [{"template": "t", **use}],
            "template_definitions": [{"name": "t", "kind": "standard", "fact": "notes", "columns": ["note"]}],
        }  # fmt: skip
        job, issues = check_stored_job(row, catalogue=self.catalogue)
        assert job is not None, issues
        export = compile_export(job, "t", self.catalogue, DAY)
        rows = self.execute(*to_paramstyle(export.sql, export.parameters, self.paramstyle)).fetchall()
        assert self.execute("SELECT secret FROM canary").fetchall() == [("alive",)]
        return [text for (text,) in rows]


def _other(execute: Callable[..., Any], dialect: str, time: str, paramstyle: str, texts: Sequence[str]) -> Other:
    execute("CREATE TABLE canary (secret text)")
    execute("INSERT INTO canary VALUES ('alive')")
    execute(TABLE.format(time=time))
    for number, text in enumerate(texts):
        values = [number, text, text, "2024-05-01 12:00:00"]
        execute("INSERT INTO notes (note_id, author, note, noted_at) VALUES (?, ?, ?, ?)", values)
    found = load_catalogue(CATALOGUE)
    facts = {key: fact.model_copy(update={"dialect": dialect}) for key, fact in found.facts.items()}
    dimensions = {key: one.model_copy(update={"dialect": dialect}) for key, one in found.dimensions.items()}
    return Other(execute, Catalogue(facts, found.kpis, dimensions), paramstyle)


@pytest.fixture(scope="module", params=["sqlite named", "sqlite qmark", "duckdb qmark"])
def other(request: pytest.FixtureRequest) -> Other:
    dialect, _, paramstyle = request.param.partition(" ")
    if dialect == "sqlite":
        return _other(sqlite3.connect(":memory:").execute, dialect, "text", paramstyle, TEXTS)
    session = duckdb.connect(":memory:")
    session.execute("SET TimeZone = 'UTC'")
    return _other(session.execute, dialect, "timestamptz", paramstyle, TEXTS)


@pytest.mark.parametrize("op", CONDITIONS)
def test_a_filter_compares_letter_for_letter(other: Other, op: str) -> None:
    for value in TEXTS:
        found = other.found({"filters": [{"column": "note", "op": op, "values": [value]}]})
        assert found == [text for text in TEXTS if CONDITIONS[op](text, value)], value


def test_lists_and_audiences_compare_letter_for_letter(other: Other) -> None:
    for value in TEXTS:
        use = {"audience": [value, "x"], "filters": [{"column": "note", "op": "in", "values": [value, "nobody"]}]}
        assert other.found(use) == [value], value
