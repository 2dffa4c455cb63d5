"""Buckets and services as partners run them, behind TLS, through an AWS connection of Airflow."""

from __future__ import annotations

import base64
import hashlib
import json
import os
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest

from export_jobs.core.definitions.job import DestinationSpec
from export_jobs.core.files.placed_file import KnownFile, Verification
from export_jobs.delivery.destination import Destination
from export_jobs.errors import TerminalError, TransientError
from export_jobs.orchestration.airflow.connections import open_destination
from export_jobs.orchestration.airflow.s3_client import s3_client
from tests.servers.s3_tls import Rule, TlsS3, denies, locked, no_chunks, wants, wants_length
from tests.servers.sites import Lease, staged

pytestmark = pytest.mark.integration

PATH = "sales.zip"
KEY = f"in/{PATH}"
CONTENT = os.urandom(9_000_000)  # two parts
Open = Callable[..., Destination]


@pytest.fixture
def serve(tmp_path: Path) -> Iterator[Callable[..., TlsS3]]:
    services: list[TlsS3] = []

    def start(*rules: Rule, region: str = "") -> TlsS3:
        service = TlsS3(tmp_path, rules, region)
        services.append(service.__enter__())
        return service

    yield start
    for service in services:
        service.__exit__(None, None, None)


@pytest.fixture
def connect(monkeypatch: pytest.MonkeyPatch) -> Callable[..., Open]:
    """The destinations of an AWS connection to a service, with more in its extra."""

    def connection(service: TlsS3, **extra: Any) -> Open:
        whole = {"endpoint_url": service.url, "verify": str(service.authority), "region_name": "us-east-1"}
        kept = {"conn_type": "aws", "login": "key", "password": "secret", "extra": {**whole, **extra}}
        monkeypatch.setenv("AIRFLOW_CONN_AWS", json.dumps(kept))
        monkeypatch.setenv("EXPORT_JOBS_CONNECT_TIMEOUT_S", "3")

        def opened(**options: Any) -> Destination:
            spec = {"tag": "bucket", "kind": "s3", "connection": "aws", "folder": "bucket/in", **options}
            return open_destination(DestinationSpec.model_validate(spec))

        return opened

    return connection


PATH_STYLE = {"config_kwargs": {"s3": {"addressing_style": "path"}}}


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


POLICIES: dict[str, tuple[dict[str, str], dict[str, Any]]] = {
    "acl": ({"acl": "bucket-owner-full-control"}, {"acl": "bucket-owner-full-control"}),
    "sse-s3": ({"server_side_encryption": "AES256"}, {"encryption": "sse-s3"}),
    "kms": (
        {
            "server_side_encryption": "aws:kms",
            "server_side_encryption_aws_kms_key_id": "alias/out",
            "server_side_encryption_bucket_key_enabled": "true",
        },
        {"encryption": "aws:kms", "kms_key": "alias/out", "bucket_key": True},
    ),
    "storage class": ({"storage_class": "STANDARD_IA"}, {"storage_class": "standard_ia"}),
    "tags": ({"tagging": "team=exports&cost+centre=4%2F7"}, {"tags": {"team": "exports", "cost centre": "4/7"}}),
}


@pytest.mark.parametrize("policy", POLICIES)
def test_f14_what_a_bucket_policy_demands_is_sent_when_an_object_is_made_and_not_with_its_parts(
    serve: Callable[..., TlsS3], connect: Callable[..., Open], lease: Lease, policy: str
) -> None:
    demanded, options = POLICIES[policy]
    service = serve(wants(**demanded))
    opened = connect(service, **PATH_STYLE)
    plain = opened()
    for act in (plain.check, lambda: plain.deliver(*staged(CONTENT, PATH), lease.fence())):
        with pytest.raises(TerminalError, match="no permission for"):
            act()
    destination = opened(**options)
    destination.check()
    destination.deliver(*staged(CONTENT, PATH), lease.fence())
    assert service.objects == {KEY: CONTENT}


