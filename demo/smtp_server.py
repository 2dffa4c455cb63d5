"""A mail server that keeps each mail as a file, one per recipient: ``<number>-<recipient>.eml``.

Login is offered, not required; a wrong password is refused. For drills, a recipient whose local part starts with
``refused`` is refused with 550, as a mailbox that does not exist would be.
"""

from __future__ import annotations

import argparse
import itertools
import re
import secrets
import signal
from pathlib import Path

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, AuthResult, Envelope, LoginPassword, Session

from demo.kept import kept
from demo.port_server import PortServer

USER, USUAL_PORT = "exports", 1025


class SmtpServer(PortServer):
    """Mails arrive in ``mail_folder``; the password is kept under ``folder``."""

    name = "The SMTP server"

    def __init__(self, folder: Path, mail_folder: Path, *, usual_port: int | None = USUAL_PORT) -> None:
        super().__init__(folder, usual_port)
        self.mail_folder, self.user = mail_folder.resolve(), USER

    @property
    def password(self) -> str:
        return kept(self.folder / "login.json", lambda: {"password": secrets.token_urlsafe(18)})["password"]

    def mails(self) -> list[Path]:
        """Return the mails received, oldest first."""
        return sorted(self.mail_folder.glob("*.eml"))

    def prepare(self) -> None:
        self.mail_folder.mkdir(parents=True, exist_ok=True)
        assert self.password

    def module(self) -> list[str | Path]:
        return ["demo.smtp_server", "--folder", self.folder, "--mail", self.mail_folder, "--port", str(self.port)]


class _Keeper:
    """The methods that aiosmtpd calls at each step of a mail."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        used = [int(file.name.split("-")[0]) for file in folder.glob("*-*.eml")]
        self._numbers = itertools.count(max(used, default=0) + 1)

    async def handle_RCPT(  # noqa: N802 - aiosmtpd finds it by this name
        self, _server: SMTP, _session: Session, envelope: Envelope, address: str, _options: list[str]
    ) -> str:
        if address.startswith("refused"):
            return f"550 5.1.1 <{address}>: mailbox does not exist"
        envelope.rcpt_tos.append(address)
        return "250 2.1.5 OK"

    async def handle_DATA(self, _server: SMTP, _session: Session, envelope: Envelope) -> str:  # noqa: N802
        content = envelope.content if isinstance(envelope.content, bytes) else str(envelope.content).encode()
        for recipient in envelope.rcpt_tos:
            name = f"{next(self._numbers):05d}-{re.sub(r'[^A-Za-z0-9@._+-]', '_', recipient)}.eml"
            new = self._folder / f".{name}.new"
            new.write_bytes(content)
            new.rename(self._folder / name)
        return "250 2.0.0 kept"


def _serve(folder: Path, mail_folder: Path, port: int) -> None:
    password = kept(folder / "login.json", dict)["password"].encode()

    def authenticate(_server: SMTP, _session: Session, _envelope: Envelope, _how: str, given: object) -> AuthResult:
        right = isinstance(given, LoginPassword) and given.login == USER.encode()
        right = right and secrets.compare_digest(given.password, password)  # type: ignore[attr-defined]
        return AuthResult(success=right, handled=False)

    controller = Controller(
        _Keeper(mail_folder),
        hostname="127.0.0.1",
        port=port,
        authenticator=authenticate,
        auth_require_tls=False,  # nothing leaves this machine
        enable_SMTPUTF8=True,
    )
    controller.start()
    signal.sigwait({signal.SIGTERM})
    controller.stop()


if __name__ == "__main__":
    signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGTERM})
    parser = argparse.ArgumentParser()
    parser.add_argument("--folder", type=Path, required=True)
    parser.add_argument("--mail", type=Path, required=True)
    parser.add_argument("--port", type=int, required=True)
    arguments = parser.parse_args()
    _serve(arguments.folder, arguments.mail, arguments.port)
