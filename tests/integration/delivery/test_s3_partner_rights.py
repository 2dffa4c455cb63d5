"""Buckets that allow some actions only: the check finds what is missing, and leaves nothing behind."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import pytest

from export_jobs.core.files.placed_file import Verification
from export_jobs.errors import TerminalError
from tests.integration.delivery.s3_partner import CONTENT, KEY, PATH, PATH_STYLE, Open
from tests.servers.s3_rules import denies, locked, wants, wants_md5
from tests.servers.s3_tls import TlsS3
from tests.servers.sites import Lease, staged

pytestmark = pytest.mark.integration


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
    with pytest.raises(TerminalError, match="a file that this login is not allowed to see"):
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


@pytest.mark.parametrize("calculated", ["when_supported", "when_required"])
def test_parts_with_a_digest_have_the_checksum_that_their_upload_was_begun_with(
    serve: Callable[..., TlsS3], connect: Callable[..., Open], lease: Lease, calculated: str
) -> None:
    service = serve(wants_md5)
    service.checks_kinds = True
    kwargs = {**PATH_STYLE["config_kwargs"], "request_checksum_calculation": calculated}
    destination = connect(service, config_kwargs=kwargs)()
    destination.check()
    destination.deliver(*staged(CONTENT, PATH), lease.fence())
    assert service.objects == {KEY: CONTENT}
    taken = [headers for action, headers in service.seen if action == "part" and "content-md5" in headers]
    assert all(("x-amz-checksum-crc32" in headers) is (calculated == "when_supported") for headers in taken)
    service.rules = (wants_md5, denies("abort"))
    destination.check()


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
