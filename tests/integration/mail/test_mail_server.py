"""Every answer of a mail server: whose trouble it is, and that nobody's trouble stops a mail to somebody else."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from export_jobs.errors import TerminalError, TransientError
from export_jobs.orchestration.mail.rules import MailOutcome
from export_jobs.orchestration.mail.server import PATIENCE_S, MailServer
from tests.integration.mail.letters import BOB, EVE, LATER, REFUSED, SENT, UNABLE, Serve, letter, send
from tests.servers.certificate import write_certificate
from tests.servers.smtp_script import CLOSE, STALL

pytestmark = pytest.mark.integration


def for_bob(reply: str) -> Callable[[str], str]:
    return lambda recipient: reply if recipient == BOB else "250 ok"


# (script, what becomes of bob's mail, of eve's, a part of the sentence) ----------------------------------------------
ANSWERS: dict[str, tuple[dict[str, Any], MailOutcome, MailOutcome, str]] = {
    "recipient: unknown": ({"rcpt": for_bob("550 5.1.1 no such user")}, REFUSED, SENT, "refuses the recipient bob@"),
    "recipient: moved": ({"rcpt": for_bob("551 user not local")}, REFUSED, SENT, "refuses the recipient"),
    "recipient: not allowed": ({"rcpt": for_bob("553 mailbox name not allowed")}, REFUSED, SENT, "refuses the recip"),
    "recipient: bad syntax": ({"rcpt": for_bob("501 5.1.3 bad address")}, REFUSED, SENT, "refuses the recipient"),
    "recipient: greylisted": ({"rcpt": for_bob("450 4.2.0 greylisted")}, LATER, SENT, "again later (450"),
    "recipient: too many just now": ({"rcpt": for_bob("452 too many recipients")}, LATER, SENT, "again later"),
    "recipient: full": ({"rcpt": for_bob("552 5.2.2 over quota")}, LATER, SENT, "mailbox of bob@example.com is full"),
    "recipient: policy": ({"rcpt": for_bob("554 5.7.1 no")}, UNABLE, SENT, "refuses to forward mails to bob@"),
    "recipient: 421": ({"rcpt": for_bob("421 closing")}, LATER, SENT, "again later (421"),
    "recipient: cut": ({"rcpt": for_bob(CLOSE)}, LATER, SENT, "closed the connection"),
    "recipient: silence": ({"rcpt": for_bob(STALL)}, LATER, SENT, "did not answer within 2 seconds"),
    "relay denied": ({"rcpt": for_bob("550 5.7.1 relaying denied")}, UNABLE, SENT, "requires a login"),
    "relay denied for all": ({"rcpt": "554 5.7.1 <x>: Relay access denied"}, UNABLE, UNABLE, "requires a login"),
    "login wanted at RCPT": ({"rcpt": "530 5.7.1 Authentication required"}, UNABLE, UNABLE, "requires a login"),
    "sender refused at RCPT": (
        {"rcpt": "553 5.1.8 <exports@example.com>: Sender address rejected: Domain not found"},
        UNABLE,
        UNABLE,
        "accepts no mail from the sender exports@example.com",
    ),
    "client refused at RCPT": (
        {"rcpt": "554 5.7.1 <host[127.0.0.1]>: Client host rejected: Access denied"},
        UNABLE,
        UNABLE,
        "accepts no mail from this machine",
    ),
    "login wanted at MAIL": ({"mail": "530 5.7.0 Must issue a STARTTLS command first"}, UNABLE, UNABLE, "STARTTLS"),
    "sender refused": ({"mail": "553 5.7.1 not owned by user"}, UNABLE, UNABLE, "from the sender exports@example.com"),
    "sender unknown": ({"mail": "550 no"}, UNABLE, UNABLE, "accepts no mail from the sender"),
    "sender: later": ({"mail": "451 4.7.1 try again"}, LATER, LATER, "again later (451"),
    "sender: 421": ({"mail": "421 4.3.2 shutting down"}, LATER, LATER, "again later (421"),
    "too large, told first": ({"mail": "552 5.3.4 too big"}, UNABLE, UNABLE, "The mail is larger than"),
    "too large": ({"content": for_bob("552 5.3.4 too big")}, UNABLE, SENT, "The mail is larger than"),
    "content: spam": ({"content": for_bob("554 5.7.1 spam")}, UNABLE, SENT, "refuses the content"),
    "content: 550": ({"content": for_bob("550 5.7.26 no DMARC pass")}, UNABLE, SENT, "from the sender"),
    "content: later": ({"content": for_bob("451 4.3.0 try again")}, LATER, SENT, "again later (451"),
    "content: cut": ({"content": for_bob(CLOSE)}, LATER, SENT, "closed the connection"),
    "content: silence": ({"content": for_bob(STALL)}, LATER, SENT, "did not answer"),
    "no DATA": ({"data": "503 no recipients"}, UNABLE, UNABLE, "refuses the content"),
    "nonsense": ({"mail": "hello"}, UNABLE, UNABLE, "could not be handed to the mail server"),
}


@pytest.mark.parametrize("name", ANSWERS)
def test_m2_an_answer_decides_whose_trouble_it_is(serve: Serve, name: str) -> None:
    replies, for_first, for_second, sentence = ANSWERS[name]
    serve(**replies)
    with MailServer() as server:
        first, second = server.send(letter(), BOB), server.send(letter(), EVE)
    assert (first.outcome, second.outcome) == (for_first, for_second), first
    assert sentence in first.what
    assert first.remedy


OPENINGS: dict[str, tuple[dict[str, Any], type[Exception], str]] = {
    "busy greeting": ({"greeting": "421 too many"}, TransientError, "no connection at the moment (421 too many)"),
    "refused greeting": ({"greeting": "554 no mail service"}, TerminalError, "no mail from this machine (554"),
    "no greeting": ({"greeting": STALL}, TransientError, "did not answer within 2 seconds"),
    "cut greeting": ({"greeting": CLOSE}, TransientError, "closed the connection"),
    "busy EHLO": ({"ehlo": "421 later"}, TransientError, "closed the connection"),
    "no STARTTLS": ({"extra": {"disable_tls": False}}, TerminalError, "does not offer STARTTLS"),
    "no AUTH": ({"extra": {"login": "u", "password": "p"}}, TerminalError, "offers no login over this connection"),
    "unknown AUTH": (
        {"features": ("AUTH GSSAPI",), "extra": {"login": "u", "password": "p"}},
        TerminalError,
        "only login methods that are not supported",
    ),
    "wrong password": (
        {"features": ("AUTH PLAIN",), "auth": "535 5.7.8 for u p", "extra": {"login": "u", "password": "p"}},
        TerminalError,
        "rejects the login (535)",
    ),
    "login: later": (
        {"features": ("AUTH PLAIN",), "auth": "454 4.7.0 try again", "extra": {"login": "u", "password": "p"}},
        TransientError,
        "cannot check the login at the moment (454)",
    ),
    "login wants TLS": (
        {"features": ("AUTH PLAIN",), "auth": "530 5.7.0 STARTTLS first", "extra": {"login": "u", "password": "p"}},
        TerminalError,
        "requires TLS before the login",
    ),
    "password not ASCII": (
        {"features": ("AUTH PLAIN",), "extra": {"login": "u", "password": "pässword"}},
        TerminalError,
        "has characters that a login to a mail server cannot contain",
    ),
    "login cut": (
        {"features": ("AUTH PLAIN",), "auth": CLOSE, "extra": {"login": "u", "password": "p"}},
        TransientError,
        "closed the connection",
    ),
    "STARTTLS: later": (
        {"features": ("STARTTLS",), "starttls": "454 4.7.0 no TLS now", "extra": {"disable_tls": False}},
        TransientError,
        "cannot start TLS at the moment (454",
    ),
    "TLS at a plain port": ({"extra": {"disable_ssl": False}}, TerminalError, "does not speak TLS on its port"),
    "no token": ({"extra": {"auth_type": "oauth2"}}, TerminalError, "no OAuth2 token"),
    "odd timeout": ({"extra": {"timeout": "soon"}}, TerminalError, "cannot be read"),
    "odd sender": ({"extra": {"from_email": "a@b.org, c@d.org"}}, TerminalError, "from_email of connection"),
}


@pytest.mark.parametrize("name", OPENINGS)
def test_m2_a_session_that_cannot_be_opened_is_told_by_its_cause(serve: Serve, name: str) -> None:
    script, kind, sentence = OPENINGS[name]
    serve(**script)
    with MailServer() as server:
        with pytest.raises(kind) as raised:
            server.open()
        answers = [server.send(letter(), BOB), server.send(letter(), EVE)]
    assert sentence in str(raised.value)
    assert "pässword" not in str(raised.value) and "for u p" not in str(raised.value)
    expected = LATER if kind is TransientError else UNABLE
    assert [answer.outcome for answer in answers] == [expected, expected], "nothing is booked on a recipient"


@pytest.mark.parametrize(
    ("host", "port", "kind", "sentence"),
    [
        ("127.0.0.1", 9, TransientError, "accepts no connection on its port"),
        ("mail.invalid", 25, TransientError, "does not resolve"),
    ],
)
def test_m2_a_server_that_is_not_there(
    monkeypatch: pytest.MonkeyPatch, host: str, port: int, kind: type[Exception], sentence: str
) -> None:
    connection = {"conn_type": "smtp", "host": host, "port": port, "extra": {"disable_ssl": True, "timeout": 2}}
    monkeypatch.setenv("AIRFLOW_CONN_SMTP_DEFAULT", json.dumps(connection))
    with MailServer() as server, pytest.raises(kind, match=sentence):
        server.open()


def test_m2_a_missing_connection_is_the_senders_trouble(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("EXPORT_JOBS_SMTP_CONNECTION", "nowhere_smtp")
    assert send(BOB, EVE) == [UNABLE, UNABLE]


@pytest.mark.parametrize("tls", ["at once", "by STARTTLS"])
def test_m2_a_certificate_that_nobody_trusts(serve: Serve, tmp_path: Path, tls: str) -> None:
    extra = {"disable_ssl": False} if tls == "at once" else {"disable_tls": False}
    script = serve(("STARTTLS",), tls, write_certificate(tmp_path / "certificate.pem"), extra=extra)
    with (
        MailServer() as server,
        pytest.raises(TerminalError, match=r"certificate .* is not trusted.* Nothing was sent"),
    ):
        server.open()
    assert script.count("MAIL") == 0


@pytest.mark.parametrize("tls", ["at once", "by STARTTLS"])
def test_tls_with_a_trusted_certificate(
    serve: Serve, tmp_path: Path, tls: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """STARTTLS is asked for only where TLS is not there yet, although Airflow's defaults switch both on."""
    certificate = write_certificate(tmp_path / "certificate.pem")
    monkeypatch.setenv("SSL_CERT_FILE", str(certificate))
    extra = {"disable_ssl": tls != "at once", "disable_tls": False, "login": "u", "password": "p"}
    script = serve(("STARTTLS", "AUTH PLAIN"), tls, certificate, extra=extra)
    assert send(BOB) == [SENT]
    assert script.count("STARTTLS") == (0 if tls == "at once" else 1)


