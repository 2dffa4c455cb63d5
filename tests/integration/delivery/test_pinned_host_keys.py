"""The pinned host key only: in any form that people paste, of any kind, and never switched off."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import asyncssh
import pytest

from export_jobs.delivery.destination import Credentials
from export_jobs.delivery.sftp import SftpDestination
from export_jobs.errors import TerminalError
from tests.servers.openssh import HOW_TO_GET, SSHD, OpenSsh
from tests.servers.sftp_faults import FaultySftpServer
from tests.servers.sites import openssh_credentials, with_extra

pytestmark = pytest.mark.integration


def test_d08_another_host_key_is_refused_with_both_fingerprints(
    sftp: FaultySftpServer, credentials: Credentials
) -> None:
    other = asyncssh.generate_private_key("ssh-ed25519")
    pinned = with_extra(credentials, host_key=other.export_public_key().decode())
    with pytest.raises(TerminalError) as caught:
        SftpDestination(pinned, "/in").check()
    assert f"Expected {other.get_fingerprint()}" in str(caught.value)
    assert f"got ssh-ed25519 {sftp.host_key.get_fingerprint()}" in str(caught.value)
    assert sftp.seen.password_attempts == 0


def test_d08_a_server_whose_kind_of_key_changed_still_shows_its_fingerprint(
    sftp: FaultySftpServer, credentials: Credentials
) -> None:
    other = asyncssh.generate_private_key("ecdsa-sha2-nistp256")
    pinned = with_extra(credentials, host_key=other.export_public_key().decode())
    with pytest.raises(TerminalError, match="another host key than the pinned one"):
        SftpDestination(pinned, "/in").check()


def test_d09_without_a_pinned_key_the_offered_one_is_shown_and_pasting_it_works(
    sftp: FaultySftpServer, credentials: Credentials
) -> None:
    with pytest.raises(TerminalError, match="pins no host key") as caught:
        SftpDestination(replace(credentials, extra={}), "/in").check()
    sentence = str(caught.value)
    assert sftp.host_key.get_fingerprint() in sentence
    assert sftp.seen.password_attempts == 0
    shown = sentence.split('"host_key": "')[1].split('"', maxsplit=1)[0]
    SftpDestination(replace(credentials, extra={"host_key": shown}), "/in").check()


OLD_KEY = asyncssh.generate_private_key("ssh-ed25519")
FORMS: dict[str, Callable[[str], str]] = {
    "type and key": lambda line: " ".join(line.split()[:2]),
    "with comment": lambda line: f"{line} admin@partner",
    "only base64": lambda line: line.split()[1],
    "known_hosts line": lambda line: f"[sftp.example.com]:2222 {line}",
    "after an old key": lambda line: f"{OLD_KEY.export_public_key().decode()}{line}",
    "fingerprint": lambda line: str(asyncssh.import_public_key(line).get_fingerprint()),
    "as ssh-keygen -l prints it": lambda line: f"256 {asyncssh.import_public_key(line).get_fingerprint()} a (ED25519)",
    "as ssh-keyscan prints it": lambda line: f"# 127.0.0.1:22 SSH-2.0-OpenSSH\n127.0.0.1 {line}\n",
    "with line ends of JSON": lambda line: f"{OLD_KEY.export_public_key().decode().strip()}\\n{line}\\n",
}


@pytest.mark.parametrize("form", FORMS)
def test_a_host_key_may_be_pinned_as(sftp: FaultySftpServer, credentials: Credentials, form: str) -> None:
    SftpDestination(with_extra(credentials, host_key=FORMS[form](sftp.host_key_line)), "/in").check()


def test_a_list_of_host_keys_may_be_pinned(sftp: FaultySftpServer, credentials: Credentials) -> None:
    keys = [OLD_KEY.get_fingerprint(), sftp.host_key_line]
    SftpDestination(with_extra(credentials, host_key=keys), "/in").check()
    with pytest.raises(TerminalError, match="another host key"):
        SftpDestination(with_extra(credentials, host_key=keys[:1]), "/in").check()


KINDS = ("ssh-rsa", "ecdsa-sha2-nistp256", "ssh-ed25519")


@pytest.mark.skipif(SSHD is None, reason=HOW_TO_GET)
def test_k1_a_fingerprint_of_any_of_a_servers_keys_is_found(tmp_path: Path) -> None:
    with OpenSsh(tmp_path / "sshd", host_keys=KINDS) as server:
        for line in server.host_key_lines:
            fingerprint = asyncssh.import_public_key(line).get_fingerprint()
            for pin in (fingerprint, f"{OLD_KEY.get_fingerprint()}\n{fingerprint}", [line]):
                pinned = with_extra(openssh_credentials(server), host_key=pin)
                SftpDestination(pinned, str(tmp_path)).check()


@pytest.mark.skipif(SSHD is None, reason=HOW_TO_GET)
def test_k1_a_server_none_of_whose_keys_is_pinned_is_refused_with_all_of_them(tmp_path: Path) -> None:
    with OpenSsh(tmp_path / "sshd", host_keys=KINDS) as server:
        pinned = with_extra(openssh_credentials(server), host_key=OLD_KEY.get_fingerprint())
        with pytest.raises(TerminalError, match="another host key than the pinned one") as caught:
            SftpDestination(pinned, str(tmp_path)).check()
        for line in server.host_key_lines:
            assert asyncssh.import_public_key(line).get_fingerprint() in str(caught.value)


@pytest.mark.parametrize("text", ["yes", "ssh-ed25519", "ssh-ed25519 AAAA", "AAAA!!!!", "SHA256:short"])
def test_a_host_key_that_is_none_is_told(credentials: Credentials, text: str) -> None:
    with pytest.raises(TerminalError, match="is not a public key"):
        SftpDestination(with_extra(credentials, host_key=text), "/in").check()


@pytest.mark.parametrize("switch", ["no_host_key_check", "allow_host_key_change"])
@pytest.mark.parametrize("value", [True, "true", "True", "1", 1])
def test_switching_host_key_checks_off_is_refused(credentials: Credentials, switch: str, value: object) -> None:
    with pytest.raises(TerminalError, match=f"has {switch} in its extra"):
        SftpDestination(with_extra(credentials, **{switch: value}), "/in").check()


def test_host_key_checks_spelt_out_as_on_are_fine(sftp: FaultySftpServer, credentials: Credentials) -> None:
    SftpDestination(with_extra(credentials, no_host_key_check="false"), "/in").check()
