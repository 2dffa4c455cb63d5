"""Mails: what they say (Jinja files beside this one, values only ever passed in) and how one message is sent."""

from __future__ import annotations

import smtplib
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from email.message import EmailMessage
from email.utils import formatdate, make_msgid
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

import jinja2

from export_jobs import settings
from export_jobs.errors import TerminalError, TransientError
from export_jobs.orchestration.airflow.connections import airflow_connection

if TYPE_CHECKING:
    from airflow.providers.smtp.hooks.smtp import SmtpHook


@dataclass(frozen=True)
class SendResult:
    """The mail server's answer to one recipient: ``sent``, or ``refused`` for good with its reply."""

    state: Literal["sent", "refused"]
    reply: str = ""


def compose(kind: Literal["delivered", "failed", "alarm"], subject: str, values: Mapping[str, Any]) -> EmailMessage:
    """A mail with a text and an HTML part. Values are data: they are escaped in HTML and never rendered."""
    message = EmailMessage()
    # Names are checked on save; a header must survive a row that was not.
    message["Subject"] = " ".join(subject.split())
    message["Date"] = formatdate()
    message["Message-ID"] = make_msgid(domain="export-jobs.invalid")
    message["Auto-Submitted"] = "auto-generated"
    message.set_content(_environment().get_template(f"{kind}.txt").render(values))
    message.add_alternative(_environment().get_template(f"{kind}.html").render(values), subtype="html")
    return message


@contextmanager
def mail_server() -> Iterator[SmtpHook]:
    """A session with the mail server of Airflow's SMTP connection.

    Raises ``TransientError`` when it cannot be reached, ``TerminalError`` when it rejects the login.
    """
    from airflow.providers.smtp.hooks.smtp import SmtpHook  # noqa: PLC0415  only the notifying tasks pay for it

    connection_id = settings.smtp_connection()
    airflow_connection(connection_id, "sending mail")
    try:
        hook = SmtpHook(smtp_conn_id=connection_id).get_conn()
    except smtplib.SMTPAuthenticationError:
        raise TerminalError(
            f"The mail server rejects the login of connection {connection_id!r}", "Correct it, then clear this task"
        ) from None
    except (OSError, smtplib.SMTPException) as error:
        raise TransientError(
            f"The mail server of connection {connection_id!r} cannot be reached ({type(error).__name__})",
            "The delivery is complete; this task tries again",
        ) from None
    with hook:
        yield hook


def send(hook: SmtpHook, message: EmailMessage, recipient: str) -> SendResult:
    """Send ``message`` to one recipient alone, so that none sees the others and each answer is known.

    Raises ``TransientError`` for what the server may accept later (4xx, lost connection).
    """
    del message["To"]
    message["To"] = recipient
    del message["From"]
    message["From"] = hook.from_email or "export-jobs@localhost"
    # The hook's public send_email_smtp() throws the server's refusals away and sends up to six times at once.
    client: smtplib.SMTP = hook._smtp_client
    try:
        client.send_message(message, to_addrs=[recipient])
    except smtplib.SMTPRecipientsRefused as error:
        code, reply = error.recipients.get(recipient, (550, b""))
        return _send_result(code, reply, recipient)
    except smtplib.SMTPResponseException as error:
        return _send_result(error.smtp_code, error.smtp_error, recipient)
    except (OSError, smtplib.SMTPException) as error:
        raise TransientError(
            f"The connection to the mail server broke ({type(error).__name__}) while sending to {recipient}",
            "This task tries again",
        ) from None
    return SendResult("sent")


def _send_result(code: int, reply: bytes | str, recipient: str) -> SendResult:
    text = reply.decode(errors="replace") if isinstance(reply, bytes) else reply
    if 400 <= code < 500:
        what = f"The mail server asks to try {recipient} again later ({code} {text})"
        raise TransientError(what, "This task tries again")
    return SendResult("refused", f"{code} {text}")


def human_bytes(count: float) -> str:
    """``1234567`` -> ``1.2 MB``."""
    for unit in ("bytes", "kB", "MB", "GB"):
        if count < 1000 or unit == "GB":
            return f"{count:,.0f} {unit}" if unit == "bytes" else f"{count:,.1f} {unit}"
        count /= 1000
    raise AssertionError


@lru_cache(maxsize=1)
def _environment() -> jinja2.Environment:
    environment = jinja2.Environment(
        loader=jinja2.FileSystemLoader(Path(__file__).parent / "mails"),
        autoescape=jinja2.select_autoescape(["html"]),
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters["human_bytes"] = human_bytes
    environment.filters["thousands"] = lambda number: f"{number:,}"
    return environment
