"""Host keys that are pinned at the destination, by a person who has compared them, on real SSH servers."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import asyncssh
import pytest

from export_jobs.core.definitions.destination import DestinationOptions
from export_jobs.delivery.destination import Credentials
from export_jobs.delivery.sftp import SftpDestination
from export_jobs.delivery.ssh.shown_key import HostKeyError, require_shown
from export_jobs.errors import ConflictError, TerminalError
from tests.servers.openssh import HOW_TO_GET, SSHD, OpenSsh
from tests.servers.sftp_faults import FaultySftpServer
from tests.servers.sites import openssh_credentials, with_extra

pytestmark = pytest.mark.integration
OTHER = asyncssh.generate_private_key("ssh-ed25519")
KINDS = ("ssh-rsa", "ecdsa-sha2-nistp256", "ssh-ed25519")


@pytest.fixture
def unpinned(credentials: Credentials) -> Credentials:
    return replace(credentials, extra={})


def fingerprint_of(line: str) -> str:
    return str(asyncssh.import_public_key(line).get_fingerprint())


def test_an_unknown_key_is_refused_and_a_pinned_one_taken(sftp: FaultySftpServer, unpinned: Credentials) -> None:
    with pytest.raises(HostKeyError, match="pins no host key") as refused:
        SftpDestination(unpinned, "/in").check()
    (key,) = refused.value.shown
    assert (key.kind, key.fingerprint) == ("ssh-ed25519", sftp.host_key.get_fingerprint())
    assert sftp.seen.password_attempts == 0
    SftpDestination(unpinned, "/in", options=DestinationOptions(host_keys=(key.fingerprint,))).check()


def test_a_key_that_changes_after_it_was_pinned_is_refused_with_both_fingerprints(
    sftp: FaultySftpServer, unpinned: Credentials
) -> None:
    old = DestinationOptions(host_keys=(OTHER.get_fingerprint(),))
    with pytest.raises(HostKeyError, match="another host key than the pinned one") as refused:
        SftpDestination(unpinned, "/in", options=old).check()
    assert f"Expected {OTHER.get_fingerprint()}" in str(refused.value)
    assert f"got ssh-ed25519 {sftp.host_key.get_fingerprint()}" in str(refused.value)
    assert sftp.seen.password_attempts == 0


def test_keys_of_the_destination_are_added_to_those_of_the_connection(
    sftp: FaultySftpServer, credentials: Credentials, unpinned: Credentials
) -> None:
    new = DestinationOptions(host_keys=(OTHER.get_fingerprint(),))
    SftpDestination(credentials, "/in", options=new).check()
    replaced = replace(unpinned, extra={"host_key": OTHER.export_public_key().decode()})
    both = DestinationOptions(host_keys=(sftp.host_key.get_fingerprint(),))
    SftpDestination(replaced, "/in", options=both).check()


def test_a_look_at_the_keys_sends_no_secret_and_says_which_are_pinned(
    sftp: FaultySftpServer, credentials: Credentials, unpinned: Credentials
) -> None:
    (pinned,) = SftpDestination(credentials, "/in").shown_host_keys()
    (unknown,) = SftpDestination(unpinned, "/in").shown_host_keys()
    assert pinned.fingerprint == unknown.fingerprint == sftp.host_key.get_fingerprint()
    assert (pinned.is_pinned, unknown.is_pinned) == (True, False)
    assert (sftp.seen.password_attempts, sftp.seen.key_attempts) == (0, 0)


@pytest.mark.skipif(SSHD is None, reason=HOW_TO_GET)
def test_a_server_shows_its_keys_of_every_kind_and_each_may_be_pinned(tmp_path: Path) -> None:
    with OpenSsh(tmp_path / "sshd", host_keys=KINDS) as server:
        whole = openssh_credentials(server)
        bare = replace(whole, extra={name: value for name, value in whole.extra.items() if name != "host_key"})
        shown = SftpDestination(bare, str(tmp_path)).shown_host_keys()
        assert {key.fingerprint for key in shown} == {fingerprint_of(line) for line in server.host_key_lines}
        with pytest.raises(TerminalError, match="pins no host key") as refused:
            SftpDestination(bare, str(tmp_path)).check()
        for key in shown:
            assert str(key) in str(refused.value)
            pinned = DestinationOptions(host_keys=(key.fingerprint,))
            SftpDestination(bare, str(tmp_path), options=pinned).check()


def test_what_was_compared_is_pinned_and_never_what_the_server_shows_now(
    sftp: FaultySftpServer, unpinned: Credentials
) -> None:
    shown = SftpDestination(unpinned, "/in").shown_host_keys()
    assert require_shown(shown, shown[0].fingerprint, "x").fingerprint == sftp.host_key.get_fingerprint()
    with pytest.raises(ConflictError) as refused:
        require_shown(shown, OTHER.get_fingerprint(), "x")
    assert OTHER.get_fingerprint() in str(refused.value) and shown[0].fingerprint in str(refused.value)


@pytest.mark.parametrize("marker", ["@revoked", "@cert-authority"])
def test_a_line_of_known_hosts_with_a_marker_pins_no_key(
    sftp: FaultySftpServer, credentials: Credentials, marker: str
) -> None:
    """`@revoked` names a key that nobody may trust any more."""
    marked = with_extra(credentials, host_key=f"{marker} * {sftp.host_key_line}")
    with pytest.raises(TerminalError, match=f"a line with {marker}"):
        SftpDestination(marked, "/in").check()
    assert sftp.seen.connections == 0
