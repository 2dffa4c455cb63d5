"""Files for download over the API: who may download them, that it is recorded, and the answer for a removed file."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import pytest
from moto.server import ThreadedMotoServer

from export_jobs.core.definitions.job import DestinationSpec
from export_jobs.delivery.download import SERVED_BYTES
from export_jobs.orchestration.airflow.connections import open_download
from export_jobs.store.stored_job import StoredJob
from tests.integration.store.samples import Store, delivery
from tests.servers.sites import s3_client

if TYPE_CHECKING:
    from tests.integration.web.conftest import Ask

pytestmark = pytest.mark.integration
BUCKET = f"files-{os.urandom(4).hex()}"  # moto keeps its buckets from one server of a process to the next
SPEC = DestinationSpec(tag="files", kind="download", connection="files_s3", folder=f"{BUCKET}/out", keep_days=14)
PATH = "daily/sales report.zip"
ADDRESS = "/export-jobs/api/downloads/files/daily/sales%20report.zip"
CONTENT = bytes(range(256)) * (3 * SERVED_BYTES // 256) + b"the end"


@pytest.fixture
def bucket(monkeypatch: pytest.MonkeyPatch) -> Iterator[Any]:
    server = ThreadedMotoServer(ip_address="127.0.0.1", port=0)
    server.start()
    address = f"http://127.0.0.1:{server.get_host_and_port()[1]}"
    extra = {"endpoint_url": address, "region_name": "us-east-1"}
    found = {"conn_type": "aws", "login": "access", "password": "secret", "extra": extra}
    monkeypatch.setenv("AIRFLOW_CONN_FILES_S3", json.dumps(found))
    client = s3_client(address)
    client.create_bucket(Bucket=BUCKET)
    yield client
    server.stop()


@pytest.fixture
def job(web_store: Store, bucket: Any) -> StoredJob:
    """A job with one file delivered for download, next to a file that the ledger does not know."""
    web_store.definitions.save_destination(SPEC, "anna")
    made = web_store.create("files", destination="files")
    record = delivery(web_store.run(made), path=PATH)
    web_store.ledger.claim(record.execution_id, record.template, "upload", record.attempt)
    with web_store.ledger.fence_delivery(record, "upload", record.attempt):
        bucket.put_object(Bucket=BUCKET, Key=f"out/{PATH}", Body=CONTENT)
    bucket.put_object(Bucket=BUCKET, Key="out/unknown.zip", Body=b"x")
    return made


def test_a_file_is_taken_and_that_is_on_record(ask: Ask, job: StoredJob, audit: Any) -> None:
    answer = ask("viewer").get(ADDRESS)
    assert (answer.status_code, answer.content == CONTENT) == (200, True)
    assert answer.headers["content-disposition"] == "attachment; filename*=UTF-8''sales%20report.zip"
    assert answer.headers["content-length"] == str(len(CONTENT))
    assert answer.headers["cache-control"] == "no-store"
    event, user, dag_id, extra = audit()[-1]
    assert (event, user, dag_id) == ("export_jobs.download_file", "viewer", job.dag_id)
    result = {"method": "GET", "status": 200, "file": PATH, "destination": "files", "bytes": len(CONTENT)}
    assert result.items() <= extra.items()


def test_a_download_needs_its_own_permission(ask: Ask, job: StoredJob, audit: Any) -> None:
    refused = ask("viewer", without=f"data of {job.dag_id}").get(ADDRESS)
    assert refused.status_code == 403 and "the permission to read its XComs" in refused.text
    assert (audit()[-1][3]["status"], audit()[-1][2]) == (403, job.dag_id)
    assert ask("admin", without=job.dag_id).get(ADDRESS).status_code == 404, "nor does anybody learn that it exists"
    assert ask(None).get(ADDRESS).status_code == 401


def test_a_removed_file_is_a_410_with_a_remedy(ask: Ask, job: StoredJob, bucket: Any) -> None:
    bucket.delete_object(Bucket=BUCKET, Key=f"out/{PATH}")
    answer = ask("viewer").get(ADDRESS)
    assert answer.status_code == 410
    [result] = answer.json()["errors"]
    assert "has been removed: files of 'files' are kept for 14 days" in result["what"]
    assert "Re-export its window" in result["remedy"]


@pytest.mark.parametrize(
    "path", ["files/unknown.zip", "files/daily/..%2Funknown.zip", "partner/daily/sales%20report.zip", "none/x.zip"]
)
def test_what_the_ledger_does_not_know_is_not_there(ask: Ask, job: StoredJob, path: str) -> None:
    assert ask("admin").get(f"/export-jobs/api/downloads/{path}").status_code == 404


def test_a_file_is_read_a_block_at_a_time(job: StoredJob) -> None:
    found = open_download(SPEC).open(PATH)
    assert found is not None and found.length == len(CONTENT)
    sizes = [len(block) for block in found.blocks]
    assert max(sizes) <= SERVED_BYTES and sum(sizes) == len(CONTENT)
