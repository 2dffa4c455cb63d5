"""What has not changed is not proven again, and is the same bytes; what is not ready in time keeps its older Dag."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from tests.airflow.factory.rows import CATALOGUE, Rows
from tests.airflow.parser import parser

pytestmark = pytest.mark.integration


def test_an_unchanged_row_is_not_proven_again_and_gives_the_same_bytes(rows: Rows) -> None:
    rows.create("a", "b")
    rows.hand("UPDATE export_jobs.job SET time_zone = 'Mars/Olympus' WHERE name = 'b'")
    first = rows.parse()
    assert first.proven == ["a", "b"]
    second = rows.parse()
    assert second.proven == []
    assert second.text == first.text, "also that of the invalid row, with its reason"
    rows.hand("UPDATE export_jobs.job SET description = 'new' WHERE name = 'a'")
    third = rows.parse()
    assert third.proven == ["a"]
    assert third.dags["export__a"]["description"] == "new"


@pytest.mark.parametrize("change", ["a setting", "the catalogue", "a damaged file", "Airflow's settings"])
def test_what_a_dag_depends_on_beside_its_row_makes_all_rows_be_proven_again(
    rows: Rows, tmp_path: Path, change: str
) -> None:
    rows.create("a", "b")
    folder = tmp_path / "catalogue"
    shutil.copytree(CATALOGUE, folder)
    rows.environment["EXPORT_JOBS_CATALOGUE"] = str(folder)
    rows.parse()
    assert rows.parse().proven == []
    if change == "a setting":
        rows.environment["EXPORT_JOBS_RETRIES"] = "9"
    elif change == "Airflow's settings":
        rows.environment["AIRFLOW__CORE__MAX_ACTIVE_TASKS_PER_DAG"] = "9"
    elif change == "the catalogue":
        (folder / "kpis" / "cds_sold.sql").write_text("/* no KPI any more */")
    else:
        next((tmp_path / "proven").glob("*")).write_bytes(b"no pickle")
    parsed = rows.parse()
    assert parsed.proven == ["a", "b"]
    assert parsed.invalid == ({"export__a", "export__b"} if change == "the catalogue" else set())
    if change == "a setting":
        assert '"retries": 9' in parsed.text


def test_a_row_that_is_not_ready_in_time_keeps_its_older_dag(rows: Rows) -> None:
    """Without an older one it comes later; no parse raises, and none is without a Dag that the one before had."""
    rows.create("a", "b")
    before = rows.parse()
    rows.hand("UPDATE export_jobs.job SET description = 'new' WHERE name = 'a'")
    rows.create("c")
    late = rows.parse(AIRFLOW__CORE__DAGBAG_IMPORT_TIMEOUT="0.001")
    assert late.dags == before.dags
    assert "3 of 3 jobs were not ready in time" in late.log, "the shorter limit is a change of all, too"
    then = rows.parse()
    assert then.dags["export__a"]["description"] == "new"
    assert "export__c" in then.dags


def test_s26_the_same_rows_give_the_same_bytes(rows: Rows) -> None:
    """Airflow makes a new version of a Dag when its bytes change; the order of hashing must have no say."""
    rows.create("a", "b")
    rows.hand("UPDATE export_jobs.job SET time_zone = 'Mars/Olympus' WHERE name = 'b'")
    once, twice = rows.parse(), rows.parse()
    assert once.text == twice.text
    with parser(rows.processor.home, PYTHONHASHSEED="4711") as other:
        assert other.parse(rows.environment).text == once.text
