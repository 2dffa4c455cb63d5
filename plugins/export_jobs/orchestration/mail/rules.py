"""Whose trouble an answer of a mail server is, what to say, and whether another try can help: one table.

Only what a server says of the recipient's own mailbox is the recipient's. A login that is missing, a sender that is not
allowed, or a mail that is too large is nothing that a recipient could correct.
"""

from __future__ import annotations

from enum import StrEnum
from typing import NamedTuple


class Stage(StrEnum):
    """How far a mail had got."""

    CONNECT = "connect"
    TLS = "tls"
    LOGIN = "login"
    SENDER = "sender"
    RECIPIENT = "recipient"
    CONTENT = "content"


class MailOutcome(StrEnum):
    """``refused``: by this recipient's mailbox. ``later``: may pass. ``unable``: somebody has to correct something."""

    SENT = "sent"
    REFUSED = "refused"
    LATER = "later"
    UNABLE = "unable"


class Rule(NamedTuple):
    """``cause``: a pattern of the server's code, or the word for what is no code. ``what`` holds names in braces."""

    stages: tuple[Stage, ...]
    cause: str
    outcome: MailOutcome
    what: str
    remedy: str


_LATER, _UNABLE, _REFUSED = MailOutcome.LATER, MailOutcome.UNABLE, MailOutcome.REFUSED
_CONNECT, _TLS, _LOGIN = (Stage.CONNECT,), (Stage.TLS,), (Stage.LOGIN,)
_OPENING = (*_CONNECT, *_TLS, *_LOGIN)
_RECIPIENT, _CONTENT = (Stage.RECIPIENT,), (Stage.CONTENT,)
_SENDING = (Stage.SENDER, *_RECIPIENT, *_CONTENT)
_ALL = (*_OPENING, *_SENDING)
_SERVER = "The mail server of connection {connection!r}"
_AGAIN = "It is tried again"
_ALLOW_MACHINE = "Ask its administrator to allow this machine's address"
_OTHER_PORT = "Correct the port; on a network that you trust, set disable_tls in the extra"

