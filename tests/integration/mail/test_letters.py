"""One letter to one recipient: no text of a row becomes a header, and a mail keeps its id over all tries."""

from __future__ import annotations

import pytest

from export_jobs.orchestration.mail.server import MailServer
from tests.integration.mail.letters import BOB, EVE, LATER, REFUSED, SENT, UNABLE, Serve, arrived, letter, send
from tests.servers.smtp_script import CLOSE

pytestmark = pytest.mark.integration


# One letter to one recipient ------------------------------------------------------------------------------------------
NOT_MAILABLE = [
    "=?utf-8?q?a=0D=0Ax?=@example.com",
    "=?utf-8?q?eve=40evil.org=2C?=@example.com",
    "bob@example.com, eve@evil.org",
    "bob@example.com\r\nBcc: eve@evil.org",
    "bob <bob@example.com>",
    "böb@example.com",
    "",
    "undisclosed-recipients:;",
]


@pytest.mark.parametrize("address", NOT_MAILABLE)
def test_w1_an_address_that_cannot_be_mailed_is_skipped_and_said(serve: Serve, address: str) -> None:
    script = serve()
    with MailServer() as server:
        answers = [server.send(letter(), to) for to in (BOB, address, EVE)]
    assert [answer.outcome for answer in answers] == [SENT, REFUSED, SENT]
    assert answers[1].reply.startswith("not tried: ")
    assert [(to, message["To"].addresses[0].addr_spec) for to, message in arrived(script)] == [(BOB, BOB), (EVE, EVE)]
    assert all(len(message["To"].addresses) == 1 and not message["Bcc"] for _, message in arrived(script))


def test_w1_no_text_of_a_row_becomes_a_header(serve: Serve) -> None:
    script = serve()
    bad = "=?utf-8?q?a=0D=0ABcc=3A_eve=40evil.org?=\r\nBcc: eve@evil.org"
    assert send(BOB, subject=bad, job=bad, window=bad) == [SENT]
    ((_, message),) = arrived(script)
    assert {name.lower() for name in message} == {
        *("subject", "from", "to", "date", "message-id", "auto-submitted", "mime-version", "content-type"),
        *("x-export-kind", "x-export-job", "x-export-window"),
    }


def test_w1_a_letter_that_cannot_be_written_stops_no_other_one(serve: Serve) -> None:
    serve()
    with MailServer() as server:
        outcomes = [server.send(letter(values={}), BOB).outcome, server.send(letter(), EVE).outcome]
    assert outcomes == [UNABLE, SENT]


@pytest.mark.parametrize("cut", [CLOSE, "451 4.3.0 try again"])
def test_m1_a_mail_keeps_its_message_id_over_all_tries(serve: Serve, cut: str) -> None:
    """A server may have kept a mail whose answer was lost; mail programs show copies of one id once."""
    script = serve(content=cut)
    assert send(BOB) == [LATER]
    script.replies.clear()
    assert send(BOB) == [SENT]
    (_, first), (_, second) = arrived(script)
    assert first["Message-ID"] == second["Message-ID"]


def test_m1_every_other_mail_has_another_message_id(serve: Serve) -> None:
    script = serve()
    send(BOB, EVE)
    send(BOB, identity=("execution 8", "stage-1"))
    send(BOB, identity=("execution 7", "stage-2"))
    send(BOB, kind="failed", values={"job": "j", "window": "w", "failures": [], "delivered": [], "link": ""})
    ids = [message["Message-ID"] for _, message in arrived(script)]
    assert len(ids) == len(set(ids)) == 5


def test_m1_headers_to_filter_by(serve: Serve) -> None:
    script = serve()
    send(BOB)
    ((_, message),) = arrived(script)
    assert message["Auto-Submitted"] == "auto-generated"
    found = (message["X-Export-Kind"], message["X-Export-Job"], message["X-Export-Window"])
    assert found == ("alarm", "sales", "2026-01-01/2026-01-02")
    ((_, content),) = script.contents
    content.decode("ascii")
