"""Map a mail server's answer, or its silence, to the cause that selects a rule in ``rules.py``."""

from __future__ import annotations

import re
import smtplib
import socket
import ssl
from dataclasses import dataclass

from export_jobs.errors import ExportError, TerminalError, TransientError
from export_jobs.orchestration.mail.rules import RULES, MailOutcome, Stage


@dataclass(frozen=True)
class MailAnswer:
    """The result of sending one mail to one recipient."""

    outcome: MailOutcome
    what: str = ""
    remedy: str = ""
    reply: str = ""

    def error(self) -> ExportError:
        """Return the answer as the error that a task raises: its type says whether a retry can help."""
        kind = TransientError if self.outcome is MailOutcome.LATER else TerminalError
        return kind(self.what, self.remedy)


@dataclass(frozen=True)
class Speakers:
    """The names that the sentences need: connection, sender, recipient, and the timeout in seconds."""

    connection: str
    sender: str = ""
    recipient: str = ""
    timeout: float = 0


_RECIPIENT = (Stage.RECIPIENT,)
_SENDING = (Stage.SENDER, Stage.RECIPIENT, Stage.CONTENT)
_TOPICS: tuple[tuple[tuple[Stage, ...], str, str], ...] = (
    (_SENDING, r"53[08]\b", "login"),
    (_SENDING, r".*\b(spf|dkim|dmarc)\b", "sender"),
    (_SENDING, r"(?!552).*(relay|authenticat|starttls|must log ?in|5\.7\.(3|57|60|64)\b)", "login"),
    (_SENDING, r".*(client host|helo|black ?list|block ?list|spamhaus|reputation)", "machine"),
    (_SENDING, r".*(5\.1\.[78]\b|sender (address|verif|reject|domain|denied|not)|(invalid|unknown) sender)", "sender"),
    (_RECIPIENT, r"552\b|.*(5\.2\.2\b|mailbox (is )?full|over ?quota|quota exceeded)", "full"),
    (_RECIPIENT, r"55[013]\b|5\d\d[ -]5\.1\.", "mailbox"),
    ((Stage.SENDER, Stage.CONTENT), r"552\b|523\b", "size"),
    ((Stage.SENDER,), r"", "sender"),
)
"""What a final refusal is about. Many servers refuse a sender or a client only after the RCPT command."""


def answer_to(error: BaseException, stage: Stage, speakers: Speakers) -> MailAnswer:
    """Return what ``error``, raised at ``stage``, means; it quotes replies of the server, never texts of errors."""
    stage, code, reply = _reply_of(error, stage)
    cause = _cause_of_code(code, reply, stage, speakers) if code else _cause_of(error, stage)
    return mail_answer(cause, stage, speakers, code=code, reply=reply)


def mail_answer(cause: str, stage: Stage, speakers: Speakers, *, code: str = "", reply: str = "") -> MailAnswer:
    """Return the table's answer for a cause."""
    rule = next(rule for rule in RULES if stage in rule.stages and re.fullmatch(rule.cause, cause))
    values = {**vars(speakers), "reply": reply, "code": code, "cause": cause}
    return MailAnswer(rule.outcome, rule.what.format(**values), rule.remedy, reply)


def is_lost(error: BaseException) -> bool:
    """Return whether the connection has ended, so that the next mail needs a new one."""
    return _reply_of(error, Stage.SENDER)[1] in {"", "421"}


def _reply_of(error: BaseException, stage: Stage) -> tuple[Stage, str, str]:
    """Return the stage that the error itself implies, the code, and the whole reply on one line."""
    if isinstance(error, smtplib.SMTPRecipientsRefused):
        refused = next(iter(error.recipients.values()))
        return Stage.RECIPIENT, str(refused[0]), _one_line(*refused)
    if isinstance(error, smtplib.SMTPResponseException):
        named: dict[type[BaseException], Stage] = {
            smtplib.SMTPSenderRefused: Stage.SENDER,
            smtplib.SMTPDataError: Stage.CONTENT,
            smtplib.SMTPConnectError: Stage.CONNECT,
        }
        code, text = error.smtp_code, error.smtp_error
        return (
            named.get(type(error), stage),
            str(code) if 400 <= code < 600 else "",
            _one_line(code, text),
        )
    return stage, "", ""


def _one_line(code: int, text: bytes | str) -> str:
    said = text.decode(errors="replace") if isinstance(text, bytes) else str(text)
    return " ".join("".join(char if char.isprintable() else " " for char in f"{code} {said}").split())[:300]


def _cause_of_code(code: str, reply: str, stage: Stage, speakers: Speakers) -> str:
    """Return the code, or the word for what a final refusal of a mail is about."""
    if code.startswith("4"):
        return code
    # Addresses are removed: the recipient's address may contain a word of the patterns.
    said = re.sub(r"<[^>]*>", "", reply.replace(speakers.recipient, "")) if speakers.recipient else reply
    topics = (word for stages, pattern, word in _TOPICS if stage in stages and re.match(pattern, said, re.IGNORECASE))
    return next(topics, code)


def _cause_of(error: BaseException, stage: Stage) -> str:
    """Return the word for an error without a reply."""
    if any(isinstance(link, TimeoutError) for link in (error, error.__cause__, error.__context__)):
        return "timeout"
    if isinstance(error, ssl.SSLError):
        return _cause_of_tls(error)
    if isinstance(error, smtplib.SMTPNotSupportedError):
        return "no STARTTLS" if stage is Stage.TLS else "no AUTH" if stage is Stage.LOGIN else "not ASCII"
    for kind, cause in (
        (smtplib.SMTPServerDisconnected, "disconnected"),
        (UnicodeError, "not ASCII"),
        (socket.gaierror, "unresolved"),
        (ConnectionRefusedError, "refused"),
        ((ConnectionError, EOFError), "disconnected"),
    ):
        if isinstance(error, kind):
            return cause
    if type(error) is smtplib.SMTPException and stage is Stage.LOGIN:
        return "no method"
    return (
        "unreachable"
        if isinstance(error, OSError) and not isinstance(error, smtplib.SMTPException)
        else (type(error).__name__)
    )


def _cause_of_tls(error: ssl.SSLError) -> str:
    if isinstance(error, ssl.SSLCertVerificationError):
        return "certificate"
    if isinstance(error, ssl.SSLEOFError | ssl.SSLZeroReturnError):
        return "disconnected"
    return "no TLS" if error.reason in {"WRONG_VERSION_NUMBER", "HTTP_REQUEST", "UNKNOWN_PROTOCOL"} else "TLS"
