"""Logging in: one attempt, nothing of the worker's own user, a sentence for each failure, and no secret in any."""

from __future__ import annotations

import base64
import logging
import socket
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from urllib.parse import quote

import asyncssh
import pytest

from export_jobs.delivery.destination import Credentials
from export_jobs.delivery.sftp import SftpDestination
from export_jobs.errors import ExportError, TerminalError, TransientError
from tests.servers.openssh import HOW_TO_GET, SSHD, OpenSsh
from tests.servers.sftp_faults import PASSWORD, USER, FaultySftpServer
from tests.servers.sites import Lease, openssh_credentials, staged, with_extra

pytestmark = pytest.mark.integration


def test_d07_wrong_password_is_tried_once_a_call(
    sftp: FaultySftpServer, credentials: Credentials, lease: Lease
) -> None:
    destination = SftpDestination(replace(credentials, password="wrong"), "/in")
    acts: list[Callable[[], object]] = [destination.check, lambda: destination.deliver(*staged(b"x"), lease.fence())]
    for calls, act in enumerate(acts, 1):
        with pytest.raises(TerminalError, match="rejected the password of user 'partner'"):
            act()
        assert sftp.seen.password_attempts == calls
    assert sftp.seen.key_attempts == 0


def test_d07_wrong_key_is_tried_once_and_no_password_after_it(sftp: FaultySftpServer, credentials: Credentials) -> None:
    stranger = asyncssh.generate_private_key("ssh-ed25519").export_private_key().decode()
    with pytest.raises(TerminalError, match="rejected the key of user"):
        SftpDestination(with_extra(credentials, private_key=stranger), "/in").check()
    assert (sftp.seen.key_attempts, sftp.seen.password_attempts) == (1, 0)


@pytest.mark.skipif(SSHD is None, reason=HOW_TO_GET)
def test_d07_openssh_that_hangs_up_after_one_failure(tmp_path: Path) -> None:
    stranger = asyncssh.generate_private_key("ssh-ed25519").export_private_key().decode()
    with OpenSsh(tmp_path / "sshd", settings="MaxAuthTries 1") as server:
        refused = replace(
            openssh_credentials(server), extra={"host_key": server.host_key_line, "private_key": stranger}
        )
        with pytest.raises(TerminalError, match="rejected the key of user"):
            SftpDestination(refused, str(tmp_path)).check()


