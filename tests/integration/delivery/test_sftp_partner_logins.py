"""Logins as partners ask for them: each secret is used once, and what is missing is asked for by name."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from export_jobs.delivery.destination import Credentials
from export_jobs.delivery.sftp import SftpDestination
from export_jobs.errors import TerminalError
from tests.integration.delivery.sftp_partner import CONTENT, PATH, Partner, served_by
from tests.servers import sftp_logins as logins
from tests.servers.sftp_faults import FaultySftpServer
from tests.servers.sites import Lease, staged

pytestmark = pytest.mark.integration


def with_key(partner: Partner, **extra: object) -> Credentials:
    key = partner.server.client_key.export_private_key().decode()
    return replace(partner.credentials, extra={**partner.credentials.extra, "private_key": key, **extra})


@served_by(
    {"login": logins.WantsTwoSecrets},
    {"login": logins.KeyThenQuestion},
    {"login": logins.PasswordThenKey},
    {"login": logins.ListsBothMethods},
)
def test_f3_key_and_password_are_used_in_one_login_one_attempt_each(partner: Partner, lease: Lease) -> None:
    destination = SftpDestination(with_key(partner), "/in")
    destination.check()
    seen = partner.server.seen
    assert (seen.connections, seen.password_attempts) == (1, 1)
    destination.deliver(*staged(CONTENT, PATH), lease.fence())
    wrong = replace(with_key(partner), password="wrong")
    with pytest.raises(TerminalError, match="rejected the password of user"):
        SftpDestination(wrong, "/in").check()
    assert (seen.connections, seen.password_attempts) == (3, 3)


@served_by({"login": logins.WantsTwoSecrets}, {"login": logins.ListsBothMethods})
def test_f3_a_second_secret_that_is_missing_is_asked_for_by_name(partner: Partner) -> None:
    with pytest.raises(TerminalError, match=r"accepts the key of user 'partner' but wants .*password.* as well"):
        SftpDestination(replace(with_key(partner), password=None), "/in").check()


@served_by({"login": logins.PasswordThenKey})
def test_f3_a_key_that_is_missing_is_asked_for_by_name(partner: Partner) -> None:
    with pytest.raises(TerminalError, match="accepts the password of user 'partner' but wants publickey as well"):
        partner.destination().check()


@served_by({"login": logins.ListsBothMethods})
def test_f3_a_rejected_key_is_followed_by_no_password(partner: Partner) -> None:
    import asyncssh

    stranger = asyncssh.generate_private_key("ssh-ed25519").export_private_key().decode()
    with pytest.raises(TerminalError, match="rejected the key of user"):
        SftpDestination(with_key(partner, private_key=stranger), "/in").check()
    assert partner.server.seen.password_attempts == 0


OLD_ALGORITHMS: dict[str, dict[str, list[str]]] = {
    "encryption": {"encryption_algs": ["aes256-cbc"]},
    "MAC": {"encryption_algs": ["aes256-ctr"], "mac_algs": ["hmac-sha1-96"]},
    "key exchange": {"kex_algs": ["diffie-hellman-group1-sha1"]},
}


@pytest.mark.filterwarnings("ignore:Diffie-Hellman over finite fields")
@pytest.mark.parametrize("subject", OLD_ALGORITHMS)
def test_f9_old_algorithms_are_refused_with_the_list_and_the_setting_that_consents(
    tmp_path: Path, lease: Lease, subject: str
) -> None:
    (tmp_path / "in").mkdir()
    options = OLD_ALGORITHMS[subject]
    with FaultySftpServer(tmp_path, options=options) as server:
        partner = Partner(server)
        with pytest.raises(TerminalError) as caught:
            partner.destination().check()
        assert f"offers for {subject} only" in caught.value.what
        assert list(options.values())[-1][0] in caught.value.what
        assert "legacy_algorithms: true" in caught.value.remedy
        consenting = partner.destination(legacy_algorithms=True)
        consenting.check()
        consenting.deliver(*staged(CONTENT, PATH), lease.fence())


@served_by({"login": logins.PasswordExpired})
def test_f11_an_expired_password_is_told_as_that(partner: Partner) -> None:
    with pytest.raises(TerminalError, match="wants a new password for user 'partner': the current one has expired"):
        partner.destination().check()
    assert partner.server.seen.password_attempts == 1


@served_by({"login": logins.AsksInAnyLanguage})
@pytest.mark.parametrize("question", ["Пароль: ", "パスワード", "Passphrase", "Contraseña de acceso"])
def test_keyboard_interactive_with_one_hidden_question_in_any_language(
    partner: Partner, question: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(logins.AsksInAnyLanguage, "question", question)
    partner.destination().check()
    assert partner.server.seen.password_attempts == 1


@served_by({"options": {"host": "::1"}})
def test_an_ipv6_address_is_delivered_to_with_or_without_brackets(partner: Partner, lease: Lease) -> None:
    for host in ("::1", "[::1]"):
        destination = SftpDestination(replace(partner.credentials, host=host), "/in")
        destination.check()
        assert destination.url(PATH).startswith(f"sftp://[::1]:{partner.server.port}/")