RULES = (
    # What is no reply.
    Rule(_ALL, "timeout", _LATER, _SERVER + " did not answer within {timeout:g} seconds", _AGAIN),
    Rule(_ALL, "disconnected", _LATER, _SERVER + " closed the connection", _AGAIN),
    Rule(
        _OPENING,
        "unresolved",
        _LATER,
        "The host name of connection {connection!r} does not resolve",
        f"{_AGAIN}; if this goes on, correct the host of the connection",
    ),
    Rule(
        _OPENING,
        "refused",
        _LATER,
        _SERVER + " takes no connection on its port",
        f"{_AGAIN}; if this goes on, check that it runs and correct the port",
    ),
    Rule(
        _ALL,
        "unreachable",
        _LATER,
        _SERVER + " cannot be reached from this machine",
        f"{_AGAIN}; if this goes on, check the network and the firewall between",
    ),
    Rule(
        _ALL,
        "certificate",
        _UNABLE,
        "The certificate of the mail server of connection {connection!r} is not trusted: expired, self-signed or for "
        "another name. Nothing was sent",
        "Have it renewed, give its authority to this machine, or correct the host of the connection",
    ),
    Rule(
        _ALL,
        "no TLS",
        _UNABLE,
        _SERVER + " does not speak TLS on its port",
        "Correct the port (465 speaks TLS at once), or set disable_ssl in the extra: STARTTLS is used then",
    ),
    Rule(
        _ALL,
        "TLS",
        _UNABLE,
        "No TLS session could be agreed with the mail server of connection {connection!r}",
        "Ask its administrator which versions of TLS it speaks",
    ),
    Rule(_OPENING, "no STARTTLS", _UNABLE, _SERVER + " offers no STARTTLS", _OTHER_PORT),
    Rule(
        _OPENING,
        "no AUTH",
        _UNABLE,
        _SERVER + " offers no login over this connection",
        "Let the connection use TLS or STARTTLS, since many servers offer a login only then. If the server wants none, "
        "remove login and password from the connection",
    ),
    Rule(
        _OPENING,
        "no method",
        _UNABLE,
        _SERVER + " offers only ways of login that are not supported",
        "Ask its administrator for LOGIN, PLAIN, CRAM-MD5 or XOAUTH2",
    ),
    Rule(
        _LOGIN,
        "not ASCII",
        _UNABLE,
        "Login or password of connection {connection!r} hold letters that a login to a mail server cannot carry",
        "Use a password of ASCII letters, digits and marks",
    ),
    Rule(
        _OPENING,
        "no token",
        _UNABLE,
        "There is no OAuth2 token for connection {connection!r}",
        "Correct access_token, or client_id, client_secret and tenant_id in its extra",
    ),
    Rule(
        _OPENING,
        "unreadable",
        _UNABLE,
        "The extra of connection {connection!r} cannot be read",
        "Correct timeout, ssl_context and auth_type there",
    ),
    # Replies while a session is opened. A reply to a login is not repeated: some servers echo what they were sent.
    Rule(_CONNECT, "4..", _LATER, _SERVER + " takes no connection at the moment ({reply})", _AGAIN),
    Rule(_CONNECT, "5..", _UNABLE, _SERVER + " takes no mail from this machine ({reply})", _ALLOW_MACHINE),
    Rule(_TLS, "4..", _LATER, _SERVER + " has no TLS at the moment ({reply})", _AGAIN),
    Rule(_TLS, "5..", _UNABLE, _SERVER + " refuses STARTTLS ({reply})", _OTHER_PORT),
    Rule(
        _LOGIN,
        "53[08]",
        _UNABLE,
        _SERVER + " wants TLS before the login",
        "Remove disable_tls from the extra of the connection",
    ),
    Rule(_LOGIN, "4..", _LATER, _SERVER + " cannot check the login at the moment ({code})", _AGAIN),
    Rule(
        _LOGIN,
        "5..",
        _UNABLE,
        _SERVER + " rejects the login ({code})",
        "Correct login and password of the connection",
    ),
    # Replies to a mail.
    Rule(_SENDING, "4..", _LATER, _SERVER + " asks to try {recipient} again later ({reply})", _AGAIN),
    Rule(
        _SENDING,
        "login",
        _UNABLE,
        _SERVER + " wants a login, or STARTTLS, before it takes this mail ({reply})",
        "Fill in login and password of the connection, and remove disable_tls from its extra",
    ),
    Rule(_SENDING, "machine", _UNABLE, _SERVER + " takes no mail from this machine ({reply})", _ALLOW_MACHINE),
    Rule(
        _SENDING,
        "size",
        _UNABLE,
        "The mail is larger than the mail server of connection {connection!r} takes ({reply})",
        "Ask its administrator for a higher limit, or let the job have fewer templates",
    ),
    Rule(
        _SENDING,
        "sender",
        _UNABLE,
        _SERVER + " takes no mail from the sender {sender} ({reply})",
        "Correct from_email in the extra of the connection, or have its administrator allow this sender",
    ),
    Rule(_RECIPIENT, "full", _LATER, "The mailbox of {recipient} is full ({reply})", _AGAIN),
    Rule(
        _RECIPIENT,
        "mailbox",
        _REFUSED,
        "The mail server refuses the recipient {recipient} ({reply})",
        "Correct the address in the job, then clear the task",
    ),
    Rule(
        _RECIPIENT,
        "5..",
        _UNABLE,
        _SERVER + " refuses to pass mails on to {recipient} ({reply})",
        "Ask its administrator to allow it",
    ),
    Rule(
        _CONTENT,
        "5..",
        _UNABLE,
        _SERVER + " refuses the content of the mail to {recipient} ({reply})",
        "Ask its administrator to allow these mails, which have the headers X-Export-Kind and X-Export-Job",
    ),
    # What nobody has foreseen.
    Rule(
        _OPENING,
        ".*",
        _UNABLE,
        "No session with the mail server of connection {connection!r} could be opened ({cause})",
        "Correct the connection; the log of this task has the whole error",
    ),
    Rule(
        _SENDING,
        ".*",
        _UNABLE,
        _SERVER + " could not be given the mail to {recipient} ({cause})",
        "The log of this task has the whole error",
    ),
)
"""The first rule that matches counts."""
