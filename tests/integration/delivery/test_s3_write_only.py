"""A login to S3 that may only write, and an answer that is lost: nobody can look whose object stands there."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from typing import Any

import pytest

from export_jobs.core.files.placed_file import KnownFile, Verification
from export_jobs.errors import TerminalError, TransientError
from tests.integration.delivery.s3_partner import CONTENT, KEY, PATH, PATH_STYLE, Open
from tests.servers.s3_rules import denies
from tests.servers.s3_tls import TlsS3
from tests.servers.sites import Lease, staged

pytestmark = pytest.mark.integration

PART = 8 * 1024 * 1024
WRITE_ONLY = ("head", "get", "list", "delete")
ANNOUNCED = KnownFile(len(CONTENT), hashlib.sha256(CONTENT).hexdigest(), stands=False)
second_complete = pytest.mark.parametrize("repeated", ["answered", "gone", "taken"])


def lose_answers(service: TlsS3, count: int) -> list[str]:
    """Have the service hang up after the object stands, ``count`` times; returns what it has lost."""
    lost: list[str] = []

    def hang_up(action: str, _: Any) -> None:
        if action == "complete" and service.completed and len(lost) < count:
            lost.append("again")
            raise ConnectionAbortedError

    def hang_up_first() -> None:
        if len(lost) < count:
            lost.append("first")
            raise ConnectionAbortedError

    service.rules = (*service.rules, hang_up)
    service.after_complete = hang_up_first
    return lost


@second_complete
@pytest.mark.parametrize("count", [1, 3, 4], ids=["one", "all of boto3's tries", "one more"])
def test_an_object_whose_answer_is_lost_is_delivered(
    serve: Callable[..., TlsS3], connect: Callable[..., Open], lease: Lease, repeated: Any, count: int
) -> None:
    service = serve(denies(*WRITE_ONLY))
    service.repeated = repeated
    lost = lose_answers(service, count)
    connect(service, **PATH_STYLE)().deliver(*staged(CONTENT, PATH), lease.fence())
    assert len(lost) == count
    assert lease.recorded == ["1"]
    assert lease.placed[0].verification is Verification.NONE
    assert service.objects == {KEY: CONTENT}
    assert lease.placed[0].etag == service.etag(KEY), "by which a rerun knows it"


@second_complete
@pytest.mark.parametrize("trouble", [ConnectionAbortedError, (503, "SlowDown"), (500, "InternalError")])
def test_a_strangers_object_is_not_taken_for_ours_since_the_first_answer_was_trouble(
    serve: Callable[..., TlsS3], connect: Callable[..., Open], lease: Lease, repeated: Any, trouble: Any
) -> None:
    troubled: list[str] = []

    def once(action: str, _: Any) -> tuple[int, str] | None:
        if action != "complete" or troubled:
            return None
        troubled.append(action)
        if isinstance(trouble, tuple):
            return trouble
        raise trouble

    service = serve(denies(*WRITE_ONLY), once)
    service.repeated = repeated
    service.put(KEY, b"a stranger's")
    with pytest.raises(TerminalError, match="a file that this login is not allowed to see"):
        connect(service, **PATH_STYLE)().deliver(*staged(CONTENT, PATH), lease.fence())
    assert (lease.recorded, troubled) == ([], ["complete"])
    assert service.objects == {KEY: b"a stranger's"}
    assert service.uploads == {}


def test_the_object_of_a_try_that_was_killed_after_its_last_request_is_known_by_its_etag(
    serve: Callable[..., TlsS3], connect: Callable[..., Open], lease: Lease
) -> None:
    service = serve(denies(*WRITE_ONLY))
    service.put_together(KEY, [CONTENT[:PART], CONTENT[PART:]])
    connect(service, **PATH_STYLE)().deliver(*staged(CONTENT, PATH, "2", known=[ANNOUNCED]), lease.fence())
    assert lease.recorded == ["1"]
    assert service.objects == {KEY: CONTENT}


def test_an_object_of_ours_is_replaced_by_the_etag_on_record(
    serve: Callable[..., TlsS3], connect: Callable[..., Open], lease: Lease
) -> None:
    service = serve(denies(*WRITE_ONLY))
    destination = connect(service, **PATH_STYLE)()
    destination.deliver(*staged(CONTENT, PATH), lease.fence())
    on_record = KnownFile(len(CONTENT), hashlib.sha256(CONTENT).hexdigest(), etag=lease.placed[0].etag)
    destination.deliver(*staged(b"newer", PATH, "2", known=[on_record]), lease.fence())
    assert lease.recorded == ["1", "1"]
    assert service.objects == {KEY: b"newer"}


@pytest.mark.parametrize("fault", ["another's", "condition passed over", "condition denied", "condition unknown"])
def test_what_may_be_a_strangers_is_left_as_it_is_also_where_a_try_of_ours_was_killed(
    serve: Callable[..., TlsS3], connect: Callable[..., Open], lease: Lease, fault: str
) -> None:
    refusals = {"condition denied": (403, "AccessDenied"), "condition unknown": (501, "NotImplemented")}
    service = serve(denies(*WRITE_ONLY), lambda _, headers: refusals.get(fault) if "if-match" in headers else None)
    service.passes_over_if_match = fault == "condition passed over"
    service.put(KEY, b"another's")
    with pytest.raises(TerminalError, match="earlier attempt of this job whose last request got no answer") as caught:
        connect(service, **PATH_STYLE)().deliver(*staged(CONTENT, PATH, "2", known=[ANNOUNCED]), lease.fence())
    assert "Ask the server's owner what it contains" in caught.value.remedy
    assert lease.recorded == []
    assert service.objects == {KEY: b"another's"}
    assert service.uploads == {}


def test_who_never_answers_again_ends_the_try_and_not_the_job(
    serve: Callable[..., TlsS3], connect: Callable[..., Open], lease: Lease
) -> None:
    service = serve(denies(*WRITE_ONLY))
    lose_answers(service, 1000)
    opened = connect(service, **PATH_STYLE)
    with pytest.raises(TransientError, match="connection was lost, for completing"):
        opened().deliver(*staged(CONTENT, PATH), lease.fence())
    service.rules, service.after_complete = (denies(*WRITE_ONLY),), lambda: None
    opened().deliver(*staged(CONTENT, PATH, "2", known=[ANNOUNCED]), lease.fence())
    assert lease.recorded == ["1"]
    assert service.objects == {KEY: CONTENT}


@pytest.mark.parametrize("stands", [True, False], ids=["another's is there", "nothing is there"])
@pytest.mark.parametrize("unknown", [(501, "NotImplemented"), (400, "InvalidArgument")])
def test_a_service_without_conditions_replaces_nothing_unseen_unless_the_destination_consents(
    serve: Callable[..., TlsS3], connect: Callable[..., Open], lease: Lease, unknown: tuple[int, str], stands: bool
) -> None:
    service = serve(denies(*WRITE_ONLY), lambda _, headers: unknown if "if-none-match" in headers else None)
    before = {KEY: b"another's"} if stands else {}
    for key, content in before.items():
        service.put(key, content)
    with pytest.raises(TerminalError, match=r"not known whether sales\.zip exists") as caught:
        connect(service, **PATH_STYLE)().deliver(*staged(CONTENT, PATH), lease.fence())
    assert "`foreign_file: replace`" in caught.value.remedy
    assert (service.objects, service.uploads, lease.recorded) == (before, {}, [])
    connect(service, **PATH_STYLE)(foreign_file="replace").deliver(*staged(CONTENT, PATH), lease.fence())
    assert service.objects == {KEY: CONTENT}
