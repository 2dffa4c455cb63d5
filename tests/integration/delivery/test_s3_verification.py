"""What a service says of an object after the upload decides what the ledger says of it."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from contextlib import contextmanager
from typing import Any

import pytest

from export_jobs.core.files.placed_file import KnownFile, Verification
from export_jobs.errors import TransientError
from tests.integration.delivery.s3_partner import CONTENT, KEY, PATH, PATH_STYLE, Open
from tests.servers.s3_tls import TlsS3
from tests.servers.sites import Lease, staged

pytestmark = pytest.mark.integration


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
    with pytest.raises(TransientError, match="Something else changed"):
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