@pytest.mark.parametrize("tls", ["", "at once", "by STARTTLS"])
def test_f20_a_token_is_not_lost_by_a_later_greeting(
    serve: Serve, tmp_path: Path, tls: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Some servers forget a login when EHLO comes again, and answer 530 to the mail."""
    certificate = write_certificate(tmp_path / "certificate.pem")
    monkeypatch.setenv("SSL_CERT_FILE", str(certificate))
    extra = {
        "disable_ssl": tls != "at once",
        "disable_tls": tls != "by STARTTLS",
        "auth_type": "oauth2",
        "access_token": "secret-token",
        "login": "exports@example.com",
    }
    script = serve(("STARTTLS", "AUTH XOAUTH2"), tls, certificate, extra=extra, forgetful="yes")
    assert send(BOB, EVE) == [SENT, SENT]
    said = [command.split(" ")[0].upper() for command in script.commands]
    assert "EHLO" not in said[said.index("AUTH") :]


def test_a_server_that_is_too_slow_for_all_is_left_for_the_next_try(serve: Serve) -> None:
    script = serve()
    times = iter([0.0, 1.0, PATIENCE_S + 1.0])
    with MailServer(clock=lambda: next(times)) as server:
        outcomes = [server.send(letter(), to).outcome for to in (BOB, EVE, "carl@example.com")]
    assert outcomes == [SENT, LATER, LATER]
    assert [to for to, _ in script.contents] == [BOB]
