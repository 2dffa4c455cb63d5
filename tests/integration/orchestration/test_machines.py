"""Tasks on several machines with a disk each cannot hand a file on: said before any SQL, by name, with the setting."""

from __future__ import annotations

import json
import os
import socket
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path
from types import SimpleNamespace

import psycopg
import pytest
from airflow._shared.listeners.listener import ListenerManager
from airflow.listeners.spec import dagrun as dagrun_spec
from airflow.sdk import ObjectStoragePath
from airflow.sdk.exceptions import AirflowFailException

import export_jobs
from demo.s3_server import S3Server
from export_jobs.orchestration import tasks
from export_jobs.orchestration.airflow import scheduler_listener
from export_jobs.orchestration.airflow.api import AUDITOR_DAG_ID, AirflowApi
from export_jobs.orchestration.airflow.s3_client import s3_client
from export_jobs.orchestration.compressing import Compress
from export_jobs.orchestration.doctor.processes import processes_agree
from export_jobs.orchestration.doctor.result import Surroundings
from export_jobs.orchestration.extracting import Extract
from export_jobs.orchestration.generator.definitions import load_jobs
from export_jobs.orchestration.run.object_folder import ObjectFolder
from export_jobs.orchestration.tasks import Upload, ValidateDestination
from export_jobs.orchestration.unfinished_uploads import abort_unfinished
from export_jobs.plugin import ExportJobsPlugin
from export_jobs.store.findings.processes import Processes
from tests.integration.orchestration.conftest import Run

pytestmark = pytest.mark.integration
HOUR = timedelta(hours=1)


