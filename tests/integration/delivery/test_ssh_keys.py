"""Private keys in every form in which people keep them, with and without passphrase, and with a certificate."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import asyncssh
import pytest

from export_jobs.delivery.destination import Credentials
from export_jobs.delivery.sftp import SftpDestination
from export_jobs.delivery.ssh.private_key import read_private_key
from export_jobs.errors import TerminalError
from tests.servers.sftp_faults import USER, FaultySftpServer, ServedLogin

pytestmark = pytest.mark.integration

PUTTY_KEYS = Path(__file__).parents[2] / "servers" / "putty_keys"
"""Made by PuTTY's own puttygen, for nothing but these tests; the passphrase of those that have one is below."""
PASSPHRASE = "pass phrase"
KINDS = ("ed25519", "rsa", "ecdsa")


class _KnowsOneKey(ServedLogin):
    """``known``: the key that it takes; ``authority``: whose certificates it takes."""

    known: Any = None
    authority: Any = None

    def validate_public_key(self, username: str, key: asyncssh.SSHKey) -> bool:
        self._server.seen.key_attempts += 1
        return username == USER and key == self.known

    def validate_ca_key(self, username: str, key: asyncssh.SSHKey) -> bool:
        return username == USER and key == self.authority


@pytest.fixture
def server(tmp_path: Path) -> Iterator[FaultySftpServer]:
    (tmp_path / "in").mkdir()
    with FaultySftpServer(tmp_path, login=type("Login", (_KnowsOneKey,), {})) as running:
        yield running


def destination(server: FaultySftpServer, **extra: str) -> SftpDestination:
    whole = {"host_key": server.host_key_line, **extra}
    return SftpDestination(Credentials("127.0.0.1", server.port, USER, None, whole), "/in")


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("form", ["2", "3", "plain"])
def test_a_key_of_puttys_logs_in(server: FaultySftpServer, kind: str, form: str) -> None:
    server.login.known = asyncssh.read_public_key(PUTTY_KEYS / f"{kind}.pub")
    file = PUTTY_KEYS / f"{kind}-{form}.ppk"
    passphrase = {} if form == "plain" else {"private_key_passphrase": PASSPHRASE}
    destination(server, key_file=str(file), **passphrase).check()
    in_json = file.read_text().replace("\n", "\\n")
    destination(server, private_key=in_json, **passphrase).check()
    assert server.seen.key_attempts == 4  # asked whether it is known, then shown, each time


@pytest.mark.parametrize("passphrase", ["", "wrong"])
@pytest.mark.parametrize("form", ["2", "3"])
def test_a_passphrase_of_puttys_that_does_not_fit_is_told(server: FaultySftpServer, form: str, passphrase: str) -> None:
    file = str(PUTTY_KEYS / f"ed25519-{form}.ppk")
    with pytest.raises(TerminalError, match="private_key_passphrase is wrong"):
        destination(server, key_file=file, private_key_passphrase=passphrase).check()
    assert server.seen.connections == 0


@pytest.mark.parametrize("damage", ["Private-MAC: 00", "Public-Lines: 99", "Encryption: rot13", "User-Key-File-9"])
def test_a_damaged_key_of_puttys_is_told(server: FaultySftpServer, damage: str) -> None:
    name = damage.partition(":")[0]
    lines = (PUTTY_KEYS / "ed25519-plain.ppk").read_text().splitlines()
    text = "\n".join(damage if line.startswith(name) else line for line in lines)
    text = text.replace("User-Key-File-3", "User-Key-File-9") if "9" in damage and "File" in damage else text
    with pytest.raises(TerminalError, match="cannot be opened"):
        destination(server, private_key=text).check()


FORMS = ("openssh", "pkcs1-pem", "pkcs8-pem")


def exported(key: asyncssh.SSHKey, form: str, passphrase: str | None) -> str:
    """Locked with twice the rounds of `ssh-keygen`; with the 128 of asyncssh, each look at it would take a second."""
    return str(key.export_private_key(form, passphrase, rounds=50), "ascii")


@pytest.mark.parametrize("kind", ["ssh-rsa", "ecdsa-sha2-nistp256", "ssh-ed25519"])
@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("passphrase", [None, PASSPHRASE], ids=["plain", "with passphrase"])
def test_a_key_logs_in_as(server: FaultySftpServer, kind: str, form: str, passphrase: str | None) -> None:
    if (kind, form) == ("ssh-ed25519", "pkcs1-pem"):
        pytest.skip("there is no PKCS#1 form of an ed25519 key")
    key = asyncssh.generate_private_key(kind)
    server.login.known = key.convert_to_public()
    extra = {"private_key_passphrase": passphrase} if passphrase else {}
    destination(server, private_key=exported(key, form, passphrase), **extra).check()


