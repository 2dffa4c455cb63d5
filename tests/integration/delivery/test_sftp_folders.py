"""Folders that take no file: full, read-only, forbidden, missing, or a file themselves."""

from __future__ import annotations

import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from export_jobs.delivery.destination import Credentials
from export_jobs.delivery.sftp import SftpDestination
from export_jobs.errors import TerminalError
from tests.servers.openssh import HOW_TO_GET, SSHD, OpenSsh
from tests.servers.sftp_faults import FaultySftpServer
from tests.servers.sites import Lease, Site, folder_site, openssh_credentials, staged

pytestmark = pytest.mark.integration


PATH = "daily/sales.zip"
CONTENT = os.urandom(1_000_003)
OLD = b"the old file"
needs_sshd = pytest.mark.skipif(SSHD is None, reason=HOW_TO_GET)
needs_mount = pytest.mark.skipif(
    os.getuid() != 0 or shutil.which("mount") is None,
    reason="a full disk needs a small file system: run as root (in a container with CAP_SYS_ADMIN)",
)


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    folder = tmp_path / "disk"
    folder.mkdir()
    mounted = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", "size=2m", "tmpfs", str(folder)], capture_output=True, check=False
    )
    if mounted.returncode:
        pytest.skip(f"mounting a 2 MB tmpfs is not permitted here ({mounted.stderr.decode().strip()})")
    yield folder
    subprocess.run(["umount", str(folder)], check=True)


@needs_mount
def test_d05_no_space_on_openssh(openssh: OpenSsh, small_disk: Path, lease: Lease) -> None:
    site = folder_site(small_disk, SftpDestination(openssh_credentials(openssh), str(small_disk)))
    site.put(PATH, OLD)
    with pytest.raises(TerminalError, match="no space left on"):
        site.destination.deliver(*staged(os.urandom(4_000_000), known=[OLD]), lease.fence())
    assert site.read(PATH) == OLD
    assert site.everything() == [PATH]


@needs_mount
def test_d06_read_only_file_system_on_openssh(openssh: OpenSsh, small_disk: Path, lease: Lease) -> None:
    subprocess.run(["mount", "-o", "remount,ro", str(small_disk)], check=True)
    site = folder_site(small_disk, SftpDestination(openssh_credentials(openssh), str(small_disk)))
    for act in (site.destination.check, lambda: site.destination.deliver(*staged(CONTENT), lease.fence())):
        with pytest.raises(TerminalError, match="is read-only"):
            act()


@pytest.mark.parametrize("told_by", ["full", "full_in_words"])
def test_d05_no_space_told_by_free_blocks_or_by_words_only(
    sftp: FaultySftpServer, sftp_site: Site, lease: Lease, told_by: str
) -> None:
    sftp_site.put(PATH, OLD)
    setattr(sftp.faults, told_by, True)
    with pytest.raises(TerminalError, match="no space left on"):
        sftp_site.destination.deliver(*staged(CONTENT, known=[OLD]), lease.fence())
    assert sftp_site.everything() == [PATH]
    assert sftp_site.read(PATH) == OLD


@needs_sshd
def test_d06_folder_without_write_permission(lease: Lease) -> None:
    work = Path(tempfile.mkdtemp())  # not tmp_path: another user must be able to walk there
    work.chmod(0o755)
    folder = work / "in"
    folder.mkdir()
    user = "nobody" if os.getuid() == 0 else ""  # root may write anywhere
    with OpenSsh(work / "sshd", user=user) as server:
        server.work.chmod(0o755)
        folder.chmod(0o555)
        destination = SftpDestination(openssh_credentials(server), str(folder))
        for act in (destination.check, lambda: destination.deliver(*staged(CONTENT, "sales.zip"), lease.fence())):
            with pytest.raises(TerminalError, match=rf"^This login may not write to the folder {folder} on "):
                act()
        assert list(folder.iterdir()) == []
    folder.chmod(0o755)
    shutil.rmtree(work)


def test_d06_missing_target_folder_is_told_and_never_made(
    sftp: FaultySftpServer, credentials: Credentials, lease: Lease
) -> None:
    destination = SftpDestination(credentials, "/in/misspelt")
    for act in (destination.check, lambda: destination.deliver(*staged(CONTENT), lease.fence())):
        with pytest.raises(TerminalError, match=r"/in/misspelt does not exist on 127\.0\.0\.1"):
            act()
    assert list((sftp.root / "in").iterdir()) == []


def test_d06_a_file_where_a_folder_is_needed(
    sftp: FaultySftpServer, credentials: Credentials, sftp_site: Site, lease: Lease
) -> None:
    sftp_site.put("taken", b"a file")
    with pytest.raises(TerminalError, match="is a file, not a folder"):
        SftpDestination(credentials, "/in/taken").check()
    with pytest.raises(TerminalError, match="is a file, but the job needs a sub-folder"):
        sftp_site.destination.deliver(*staged(CONTENT, "taken/sales.zip"), lease.fence())
    assert sftp_site.everything() == ["taken"]
