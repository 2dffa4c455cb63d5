"""A mail: its text (Jinja files in ``mails``; values are only passed in), and its headers for one recipient."""

from __future__ import annotations

import email.policy
import hashlib
import re
from collections.abc import Mapping
from dataclasses import dataclass
from email import message_from_bytes
from email.headerregistry import Address
from email.message import EmailMessage
from email.utils import formatdate
from functools import lru_cache
from pathlib import Path
from typing import Any, Literal

import jinja2

from export_jobs.core.base.text import is_control, quote_value
from export_jobs.core.definitions.names import split_step
from export_jobs.errors import UserError

LetterKind = Literal["delivered", "failed", "alarm", "test"]
_POLICY = email.policy.SMTP.clone(cte_type="7bit")
"""Bytes that every mail server accepts, also one without 8BITMIME or SMTPUTF8."""
_ENCODED_WORD = re.compile(r"=(?=\?)")
_MAX_HEADER = 200
STEP_WORDS = {
    "validate_destination": "Checking the destination",
    "extract": "Reading the data",
    "compress": "Writing the file",
    "upload": "Sending the file",
    "publish_manifest": "Sending the manifest",
    "notify_recipients": "Mailing the recipients",
}
"""What the steps of a run do, in words for people who do not know its tasks."""
_REMEDY = "Write it as name@example.org"


def step_in_words(step: str) -> str:
    """Return what a step does, and at which of several destinations."""
    name, destination = split_step(step)
    words = STEP_WORDS.get(name, name)
    return f"{words} at {destination}" if destination else words


@dataclass(frozen=True)
class Attachment:
    """A file within a mail."""

    name: str
    content: bytes


@dataclass(frozen=True)
class Letter:
    """The mail that is sent to each recipient separately.

    ``identity`` distinguishes one letter from all others: with the recipient it determines the Message-ID, which is the
    same for all tries. A lost answer of a mail server can cause copies, and a mail program shows them as one mail.
    """

    kind: LetterKind
    subject: str
    values: Mapping[str, Any]
    identity: tuple[str, ...]
    job: str = ""
    window: str = ""
    attachment: Attachment | None = None

    def to(self, recipient: str, sender: Address) -> bytes:
        """Return the letter as bytes; raise ``UserError`` for an address that cannot be in a header."""
        message = EmailMessage(policy=_POLICY)
        message["Subject"] = header_text(self.subject)
        message["From"] = sender
        message["To"] = mailable(recipient)
        message["Date"] = formatdate()
        message["Message-ID"] = self._message_id(recipient)
        message["Auto-Submitted"] = "auto-generated"
        message["X-Export-Kind"] = self.kind
        for name, text in (("X-Export-Job", self.job), ("X-Export-Window", self.window)):
            if text:
                message[name] = header_text(text)
        message.set_content(_environment().get_template(f"{self.kind}.txt").render(self.values))
        message.add_alternative(_environment().get_template(f"{self.kind}.html").render(self.values), subtype="html")
        if self.attachment:
            name, content = self.attachment.name, self.attachment.content
            message.add_attachment(content, maintype="application", subtype="octet-stream", filename=name)
        return message.as_bytes()

    def _message_id(self, recipient: str) -> str:
        parts = "\n".join((self.kind, *self.identity, recipient))
        return f"<{hashlib.sha256(parts.encode()).hexdigest()[:40]}@export-jobs.invalid>"


def header_text(text: str) -> str:
    """Return ``text`` on one line, at most 200 characters, without anything that a mail program would decode."""
    line = "".join(" " if is_control(char) else char for char in " ".join(text.split()))
    return _ENCODED_WORD.sub("= ", line)[:_MAX_HEADER]


def mailable(text: str) -> Address:
    """Return an address that a header reproduces exactly; raise ``UserError`` for any other text.

    Definitions are checked by a stricter rule when they are saved, but a row can be older or typed by hand.
    """
    if not text.isascii() or any(map(is_control, text)):
        raise UserError(f"{quote_value(text)} cannot be used in the header of a mail", _REMEDY)
    return _as_itself("", text)


def sender_address(text: str) -> Address:
    """Return the sender, optionally with a display name; raise ``UserError`` when ``text`` is not one address."""
    fault = UserError(f"{quote_value(text)} is not a mail address", _REMEDY)
    if any(map(is_control, text)):
        raise fault
    try:
        found = _POLICY.header_factory("From", text).addresses
    except Exception:  # the parser of the standard library can raise IndexError as well
        raise fault from None
    if len(found) != 1 or not found[0].addr_spec.isascii() or any(is_control(char) for char in found[0].display_name):
        raise fault
    return _as_itself(found[0].display_name, found[0].addr_spec)


def _as_itself(name: str, spec: str) -> Address:
    """Return the address if parsing the header's bytes gives exactly this one address."""
    probe = EmailMessage(policy=_POLICY)
    try:
        address = Address(name, addr_spec=spec)
        probe["To"] = address
        read = message_from_bytes(probe.as_bytes(), policy=email.policy.default)["To"].addresses
    except Exception:  # encoded words can make the standard library raise any error
        read = ()
    if [found.addr_spec for found in read] != [spec]:
        raise UserError(f"{quote_value(spec)} cannot be used in the header of a mail", _REMEDY)
    return address


def human_bytes(count: float) -> str:
    """Format bytes: ``1234567`` -> ``1.2 MB``."""
    for unit in ("bytes", "kB", "MB", "GB"):
        if count < 1000 or unit == "GB":
            return f"{count:,.0f} {unit}" if unit == "bytes" else f"{count:,.1f} {unit}"
        count /= 1000
    raise AssertionError


@lru_cache(maxsize=1)
def _environment() -> jinja2.Environment:
    environment = jinja2.Environment(
        loader=jinja2.FileSystemLoader(Path(__file__).parents[1] / "mails"),
        autoescape=jinja2.select_autoescape(["html"]),
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters["human_bytes"] = human_bytes
    environment.filters["step_words"] = step_in_words
    environment.filters["thousands"] = lambda number: f"{number:,}"
    return environment
