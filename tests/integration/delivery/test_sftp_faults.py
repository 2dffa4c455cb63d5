"""What may happen to an SFTP upload on its way, each fault injected into a real server on 127.0.0.1."""

from __future__ import annotations

import hashlib
import os
import signal
import time
from pathlib import Path
from types import FrameType
from typing import Any

import asyncssh
import pytest

from export_jobs.core.definitions.destination import DestinationOptions
from export_jobs.core.files.placed_file import KnownFile
from export_jobs.delivery.destination import Credentials
from export_jobs.delivery.sftp import SftpDestination
from export_jobs.errors import TerminalError, TransientError
from tests.servers.openssh import HOW_TO_GET, SSHD, OpenSsh
from tests.servers.sftp_faults import FaultySftpServer
from tests.servers.sites import Lease, Site, folder_site, openssh_credentials, staged

pytestmark = pytest.mark.integration

PATH = "daily/sales.zip"
CONTENT = os.urandom(1_000_003)
SIZE = len(CONTENT)
OLD = b"the old file"
BYTES = [0, 1, 4096, *(SIZE * percent // 100 for percent in range(1, 100)), SIZE - 1, SIZE]
needs_sshd = pytest.mark.skipif(SSHD is None, reason=HOW_TO_GET)


@pytest.mark.parametrize("old", [None, OLD], ids=["new name", "old file"])
@pytest.mark.parametrize("byte", BYTES)
def test_d01_connection_dropped_at_byte(
    sftp: FaultySftpServer, sftp_site: Site, lease: Lease, byte: int, old: bytes | None
) -> None:
    known = [] if old is None else [old]
    if old is not None:
        sftp_site.put(PATH, old)
    sftp.faults.drop_at_byte = byte
    with pytest.raises(TransientError, match="was lost while"):
        sftp_site.destination.deliver(*staged(CONTENT, known=known), lease.fence())
    assert sftp_site.read(PATH) == old
    assert sftp_site.everything() == ([] if old is None else [PATH])
    sftp_site.destination.deliver(*staged(CONTENT, known=known), lease.fence())
    assert sftp_site.read(PATH) == CONTENT
    assert sftp_site.everything() == [PATH]


@pytest.mark.parametrize("old", [None, OLD], ids=["new name", "old file"])
@pytest.mark.parametrize("point", ["before close", "after close", "before stat", "before rename"])
def test_d01_connection_dropped_around_publishing(
    sftp: FaultySftpServer, sftp_site: Site, lease: Lease, point: str, old: bytes | None
) -> None:
    known = [] if old is None else [old]
    if old is not None:
        sftp_site.put(PATH, old)
    when, step = point.split()
    setattr(sftp.faults, f"drop_{when}", step)
    with pytest.raises(TransientError, match="was lost while"):
        sftp_site.destination.deliver(*staged(CONTENT, known=known), lease.fence())
    assert sftp_site.read(PATH) == old
    assert [name for name in sftp_site.everything() if name != PATH] == []
    assert lease.recorded == []
    sftp_site.destination.deliver(*staged(CONTENT, known=known), lease.fence())
    assert sftp_site.read(PATH) == CONTENT
    assert sftp_site.everything() == [PATH]
    assert lease.recorded == ["1"]


@pytest.mark.parametrize("old", [None, OLD], ids=["new name", "old file"])
@pytest.mark.parametrize("how", ["readable", "not readable", "not readable, in steps"])
def test_d02_a_rename_whose_answer_is_lost_is_known_by_size_and_time_and_the_name_that_is_gone(
    sftp: FaultySftpServer, credentials: Credentials, lease: Lease, old: bytes | None, how: str
) -> None:
    """The next try could not tell whose file it is, where the login may not read."""
    options = DestinationOptions(replace="remove_then_rename" if "in steps" in how else "refuse")
    site = folder_site(sftp.root / "in", SftpDestination(credentials, "/in", options=options))
    known = []
    if old is not None:
        site.put(PATH, old)
        known = [KnownFile(len(old), "0" * 64, int((sftp.root / "in" / PATH).stat().st_mtime))]
    sftp.faults.drop_after = "rename"
    sftp.faults.denies_reading = None if how == "readable" else asyncssh.SFTPPermissionDenied
    site.destination.deliver(*staged(CONTENT, known=known), lease.fence())
    assert site.read(PATH) == CONTENT
    assert site.everything() == [PATH]
    assert lease.recorded == ["1"]
    assert sftp.seen.renames == 1


@pytest.mark.parametrize("answer", [asyncssh.SFTPPermissionDenied, asyncssh.SFTPFailure])
@pytest.mark.parametrize("publish", ["rename", "direct"])
def test_a_file_that_may_be_ours_and_may_not_be_read_is_not_kept_beside_the_next_one(
    sftp: FaultySftpServer, credentials: Credentials, lease: Lease, publish: Any, answer: Any
) -> None:
    """A receiver would get it twice, or a part of it as if it were a file."""
    options = DestinationOptions(foreign_file="keep_both", publish=publish)
    site = folder_site(sftp.root / "in", SftpDestination(credentials, "/in", options=options))
    site.put(PATH, CONTENT if publish == "rename" else CONTENT[:1000])
    sftp.faults.denies_reading = answer
    announced = KnownFile(SIZE, hashlib.sha256(CONTENT).hexdigest(), stands=False)
    with pytest.raises(TerminalError, match="It may come from an earlier attempt of this job"):
        site.destination.deliver(*staged(CONTENT, known=[announced]), lease.fence())
    assert site.everything() == [PATH]
    assert lease.recorded == []


def known_by(lease: Lease) -> KnownFile:
    """What the ledger keeps of the last delivery of ``CONTENT``."""
    return KnownFile(SIZE, hashlib.sha256(CONTENT).hexdigest(), lease.placed[-1].modified)


@pytest.mark.parametrize("old", [None, OLD, os.urandom(SIZE)], ids=["new name", "old file", "old file of this size"])
def test_k2_a_server_whose_rename_says_ok_and_does_nothing_has_delivered_nothing(
    sftp: FaultySftpServer, sftp_site: Site, lease: Lease, old: bytes | None
) -> None:
    if old is not None:
        sftp_site.put(PATH, old)
    sftp.faults.idle_rename = True
    with pytest.raises(TransientError, match=r"confirmed the rename to daily/sales\.zip, but"):
        sftp_site.destination.deliver(*staged(CONTENT, known=[] if old is None else [old]), lease.fence())
    assert lease.recorded == []
    assert sftp_site.read(PATH) == old
    assert sftp_site.everything() == ([] if old is None else [PATH])


def test_k2_an_older_file_of_the_same_size_does_not_pass_for_the_new_one(
    sftp: FaultySftpServer, sftp_site: Site, lease: Lease
) -> None:
    old = os.urandom(SIZE)
    sftp_site.put(PATH, old)
    os.utime(sftp.root / "in" / PATH, (1_600_000_000, 1_600_000_000))
    sftp.faults.losing_rename = True
    with pytest.raises(TransientError, match=r"confirmed the rename to daily/sales\.zip, but"):
        sftp_site.destination.deliver(*staged(CONTENT, known=[old]), lease.fence())
    assert lease.recorded == []
    assert sftp_site.read(PATH) == old


def test_a_receiver_may_take_the_file_as_soon_as_it_has_its_name(
    sftp: FaultySftpServer, sftp_site: Site, lease: Lease
) -> None:
    sftp.faults.takes_at_once = True
    for _ in range(2):
        sftp_site.destination.deliver(*staged(CONTENT), lease.fence())
    assert lease.recorded == ["1", "1"]
    assert sftp_site.everything() == []


def test_a_server_that_does_not_show_finished_files_gets_them_and_keeps_what_it_has(
    sftp: FaultySftpServer, sftp_site: Site, lease: Lease
) -> None:
    sftp.faults.hides_finished = True
    sftp_site.destination.deliver(*staged(CONTENT), lease.fence())
    assert sftp_site.read(PATH) == CONTENT
    with pytest.raises(TerminalError, match="a file that this login is not allowed to see"):
        sftp_site.destination.deliver(*staged(b"another content"), lease.fence())
    assert sftp_site.read(PATH) == CONTENT


def refuses_to_replace(site: Site, lease: Lease) -> None:
    """A new name is published by plain rename; an existing one is refused in words, and left as it is."""
    site.destination.deliver(*staged(CONTENT), lease.fence())
    assert site.read(PATH) == CONTENT
    with pytest.raises(TerminalError, match=r"cannot replace a file in one step .* left unchanged"):
        site.destination.deliver(*staged(b"another content", known=[CONTENT]), lease.fence())
    assert site.read(PATH) == CONTENT
    assert site.everything() == [PATH]


def test_d03_server_answers_posix_rename_with_unsupported(
    sftp: FaultySftpServer, sftp_site: Site, lease: Lease
) -> None:
    sftp.faults.no_posix_rename = True
    refuses_to_replace(sftp_site, lease)


@needs_sshd
def test_d03_d04_openssh_without_posix_rename(tmp_path: Path, lease: Lease) -> None:
    folder = tmp_path / "in"
    folder.mkdir()
    with OpenSsh(tmp_path / "sshd", options="-P posix-rename") as server:
        destination = SftpDestination(openssh_credentials(server), str(folder))
        refuses_to_replace(folder_site(folder, destination), lease)


@pytest.mark.parametrize("byte", [0, SIZE // 2])
def test_d10_stalled_server_is_left(
    sftp: FaultySftpServer, credentials: Credentials, sftp_site: Site, lease: Lease, byte: int
) -> None:
    sftp.faults.stall_at_byte = byte
    with pytest.raises(TransientError, match=r"made no progress for 0\.4 seconds while writing"):
        SftpDestination(credentials, "/in", stall_seconds=0.4).deliver(*staged(CONTENT), lease.fence())
    assert sftp_site.everything() == []


def test_d10_slow_but_steady_server_is_not_left(
    sftp: FaultySftpServer, credentials: Credentials, sftp_site: Site, lease: Lease
) -> None:
    sftp.faults.seconds_per_write = 0.15
    content = os.urandom(3_000_000)
    started = time.monotonic()
    SftpDestination(credentials, "/in", stall_seconds=1).deliver(*staged(content), lease.fence())
    assert time.monotonic() - started > 1
    assert sftp_site.read(PATH) == content


@pytest.mark.parametrize("lost", [1, 1024, SIZE])
def test_d11_bytes_that_were_acknowledged_and_not_stored(
    sftp: FaultySftpServer, sftp_site: Site, lease: Lease, lost: int
) -> None:
    sftp_site.put(PATH, OLD)
    sftp.faults.cut_at_byte = SIZE - lost
    with pytest.raises(TransientError, match=f"stored {SIZE - lost} of {SIZE} bytes"):
        sftp_site.destination.deliver(*staged(CONTENT, known=[OLD]), lease.fence())
    assert sftp_site.read(PATH) == OLD
    assert sftp_site.everything() == [PATH]


def test_d11_a_flipped_byte_is_found_by_reading_back(
    sftp: FaultySftpServer, credentials: Credentials, sftp_site: Site, lease: Lease
) -> None:
    sftp.faults.flip_byte = SIZE // 3
    destination = SftpDestination(credentials, "/in", options=DestinationOptions(verify="read_back"))
    with pytest.raises(TransientError, match="differs from what was sent"):
        destination.deliver(*staged(CONTENT), lease.fence())
    assert sftp_site.everything() == []
    sftp.heal()
    destination.deliver(*staged(CONTENT), lease.fence())
    assert sftp_site.read(PATH) == CONTENT


class _TimeIsUp(BaseException):
    """As Airflow's execution time-out: raised by a signal handler, and no Exception."""


def test_a_signal_handler_that_raises_ends_the_upload_and_cleans_up(
    sftp: FaultySftpServer, sftp_site: Site, lease: Lease
) -> None:
    def raise_it(_signal: int, _frame: FrameType | None) -> None:
        raise _TimeIsUp

    sftp.faults.seconds_per_write = 0.2
    before = signal.signal(signal.SIGALRM, raise_it)
    try:
        signal.setitimer(signal.ITIMER_REAL, 0.5)
        with pytest.raises(_TimeIsUp):
            sftp_site.destination.deliver(*staged(os.urandom(5_000_000)), lease.fence())
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)
    assert sftp_site.everything() == []
    assert lease.recorded == []


def test_no_connection_outlives_its_call(sftp: FaultySftpServer, sftp_site: Site, lease: Lease) -> None:
    sftp_site.destination.check()
    sftp_site.destination.deliver(*staged(CONTENT), lease.fence())
    sftp.faults.drop_before = "rename"
    with pytest.raises(TransientError):
        sftp_site.destination.deliver(*staged(CONTENT, known=[known_by(lease)]), lease.fence())
    until = time.monotonic() + 5
    while sftp.open_connections and time.monotonic() < until:
        time.sleep(0.01)  # the server hears of a close a moment later
    assert sftp.open_connections == set()
    assert sftp.seen.connections == 4  # check, deliver, deliver, and one to remove the temporary
