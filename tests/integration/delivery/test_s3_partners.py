"""Buckets and services as partners run them, behind TLS, through an AWS connection of Airflow."""

from __future__ import annotations

import json
from collections.abc import Callable

import pytest

from export_jobs.core.files.placed_file import Verification
from export_jobs.errors import TerminalError
from export_jobs.orchestration.airflow.s3_client import s3_client
from tests.integration.delivery.s3_partner import CONTENT, KEY, PATH, PATH_STYLE, Open
from tests.servers.s3_rules import Rule, denies, no_chunks, wants_length
from tests.servers.s3_tls import TlsS3
from tests.servers.sites import Lease, staged

pytestmark = pytest.mark.integration


@pytest.mark.parametrize("rule", [no_chunks, wants_length])
def test_f12_a_service_that_knows_no_chunks_is_delivered_to_over_tls(
    serve: Callable[..., TlsS3], connect: Callable[..., Open], lease: Lease, rule: Rule
) -> None:
    service = serve(rule)
    destination = connect(service, **PATH_STYLE)()
    destination.check()
    destination.deliver(*staged(CONTENT, PATH), lease.fence())
    assert service.objects == {KEY: CONTENT}
    assert lease.placed[0].verification is Verification.SIZE


@pytest.mark.parametrize("rule", [no_chunks, wants_length])
def test_f12_where_the_connection_asks_for_checksums_501_and_411_are_terminal_and_name_the_setting(
    serve: Callable[..., TlsS3], connect: Callable[..., Open], lease: Lease, rule: Rule
) -> None:
    kwargs = {**PATH_STYLE["config_kwargs"], "request_checksum_calculation": "when_supported"}
    service = serve(rule, denies())
    if rule is wants_length:
        service.rules = (lambda action, headers: (411, "") if "x-amz-trailer" in headers else None,)
    destination = connect(service, config_kwargs=kwargs)()
    for act in (destination.check, lambda: destination.deliver(*staged(CONTENT, PATH), lease.fence())):
        with pytest.raises(TerminalError) as caught:
            act()
        assert "request_checksum_calculation" in caught.value.remedy
    sent = [action for action, _ in service.seen if action == "part"]
    assert len(sent) <= 3, "it was sent again"  # the check's, and the two of the file at once


@pytest.mark.parametrize("calculated", ["when_supported", "when_required"])
def test_f12_each_part_is_checked_as_the_upload_was_begun(
    serve: Callable[..., TlsS3], connect: Callable[..., Open], lease: Lease, calculated: str
) -> None:
    """As on Amazon, where boto3 adds checksums to the parts of its own accord."""
    service = serve()
    service.checks_kinds = True
    kwargs = {**PATH_STYLE["config_kwargs"], "request_checksum_calculation": calculated}
    destination = connect(service, config_kwargs=kwargs)()
    destination.check()
    destination.deliver(*staged(CONTENT, PATH), lease.fence())
    assert service.objects == {KEY: CONTENT}
    parts = [headers for action, headers in service.seen if action == "part"]
    assert all(("x-amz-checksum-crc32" in headers) is (calculated == "when_supported") for headers in parts)
    assert len(parts) == 3, "the check's, and the two of the file"


def test_f13_the_connections_config_is_merged_and_wins(
    serve: Callable[..., TlsS3], connect: Callable[..., Open], monkeypatch: pytest.MonkeyPatch
) -> None:
    kwargs = {
        "s3": {"addressing_style": "path"},
        "signature_version": "s3",
        "proxies": {"https": "http://127.0.0.1:9"},
        "connect_timeout": 7,
        "retries": {"total_max_attempts": 1},
    }
    connect(serve(), config_kwargs=kwargs)
    config = s3_client("aws").meta.config
    assert config.s3 == {"addressing_style": "path"}
    assert (config.signature_version, config.proxies) == ("s3", kwargs["proxies"])
    assert (config.connect_timeout, config.read_timeout) == (7, 6)
    assert config.retries["total_max_attempts"] == 1
    assert config.request_checksum_calculation == "when_required"


def test_f12_amazon_itself_keeps_its_checksums(monkeypatch: pytest.MonkeyPatch) -> None:
    for endpoint in (None, "https://bucket.vpce-1.s3.eu-west-1.vpce.amazonaws.com"):
        extra = {"region_name": "eu-west-1", **({"endpoint_url": endpoint} if endpoint else {})}
        kept = {"conn_type": "aws", "login": "key", "password": "secret", "extra": extra}
        monkeypatch.setenv("AIRFLOW_CONN_AWS", json.dumps(kept))
        assert s3_client("aws").meta.config.request_checksum_calculation == "when_supported"


def test_a_bucket_in_another_region_is_found_by_its_redirect(
    serve: Callable[..., TlsS3], connect: Callable[..., Open], lease: Lease
) -> None:
    service = serve(region="eu-central-1")
    destination = connect(service, **PATH_STYLE)()
    destination.check()
    destination.deliver(*staged(CONTENT, PATH), lease.fence())
    assert service.objects == {KEY: CONTENT}


@pytest.mark.parametrize("fault", [(501, ""), (405, ""), (400, "InvalidArgument"), (404, "NoSuchKey")])
def test_a_service_that_lists_no_uploads_is_delivered_to(
    serve: Callable[..., TlsS3], connect: Callable[..., Open], lease: Lease, fault: tuple[int, str]
) -> None:
    service = serve(lambda action, _: fault if action == "list" else None)
    connect(service, **PATH_STYLE)().deliver(*staged(CONTENT, PATH), lease.fence())
    assert service.objects == {KEY: CONTENT}