@pytest.mark.parametrize("fault", [(500, "InternalError"), (403, "AccessDenied"), (501, "NotImplemented")])
def test_f15_an_error_after_the_object_is_published_does_not_hide_it_from_the_ledger(
    serve: Callable[..., TlsS3], connect: Callable[..., Open], lease: Lease, fault: tuple[int, str]
) -> None:
    service = serve()
    is_done: list[bool] = []
    service.after_complete = lambda: is_done.append(True)
    service.rules = (lambda action, _: fault if is_done and action == "head" else None,)
    connect(service, **PATH_STYLE)().deliver(*staged(CONTENT, PATH), lease.fence())
    assert service.objects == {KEY: CONTENT}
    assert lease.recorded == ["1"]
    assert lease.placed[0].verification is Verification.NONE
    assert lease.placed[0].etag


def test_f15_a_reply_to_complete_that_is_an_error_is_found_to_be_success(
    serve: Callable[..., TlsS3], connect: Callable[..., Open], lease: Lease
) -> None:
    service = serve()

    def break_reply() -> None:
        raise ConnectionAbortedError

    service.after_complete = break_reply
    connect(service, **PATH_STYLE)().deliver(*staged(CONTENT, PATH), lease.fence())
    assert lease.recorded == ["1"]
    assert service.objects == {KEY: CONTENT}


def test_f15_what_the_fence_refuses_is_not_published(serve: Callable[..., TlsS3], connect: Callable[..., Open]) -> None:
    service = serve()

    @contextmanager
    def refusing() -> Any:
        raise TransientError("The store cannot be reached")
        yield

    with pytest.raises(TransientError, match="store cannot be reached"):
        connect(service, **PATH_STYLE)().deliver(*staged(CONTENT, PATH), refusing)
    assert (service.objects, service.uploads) == ({}, {})


def test_a_bucket_in_another_region_is_found_by_its_redirect(
    serve: Callable[..., TlsS3], connect: Callable[..., Open], lease: Lease
) -> None:
    service = serve(region="eu-central-1")
    destination = connect(service, **PATH_STYLE)()
    destination.check()
    destination.deliver(*staged(CONTENT, PATH), lease.fence())
    assert service.objects == {KEY: CONTENT}


WRITE_ONLY = ("head", "get", "list", "delete")


def test_a_login_that_may_only_write_is_checked_and_delivered_to_and_leaves_nothing_behind(
    serve: Callable[..., TlsS3], connect: Callable[..., Open], lease: Lease
) -> None:
    service = serve(denies(*WRITE_ONLY))
    destination = connect(service, **PATH_STYLE)()
    destination.check()
    assert (service.objects, service.uploads) == ({}, {})
    destination.deliver(*staged(CONTENT, PATH), lease.fence())
    assert service.objects == {KEY: CONTENT}
    assert lease.placed[0].verification is Verification.NONE
    with pytest.raises(TerminalError, match="a file that this login may not look at"):
        destination.deliver(*staged(b"newer", PATH), lease.fence())
    connect(service, **PATH_STYLE)(foreign_file="replace").deliver(*staged(b"newer", PATH), lease.fence())
    assert service.objects == {KEY: b"newer"}


def test_a_login_that_may_not_write_is_found_by_check_also_where_it_may_not_delete(
    serve: Callable[..., TlsS3], connect: Callable[..., Open]
) -> None:
    for denied in (("put", "create"), ("put", "create", "abort"), ("put", "create", "abort", "delete")):
        with pytest.raises(TerminalError, match="no permission for writing files"):
            connect(serve(denies(*denied)), **PATH_STYLE)().check()


def test_the_probe_is_written_elsewhere_or_not_at_all(
    serve: Callable[..., TlsS3], connect: Callable[..., Open]
) -> None:
    service = serve()
    opened = connect(service, **PATH_STYLE)
    opened(probe="login_only").check()
    assert {action for action, _ in service.seen} == {"head"}
    opened(probe_folder="probes").check()
    assert [action for action, _ in service.seen].count("create") == 1
    assert (service.objects, service.uploads) == ({}, {})


