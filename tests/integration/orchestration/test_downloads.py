"""Files for download: delivered to a bucket of ours under the page's address, and removed after their days."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from airflow.sdk.exceptions import AirflowFailException
from moto.server import ThreadedMotoServer

from export_jobs.core.definitions.job import DestinationSpec
from export_jobs.errors import TransientError
from export_jobs.orchestration.audit.downloads import remove_old_downloads
from export_jobs.orchestration.publishing import PublishManifest
from tests.integration.orchestration.conftest import Run
from tests.integration.orchestration.test_done_file import nothing
from tests.integration.store.samples import Store
from tests.servers.sites import s3_client

pytestmark = pytest.mark.integration
MANIFEST = "kept__2026-01-01.manifest.json"


@pytest.fixture
def bucket(monkeypatch: pytest.MonkeyPatch) -> Iterator[Any]:
    server = ThreadedMotoServer(ip_address="127.0.0.1", port=0)
    server.start()
    address = f"http://127.0.0.1:{server.get_host_and_port()[1]}"
    extra = {"endpoint_url": address, "region_name": "us-east-1"}
    connection = {"conn_type": "aws", "login": "access", "password": "secret", "extra": extra}
    monkeypatch.setenv("AIRFLOW_CONN_FILES_S3", json.dumps(connection))
    monkeypatch.setenv("AIRFLOW__API__BASE_URL", "https://airflow.example/")
    client = s3_client(address)
    client.create_bucket(Bucket="files")
    for found in client.list_objects_v2(Bucket="files").get("Contents", []):
        client.delete_object(Bucket="files", Key=found["Key"])  # moto keeps them from one server to the next
    yield client
    server.stop()


@pytest.fixture
def run(connected: Store, bucket: Any, monkeypatch: pytest.MonkeyPatch, tmp_path: Any) -> Run:
    monkeypatch.setenv("EXPORT_JOBS_STAGING", f"file://{tmp_path}/staging")
    spec = {"tag": "files", "kind": "download", "connection": "files_s3", "folder": "files/out", "keep_days": 14}
    connected.definitions.save_destination(DestinationSpec.model_validate(spec), "anna")
    assert connected.definitions.destination("files") == DestinationSpec.model_validate(spec)
    job = connected.create("kept", destination="files", file={"empty_result": "skip"})
    return Run(connected, job, results={f"{name}.compress": nothing(name, "first") for name in ("rows", "totals")})


def keys(bucket: Any) -> list[str]:
    return [found["Key"] for found in bucket.list_objects_v2(Bucket="files").get("Contents", [])]


def test_the_ledger_has_the_pages_address(run: Run, bucket: Any) -> None:
    run.execute(PublishManifest)
    [record] = run.store.ledger.executions(run.job.job_id)
    assert record.publications[0].url == f"https://airflow.example/export-jobs/api/downloads/files/{MANIFEST}"
    assert keys(bucket) == [f"out/{MANIFEST}"]


def test_a_file_that_is_too_large_is_refused_before_anything_is_sent(
    run: Run, bucket: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("EXPORT_JOBS_DOWNLOAD_MAX_BYTES", "10")
    with pytest.raises(AirflowFailException, match="a file for download can have at most 10"):
        run.execute(PublishManifest)
    assert keys(bucket) == []


def test_old_files_of_ours_are_removed_and_no_others(run: Run, bucket: Any) -> None:
    run.execute(PublishManifest)
    bucket.put_object(Bucket="files", Key="out/somebody-elses.csv", Body=b"x")
    bucket.put_object(Bucket="files", Key=MANIFEST, Body=b"of the same name, elsewhere in the bucket")
    now = datetime.now(UTC)
    remove_old_downloads(run.store.engine, now + timedelta(days=13, hours=23))
    assert f"out/{MANIFEST}" in keys(bucket)
    for _ in range(2):
        remove_old_downloads(run.store.engine, now + timedelta(days=14, hours=1))
        assert keys(bucket) == [MANIFEST, "out/somebody-elses.csv"]


def test_a_bucket_that_is_gone_is_told_and_keeps_no_other_one_from_being_tidied(run: Run, bucket: Any) -> None:
    run.execute(PublishManifest)
    gone = {"tag": "a-gone", "kind": "download", "connection": "files_s3", "folder": "no-such-bucket", "keep_days": 1}
    run.store.definitions.save_destination(DestinationSpec.model_validate(gone), "anna")
    with pytest.raises(TransientError, match=r"kept longer than they should be\. a-gone: "):
        remove_old_downloads(run.store.engine, datetime.now(UTC) + timedelta(days=15))
    assert keys(bucket) == []
