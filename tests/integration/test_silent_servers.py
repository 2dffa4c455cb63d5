"""Servers that take a connection and say nothing: each is given up, so that no worker and no page hangs."""

from __future__ import annotations

import json
import socket
from collections.abc import Iterator

import pytest

from export_jobs.core.definitions.job import DestinationSpec
from export_jobs.errors import TransientError, UserError
from export_jobs.orchestration.airflow.connections import open_destination, open_source

pytestmark = [pytest.mark.integration, pytest.mark.timeout(60)]
BUCKET = DestinationSpec(tag="bucket", kind="s3", connection="silent_s3", folder="bucket/in")


@pytest.fixture
def silent_port(monkeypatch: pytest.MonkeyPatch) -> Iterator[int]:
    monkeypatch.setenv("EXPORT_JOBS_CONNECT_TIMEOUT_S", "2")
    monkeypatch.setenv("EXPORT_JOBS_STALL_TIMEOUT_S", "2")
    with socket.create_server(("127.0.0.1", 0)) as listener:
        yield listener.getsockname()[1]


def test_a_silent_warehouse_is_given_up(silent_port: int, monkeypatch: pytest.MonkeyPatch) -> None:
    parts = {"conn_type": "postgres", "host": "127.0.0.1", "port": silent_port, "login": "u", "password": "canary-pw"}
    monkeypatch.setenv("AIRFLOW_CONN_SILENT", json.dumps(parts))
    with pytest.raises(TransientError, match="'silent' cannot be opened") as caught, open_source("silent", "postgres"):
        pass
    assert "canary" not in str(caught.value)


def test_a_silent_bucket_is_given_up(silent_port: int, monkeypatch: pytest.MonkeyPatch) -> None:
    extra = {"endpoint_url": f"http://127.0.0.1:{silent_port}", "region_name": "eu-west-1"}
    parts = {"conn_type": "aws", "login": "key", "password": "canary-pw", "extra": extra}
    monkeypatch.setenv("AIRFLOW_CONN_SILENT_S3", json.dumps(parts))
    with pytest.raises(TransientError) as caught:
        open_destination(BUCKET).check()
    assert "canary" not in str(caught.value)


def test_an_endpoint_that_is_no_address_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    extra = {"endpoint_url": "s3.example.org:9000", "region_name": "eu-west-1"}
    parts = {"conn_type": "aws", "login": "key", "password": "canary-pw", "extra": extra}
    monkeypatch.setenv("AIRFLOW_CONN_SILENT_S3", json.dumps(parts))
    with pytest.raises(UserError, match="invalid endpoint_url"):
        open_destination(BUCKET)
