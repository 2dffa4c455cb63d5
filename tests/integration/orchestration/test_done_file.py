"""The file that a receiver waits for: last of all, once a publication, and never over somebody else's."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path
from typing import Any

import pytest
from airflow.sdk.exceptions import AirflowFailException

from demo import connections
from demo.sftp_server import SftpServer
from export_jobs.core.files.export_file import ExportFile, FileContent
from export_jobs.orchestration.publishing import PublishManifest
from tests.integration.orchestration.conftest import Run
from tests.integration.store.samples import Store

pytestmark = pytest.mark.integration

DONE = "DONE_20260101.ok"


@pytest.fixture
def folder(sftp: SftpServer, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    monkeypatch.setenv("AIRFLOW_CONN_PARTNER_SFTP", json.dumps(connections.sftp_by_password(sftp)))
    monkeypatch.setenv("EXPORT_JOBS_STAGING", f"file://{tmp_path}/staging")
    folder = sftp.root / "in"
    folder.mkdir(exist_ok=True)
    for file in folder.iterdir():
        file.unlink()
    return folder


@pytest.fixture
def run(connected: Store) -> Run:
    """A run whose two templates had no rows, and whose job skips empty files: a manifest is all that it sends."""
    job = connected.create(
        "with-done-file", file={"done_file": "DONE_{window_start:%Y%m%d}.ok", "empty_result": "skip"}
    )
    return Run(connected, job, results={f"{name}.compress": nothing(name, "first") for name in ("rows", "totals")})


def nothing(template: str, stage: str) -> dict[str, Any]:
    content = FileContent(name="rows.csv", bytes=0, sha256="")
    file = ExportFile(
        template=template, path=f"{template}.zip", rows=0, columns=("a",), stage=stage, content=content, is_sent=False
    )
    return file.model_dump(mode="json")


def test_it_is_there_after_the_manifest_and_names_it(run: Run, folder: Path) -> None:
    run.execute(PublishManifest)
    [manifest] = folder.glob("*.manifest.json")
    assert (folder / DONE).read_text() == f"{hashlib.sha256(manifest.read_bytes()).hexdigest()}  {manifest.name}\n"
    assert {file.name for file in folder.iterdir()} == {manifest.name, DONE}


def test_a_repeated_try_leaves_it_and_a_new_publication_renews_it(run: Run, folder: Path) -> None:
    run.execute(PublishManifest)
    before = (folder / DONE).stat().st_mtime_ns
    run.execute(PublishManifest)
    assert (folder / DONE).stat().st_mtime_ns == before


def test_a_try_that_died_before_it_sends_it_the_next_time(run: Run, folder: Path) -> None:
    (folder / DONE).write_text("somebody else's")
    with pytest.raises(AirflowFailException, match=f"{DONE} already exists"):
        run.execute(PublishManifest)
    assert (folder / DONE).read_text() == "somebody else's"
    (folder / DONE).unlink()
    run.execute(PublishManifest)
    assert (folder / DONE).exists()


def test_a_manifest_in_a_folder_of_its_own_is_named_with_it(connected: Store, folder: Path) -> None:
    job = connected.create(
        "apart", file={"done_file": "{window}.ok", "empty_result": "skip", "manifest_folder": "control"}
    )
    run = Run(connected, job, results={f"{name}.compress": nothing(name, "first") for name in ("rows", "totals")})
    run.execute(PublishManifest)
    [manifest] = (folder / "control").iterdir()
    told = (folder / "2026-01-01.ok").read_text()
    assert told == f"{hashlib.sha256(manifest.read_bytes()).hexdigest()}  control/{manifest.name}\n"
    manifest.unlink()
    manifest.parent.rmdir()


def test_a_job_without_one_sends_none(connected: Store, folder: Path) -> None:
    job = connected.create("without", file={"empty_result": "skip"})
    run = Run(connected, job, results={f"{name}.compress": nothing(name, "first") for name in ("rows", "totals")})
    run.execute(PublishManifest)
    assert [file.name for file in folder.iterdir()] == ["without__2026-01-01.manifest.json"]
