"""Names that hold numbers of the ledger, through the tasks of a run: retried, rerun, corrected, in parts, encrypted."""

from __future__ import annotations

import json
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from export_jobs.orchestration.compressing import Compress
from export_jobs.store.executions.state import newest_files
from tests.integration.orchestration.conftest import Run
from tests.integration.orchestration.test_parts import INSERT, deliver, folder, orders, read
from tests.integration.store.samples import DAY_ONE, Store

__all__ = ["folder", "orders"]

pytestmark = pytest.mark.integration
NAMED = {"name": "S{sequence:03}_r{revision}", "done_file": "S{sequence:03}_r{revision}.done"}


def numbered(store: Store, **file: Any) -> Run:
    return Run(store, store.create("big", templates=[{"template": "orders"}], file={**NAMED, **file}))


def next_day(run: Run) -> Run:
    start = DAY_ONE + timedelta(days=1)
    return Run(run.store, run.job, run_id="scheduled__1", start=start, end=start + timedelta(days=1))


def again(run: Run) -> Run:
    return Run(run.store, run.job, run_id="manual", run_type="manual")


def names(folder: Path) -> list[str]:
    return sorted(file.name for file in folder.iterdir() if "manifest" not in file.name)


def manifest(folder: Path) -> dict[str, Any]:
    found: dict[str, Any] = json.loads((folder / "big__2026-01-01.manifest.json").read_text())
    return found


def test_each_window_has_the_next_number_and_keeps_it_on_a_rerun_of_the_same_rows(orders: Store, folder: Path) -> None:
    run = numbered(orders)
    deliver(run)
    deliver(next_day(run))
    assert names(folder) == ["S001_r1.done", "S001_r1.zip", "S002_r1.done", "S002_r1.zip"]
    deliver(again(run))
    assert len(names(folder)) == 4
    assert manifest(folder)["revision"] == 1


def test_other_rows_are_a_revision_beside_the_older_one_and_the_manifest_says_so(orders: Store, folder: Path) -> None:
    run = numbered(orders)
    deliver(run)
    before = (folder / "S001_r1.zip").read_bytes()
    orders.hand(INSERT.format(11, 11))
    deliver(again(run))
    assert names(folder) == ["S001_r1.done", "S001_r1.zip", "S001_r2.done", "S001_r2.zip"]
    assert (folder / "S001_r1.zip").read_bytes() == before
    listed = manifest(folder)
    assert ([file["path"] for file in listed["files"]], listed["revision"]) == (["S001_r2.zip"], 2)
    assert listed["superseded"] == ["S001_r1.zip"]
    newest = orders.ledger.executions(run.job.job_id)[-1]
    assert [(entry.path, entry.revision) for entry in newest_files(newest)] == [("S001_r2.zip", 2)]
    assert not orders.ledger.verify(f"job {run.job.job_id}").faults


def test_a_retry_of_the_file_and_of_the_manifest_finds_the_same_names(orders: Store, folder: Path) -> None:
    run = numbered(orders)
    read(run)
    first = run.results["orders.compress"]["path"]
    assert run.execute(Compress, "orders")["path"] == first == "S001_r1.zip"
    deliver(run)
    orders.hand(INSERT.format(11, 11))
    read(run)
    assert run.results["orders.compress"]["path"] == "S001_r2.zip"
    assert run.execute(Compress, "orders")["path"] == "S001_r2.zip"


def test_all_parts_have_the_numbers_of_their_template(orders: Store, folder: Path) -> None:
    deliver(numbered(orders, name="{part}_{sequence}_r{revision}", split={"rows": 6}, done_file=None))
    assert names(folder) == ["0001_1_r1.zip", "0002_1_r1.zip"]


def test_a_window_without_a_file_takes_no_number_of_the_template(orders: Store, folder: Path) -> None:
    run = numbered(orders, empty_result="skip")
    deliver(next_day(run))
    deliver(run)
    assert names(folder) == ["S001_r1.done", "S001_r1.zip", "S002_r1.done"]