def test_a_login_that_may_not_give_up_uploads_is_checked_by_an_object_that_is_removed(
    serve: Callable[..., TlsS3], connect: Callable[..., Open]
) -> None:
    service = serve(denies("abort"))
    connect(service, **PATH_STYLE)(object_lock="compliance", lock_days=3650).check()
    assert (service.objects, service.uploads) == ({}, {})
    (put,) = (headers for action, headers in service.seen if action == "put")
    assert not [name for name in put if "object-lock" in name], "what is locked cannot be removed again"


def test_a_bucket_that_keeps_its_objects_gets_parts_with_a_digest_and_no_probe(
    serve: Callable[..., TlsS3], connect: Callable[..., Open], lease: Lease
) -> None:
    service = serve(locked)
    destination = connect(service, **PATH_STYLE)()
    destination.check()
    assert (service.objects, service.uploads) == ({}, {})
    destination.deliver(*staged(CONTENT, PATH), lease.fence())
    assert service.objects == {KEY: CONTENT}
    digests = [headers.get("content-md5") for action, headers in service.seen if action == "part"]
    assert base64.b64encode(hashlib.md5(CONTENT[8 * 1024 * 1024 :], usedforsecurity=False).digest()).decode() in digests


def test_objects_are_locked_for_days_where_the_destination_says_so(
    serve: Callable[..., TlsS3], connect: Callable[..., Open], lease: Lease
) -> None:
    service = serve(wants(object_lock_mode="GOVERNANCE"))
    destination = connect(service, **PATH_STYLE)(object_lock="governance", lock_days=30)
    destination.check()
    destination.deliver(*staged(CONTENT, PATH), lease.fence())
    assert service.objects == {KEY: CONTENT}
    until = [headers["x-amz-object-lock-retain-until-date"] for action, headers in service.seen if action == "create"]
    days = [(datetime.fromisoformat(text) - datetime.now(UTC)).total_seconds() / 86_400 for text in until]
    assert [round(day) for day in days] == [30, 30]


@pytest.mark.parametrize("hidden", [{"etag"}, {"content-length"}, {"etag", "content-length"}])
def test_f15_a_service_that_says_little_of_an_object_is_delivered_to_twice_and_the_ledger_knows(
    serve: Callable[..., TlsS3], connect: Callable[..., Open], lease: Lease, hidden: set[str]
) -> None:
    service = serve()
    service.hidden = hidden
    destination = connect(service, **PATH_STYLE)()
    destination.deliver(*staged(CONTENT, PATH), lease.fence())
    destination.deliver(*staged(b"newer", PATH, known=[CONTENT]), lease.fence())
    assert service.objects == {KEY: b"newer"}
    assert lease.recorded == ["1", "1"]


@pytest.mark.parametrize("stranger", [b"x", b"of the same length"])
def test_an_object_without_etag_that_another_writes_during_the_upload_is_not_replaced(
    serve: Callable[..., TlsS3], connect: Callable[..., Open], lease: Lease, stranger: bytes
) -> None:
    def write_meanwhile(action: str, _: dict[str, str]) -> None:
        if action == "part" and lease.recorded:
            service.put(KEY, stranger)

    service = serve(write_meanwhile)
    service.hidden = {"etag"}
    destination = connect(service, **PATH_STYLE)()
    old = b"is of equal length"
    destination.deliver(*staged(old, PATH), lease.fence())
    assert lease.placed[0].modified == service.written[KEY], "without an ETag the time tells which one is ours"
    with pytest.raises(TransientError, match="Something else has come to stand"):
        destination.deliver(*staged(b"newer", PATH, known=[old]), lease.fence())
    assert service.objects == {KEY: stranger}


def test_f15_a_wrong_size_is_no_delivery_and_the_object_is_known_as_ours_afterwards(
    serve: Callable[..., TlsS3], connect: Callable[..., Open], lease: Lease
) -> None:
    service = serve()
    service.size_added = 512
    opened = connect(service, **PATH_STYLE)
    with pytest.raises(TransientError, match="does not count as delivered") as caught:
        opened().deliver(*staged(CONTENT, PATH), lease.fence())
    assert "`verify: read_back`" in caught.value.remedy
    announced = KnownFile(len(CONTENT), hashlib.sha256(CONTENT).hexdigest(), stands=False)
    opened(verify="read_back").deliver(*staged(CONTENT, PATH, known=[announced]), lease.fence())
    assert lease.recorded == ["1"]
    assert lease.placed[0].verification is Verification.READ_BACK


