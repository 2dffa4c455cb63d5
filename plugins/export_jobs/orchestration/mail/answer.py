"""What a mail server says, or fails to say -> the cause by which the table of ``rules.py`` is read."""

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
    """What has become of one mail to one recipient."""

    outcome: MailOutcome
    what: str = ""
    remedy: str = ""
    reply: str = ""

    def error(self) -> ExportError:
        """The same as what a task raises: its type says whether another try can help."""
        kind = TransientError if self.outcome is MailOutcome.LATER else TerminalError
        return kind(self.what, self.remedy)


@dataclass(frozen=True)
class Speakers:
    """Who speaks with whom, for the sentences."""

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
"""What a final refusal is about. Many servers refuse a sender or a client only once they have heard the recipient."""


def answer_to(error: BaseException, stage: Stage, speakers: Speakers) -> MailAnswer:
    """What ``error``, raised at ``stage``, means. Texts of errors are never repeated, only replies of the server."""
    stage, code, reply = _reply_of(error, stage)
    cause = _cause_of_code(code, reply, stage, speakers) if code else _cause_of(error, stage)
    return mail_answer(cause, stage, speakers, code=code, reply=reply)


def mail_answer(cause: str, stage: Stage, speakers: Speakers, *, code: str = "", reply: str = "") -> MailAnswer:
    """The table's answer to a cause that is known by its word."""
    rule = next(rule for rule in RULES if stage in rule.stages and re.fullmatch(rule.cause, cause))
    values = {**vars(speakers), "reply": reply, "code": code, "cause": cause}
    return MailAnswer(rule.outcome, rule.what.format(**values), rule.remedy, reply)


def is_lost(error: BaseException) -> bool:
    """Whether the connection has ended, so that the next mail needs a new one."""
    return _reply_of(error, Stage.SENDER)[1] in {"", "421"}


def _reply_of(error: BaseException, stage: Stage) -> tuple[Stage, str, str]:
    """The stage that the error itself names, the code, and the whole reply on one line."""
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
    """The code, or the word for what a final refusal of a mail is about."""
    if code.startswith("4"):
        return code
    # Addresses are left out: that of a recipient may hold the word that is looked for.
    said = re.sub(r"<[^>]*>", "", reply.replace(speakers.recipient, "")) if speakers.recipient else reply
    topics = (word for stages, pattern, word in _TOPICS if stage in stages and re.match(pattern, said, re.IGNORECASE))
    return next(topics, code)


def _cause_of(error: BaseException, stage: Stage) -> str:
    """The word for an error that is no reply."""
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
