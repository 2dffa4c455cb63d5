"""A session with the mail server of Airflow's SMTP connection: one mail, one recipient, one answer at a time."""

from __future__ import annotations

import smtplib
import ssl
import time
from collections.abc import Callable
from contextlib import suppress
from types import TracebackType
from typing import TYPE_CHECKING, Any, Self

from export_jobs import settings
from export_jobs.errors import ExportError, TerminalError, TransientError
from export_jobs.orchestration.airflow.connections import airflow_connection
from export_jobs.orchestration.mail.answer import (
    MailAnswer,
    Speakers,
    answer_to,
    is_lost,
    mail_answer,
)
from export_jobs.orchestration.mail.message import Letter, mailable, sender_address
from export_jobs.orchestration.mail.rules import MailOutcome, Stage

if TYPE_CHECKING:
    from airflow.providers.smtp.hooks.smtp import SmtpHook

PATIENCE_S = 600.0
"""A session stops trying after so long: a server that hangs must not block a job's next windows for hours."""
NO_SENDER = "export-jobs@localhost"


class MailServer:
    """Opened by the first mail, and again after a lost connection. A failed mail does not stop the next one."""

    def __init__(self, *, clock: Callable[[], float] = time.monotonic) -> None:
        self._connection_id = settings.smtp_connection()
        self._clock, self._since = clock, clock()
        self._client: smtplib.SMTP | None = None
        self._closed: MailAnswer | None = None
        self._timeout = 0.0
        self._sender = sender_address(NO_SENDER)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        _end(self._client)
        self._client = None

    def open(self) -> None:
        """Connect and log in now; raise ``TransientError`` or ``TerminalError`` with the reason when that fails."""
        if self._client is None:
            self._client = self._connected()

    def send(self, letter: Letter, recipient: str) -> MailAnswer:
        """Send ``letter`` to one recipient only, so that no recipient sees the others and each answer is known."""
        try:
            mailable(recipient)
        except ExportError as error:
            return MailAnswer(MailOutcome.REFUSED, error.what, error.remedy, f"not tried: {error.what}")
        if self._closed is None and self._clock() - self._since > PATIENCE_S:
            what = f"The mail server of connection {self._connection_id!r} is too slow to take all mails in one try"
            self._closed = MailAnswer(MailOutcome.LATER, what, "It is retried automatically")
        if self._closed is None:
            try:
                self.open()
            except ExportError as error:
                outcome = MailOutcome.LATER if isinstance(error, TransientError) else MailOutcome.UNABLE
                self._closed = MailAnswer(outcome, error.what, error.remedy)
        return self._closed or self._sent(letter, recipient)

    def _sent(self, letter: Letter, recipient: str) -> MailAnswer:
        assert self._client is not None, "it was opened a moment ago"  # noqa: S101
        sender = self._sender.addr_spec
        try:
            self._client.sendmail(sender, [recipient], letter.to(recipient, self._sender))
        except Exception as error:
            if is_lost(error):
                self._client.close()
                self._client = None
            return answer_to(error, Stage.SENDER, self._speakers(recipient))
        return MailAnswer(MailOutcome.SENT)

    def _connected(self) -> smtplib.SMTP:
        """Return a client that is logged in. Airflow's hook only reads the connection; the SMTP dialogue is ours.

        The hook's dialogue discards the server's refusals, and logs in with XOAUTH2 before any EHLO: the EHLO that the
        first mail then sends makes some servers forget the login.
        """
        stage = Stage.CONNECT
        client: smtplib.SMTP | None = None
        try:
            hook = self._hook()
            client = _greeted(hook)
            if hook.smtp_starttls and not hook.use_ssl:
                stage = Stage.TLS
                client.starttls(context=_tls_context(hook))
                client.ehlo_or_helo_if_needed()
            stage = Stage.LOGIN
            self._log_in(client, hook)
        except ExportError:
            _end(client)
            raise
        except Exception as error:
            if client is not None:
                client.close()
            raise answer_to(error, stage, self._speakers()).error() from None
        return client

    def _hook(self) -> SmtpHook:
        from airflow.providers.smtp.hooks.smtp import SmtpHook  # noqa: PLC0415  only the notifying tasks need it

        found = airflow_connection(self._connection_id, "sending mail")
        hook = SmtpHook(smtp_conn_id=self._connection_id)
        hook.smtp_connection = found
        try:
            self._timeout = float(hook.timeout)
            known = hook.ssl_context in (None, "default", "none") and hook.auth_type in ("basic", "oauth2")
        except (TypeError, ValueError):
            known = False
        if not known:
            raise mail_answer("unreadable", Stage.CONNECT, self._speakers()).error()
        try:
            self._sender = sender_address(hook.from_email or NO_SENDER)
        except ExportError as error:
            what = f"The from_email of connection {self._connection_id!r}: {error.what}"
            raise TerminalError(what, error.remedy) from None
        return hook

    def _log_in(self, client: smtplib.SMTP, hook: SmtpHook) -> None:
        if hook.auth_type == "oauth2":
            user, token = hook.smtp_user or self._sender.addr_spec, self._token(hook)
            # A server that refuses the token gives the reason in a challenge; the answer to it is empty.
            client.auth("XOAUTH2", lambda challenge=None: "" if challenge else _xoauth2(user, token))
        elif hook.smtp_user and hook.smtp_password:
            client.login(hook.smtp_user, hook.smtp_password)

    def _token(self, hook: SmtpHook) -> str:
        try:
            return str(hook.access_token or hook._get_oauth2_token())
        except OSError as error:
            raise answer_to(error, Stage.LOGIN, self._speakers()).error() from None
        except Exception:  # its text quotes the answer of the token's issuer
            raise mail_answer("no token", Stage.LOGIN, self._speakers()).error() from None

    def _speakers(self, recipient: str = "") -> Speakers:
        return Speakers(self._connection_id, self._sender.addr_spec, recipient, self._timeout)


def _greeted(hook: SmtpHook) -> smtplib.SMTP:
    where: dict[str, Any] = {"host": hook.host, "port": hook.port or 0, "timeout": hook.timeout}
    if hook.use_ssl:
        client: smtplib.SMTP = smtplib.SMTP_SSL(**where, context=_tls_context(hook))
    else:
        client = smtplib.SMTP(**where)
    client.ehlo_or_helo_if_needed()
    return client


def _tls_context(hook: SmtpHook) -> ssl.SSLContext | None:
    return None if hook.ssl_context == "none" else ssl.create_default_context()


def _xoauth2(user: str, token: str) -> str:
    return f"user={user}\x01auth=Bearer {token}\x01\x01"


def _end(client: smtplib.SMTP | None) -> None:
    if client is not None:
        with suppress(OSError, smtplib.SMTPException):
            client.quit()
        client.close()
