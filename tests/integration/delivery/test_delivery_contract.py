"""What every destination promises: whole or not at all, one atomic step inside the fence, nothing left behind."""

from __future__ import annotations

import hashlib
import io
import os
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace

import pytest

from export_jobs.core.files.placed_file import KnownFile, PlacedFile
from export_jobs.errors import ExportError, SupersededError, TerminalError, TransientError, UserError
from tests.servers.sites import Lease, Site, staged

pytestmark = pytest.mark.integration

SEVERAL_BLOCKS = os.urandom(20_000_001)  # several chunks for SFTP, three parts for S3
PATH = "daily/sales.zip"


@pytest.mark.parametrize("content", [b"", b"x", SEVERAL_BLOCKS], ids=["empty", "one byte", "several blocks"])
def test_a_new_file_arrives_whole_in_sub_folders_that_are_made(site: Site, lease: Lease, content: bytes) -> None:
    source, target = staged(content, "eu/daily/sales.zip")
    receipt = site.destination.deliver(source, target, lease.fence())
    assert site.read("eu/daily/sales.zip") == content
    assert site.everything() == ["eu/daily/sales.zip"]
    assert (receipt.path, receipt.bytes, receipt.sha256) == (target.path, target.bytes, target.sha256)
    assert receipt.url == site.destination.url(target.path)
    assert receipt.url.endswith("eu/daily/sales.zip") and "@" not in receipt.url
    assert lease.recorded == ["1"]


def test_a_file_of_ours_is_replaced(site: Site, lease: Lease) -> None:
    site.put(PATH, b"old")
    site.destination.deliver(*staged(b"new content", known=[b"older", b"old"]), lease.fence())
    assert site.read(PATH) == b"new content"
    site.destination.deliver(*staged(b"newest content", known=[b"old", b"new content"]), lease.fence())
    assert site.read(PATH) == b"newest content"
    assert site.everything() == [PATH]


def test_what_the_server_said_of_a_file_lets_it_be_replaced_without_reading_it(site: Site, lease: Lease) -> None:
    """The record has a wrong hash, so that reading it back would refuse it."""
    site.destination.deliver(*staged(b"first"), lease.fence())
    (placed,) = lease.placed
    if placed == PlacedFile():
        pytest.skip("a destination in memory says nothing beside the content")
    on_record = KnownFile(5, "0" * 64, placed.modified, placed.etag)
    site.destination.deliver(*staged(b"second", known=[on_record]), lease.fence())
    assert site.read(PATH) == b"second"


@pytest.mark.parametrize("known", [[], [b"mine!"], [b"another size"]], ids=["none", "of this size", "of another size"])
def test_l2_a_foreign_file_is_never_replaced(site: Site, lease: Lease, known: list[bytes]) -> None:
    site.put(PATH, b"alien")
    with pytest.raises(TerminalError, match=rf"{PATH} already exists on .* 5 bytes.*It was left unchanged"):
        site.destination.deliver(*staged(b"new content", known=known), lease.fence())
    assert site.read(PATH) == b"alien"
    assert site.everything() == [PATH]
    assert lease.recorded == []


def test_l2_a_foreign_file_that_appears_during_the_upload_survives(site: Site, lease: Lease) -> None:
    @contextmanager
    def late() -> Iterator[PlacedFile]:
        site.put(PATH, b"alien")
        yield PlacedFile()

    with pytest.raises(TransientError, match="Something else changed"):
        site.destination.deliver(*staged(b"new content"), late)
    with pytest.raises(TerminalError, match="already exists"):
        site.destination.deliver(*staged(b"new content"), lease.fence())
    assert site.read(PATH) == b"alien"
    assert site.everything() == [PATH]


def test_these_very_bytes_under_the_name_are_success(site: Site, lease: Lease) -> None:
    """What a try left that lost the reply to its rename, or died before it could record it."""
    site.put(PATH, b"content")
    site.destination.deliver(*staged(b"content"), lease.fence())
    assert lease.recorded == ["1"]
    assert site.everything() == [PATH]


def test_check_passes_and_leaves_nothing(site: Site) -> None:
    site.destination.check()
    assert site.everything() == []


def test_the_file_is_complete_but_invisible_when_the_fence_is_entered(site: Site) -> None:
    seen: list[bytes | None] = []

    @contextmanager
    def looking() -> Iterator[PlacedFile]:
        seen.append(site.read(PATH))
        yield PlacedFile()
        seen.append(site.read(PATH))

    site.destination.deliver(*staged(b"content"), looking)
    assert seen == [None, b"content"]


