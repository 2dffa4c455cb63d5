"""What stands between a worker and a bucket: proxies that answer with pages of their own, tokens that expire."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from export_jobs.errors import ExportError, TerminalError, TransientError
from tests.integration.delivery.s3_partner import CONTENT, KEY, PATH, PATH_STYLE, Open
from tests.servers import s3_tls
from tests.servers.s3_tls import TlsS3
from tests.servers.sites import Lease, staged

pytestmark = pytest.mark.integration

ALIEN = b"a stranger's"
PAGES = {
    "log in": b"<html><body>Log in first</body></html>",
    "not XML": b"<!DOCTYPE html><html><body>Log in<br></body></html>",
    "empty": b"",
    "error": b"<?xml version='1.0'?>\n <Error><Code>InternalError</Code><Message>no</Message></Error>",
}


@pytest.mark.parametrize("page", PAGES)
@pytest.mark.parametrize("action", ["create", "part", "complete"])
def test_an_answer_of_200_that_is_none_of_s3s_delivers_nothing(
    serve: Callable[..., TlsS3], connect: Callable[..., Open], lease: Lease, action: str, page: str
) -> None:
    service = serve()
    destination = connect(service, **PATH_STYLE)()
    service.pages[action] = (200, PAGES[page])
    with pytest.raises(TransientError) as caught:
        destination.deliver(*staged(CONTENT, PATH), lease.fence())
    if page in {"log in", "empty"}:
        assert "something that is not an answer of S3" in caught.value.what
    assert lease.recorded == []
    assert (service.objects, service.uploads) == ({}, {})
    service.pages.clear()
    destination.deliver(*staged(CONTENT, PATH), lease.fence())
    assert service.objects == {KEY: CONTENT}


def test_a_page_in_place_of_the_last_answer_hides_no_delivery(
    serve: Callable[..., TlsS3], connect: Callable[..., Open], lease: Lease
) -> None:
    """The service has completed the upload, and its answer was lost on the way back."""
    service = serve()
    service.after_complete = lambda: service.pages.update({"complete": (200, PAGES["log in"])})
    connect(service, **PATH_STYLE)().deliver(*staged(CONTENT, PATH), lease.fence())
    assert service.objects == {KEY: CONTENT}
    assert lease.recorded == ["1"]


@pytest.mark.parametrize("time", ["yesterday, perhaps", ""])
def test_an_object_whose_time_cannot_be_read_is_on_record(
    serve: Callable[..., TlsS3],
    connect: Callable[..., Open],
    lease: Lease,
    monkeypatch: pytest.MonkeyPatch,
    time: str,
) -> None:
    monkeypatch.setattr(s3_tls, "formatdate", lambda *_, **__: time)
    service = serve()
    destination = connect(service, **PATH_STYLE)()
    destination.deliver(*staged(CONTENT, PATH), lease.fence())
    assert (service.objects, lease.recorded) == ({KEY: CONTENT}, ["1"])
    with pytest.raises(TransientError, match="something that is not an answer of S3"):
        destination.deliver(*staged(b"newer", PATH, known=[CONTENT]), lease.fence())


@pytest.mark.parametrize("page", ["log in", "empty"])
def test_a_strangers_object_whose_copy_is_not_there_is_not_replaced(
    serve: Callable[..., TlsS3], connect: Callable[..., Open], lease: Lease, page: str
) -> None:
    service = serve()
    service.put(KEY, ALIEN)
    service.pages["put"] = (200, PAGES[page])
    destination = connect(service, **PATH_STYLE)(foreign_file="keep_both", probe="login_only")
    with pytest.raises(TransientError, match=r"copy in/sales\.kept-1\.zip is missing"):
        destination.deliver(*staged(CONTENT, PATH), lease.fence())
    assert (service.objects, lease.recorded) == ({KEY: ALIEN}, [])
    service.pages.clear()
    destination.deliver(*staged(CONTENT, PATH), lease.fence())
    assert service.objects == {KEY: CONTENT, "in/sales.kept-1.zip": ALIEN}


def test_a_strangers_object_that_is_archived_cannot_be_copied_and_is_left(
    serve: Callable[..., TlsS3], connect: Callable[..., Open], lease: Lease
) -> None:
    service = serve(lambda action, _: (403, "InvalidObjectState") if action in {"put", "get"} else None)
    service.put(KEY, ALIEN)
    destination = connect(service, **PATH_STYLE)(foreign_file="keep_both", probe="login_only")
    with pytest.raises(TerminalError, match="is archived, so copying"):
        destination.deliver(*staged(CONTENT, PATH), lease.fence())
    assert (service.objects, lease.recorded) == ({KEY: ALIEN}, [])


REFUSALS = {
    "a token that has expired": ((400, "ExpiredToken"), "session token for bucket bucket has expired"),
    "a clock that is wrong": ((403, "RequestTimeTooSkewed"), "clock of this worker"),
    "a proxy": ((407, ""), "proxy in front of bucket bucket requires a login"),
}


@pytest.mark.parametrize("refusal", REFUSALS)
@pytest.mark.parametrize("since", ["head", "part", "complete"])
def test_a_login_that_ends_on_the_way_is_told_as_that(
    serve: Callable[..., TlsS3], connect: Callable[..., Open], lease: Lease, refusal: str, since: str
) -> None:
    """An answer to a look has no body, so a bare 400 or 403 is all that it says."""
    answer, sentence = REFUSALS[refusal]
    service = serve()
    begun: list[str] = []

    def ended(action: str, _: object) -> tuple[int, str] | None:
        begun.append(action)
        return answer if since in begun else None

    destination = connect(service, **PATH_STYLE)()
    service.rules = (ended,)
    with pytest.raises(ExportError, match=sentence):
        destination.deliver(*staged(CONTENT, PATH), lease.fence())
    assert (service.objects, lease.recorded) == ({}, [])
