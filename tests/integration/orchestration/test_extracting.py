"""One extraction for all files of a run: of one instant, by one attempt; and what an earlier release has staged."""

from __future__ import annotations

import hashlib
import io
import stat
import zipfile
from pathlib import Path
from typing import Any

import pytest
from airflow.sdk.exceptions import AirflowFailException

from export_jobs.core.definitions.job import Template
from export_jobs.errors import SupersededError
from export_jobs.orchestration import extracting
from export_jobs.orchestration.compressing import Compress
from export_jobs.orchestration.extracting import Extract
from export_jobs.store.stored_job import StoredJob
from tests.integration.orchestration.run import Run, connection
from tests.integration.store.samples import Store

pytestmark = pytest.mark.integration

FACT = """/*
title: Visits
connection: shop
event_date: {column: happened_at, type: timestamptz}
order_by: [visit_id]
columns: {visit_id: integer}
*/
SELECT visit_id, happened_at FROM shop.visits
"""
KPI = """/*
title: Number of visits
fact: visits
type: integer
*/
count(*)
"""
ADD = "INSERT INTO shop.visits SELECT 1 + max(visit_id), timestamptz '2026-01-01 12:00Z' FROM shop.visits"
TEMPLATES = ("visits", "counts", "extract")


@pytest.fixture
def job(connected: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> StoredJob:
    """A job of all rows of a fact, of how many they are, and of both once more under the name of a task."""
    for kind, name, text in (("facts", "visits", FACT), ("kpis", "visits_made", KPI), ("dimensions", "", "")):
        folder = tmp_path / "sql" / kind
        folder.mkdir(parents=True)
        if name:
            (folder / f"{name}.sql").write_text(text)
    monkeypatch.setenv("EXPORT_JOBS_CATALOGUE", str(tmp_path / "sql"))
    monkeypatch.setenv("EXPORT_JOBS_STAGING", str(tmp_path / "staging"))
    monkeypatch.setenv("AIRFLOW_CONN_SHOP", str(connection(connected)))
    connected.hand(
        "DROP SCHEMA IF EXISTS shop CASCADE",
        "CREATE SCHEMA shop",
        "CREATE TABLE shop.visits (visit_id int, happened_at timestamptz)",
        "INSERT INTO shop.visits SELECT n, timestamptz '2026-01-01 01:00Z' FROM generate_series(1, 5000) n",
    )
    with connected.definitions.transaction("anna") as within:
        for name in ("visits", "extract"):
            within.create_template(Template(name=name, kind="standard", fact="visits"))
        within.create_template(Template(name="counts", kind="custom", kpis=("visits_made",)))
    return connected.create("shop", templates=[{"template": name} for name in TEMPLATES])


def csv_of(run: Run, template: str) -> list[str]:
    """The lines of a template's file, as its compress task makes it."""
    made = run.execute(Compress, template)
    with zipfile.ZipFile(io.BytesIO(Path(made["uri"].removeprefix("file://")).read_bytes())) as archive:
        (name,) = archive.namelist()
        content = archive.read(name)
    assert (hashlib.sha256(content).hexdigest(), len(content)) == (made["content"]["sha256"], made["content"]["bytes"])
    return content.decode().splitlines()


def staged(tmp_path: Path) -> list[Path]:
    return sorted(path for path in (tmp_path / "staging").rglob("*") if path.is_file())


def test_all_files_of_a_run_are_of_one_instant(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    """Rows that come while the first file is read are in none of them: the partner's totals agree."""
    stage = extracting._stage

    def stage_and_sell(*args: Any) -> Any:
        found = stage(*args)
        run.store.hand(ADD)
        return found

    monkeypatch.setattr(extracting, "_stage", stage_and_sell)
    run.results["extract"] = run.execute(Extract)
    assert run.store.hand("SELECT count(*) FROM shop.visits") == [(5003,)]
    assert len(csv_of(run, "visits")) - 1 == len(csv_of(run, "extract")) - 1 == 5000
    assert csv_of(run, "counts")[1] == "5000"


def test_what_is_staged_is_small_and_for_nobody_else(run: Run, tmp_path: Path) -> None:
    found = run.execute(Extract)
    files = staged(tmp_path)
    assert [path.name for path in files] == sorted(f"shop__{name}__2026-01-01.rows" for name in TEMPLATES)
    assert {stat.S_IMODE(path.stat().st_mode) for path in files} == {0o600}
    assert {stat.S_IMODE(path.stat().st_mode) for path in (tmp_path / "staging").rglob("*-*") if path.is_dir()} == {
        0o700
    }
    visits = found["visits"]["packed"]
    assert visits["packed_bytes"] < visits["bytes"] / 2
    assert {rows["stage"] for rows in found.values()} == {run.events()[0].attempt}
    told = [(event.kind, event.template) for event in run.events()]
    assert told == [("started", None), *(("columns read", name) for name in TEMPLATES), ("succeeded", None)]


def test_one_template_that_cannot_be_read_leaves_nothing_staged(run: Run, tmp_path: Path) -> None:
    run.store.hand("DELETE FROM shop.visits")
    run.job = run.store.create(
        "empty", templates=[{"template": "counts"}, {"template": "visits"}], file={"empty_result": "fail"}
    )
    with pytest.raises(AirflowFailException, match="'visits' has no rows"):
        run.execute(Extract)
    assert staged(tmp_path) == []


def test_an_attempt_that_was_overtaken_stages_nothing(
    run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Another attempt takes over while the first one reads its first template."""
    stage = extracting._stage

    def overtaken(run_: Any, lease: str, snapshot: Any, export: Any) -> Any:
        run_.ledger.claim(run_.execution_id, lease, Extract.step, "another")
        return stage(run_, lease, snapshot, export)

    monkeypatch.setattr(extracting, "_stage", overtaken)
    with pytest.raises((SupersededError, AirflowFailException), match="has taken over"):
        run.execute(Extract)
    assert staged(tmp_path) == []


# Runs that were in flight while this package was upgraded ------------------------------------------------------------
def staged_by_0_2_0(run: Run, tmp_path: Path, template: str, content: bytes) -> dict[str, Any]:
    """What ``<template>.extract`` of that release has left: a plain CSV, and this as its result."""
    (record,) = run.store.ledger.executions(run.job.job_id)
    folder = tmp_path / "staging" / f"job-{run.job.job_id}" / f"execution-{record.id}"
    folder.mkdir(parents=True, mode=0o700)
    path = folder / f"shop__{template}__2026-01-01.csv"
    path.write_bytes(content)
    return {
        "template": template,
        "uri": f"file://{path}",
        "rows": 1,
        "bytes": len(content),
        "sha256": hashlib.sha256(content).hexdigest(),
        "columns": ["visit_id"],
        "stage": "attempt of 0.2.0",
    }


def test_rows_that_the_earlier_release_has_staged_are_compressed(run: Run, tmp_path: Path) -> None:
    run.store.run(run.job)
    run.results["visits.extract"] = staged_by_0_2_0(run, tmp_path, "visits", b"visit_id\r\n7\r\n")
    assert csv_of(run, "visits") == ["visit_id", "7"]
    made = run.execute(Compress, "visits")
    assert (made["stage"], made["rows"], made["columns"]) == ("attempt of 0.2.0", 1, ["visit_id"])


def test_other_rows_than_the_earlier_release_has_staged_are_refused(run: Run, tmp_path: Path) -> None:
    run.store.run(run.job)
    left = staged_by_0_2_0(run, tmp_path, "visits", b"visit_id\r\n7\r\n")
    run.results["visits.extract"] = {**left, "sha256": "0" * 64}
    with pytest.raises(AirflowFailException, match="not those that were extracted"):
        run.execute(Compress, "visits")


def test_rows_that_are_read_after_the_upgrade_count_and_not_those_of_before(run: Run, tmp_path: Path) -> None:
    run.store.run(run.job)
    run.results["visits.extract"] = staged_by_0_2_0(run, tmp_path, "visits", b"visit_id\r\n7\r\n")
    run.results["extract"] = run.execute(Extract)
    assert len(csv_of(run, "visits")) == 5001


def test_a_versioned_bundle_keeps_a_run_on_the_old_tasks(run: Run, tmp_path: Path) -> None:
    run.results["visits.extract"] = run.execute(Extract, "visits")
    assert [path.name for path in staged(tmp_path)] == ["shop__visits__2026-01-01.rows"]
    assert len(csv_of(run, "visits")) == 5001
    told = [(event.kind, event.template) for event in run.events() if event.step == Extract.step]
    assert told == [("started", "visits"), ("columns read", "visits"), ("succeeded", "visits")]


def test_without_any_rows_staged_the_compress_task_says_what_to_clear(run: Run) -> None:
    with pytest.raises(AirflowFailException, match="Task extract of this run has no result"):
        run.execute(Compress, "visits")


def test_nothing_is_read_again_when_every_file_is_made_already(run: Run, tmp_path: Path) -> None:
    """Airflow begins the new extract task also in a run that had come as far as its mails before the upgrade."""
    run.states = {f"{group}.compress": "success" for group in ("visits", "counts", "template__extract")}
    assert run.execute(Extract) is None
    assert staged(tmp_path) == []
    run.states["counts.compress"] = "scheduled"
    assert set(run.execute(Extract)) == set(TEMPLATES)