@pytest.mark.parametrize("error", [SupersededError("A newer attempt has taken over."), RuntimeError("ledger down")])
def test_a_fence_that_refuses_leaves_the_old_file_and_no_temporary(site: Site, error: Exception) -> None:
    @contextmanager
    def refusing() -> Iterator[PlacedFile]:
        raise error
        yield PlacedFile()

    site.put(PATH, b"old")
    with pytest.raises(type(error), match=str(error)):
        site.destination.deliver(*staged(b"new", known=[b"old"]), refusing)
    assert site.read(PATH) == b"old"
    assert site.everything() == [PATH]


def test_what_killed_attempts_left_is_removed_and_other_files_uploads_are_not(site: Site, lease: Lease) -> None:
    site.leave_unfinished("daily", "sales.zip", "killed1")
    site.leave_unfinished("daily", "sales.zip", "killed2")
    site.leave_unfinished("daily", "sales.zip.manifest.json", "alive1")
    site.leave_unfinished("daily", "other.zip", "alive2")
    site.destination.deliver(*staged(b"new"), lease.fence())
    left = site.everything()
    assert len(left) == 3 and PATH in left
    assert not [name for name in left if "killed" in name]
    assert len([name for name in left if "other.zip" in name]) == 1


@pytest.mark.parametrize("fault", ["shorter", "longer", "other bytes"])
def test_a_staged_file_that_changed_is_not_delivered(site: Site, lease: Lease, fault: str) -> None:
    found = {"shorter": b"conten", "longer": b"content and more", "other bytes": b"CONTENT"}[fault]
    _, target = staged(b"content", known=[b"old"])
    site.put(PATH, b"old")
    with pytest.raises(TerminalError, match="has changed since it was written"):
        site.destination.deliver(io.BytesIO(found), target, lease.fence())
    assert site.read(PATH) == b"old"
    assert site.everything() == [PATH]
    assert lease.recorded == []


HOSTILE = [
    "../outside.zip",
    "daily/../../outside.zip",
    "/etc/outside.zip",
    "daily//sales.zip",
    "",
    "daily/",
    ".",
    "a\0b",
    "a\nb",
    "a\rb",
    "a\x7fb",
    "daily\\..\\..\\outside.zip",
    "C:\\outside.zip",
    ".htaccess",
    ".sales.zip.1.part",
    "sales.zip.",
    "sales.zip ",
    " sales.zip",
    "CON",
    "nul.zip",
    "a\u202egpj.zip",
    "cafe\u0301.zip",
    "x" * 201,
    "é" * 101,
]


@pytest.mark.parametrize("path", HOSTILE, ids=ascii)
def test_x11_a_path_that_could_leave_the_folder_or_hide_is_refused(site: Site, lease: Lease, path: str) -> None:
    with pytest.raises(UserError, match="cannot be delivered"):
        site.destination.deliver(*staged(b"content", path), lease.fence())
    assert site.everything() == []


def test_an_attempt_name_cannot_smuggle_a_path(site: Site, lease: Lease) -> None:
    source, target = staged(b"content")
    with pytest.raises(ValueError, match="letters and digits"):
        site.destination.deliver(source, replace(target, attempt="../1"), lease.fence())


class _Paused(io.BytesIO):
    """A source that stops in the middle until the test lets it go on: an attempt that is slow, not dead."""

    def __init__(self, content: bytes) -> None:
        super().__init__(content)
        self.reached = threading.Event()
        self.go_on = threading.Event()

    def read(self, size: int | None = -1) -> bytes:
        if self.tell() > 0:
            self.reached.set()
            assert self.go_on.wait(60)
        return super().read(min(size or 0, 1_000_000) if size and size > 0 else size)


def test_d12_of_two_overlapping_attempts_exactly_one_publishes(site: Site) -> None:
    content, newer = os.urandom(9_000_000), os.urandom(9_000_000)
    lease = Lease(current="1")
    orphan = _Paused(content)
    _, target = staged(content)
    outcome: list[BaseException] = []

    def run_orphan() -> None:
        try:
            site.destination.deliver(orphan, target, lease.fence("1"))
        except ExportError as error:
            outcome.append(error)

    thread = threading.Thread(target=run_orphan)
    thread.start()
    assert orphan.reached.wait(60)
    lease.current = "2"  # the scheduler gave the orphan up and started the second try
    site.destination.deliver(*staged(newer, attempt="2"), lease.fence("2"))
    orphan.go_on.set()
    thread.join(60)
    assert lease.recorded == ["2"]
    assert len(outcome) == 1
    assert hashlib.sha256(site.read(PATH) or b"").digest() == hashlib.sha256(newer).digest()
    assert site.everything() == [PATH]
