"""The first rows of an export, as its file would have them, soon or not at all."""

from __future__ import annotations

from pathlib import Path

import pytest

from export_jobs.core.definitions.job import FileOptions
from export_jobs.core.sql.compiled import Column
from export_jobs.errors import TerminalError
from export_jobs.orchestration.airflow.connections import open_source
from export_jobs.streaming.preview import first_rows
from tests.integration.streaming.three_databases import (
    COLUMNS,
    DIALECTS,
    LONG,
    export,
    facts,
)

pytestmark = pytest.mark.integration


@pytest.mark.parametrize("dialect", DIALECTS)
def test_a_preview_shows_the_cells_of_the_file(connections: Path, dialect: str) -> None:
    with open_source(f"in_{dialect}", dialect) as source:
        found = first_rows(
            source,
            facts(dialect, FileOptions()),
            FileOptions(),
            time_zone="Europe/Berlin",
            application_name="t",
            limit=4,
        )
    assert found.columns == COLUMNS
    assert found.truncated
    at, seen_at = "1997-01-02 13:00:00", "2024-07-01 15:30:00+02"
    assert found.rows[0] == ["1", "plain", "1234.50", "0.30000000000000004", "true", "1997-01-02", at, seen_at]
    assert found.rows[1][:6] == ["2", 'say "hi", twice', "-0.01", "9.999999999999999e+22", "false", "0001-01-01"]
    assert found.rows[2][1:5] == ["two\r\nlines", "99999999.99", "-1e-07", None]
    assert found.rows[3:] == [["4", "", None, "1e+15", "true", None, None, None]]


@pytest.mark.parametrize("dialect", DIALECTS)
def test_a_preview_says_when_it_is_all(connections: Path, dialect: str) -> None:
    ordered = export(dialect, "SELECT id FROM facts ORDER BY id DESC -- the end", (Column("id", "integer"),))
    for limit, truncated in ((7, True), (8, False), (50, False)):
        with open_source(f"in_{dialect}", dialect) as source:
            found = first_rows(source, ordered, FileOptions(), time_zone="UTC", application_name="t", limit=limit)
        assert ([row[0] for row in found.rows], found.truncated) == (list("87654321")[:limit], truncated)


@pytest.mark.parametrize("dialect", DIALECTS)
def test_a_preview_that_takes_too_long_says_what_to_do(connections: Path, dialect: str) -> None:
    slow = export(dialect, LONG[dialect], (Column("n", "integer"),))
    with (
        open_source(f"in_{dialect}", dialect) as source,
        pytest.raises(TerminalError, match=r"'sales': the preview took longer than 1 s\. Choose a shorter window"),
    ):
        first_rows(source, slow, FileOptions(), time_zone="UTC", application_name="t", timeout_s=1)


@pytest.mark.parametrize("dialect", DIALECTS)
def test_a_preview_of_huge_cells_is_refused(connections: Path, dialect: str) -> None:
    wide = {
        "postgres": "repeat('x', 1000000)",
        "duckdb": "repeat('x', 1000000)",
        "sqlite": "hex(zeroblob(500000))",
    }
    huge = export(dialect, f"SELECT {wide[dialect]} AS t FROM facts, facts AS f", (Column("t", "text"),))
    with (
        open_source(f"in_{dialect}", dialect) as source,
        pytest.raises(TerminalError, match="the first 50 rows are too large for a preview"),
    ):
        first_rows(source, huge, FileOptions(), time_zone="UTC", application_name="t")