SPOILT: dict[str, Callable[[str], str]] = {
    "line ends of Windows": lambda text: text.replace("\n", "\r\n"),
    "the same, in JSON within JSON": lambda text: text.replace("\n", "\\r\\n"),
    "a byte order mark": lambda text: "\ufeff" + text,
    "blanks before each line": lambda text: "\n  " + text.replace("\n", "\n  "),
    "one line, as a form of one line makes it": lambda text: text.replace("\n", " "),
    "words before it": lambda text: "Schlüssel für den Partner:\n" + text,
}


@pytest.mark.parametrize("spoil", SPOILT)
@pytest.mark.parametrize("form", ["openssh", "pkcs8-pem"])
@pytest.mark.parametrize("passphrase", [None, PASSPHRASE], ids=["plain", "with passphrase"])
def test_a_key_is_read_whatever_a_form_or_an_editor_has_made_of_its_lines(
    tmp_path: Path, spoil: str, form: str, passphrase: str | None
) -> None:
    key = asyncssh.generate_private_key("ecdsa-sha2-nistp256")
    text = SPOILT[spoil](exported(key, form, passphrase))
    file = tmp_path / "key"
    file.write_text(text, newline="")
    for extra in ({"private_key": text}, {"key_file": str(file)}):
        read = read_private_key({**extra, "private_key_passphrase": passphrase}, "partner:22")
        assert read is not None
        assert read.public_data == key.public_data


def test_a_key_of_puttys_with_a_comment_in_another_encoding_is_read() -> None:
    file = PUTTY_KEYS / "ed25519-comment-latin1.ppk"
    assert "Schlüssel".encode("latin-1") in file.read_bytes()
    assert read_private_key({"key_file": str(file)}, "partner:22") is not None


def test_a_certificate_logs_in_where_its_authority_is_trusted(server: FaultySftpServer, tmp_path: Path) -> None:
    authority, key = (asyncssh.generate_private_key("ssh-ed25519") for _ in range(2))
    server.login.authority = authority.convert_to_public()
    certificate = authority.generate_user_certificate(key, "exports", principals=[USER])
    text = certificate.export_certificate().decode()
    private = key.export_private_key().decode()
    destination(server, private_key=private, certificate=text).check()
    file = tmp_path / "id-cert.pub"
    file.write_text(text)
    destination(server, private_key=private, certificate_file=str(file)).check()
    with pytest.raises(TerminalError, match="rejected the key of user"):
        destination(server, private_key=private).check()


REJECTED: dict[str, tuple[dict[str, Any], str]] = {
    "expired": ({"valid_after": 0, "valid_before": 1_700_000_000}, "expired at 2023-11-14T22:13:20"),
    "not yet valid": ({"valid_after": 4_000_000_000}, "not valid before 2096-10-02T07:06:40"),
    "another user": ({"principals": ["somebody", "others"]}, "the certificate is for somebody, others"),
    "unknown authority": ({}, "trusts the authority SHA256:"),
}


@pytest.mark.parametrize("case", REJECTED)
def test_why_a_certificate_is_rejected(server: FaultySftpServer, case: str) -> None:
    said, sentence = REJECTED[case]
    authority, other, key = (asyncssh.generate_private_key("ssh-ed25519") for _ in range(3))
    server.login.authority = (other if case == "unknown authority" else authority).convert_to_public()
    certificate = authority.generate_user_certificate(key, "exports", **{"principals": [USER], **said})
    private, text = key.export_private_key().decode(), certificate.export_certificate().decode()
    with pytest.raises(TerminalError) as caught:
        destination(server, private_key=private, certificate=text).check()
    assert "rejected the certificate and the key of user 'partner'" in caught.value.what
    assert sentence in str(caught.value)
    server.login.known = key.convert_to_public()
    destination(server, private_key=private, certificate=text).check()


def test_a_certificate_for_a_server_logs_nobody_in(server: FaultySftpServer) -> None:
    authority, key = (asyncssh.generate_private_key("ssh-ed25519") for _ in range(2))
    text = authority.generate_host_certificate(key, "host", principals=["host"]).export_certificate().decode()
    with pytest.raises(TerminalError, match="is for a server, not for a user"):
        destination(server, private_key=key.export_private_key().decode(), certificate=text).check()
    assert server.seen.connections == 0


def test_a_certificate_of_another_key_is_told(server: FaultySftpServer) -> None:
    authority, key, other = (asyncssh.generate_private_key("ssh-ed25519") for _ in range(3))
    text = authority.generate_user_certificate(other, "exports", principals=[USER]).export_certificate().decode()
    for certificate in (text, "nonsense"):
        with pytest.raises(TerminalError, match=r"certificate in the connection .* cannot be used"):
            destination(server, private_key=key.export_private_key().decode(), certificate=certificate).check()
