"""No outage takes a Dag away: while the store is gone, or has lost its rows, the last good snapshot stands in."""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest

from tests.airflow.factory.rows import AUDITOR, Rows, connection

pytestmark = pytest.mark.integration


@pytest.mark.parametrize("outage", ["no server", "no table", "no connection"])
def test_q15_while_the_store_is_away_every_dag_stays(rows: Rows, outage: str, tmp_path: Path) -> None:
    rows.create("a", "b")
    before = rows.parse()
    away = {}
    if outage == "no server":
        away["AIRFLOW_CONN_EXPORT_JOBS_STORE"] = connection({**rows.dsn, "host": str(tmp_path), "password": "canary"})
    elif outage == "no connection":
        away["AIRFLOW_CONN_EXPORT_JOBS_STORE"] = ""
    else:
        rows.hand("ALTER TABLE export_jobs.job RENAME TO elsewhere")
    during = rows.parse(**away)
    assert during.text == before.text
    assert "2 Dags come from the last good snapshot" in during.log
    assert "canary" not in during.log
    alone = rows.parse("export__b", **away)
    assert alone.dags == {"export__b": before.dags["export__b"]}
    assert "comes from the last good snapshot" in alone.log


def test_q15_without_store_and_snapshot_the_auditor_stands(rows: Rows, tmp_path: Path) -> None:
    parsed = rows.parse(AIRFLOW_CONN_EXPORT_JOBS_STORE=connection({**rows.dsn, "host": str(tmp_path)}))
    assert set(parsed.dags) == {AUDITOR}
    assert "cannot be read" in parsed.log


def test_q15_a_new_disk_while_the_store_is_away_loses_no_dag_where_staging_is_elsewhere(
    rows: Rows, tmp_path: Path
) -> None:
    """A Dag file in a Dags folder cannot refuse to start, as the Dag bundle does."""
    rows.create("a", "b")
    shared = {"EXPORT_JOBS_STAGING": f"file://{tmp_path}/bucket"}
    before = rows.parse(**shared)
    away = connection({**rows.dsn, "host": str(tmp_path)})
    new_disk = {**shared, "EXPORT_JOBS_STATE": str(tmp_path / "new"), "AIRFLOW_CONN_EXPORT_JOBS_STORE": away}
    during = rows.parse(**new_disk)
    assert during.dags == before.dags
    assert "2 Dags come from the last good snapshot" in during.log
    assert (tmp_path / "bucket" / "definitions").stat().st_mode & 0o077 == 0


def test_the_copy_of_the_definitions_is_written_when_they_have_changed_and_once_a_day(
    rows: Rows, tmp_path: Path
) -> None:
    shared = {"EXPORT_JOBS_STAGING": f"file://{tmp_path}/bucket"}
    copy, mark = tmp_path / "bucket" / "definitions" / "definitions.json", tmp_path / "parsed" / "all.copied"
    rows.create("a")
    rows.parse(**shared)
    copy.unlink()
    rows.parse(**shared)
    assert not copy.exists()
    rows.create("b")
    rows.parse(**shared)
    assert {entry["name"] for entry in json.loads(copy.read_text())} == {"a", "b"}
    copy.unlink()
    os.utime(mark, (0, 0))
    rows.parse(**shared)
    assert copy.exists()


def test_a_staging_root_that_nobody_can_open_takes_no_dag(rows: Rows) -> None:
    rows.create("a")
    parsed = rows.parse(EXPORT_JOBS_STAGING="nothing-of-this-name://bucket/staging")
    assert set(parsed.dags) == {AUDITOR, "export__a"}
    assert "copy of the definitions cannot be written" in parsed.log


@pytest.mark.parametrize("lost", ["true", "name = 'b'"])
def test_q16_rows_that_vanish_keep_their_dags(rows: Rows, lost: str) -> None:
    rows.create("a", "b")
    before = rows.parse()
    rows.lose(lost)
    for _ in range(2):  # the snapshot must not forget them at the first parse that misses them
        after = rows.parse()
        assert after.text == before.text
        assert "Rows have vanished from the store without being deleted" in after.log
    assert rows.parse("export__b").dags == {"export__b": before.dags["export__b"]}


@pytest.mark.parametrize("door", ["command line", "by hand"])
def test_s17_a_deleted_job_is_gone_and_is_not_missed(rows: Rows, door: str) -> None:
    rows.create("a", "b", "c")
    rows.parse()
    if door == "by hand":
        rows.hand("DELETE FROM export_jobs.job WHERE name = 'b'")
    else:
        rows.definitions.delete("b", "anna")
    for _ in range(2):
        parsed = rows.parse()
        assert set(parsed.dags) == {AUDITOR, "export__a", "export__c"}
        assert "vanished" not in parsed.log
    assert set(rows.parse("export__b").dags) == set()


def test_s17_a_name_used_again_is_another_dag(rows: Rows) -> None:
    rows.create("a", "b")
    rows.definitions.delete("a", "anna")
    rows.create("a")
    parsed = rows.parse()
    assert set(parsed.dags) == {AUDITOR, "export__b", "export__a__2"}
    assert parsed.dags["export__a__2"]["dag_display_name"] == "a"


def test_a_shard_that_was_never_parsed_has_its_rows_from_the_snapshot_of_all(rows: Rows, tmp_path: Path) -> None:
    """Whoever divides the file while the store is away loses nothing."""
    rows.create("a", "b", "c")
    rows.parse()
    away = connection({**rows.dsn, "host": str(tmp_path)})
    assert set(rows.parse(SHARD="1 2", AIRFLOW_CONN_EXPORT_JOBS_STORE=away).dags) == {"export__a", "export__c"}


def test_a_worker_that_can_read_neither_store_nor_snapshot_tries_again_later(rows: Rows, tmp_path: Path) -> None:
    """Airflow's own "Dag not found" would not count as a try of the task."""
    rows.create("a")
    away = {
        "AIRFLOW_CONN_EXPORT_JOBS_STORE": connection({**rows.dsn, "host": str(tmp_path)}),
        "EXPORT_JOBS_STATE": str(tmp_path / "new"),
        "_AIRFLOW_PARSING_CONTEXT_TASK_ID": "totals.compress",
    }
    parsed = rows.parse("export__a", **away)
    assert [task["__var"]["task_id"] for task in parsed.dags["export__a"]["tasks"]] == ["totals.compress"]
    assert "no snapshot on this machine has the Dag" in parsed.log
    assert "comes from the last good snapshot" not in parsed.log
