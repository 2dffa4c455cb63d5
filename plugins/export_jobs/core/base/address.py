"""Check mail addresses: one plain mailbox, without characters that have a meaning in a header, shell or template.

The store checks the same rule, ``is_mailbox`` in its migrations. RFC 5322 allows more before the ``@``. What is refused
here has been used in attacks on programs: ``=?…?=`` is decoded in headers, ``%`` and ``!`` name a relay, ``/`` and
``|`` a file or a program, and quotes can contain anything.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from email_validator import EmailNotValidError, validate_email

from export_jobs.core.base.issue import Issue
from export_jobs.core.base.text import MAX_LINE, quote_value, text_issues

_LETTERS = r"A-Za-z0-9_+&=~#'-"
_LABEL = r"([A-Za-z0-9-]{0,61}[A-Za-z0-9])?"
_MAILBOX = re.compile(
    rf"(?=[^@]{{1,64}}@)[{_LETTERS}]+([.][{_LETTERS}]+)*@([A-Za-z0-9]{_LABEL}[.])+[A-Za-z]{_LABEL}", re.ASCII
)
_OTHER = re.compile(rf"[^{_LETTERS}.]")
_REMEDY = "Write it as name@example.org, without a display name"


def is_mailbox(address: str) -> bool:
    """Whether ``address`` has the shape of a plain mailbox. The store's CHECK has the same rule."""
    return len(address) <= MAX_LINE and _MAILBOX.fullmatch(address) is not None


def address_issues(path: str, address: str) -> Iterator[Issue]:
    """Yield why ``address`` cannot be mailed to. Nothing is looked up: definitions are checked without a network."""
    faults = list(text_issues(path, address))
    if faults:
        yield from faults
        return
    local, _, domain = address.rpartition("@")
    if not local.isascii():
        what = f"{quote_value(address)} has letters before the @ that many mail servers refuse"
        yield Issue(path, what, "Use an address whose part before the @ is plain ASCII")
        return
    try:
        checked = validate_email(address, check_deliverability=False, globally_deliverable=False, strict=True)
    except EmailNotValidError as error:
        yield Issue(path, f"{quote_value(address)} is not a mail address: {str(error).rstrip('.')}", _REMEDY)
        return
    found = _OTHER.search(local)
    if found:
        what = f"{quote_value(address)} has {found[0]!r} before the @, which some mail programs read as a command"
        yield Issue(path, what, "Use an address of letters, digits and . _ - + & = ~ # ' before the @")
    elif not domain.isascii():
        ascii_form = f"{local}@{checked.ascii_domain}"
        yield Issue(path, f"the domain of {quote_value(address)} is not ASCII", f"Write its ASCII form, {ascii_form}")
    elif not is_mailbox(address):
        yield Issue(path, f"{quote_value(address)} has no full domain", "Write it as name@example.org")
