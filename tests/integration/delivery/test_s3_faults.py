"""What may happen to an S3 upload on its way: a real S3 server (moto) behind a proxy that breaks what it is told to."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from export_jobs.delivery.s3 import S3Destination
from export_jobs.errors import ExportError, TerminalError, TransientError
from tests.servers.certificate import served_with, write_certificate
from tests.servers.s3_faults import Fault, S3FaultProxy
from tests.servers.sites import BUCKET, Lease, Site, bucket_site, s3_client, staged

pytestmark = pytest.mark.integration

PATH = "daily/sales.zip"
CONTENT = os.urandom(17_000_000)  # three parts
OLD = b"the old object"
REPOSITORY = Path(__file__).parents[3]


@pytest.fixture
def proxy(moto_port: int) -> Iterator[S3FaultProxy]:
    with S3FaultProxy(moto_port) as running:
        yield running


@pytest.fixture
def broken_site(s3: Any, proxy: S3FaultProxy) -> Site:
    """A destination that goes through the proxy, seen past it."""
    prefix = f"in-{os.urandom(4).hex()}"
    return bucket_site(s3, S3Destination(s3_client(proxy.url), BUCKET, prefix), prefix)


@pytest.mark.parametrize("busy", [("SlowDown", 503), ("InternalError", 500), ("ServiceUnavailable", 503)])
@pytest.mark.parametrize("action", ["create", "part", "complete"])
def test_d15_busy_for_a_moment_then_well(
    proxy: S3FaultProxy, broken_site: Site, lease: Lease, action: str, busy: tuple[str, int]
) -> None:
    proxy.faults = [Fault(action, times=1, code=busy[0], status=busy[1])]
    broken_site.destination.deliver(*staged(b"content"), lease.fence())
    assert broken_site.read(PATH) == b"content"
    assert broken_site.everything() == [PATH]


@pytest.mark.parametrize("action", ["list", "create", "part", "complete"])
def test_d15_busy_for_good_is_transient_and_leaves_nothing(
    proxy: S3FaultProxy, broken_site: Site, lease: Lease, action: str
) -> None:
    broken_site.put(PATH, OLD)
    proxy.faults = [Fault(action, code="SlowDown", status=503)]
    with pytest.raises(TransientError, match=r"too busy .* \(SlowDown\)"):
        broken_site.destination.deliver(*staged(CONTENT, known=[OLD]), lease.fence())
    assert broken_site.read(PATH) == OLD
    assert broken_site.everything() == [PATH]
    assert lease.recorded == []


@pytest.mark.parametrize("action", ["create", "part", "complete"])
def test_d16_line_cut_in_the_middle(proxy: S3FaultProxy, broken_site: Site, lease: Lease, action: str) -> None:
    broken_site.put(PATH, OLD)
    proxy.faults = [Fault(action, cut=True)]
    with pytest.raises(TransientError, match="connection was lost"):
        broken_site.destination.deliver(*staged(CONTENT, known=[OLD]), lease.fence())
    assert broken_site.read(PATH) == OLD
    assert broken_site.everything() == [PATH]
    proxy.faults = []
    broken_site.destination.deliver(*staged(CONTENT, known=[OLD]), lease.fence())
    assert broken_site.read(PATH) == CONTENT


def test_d16_cut_so_that_even_the_abort_fails_is_mended_by_the_next_attempt(
    proxy: S3FaultProxy, broken_site: Site, lease: Lease
) -> None:
    proxy.faults = [Fault("part", cut=True), Fault("abort", cut=True)]
    with pytest.raises(TransientError):
        broken_site.destination.deliver(*staged(CONTENT), lease.fence())
    assert broken_site.everything() == [f"{PATH} (unfinished)"]
    proxy.faults = []
    broken_site.destination.deliver(*staged(CONTENT), lease.fence())
    assert broken_site.everything() == [PATH]


KILLED = """
import sys
sys.path[:0] = ["plugins", "."]
from tests.servers.sites import BUCKET, Lease, s3_client, staged
from export_jobs.delivery.s3 import S3Destination
endpoint, prefix, path = sys.argv[1:]
destination = S3Destination(s3_client(endpoint), BUCKET, prefix)
destination.deliver(*staged(bytes(60_000_000), path), Lease().fence())
"""


def test_d16_kill_9_in_the_middle_leaves_no_object_and_the_next_attempt_aborts_the_rest(
    s3: Any, proxy: S3FaultProxy, lease: Lease
) -> None:
    site = bucket_site(s3, S3Destination(s3, BUCKET, "killed"), "killed")
    proxy.faults = [Fault("part", seconds=0.3)]
    victim = subprocess.Popen([sys.executable, "-c", KILLED, proxy.url, "killed", PATH], cwd=REPOSITORY)
    until = time.monotonic() + 60
    while proxy.seen["part"] < 2 and time.monotonic() < until:
        time.sleep(0.02)
    victim.send_signal(signal.SIGKILL)
    assert victim.wait(20) == -signal.SIGKILL
    assert site.everything() == [f"{PATH} (unfinished)"]
    site.destination.deliver(*staged(CONTENT, attempt="2"), Lease("2").fence("2"))
    assert site.read(PATH) == CONTENT
    assert site.everything() == [PATH]


def test_lost_reply_to_complete_is_found_to_be_done(proxy: S3FaultProxy, broken_site: Site, lease: Lease) -> None:
    proxy.faults = [Fault("complete", times=1, cut_after=True)]
    broken_site.destination.deliver(*staged(CONTENT), lease.fence())
    assert broken_site.read(PATH) == CONTENT
    assert broken_site.everything() == [PATH]
    assert lease.recorded == ["1"]


def test_l2_the_service_itself_refuses_when_something_else_stands_there(
    s3: Any, proxy: S3FaultProxy, broken_site: Site, lease: Lease
) -> None:
    """Written between the last look and the end of the upload, where only ``If-Match`` can see it."""
    broken_site.put(PATH, OLD)
    proxy.before_complete = lambda: broken_site.put(PATH, b"alien")
    with pytest.raises(TransientError, match="Something else changed"):
        broken_site.destination.deliver(*staged(CONTENT, known=[OLD]), lease.fence())
    assert broken_site.read(PATH) == b"alien"
    assert lease.recorded == []


@pytest.mark.parametrize("known", [[], [OLD]], ids=["new key", "replaced"])
@pytest.mark.parametrize("answer", [("NotImplemented", 501), ("InvalidArgument", 400)])
def test_l2_a_store_that_does_not_know_the_condition_gets_the_file_after_one_more_look(
    proxy: S3FaultProxy, broken_site: Site, lease: Lease, known: list[bytes], answer: tuple[str, int]
) -> None:
    if known:
        broken_site.put(PATH, OLD)
    proxy.faults = [Fault("complete", times=1, code=answer[0], status=answer[1])]
    broken_site.destination.deliver(*staged(b"content", known=known), lease.fence())
    assert broken_site.read(PATH) == b"content"
    assert lease.placed[0].etag


def test_l2_a_login_that_may_not_look_publishes_new_keys_and_replaces_none(
    proxy: S3FaultProxy, broken_site: Site, lease: Lease
) -> None:
    proxy.faults = [Fault("head", code="AccessDenied", status=403)]
    broken_site.destination.deliver(*staged(b"content"), lease.fence())
    assert lease.recorded == ["1"]
    with pytest.raises(TerminalError, match="a file that this login is not allowed to see"):
        broken_site.destination.deliver(*staged(b"more content"), lease.fence())
    assert broken_site.read(PATH) == b"content"


def test_an_upload_aborted_by_a_newer_attempt_does_not_publish(
    proxy: S3FaultProxy, broken_site: Site, lease: Lease
) -> None:
    broken_site.put(PATH, OLD)
    proxy.faults = [Fault("complete", code="NoSuchUpload", status=404)]
    with pytest.raises(TransientError, match="has vanished from bucket"):
        broken_site.destination.deliver(*staged(CONTENT, known=[OLD]), lease.fence())
    assert broken_site.read(PATH) == OLD


def test_d11_parts_that_were_stored_short_are_found_by_size(
    proxy: S3FaultProxy, broken_site: Site, lease: Lease
) -> None:
    proxy.faults = [Fault("part", times=1, shorten=1024)]
    with pytest.raises(ExportError):
        broken_site.destination.deliver(*staged(b"x" * 5000), lease.fence())
    assert lease.recorded == []


REFUSALS = {
    "AccessDenied": (403, "no permission for"),
    "InvalidAccessKeyId": (403, "access key .* is unknown"),
    "SignatureDoesNotMatch": (403, "secret key .* does not match"),
    "ExpiredToken": (400, "session token .* has expired"),
    "InvalidToken": (400, "session token .* is invalid"),
    "RequestTimeTooSkewed": (403, "clock of this worker"),
    "PermanentRedirect": (301, "in another region"),
    "XMinioStorageFull": (507, "no space left in bucket"),
    "QuotaExceeded": (409, "no space left in bucket"),
    "SomethingNew": (400, "refused .* with SomethingNew"),
}


@pytest.mark.parametrize("code", REFUSALS)
def test_d17_what_cannot_pass_is_terminal_with_its_own_sentence(
    proxy: S3FaultProxy, broken_site: Site, lease: Lease, code: str
) -> None:
    status, sentence = REFUSALS[code]
    # Not HEAD: boto3 asks for the bucket's region by it, again and again, as long as the answer is a redirect.
    proxy.faults = [Fault(action, code=code, status=status) for action in ("create", "list")]
    for act in (
        broken_site.destination.check,
        lambda: broken_site.destination.deliver(*staged(b"content"), lease.fence()),
    ):
        with pytest.raises(TerminalError, match=sentence):
            act()
    if status == 403 and code != "RequestTimeTooSkewed":  # boto3 itself corrects its clock and asks again
        assert proxy.seen["create"] <= 2


@pytest.mark.parametrize("action", ["create", "part"])
def test_d17_check_tells_that_the_right_to_write_is_missing(
    proxy: S3FaultProxy, broken_site: Site, action: str
) -> None:
    proxy.faults = [Fault(action, code="AccessDenied", status=403)]
    with pytest.raises(TerminalError, match=r"no permission for (writing files|uploading part 1)"):
        broken_site.destination.check()


@pytest.mark.parametrize("action", ["head", "delete", "put", "abort"])
def test_d17_check_refuses_no_login_that_a_delivery_can_do_with(
    proxy: S3FaultProxy, broken_site: Site, lease: Lease, action: str
) -> None:
    proxy.faults = [Fault(action, code="AccessDenied", status=403)]
    broken_site.destination.check()
    assert broken_site.everything() == []
    broken_site.destination.deliver(*staged(b"content"), lease.fence())
    assert broken_site.read(PATH) == b"content"


def test_d17_missing_bucket_is_told_by_check_and_deliver(s3: Any, lease: Lease) -> None:
    destination = S3Destination(s3, "no-such-bucket-here", "in")
    for act in (destination.check, lambda: destination.deliver(*staged(b"content"), lease.fence())):
        with pytest.raises(TerminalError, match="bucket no-such-bucket-here does not exist"):
            act()


def test_a_service_that_forbids_listing_uploads_still_receives(
    proxy: S3FaultProxy, broken_site: Site, lease: Lease
) -> None:
    proxy.faults = [Fault("list", code="AccessDenied", status=403)]
    broken_site.destination.deliver(*staged(b"content"), lease.fence())
    assert broken_site.read(PATH) == b"content"


def test_d19_closed_port_and_unknown_name_are_transient() -> None:
    with socket.socket() as closed:
        closed.bind(("127.0.0.1", 0))
        for endpoint in (f"http://127.0.0.1:{closed.getsockname()[1]}", "http://no-such-host.invalid"):
            with pytest.raises(TransientError, match="cannot be reached"):
                S3Destination(s3_client(endpoint, attempts=1), BUCKET, "in").check()


def test_d19_an_untrusted_certificate_is_terminal(moto_port: int, tmp_path: Path) -> None:
    with (
        S3FaultProxy(moto_port, tls=served_with(write_certificate(tmp_path / "tls.pem"))) as proxy,
        pytest.raises(TerminalError, match=r"certificate of .* is not trusted"),
    ):
        S3Destination(s3_client(proxy.url, attempts=1), BUCKET, "in").check()


def test_x16_no_secret_in_any_message(proxy: S3FaultProxy, lease: Lease) -> None:
    client = s3_client(proxy.url.replace("http://", "http://login:canary-in-url@"), attempts=1)
    proxy.faults = [Fault("any", code="SignatureDoesNotMatch", status=403)]
    with pytest.raises(ExportError) as caught:
        S3Destination(client, BUCKET, "in").check()
    assert "canary" not in f"{caught.value!r} {caught.value.__cause__!r}"
