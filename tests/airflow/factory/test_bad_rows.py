"""A row that is no job, or a setting that is none, is a Dag that says why, and hides no other."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.airflow.factory.rows import AUDITOR, Rows

pytestmark = pytest.mark.integration


def test_s19_a_bad_row_is_a_dag_that_says_why_and_hides_no_other(rows: Rows) -> None:
    rows.create("first")
    rows.template("of-nothing", kpis=("no_such_kpi",))
    rows.create("bad-kpi", templates=[{"template": "of-nothing"}])
    rows.create("bad-zone", "last")
    rows.hand("UPDATE export_jobs.job SET time_zone = 'Mars/Olympus' WHERE name = 'bad-zone'")
    parsed = rows.parse()
    assert set(parsed.dags) == {AUDITOR, *(f"export__{name}" for name in ("first", "bad-kpi", "bad-zone", "last"))}
    assert parsed.invalid == {"export__bad-kpi", "export__bad-zone"}
    assert "no_such_kpi" in parsed.doc("export__bad-kpi")
    assert "Mars/Olympus" in parsed.doc("export__bad-zone")
    assert "Null" in str(parsed.dags["export__bad-zone"]["timetable"]), "an invalid job makes no runs"
    assert "'bad-zone' is invalid" in parsed.log


def test_a_row_without_the_shape_of_a_job_says_why(rows: Rows) -> None:
    rows.create("a", "b")
    rows.hand(
        "SET session_replication_role = replica;"
        "UPDATE export_jobs.job_version SET definition = definition - 'owner' WHERE job_id = 1",
        superuser=True,
    )
    parsed = rows.parse()
    assert parsed.invalid == {"export__a"}
    assert "owner" in parsed.doc("export__a")


def test_what_only_airflow_refuses_is_that_rows_trouble(rows: Rows) -> None:
    """A template's name is its task group's, and `complete` is a task already."""
    rows.template("complete")
    rows.template("publish_manifest")
    rows.create("a")
    rows.create("b", templates=[{"template": "publish_manifest"}])
    rows.create("c", templates=[{"template": "complete"}])
    parsed = rows.parse()
    assert set(parsed.dags) == {AUDITOR, "export__a", "export__b", "export__c"}
    assert parsed.invalid == {"export__b", "export__c"}
    assert "publish_manifest" in parsed.doc("export__b")
    assert "complete" in parsed.doc("export__c")


def test_a_corrected_row_is_a_job_again(rows: Rows) -> None:
    rows.create("a")
    rows.hand("UPDATE export_jobs.job SET time_zone = 'Mars/Olympus'")
    assert rows.parse().invalid == {"export__a"}
    rows.hand("UPDATE export_jobs.job SET time_zone = 'Europe/Berlin'")
    assert rows.parse().invalid == set()


def test_a_missing_catalogue_is_said_on_every_page(rows: Rows, tmp_path: Path) -> None:
    rows.create("a", "b")
    parsed = rows.parse(EXPORT_JOBS_CATALOGUE=str(tmp_path / "nowhere"))
    assert parsed.invalid == {"export__a", "export__b"}
    assert "nowhere" in parsed.doc("export__a")


def test_a_setting_that_is_no_number_is_said_and_raises_nothing(rows: Rows) -> None:
    rows.create("a")
    parsed = rows.parse(EXPORT_JOBS_RETRIES="many")
    assert parsed.invalid == {"export__a"}
    assert "EXPORT_JOBS_RETRIES" in parsed.doc("export__a")
