"""A new disk while the store is away: the last good definitions come from the bucket that staging has."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from demo.s3_server import S3Server
from export_jobs.orchestration.generator import second_copy
from export_jobs.orchestration.generator.definitions import load_jobs
from export_jobs.orchestration.generator.shard import Shard
from export_jobs.store.stored_job import StoredJob
from tests.integration.store.samples import Store

pytestmark = [pytest.mark.integration, pytest.mark.usefixtures("staged_in_a_bucket")]
FOLDER = "second-copy"


@pytest.fixture
def staged_in_a_bucket(s3: S3Server, monkeypatch: pytest.MonkeyPatch) -> None:
    """Which is waited for as long as a loaded machine needs."""
    monkeypatch.setattr(second_copy, "COPY_PATIENCE_S", 120.0)
    keys = {"login": s3.keys["access"], "password": s3.keys["secret"]}
    connection = {"conn_type": "aws", **keys, "extra": {"endpoint_url": s3.url, "region_name": s3.region}}
    monkeypatch.setenv("AIRFLOW_CONN_STAGING_S3", json.dumps(connection))
    monkeypatch.setenv("EXPORT_JOBS_STAGING", f"s3://staging_s3@{s3.bucket}/{FOLDER}")


def on_a_new_disk_without_store(monkeypatch: pytest.MonkeyPatch, folder: Path) -> None:
    monkeypatch.setenv("EXPORT_JOBS_STATE", str(folder / "new"))
    away = {"conn_type": "postgres", "host": str(folder), "login": "export_jobs", "password": "none", "schema": "none"}
    monkeypatch.setenv("AIRFLOW_CONN_EXPORT_JOBS_STORE", json.dumps(away))


@pytest.mark.parametrize("shards", [1, 2])
def test_a_new_disk_while_the_store_is_away_knows_its_jobs_from_the_bucket(
    connected: Store, job: StoredJob, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, shards: int
) -> None:
    shard = Shard(0, shards).beside(job.job_id)
    assert [one.name for one in load_jobs(shard)] == [job.name]
    on_a_new_disk_without_store(monkeypatch, tmp_path)
    assert [one.job for one in load_jobs(shard)] == [job.parse()]


def test_a_bucket_that_is_not_there_keeps_no_parse_from_its_work(
    connected: Store, job: StoredJob, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("EXPORT_JOBS_STAGING", "s3://staging_s3@no-bucket-of-this-name/staging")
    assert [one.name for one in load_jobs()] == [job.name]
    on_a_new_disk_without_store(monkeypatch, tmp_path)
    assert load_jobs() == []