def test_d07_the_workers_own_ssh_files_and_agent_are_not_used(
    sftp: FaultySftpServer, credentials: Credentials, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    ssh = tmp_path / ".ssh"
    ssh.mkdir()
    (ssh / "config").write_text(f"Host *\n  ProxyCommand touch {tmp_path}/ran; nc %h %p\n  User somebody\n")
    (ssh / "id_ed25519").write_bytes(sftp.client_key.export_private_key())  # would be accepted
    (ssh / "known_hosts").write_text(f"[127.0.0.1]:{sftp.port} {sftp.host_key_line}\n")
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("SSH_AUTH_SOCK", str(tmp_path / "agent"))
    with pytest.raises(TerminalError, match="rejected the password"):
        SftpDestination(replace(credentials, password="wrong"), "/in").check()
    with pytest.raises(TerminalError, match="pins no host key"):
        SftpDestination(replace(credentials, extra={}), "/in").check()
    assert not (tmp_path / "ran").exists()
    assert (sftp.seen.key_attempts, sftp.seen.password_attempts) == (0, 1)


@pytest.mark.parametrize("prompt", ["Kennwort:", "Mot de passe :", "\u5bc6\u7801: ", "partner@host's password: ", ""])
def test_k3_a_single_hidden_question_is_for_the_password_in_any_language(
    sftp: FaultySftpServer, credentials: Credentials, prompt: str
) -> None:
    sftp.faults.questions = [prompt]
    SftpDestination(credentials, "/in").check()
    assert sftp.seen.answers == [PASSWORD]


def test_k3_a_second_question_is_told_and_not_answered(sftp: FaultySftpServer, credentials: Credentials) -> None:
    sftp.faults.questions = ["Password:", "Verification \x1b[31mcode:"]
    with pytest.raises(TerminalError, match=r"for more than the password: 'Verification \[31mcode:'"):
        SftpDestination(credentials, "/in").check()
    assert sftp.seen.answers == [PASSWORD]


@pytest.mark.parametrize("way", ["password", "questions"])
def test_k3_a_forced_change_of_the_password_is_told_as_such(
    sftp: FaultySftpServer, credentials: Credentials, way: str
) -> None:
    if way == "password":
        sftp.faults.new_password_wanted = True
    else:
        sftp.faults.questions = ["Password:", "New password:"]
    with pytest.raises(TerminalError, match="wants a new password for user 'partner'"):
        SftpDestination(credentials, "/in").check()
    assert sftp.seen.password_attempts == 1


def test_k3_a_wrong_answer_is_given_once(sftp: FaultySftpServer, credentials: Credentials) -> None:
    sftp.faults.questions = ["Kennwort:"]
    with pytest.raises(TerminalError, match="rejected the password of user 'partner'"):
        SftpDestination(replace(credentials, password="wrong"), "/in").check()
    assert sftp.seen.answers == ["wrong"]


@pytest.mark.skipif(SSHD is None, reason=HOW_TO_GET)
def test_k3_a_refused_rsa_signature_is_told_by_its_name(tmp_path: Path) -> None:
    """OpenSSH answers to a signature that it does not allow as to a key that it does not know."""
    only = "PubkeyAcceptedAlgorithms ssh-ed25519"
    with (
        OpenSsh(tmp_path / "sshd", settings=only, client_key="ssh-rsa") as server,
        pytest.raises(TerminalError, match=r"rejected the key .* signature rsa-sha2-256\..* is allowed there"),
    ):
        SftpDestination(openssh_credentials(server), str(tmp_path)).check()


def test_k3_a_server_that_announces_no_rsa_signature_is_told_with_what_it_takes(
    sftp: FaultySftpServer, credentials: Credentials
) -> None:
    key = asyncssh.generate_private_key("ssh-rsa").export_private_key().decode()
    with FaultySftpServer(sftp.root, signatures=["ssh-ed25519"]) as server:
        pinned = Credentials("127.0.0.1", server.port, USER, None, {"host_key": server.host_key_line})
        with pytest.raises(TerminalError, match=r"does not accept signatures of ssh-rsa .* It accepts ssh-ed25519\."):
            SftpDestination(with_extra(pinned, private_key=key), "/in").check()


def test_k3_an_ipv6_address_may_stand_in_brackets(sftp: FaultySftpServer, credentials: Credentials) -> None:
    bracketed = SftpDestination(replace(credentials, host="[::1]", port=9), "/in", connect_seconds=2)
    assert bracketed.url("a.zip") == "sftp://[::1]:9/in/a.zip"
    with pytest.raises(TransientError, match=r"^The server \[::1\]:9 (refused|cannot be reached)"):
        bracketed.check()


@pytest.mark.parametrize("folder", [".", "/.", "~", "./", "", "/./"])
def test_an_address_shows_the_plain_path(credentials: Credentials, folder: str) -> None:
    plain = SftpDestination(replace(credentials, host="sftp.example", port=22), folder)
    assert plain.url("eu/a b.zip") == "sftp://sftp.example:22/eu/a%20b.zip"


def test_a_key_may_come_from_a_file_or_as_text_with_escaped_line_ends(sftp: FaultySftpServer, tmp_path: Path) -> None:
    text = sftp.client_key.export_private_key("pkcs8-pem").decode()
    file = tmp_path / "key.pem"
    file.write_text(text)
    base = Credentials("127.0.0.1", sftp.port, USER, None, {"host_key": sftp.host_key_line})
    SftpDestination(with_extra(base, key_file=str(file)), "/in").check()
    SftpDestination(with_extra(base, private_key=text.replace("\n", "\\n")), "/in").check()


@pytest.mark.parametrize("host", ["", " ", "sftp://127.0.0.1", "127.0.0.1:22", "me@127.0.0.1", "127.0.0.1/in"])
def test_what_is_no_host_is_told_at_once_and_not_looked_up_again_and_again(
    sftp: FaultySftpServer, credentials: Credentials, host: str
) -> None:
    words = "more than the name of a server in its host" if host.strip() else "has no host"
    with pytest.raises(TerminalError, match=words):
        SftpDestination(replace(credentials, host=host), "/in").check()
    assert sftp.seen.connections == 0


def test_a_server_that_hangs_up_at_a_password_counts_as_one_that_rejects_it(
    sftp: FaultySftpServer, credentials: Credentials
) -> None:
    """This one does so at a character that its own rules of passwords do not know."""
    with pytest.raises(TerminalError, match="rejected the password of user"):
        SftpDestination(replace(credentials, password="pass\U0001f600"), "/in").check()
    assert sftp.seen.connections == 1


def test_every_unusable_secret_has_its_sentence(sftp: FaultySftpServer, tmp_path: Path) -> None:
    locked = sftp.client_key.export_private_key("pkcs8-pem", passphrase="right").decode()
    base = Credentials("127.0.0.1", sftp.port, USER, None, {"host_key": sftp.host_key_line})
    cases = {
        "neither a password nor a key": base,
        "has no login": replace(base, login=None, password=PASSWORD),
        "no SSH user name can have": replace(base, login="user\U0001f600", password=PASSWORD),
        "key_file in the connection .* cannot be read": with_extra(base, key_file=str(tmp_path / "absent")),
        "cannot be opened": with_extra(base, private_key="-----BEGIN NONSENSE-----"),
        r"cannot be opened.*passphrase": with_extra(base, private_key=locked),
        "private_key_passphrase is wrong": with_extra(base, private_key=locked, private_key_passphrase="no"),
    }
    for sentence, credentials in cases.items():
        with pytest.raises(TerminalError, match=sentence):
            SftpDestination(credentials, "/in").check()
    assert sftp.seen.connections == 0


def test_d19_every_unreachable_server_has_its_sentence(credentials: Credentials) -> None:
    with socket.socket() as closed, socket.create_server(("127.0.0.1", 0)) as silent:
        closed.bind(("127.0.0.1", 0))
        cases = {
            "does not resolve": replace(credentials, host="no-such-host.invalid"),
            "refused the connection": replace(credentials, port=closed.getsockname()[1]),
            "did not answer in time": replace(credentials, port=silent.getsockname()[1]),
        }
        for sentence, unreachable in cases.items():
            with pytest.raises(TransientError, match=sentence):
                SftpDestination(unreachable, "/in", connect_seconds=0.5).check()


def test_a_port_that_speaks_no_ssh_is_told(moto_port: int, credentials: Credentials) -> None:
    with pytest.raises(ExportError, match=r"does not speak SSH|closed the connection|did not answer"):
        SftpDestination(replace(credentials, port=moto_port), "/in", connect_seconds=2).check()


def test_x16_no_secret_in_any_message_or_log(
    sftp: FaultySftpServer, credentials: Credentials, caplog: pytest.LogCaptureFixture
) -> None:
    secret = "canary+secret/with spaces"
    private = sftp.client_key.export_private_key("pkcs8-pem", passphrase=secret).decode()
    caplog.set_level(logging.DEBUG)
    broken = [
        replace(credentials, password=secret),
        replace(credentials, password=secret, host="no-such-host.invalid"),
        replace(credentials, password=secret, extra={}),
        with_extra(credentials, private_key=private, private_key_passphrase="no", password=secret),
        with_extra(credentials, private_key=private.replace("KEY", "K", 1), private_key_passphrase=secret),
    ]
    said = [repr(broken)]
    for case in broken:
        with pytest.raises(ExportError) as caught:
            SftpDestination(case, "/in").check()
        chain = [caught.value, caught.value.__cause__, caught.value.__context__]
        said += [f"{error} {error!r}" for error in chain]
    text = " ".join([*said, caplog.text])
    body = private.splitlines()[2]
    for form in (secret, quote(secret), quote(secret, safe=""), base64.b64encode(secret.encode()).decode(), body):
        assert form not in text