@pytest.fixture
def machine(run: Run, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Run:
    """A run whose definition is found valid and whose destination takes everything."""
    monkeypatch.setattr(tasks, "validate_job", lambda job, **_: [])
    monkeypatch.setenv("AIRFLOW_CONN_PARTNER_SFTP", json.dumps({"conn_type": "sftp", "host": "partner", "login": "in"}))
    monkeypatch.setattr("export_jobs.delivery.sftp.SftpDestination.check", lambda _: None)
    move(monkeypatch, "worker-a", tmp_path / "a")
    return run


def move(monkeypatch: pytest.MonkeyPatch, host: str, staging: Path) -> None:
    """From here on tasks run on this machine."""
    monkeypatch.setattr(socket, "gethostname", lambda: host)
    monkeypatch.setenv("EXPORT_JOBS_STAGING", f"file://{staging}")


def grow_old(run: Run, minutes: int) -> None:
    """So long ago the machines that are known now were seen."""
    with psycopg.connect(**run.store.dsn) as session:
        session.execute(
            "UPDATE export_jobs.process SET first_seen = first_seen - %(age)s, last_seen = last_seen - %(age)s",
            {"age": timedelta(minutes=minutes)},
        )


def refusal(run: Run, step: type[ValidateDestination | Extract | Compress | Upload]) -> str:
    with pytest.raises(AirflowFailException) as refused:
        run.execute(step, None if step in (ValidateDestination, Extract) else "rows")
    return str(refused.value)


def test_one_machine_may_stage_on_its_own_disk(machine: Run) -> None:
    token = machine.execute(ValidateDestination)
    assert machine.execute(ValidateDestination) == token
    (seen,) = Processes(machine.store.engine).seen(HOUR)
    assert (seen.host, seen.kind, seen.staging_token) == ("worker-a", "task", token)


def test_two_machines_that_share_a_folder_may_use_it(
    machine: Run, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    token = machine.execute(ValidateDestination)
    move(monkeypatch, "worker-b", tmp_path / "a")
    assert machine.execute(ValidateDestination) == token


def test_two_machines_with_a_disk_each_are_refused_by_name(
    machine: Run, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    machine.execute(ValidateDestination)
    move(monkeypatch, "worker-b", tmp_path / "b")
    machine.execute(ValidateDestination)  # it may be the same machine, made anew
    grow_old(machine, minutes=6)
    move(monkeypatch, "worker-a", tmp_path / "a")
    said = refusal(machine, ValidateDestination)
    assert "'worker-a'" in said and "'worker-b'" in said and "EXPORT_JOBS_STAGING" in said
    assert "object store" in said


def test_a_machine_for_each_task_is_refused(machine: Run, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """As pods are: none comes twice."""
    for name in ("one", "two"):
        move(monkeypatch, f"pod-{name}", tmp_path / name)
        machine.execute(ValidateDestination)
    move(monkeypatch, "pod-three", tmp_path / "three")
    assert "EXPORT_JOBS_STAGING" in refusal(machine, ValidateDestination)


def test_a_machine_that_was_made_anew_is_not_two(machine: Run, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    machine.execute(ValidateDestination)
    grow_old(machine, minutes=1)
    move(monkeypatch, "worker-a-of-today", tmp_path / "new")
    machine.execute(ValidateDestination)
    machine.execute(ValidateDestination)


@pytest.mark.parametrize("step", [Extract, Compress, Upload])
def test_a_task_on_another_disk_than_the_first_one_says_so(
    machine: Run, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, step: type[Extract | Compress | Upload]
) -> None:
    """It was "the staged file is gone", with advice that could not help."""
    machine.results["validate_destination"] = machine.execute(ValidateDestination)
    move(monkeypatch, "worker-b", tmp_path / "b")
    said = refusal(machine, step)
    assert "'worker-b'" in said and "'worker-a'" in said and "EXPORT_JOBS_STAGING" in said


def test_what_runs_have_left_on_a_workers_disk_is_swept_by_that_worker(machine: Run, tmp_path: Path) -> None:
    old = tmp_path / "a" / "job-1" / "execution-1"
    old.mkdir(parents=True)
    (old / "rows.deflate").touch()
    two_days_ago = time.time() - 2 * 24 * 3600
    for path in (old / "rows.deflate", old):
        os.utime(path, (two_days_ago, two_days_ago))
    machine.execute(ValidateDestination)
    assert not old.exists()


def test_uploads_that_a_killed_task_has_begun_are_aborted(s3: S3Server, monkeypatch: pytest.MonkeyPatch) -> None:
    """By the next attempt at the same file, and after a day by the sweep; nobody else's, and none that is at work."""
    connection = {
        "conn_type": "aws",
        "login": s3.keys["access"],
        "password": s3.keys["secret"],
        "extra": {"endpoint_url": s3.url, "region_name": s3.region},
    }
    monkeypatch.setenv("AIRFLOW_CONN_STAGING_S3", json.dumps(connection))
    root = ObjectStoragePath(f"s3://staging_s3@{s3.bucket}/staging")
    keys = [f"staging/job-1/execution-1/{name}.1.part" for name in ("rows.deflate", "totals.deflate")]
    client = s3_client("staging_s3")
    for key in (*keys, "elsewhere/job-1.part"):
        client.create_multipart_upload(Bucket=s3.bucket, Key=key)

    def unfinished() -> list[str]:
        return [found["Key"] for found in client.list_multipart_uploads(Bucket=s3.bucket).get("Uploads", ())]

    ObjectFolder(root / "job-1" / "execution-1").abort_unfinished("rows.deflate.")
    assert sorted(unfinished()) == ["elsewhere/job-1.part", keys[1]]
    begun = datetime(2010, 11, 10, 20, 48, 33, tzinfo=UTC)  # moto says so of every upload
    assert abort_unfinished(root / "job-", before=begun) == 0
    assert abort_unfinished(root / "job-", before=begun + timedelta(days=1)) == 1
    assert unfinished() == ["elsewhere/job-1.part"]

    keys = [f"staging/job-{number}/late.part" for number in range(3)]
    for key in keys:
        client.create_multipart_upload(Bucket=s3.bucket, Key=key)
    refused = iter([True])

    def refuse_once(**_: object) -> None:
        if next(refused, False):
            raise ConnectionError("aborted by another process meanwhile")

    client.meta.events.register("before-call.s3.AbortMultipartUpload", refuse_once)
    monkeypatch.setattr("export_jobs.orchestration.unfinished_uploads.s3_client", lambda _: client)
    assert abort_unfinished(root / "job-") == 2, "one that cannot be aborted kept the others from going"
    assert len(unfinished()) == 2
    for left in client.list_multipart_uploads(Bucket=s3.bucket)["Uploads"]:
        client.abort_multipart_upload(Bucket=s3.bucket, Key=left["Key"], UploadId=left["UploadId"])


def told(run: Run) -> list[tuple[str, str]]:
    """What the doctor says of the processes that have worked with the store."""
    unasked = Surroundings(api=lambda: AirflowApi("http://nowhere", "", ""))
    return [(result.outcome.value, result.what) for result in processes_agree(unasked)]


def test_the_doctor_names_processes_of_another_version_and_machines_with_a_disk_each(
    machine: Run, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    known = Processes(machine.store.engine)
    machine.execute(ValidateDestination)
    load_jobs()
    ((outcome, what),) = told(machine)
    assert outcome == "ok"
    assert "1 Dag processor, 1 task processes" in what
    known.report("page-1", "API server", "0.0.1")
    assert ("warning", True) in [(outcome, "API server on 'page-1' (0.0.1)" in what) for outcome, what in told(machine)]
    known.report("page-1", "API server", export_jobs.__version__)
    move(monkeypatch, "worker-b", tmp_path / "b")
    machine.execute(ValidateDestination)
    assert [(outcome, "worker-a, worker-b" in what) for outcome, what in told(machine)] == [
        ("ok", False),
        ("warning", True),
    ]


def test_a_scheduler_tells_its_version_when_it_starts_a_run_of_the_auditor(machine: Run) -> None:
    """As Airflow calls its listeners. The doctor misses a scheduler once a Dag processor has been there for an hour."""
    load_jobs()
    assert len(told(machine)) == 1
    with psycopg.connect(**machine.store.dsn) as session:
        session.execute("UPDATE export_jobs.process SET first_seen = first_seen - interval '61 minutes'")
    assert ("warning", True) in [(outcome, "no scheduler has reported" in what) for outcome, what in told(machine)]
    manager = ListenerManager()
    manager.add_hookspecs(dagrun_spec)
    manager.add_listener(*ExportJobsPlugin.listeners)
    manager.hook.on_dag_run_running(dag_run=SimpleNamespace(dag_id=machine.job.dag_id), msg="")
    assert len(told(machine)) == 2, "other runs say nothing"
    manager.hook.on_dag_run_running(dag_run=SimpleNamespace(dag_id=AUDITOR_DAG_ID), msg="")
    ((outcome, what),) = told(machine)
    assert outcome == "ok" and "1 scheduler" in what


def test_a_scheduler_that_cannot_reach_the_store_starts_its_runs_and_leaves_it_alone_for_a_while(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    """While it waits it makes no runs, and there is a run of the auditor every ten minutes."""
    monkeypatch.setattr(scheduler_listener, "_store_is_away_until", 0.0)
    monkeypatch.setenv("AIRFLOW_CONN_EXPORT_JOBS_STORE", "postgres://nobody:secret@127.0.0.1:9/none")

    def tries() -> int:
        scheduler_listener.on_dag_run_running(dag_run=SimpleNamespace(dag_id=AUDITOR_DAG_ID), msg="")
        return caplog.text.count("Could not report the version")

    assert [tries(), tries()] == [1, 1]
    later = time.monotonic() + scheduler_listener.REPORT_PAUSE_S
    monkeypatch.setattr("export_jobs.orchestration.airflow.scheduler_listener.time.monotonic", lambda: later)
    assert tries() == 2


def test_what_was_not_seen_for_a_week_is_forgotten(machine: Run) -> None:
    machine.execute(ValidateDestination)
    grow_old(machine, minutes=8 * 24 * 60)
    Processes(machine.store.engine).report("worker-b", "task", "1")
    assert {one.host for one in Processes(machine.store.engine).seen(timedelta(days=365))} == {"worker-b"}
