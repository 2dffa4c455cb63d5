"""One table for the answers of mail servers: who can fix the cause, what to say, and whether a retry can help.

Only what a server says about the recipient's own mailbox counts as refused. A missing login, a sender that is not
allowed, or a mail that is too large is nothing that a recipient could correct.
"""

from __future__ import annotations

from enum import StrEnum
from typing import NamedTuple


class Stage(StrEnum):
    """The step of sending a mail that an answer belongs to."""

    CONNECT = "connect"
    TLS = "tls"
    LOGIN = "login"
    SENDER = "sender"
    RECIPIENT = "recipient"
    CONTENT = "content"


class MailOutcome(StrEnum):
    """``refused``: by this recipient's mailbox. ``later``: may pass. ``unable``: somebody must correct something."""

    SENT = "sent"
    REFUSED = "refused"
    LATER = "later"
    UNABLE = "unable"


class Rule(NamedTuple):
    """``cause``: a pattern for the server's code, or a word if there is no code. ``what`` has names in braces."""

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
_AGAIN = "It is retried automatically"
_ALLOW_MACHINE = "Ask its administrator to allow this machine's address"
_OTHER_PORT = "Correct the port; on a network that you trust, set disable_tls in the extra"

RULES = (
    # Errors without a reply.
    Rule(_ALL, "timeout", _LATER, _SERVER + " did not answer within {timeout:g} seconds", _AGAIN),
    Rule(_ALL, "disconnected", _LATER, _SERVER + " closed the connection", _AGAIN),
    Rule(
        _OPENING,
        "unresolved",
        _LATER,
        "The host name of connection {connection!r} does not resolve",
        f"{_AGAIN}; if this continues, correct the host of the connection",
    ),
    Rule(
        _OPENING,
        "refused",
        _LATER,
        _SERVER + " accepts no connection on its port",
        f"{_AGAIN}; if this continues, check that the server runs and correct the port",
    ),
    Rule(
        _ALL,
        "unreachable",
        _LATER,
        _SERVER + " cannot be reached from this machine",
        f"{_AGAIN}; if this continues, check the network and the firewalls in between",
    ),
    Rule(
        _ALL,
        "certificate",
        _UNABLE,
        "The certificate of the mail server of connection {connection!r} is not trusted: it is expired, self-signed "
        "or for another name. Nothing was sent",
        "Have it renewed, install its certificate authority on this machine, or correct the host of the connection",
    ),
    Rule(
        _ALL,
        "no TLS",
        _UNABLE,
        _SERVER + " does not speak TLS on its port",
        "Correct the port (465 uses TLS from the start), or set disable_ssl in the extra to use STARTTLS",
    ),
    Rule(
        _ALL,
        "TLS",
        _UNABLE,
        "No TLS session could be established with the mail server of connection {connection!r}",
        "Ask its administrator which TLS versions it supports",
    ),
    Rule(_OPENING, "no STARTTLS", _UNABLE, _SERVER + " does not offer STARTTLS", _OTHER_PORT),
    Rule(
        _OPENING,
        "no AUTH",
        _UNABLE,
        _SERVER + " offers no login over this connection",
        "Use TLS or STARTTLS for the connection: many servers offer a login only then. If the server needs no login, "
        "remove login and password from the connection",
    ),
    Rule(
        _OPENING,
        "no method",
        _UNABLE,
        _SERVER + " offers only login methods that are not supported",
        "Ask its administrator for LOGIN, PLAIN, CRAM-MD5 or XOAUTH2",
    ),
    Rule(
        _LOGIN,
        "not ASCII",
        _UNABLE,
        "Login or password of connection {connection!r} has characters that a login to a mail server cannot contain",
        "Use only ASCII letters, digits and punctuation",
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
        "Correct timeout, ssl_context and auth_type in it",
    ),
    # Replies while a session is opened. A reply to a login is not quoted: some servers echo what they received.
    Rule(_CONNECT, "4..", _LATER, _SERVER + " accepts no connection at the moment ({reply})", _AGAIN),
    Rule(_CONNECT, "5..", _UNABLE, _SERVER + " accepts no mail from this machine ({reply})", _ALLOW_MACHINE),
    Rule(_TLS, "4..", _LATER, _SERVER + " cannot start TLS at the moment ({reply})", _AGAIN),
    Rule(_TLS, "5..", _UNABLE, _SERVER + " refuses STARTTLS ({reply})", _OTHER_PORT),
    Rule(
        _LOGIN,
        "53[08]",
        _UNABLE,
        _SERVER + " requires TLS before the login",
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
        _SERVER + " requires a login, or STARTTLS, before it accepts this mail ({reply})",
        "Fill in login and password of the connection, and remove disable_tls from its extra",
    ),
    Rule(_SENDING, "machine", _UNABLE, _SERVER + " accepts no mail from this machine ({reply})", _ALLOW_MACHINE),
    Rule(
        _SENDING,
        "size",
        _UNABLE,
        "The mail is larger than the mail server of connection {connection!r} accepts ({reply})",
        "Ask its administrator for a higher limit, or use fewer templates in the job",
    ),
    Rule(
        _SENDING,
        "sender",
        _UNABLE,
        _SERVER + " accepts no mail from the sender {sender} ({reply})",
        "Correct from_email in the extra of the connection, or ask the server's administrator to allow this sender",
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
        _SERVER + " refuses to forward mails to {recipient} ({reply})",
        "Ask its administrator to allow it",
    ),
    Rule(
        _CONTENT,
        "5..",
        _UNABLE,
        _SERVER + " refuses the content of the mail to {recipient} ({reply})",
        "Ask its administrator to allow these mails, which have the headers X-Export-Kind and X-Export-Job",
    ),
    # Unexpected answers.
    Rule(
        _OPENING,
        ".*",
        _UNABLE,
        "No session with the mail server of connection {connection!r} could be opened ({cause})",
        "Correct the connection; see the log of this task for the whole error",
    ),
    Rule(
        _SENDING,
        ".*",
        _UNABLE,
        "The mail to {recipient} could not be handed to the mail server of connection {connection!r} ({cause})",
        "See the log of this task for the whole error",
    ),
)
"""The first rule that matches applies."""