@pytest.mark.parametrize("fault", [(501, ""), (405, ""), (400, "InvalidArgument"), (404, "NoSuchKey")])
def test_a_service_that_lists_no_uploads_is_delivered_to(
    serve: Callable[..., TlsS3], connect: Callable[..., Open], lease: Lease, fault: tuple[int, str]
) -> None:
    service = serve(lambda action, _: fault if action == "list" else None)
    connect(service, **PATH_STYLE)().deliver(*staged(CONTENT, PATH), lease.fence())
    assert service.objects == {KEY: CONTENT}


@pytest.mark.parametrize(("verify", "recorded"), [("none", Verification.NONE), ("read_back", Verification.READ_BACK)])
def test_an_object_is_read_back_or_not_looked_at(
    serve: Callable[..., TlsS3], connect: Callable[..., Open], lease: Lease, verify: str, recorded: Verification
) -> None:
    service = serve()
    destination = connect(service, **PATH_STYLE)(verify=verify)
    destination.deliver(*staged(CONTENT, PATH), lease.fence())
    assert lease.placed[0].verification is recorded
    looked = [action for action, _ in service.seen if action in {"head", "get"}]
    assert looked == (["head"] if verify == "none" else ["head", "head", "get"])


class _ShortLivedRoles(BaseHTTPRequestHandler):
    """A login service whose credentials are about to expire: whoever asks again gets the next ones."""

    given = 0

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"])).decode()
        action = "AssumeRoleWithWebIdentity" if "WebIdentity" in body else "AssumeRole"
        type(self).given += 1
        until = (datetime.now(UTC) + timedelta(minutes=2)).strftime("%Y-%m-%dT%H:%M:%SZ")
        content = (
            f'<{action}Response xmlns="https://sts.amazonaws.com/doc/2011-06-15/"><{action}Result><Credentials>'
            f"<AccessKeyId>ASIA{self.given}</AccessKeyId><SecretAccessKey>secret</SecretAccessKey>"
            f"<SessionToken>token{self.given}</SessionToken><Expiration>{until}</Expiration></Credentials>"
            "<AssumedRoleUser><Arn>a</Arn><AssumedRoleId>b</AssumedRoleId></AssumedRoleUser>"
            f"</{action}Result></{action}Response>"
        ).encode()
        self.send_response(200)
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)

    def log_message(self, format: str, *args: Any) -> None:
        """Say nothing."""


@pytest.fixture
def roles() -> Iterator[str]:
    server = ThreadingHTTPServer(("127.0.0.1", 0), type("Roles", (_ShortLivedRoles,), {}))
    server.daemon_threads = True
    threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    server.server_close()


@pytest.mark.parametrize("how", ["assume_role", "assume_role_with_web_identity"])
def test_the_tokens_of_a_role_are_renewed_during_an_upload(
    serve: Callable[..., TlsS3], connect: Callable[..., Open], lease: Lease, roles: str, how: str
) -> None:
    service = serve()
    token = service.folder / "token"
    token.write_text("signed by somebody")
    role = {
        "role_arn": "arn:aws:iam::123456789012:role/exports",
        "assume_role_method": how,
        "service_config": {"sts": {"endpoint_url": roles}},
        **PATH_STYLE,
    }
    if how == "assume_role_with_web_identity":
        role["assume_role_with_web_identity_federation"] = "file"
        role["assume_role_with_web_identity_token_file"] = str(token)
    connect(service, **role)().deliver(*staged(CONTENT, PATH), lease.fence())
    assert service.objects == {KEY: CONTENT}
    used = {headers["authorization"].split("Credential=")[1].split("/")[0] for _, headers in service.seen}
    assert len(used) > 1, "one token was used to the end, however long that takes"
