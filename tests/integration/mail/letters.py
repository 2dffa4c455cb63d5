"""A letter, what becomes of it, and what of it has arrived."""

from __future__ import annotations

import email
import email.policy
from collections.abc import Callable
from email.message import EmailMessage
from typing import Any

from export_jobs.orchestration.mail.message import Letter
from export_jobs.orchestration.mail.rules import MailOutcome
from export_jobs.orchestration.mail.server import MailServer
from tests.servers.smtp_script import Script

SENT, REFUSED, LATER, UNABLE = MailOutcome.SENT, MailOutcome.REFUSED, MailOutcome.LATER, MailOutcome.UNABLE
BOB, EVE = "bob@example.com", "eve@example.com"
Serve = Callable[..., Script]


def letter(**changes: Any) -> Letter:
    usual: dict[str, Any] = {
        "kind": "alarm",
        "subject": "sales: alarm",
        "values": {"findings": ["It is late."], "link": ""},
        "identity": ("execution 7", "stage-1"),
        "job": "sales",
        "window": "2026-01-01/2026-01-02",
    }
    return Letter(**{**usual, **changes})


def send(*recipients: str, **changes: Any) -> list[MailOutcome]:
    with MailServer() as server:
        return [server.send(letter(**changes), recipient).outcome for recipient in recipients]


def arrived(script: Script) -> list[tuple[str, EmailMessage]]:
    read = [(to, email.message_from_bytes(content, policy=email.policy.default)) for to, content in script.contents]
    return read
