"""A mail server with scripted replies at any step of the dialogue, over real sockets on loopback."""

from __future__ import annotations

import socketserver
import ssl
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from types import TracebackType
from typing import Any, Self

CLOSE, STALL = "close", "stall"
"""Instead of a reply: end the connection, or stay silent."""

Reply = str | Callable[[str], str]


@dataclass
class Script:
    """``replies``: by verb (``GREETING``, ``EHLO``, ``AUTH``, ``MAIL``, ``RCPT``, ``DATA``, ``CONTENT`` …)."""

    replies: dict[str, Reply] = field(default_factory=dict)
    features: tuple[str, ...] = ()
    commands: list[str] = field(default_factory=list)
    contents: list[tuple[str, bytes]] = field(default_factory=list)
    """Recipient and bytes of every mail whose content arrived completely, whatever the reply was."""

    def reply(self, verb: str, argument: str, usual: str) -> str:
        said = self.replies.get(verb, usual)
        return said(argument) if callable(said) else said

    def count(self, verb: str) -> int:
        return sum(command.upper().startswith(verb) for command in self.commands)


class _Dialogue(socketserver.StreamRequestHandler):
    """One connection; an EHLO resets ``login`` if the script says so."""

    def handle(self) -> None:
        server: ScriptedSmtpServer = self.server  # type: ignore[assignment]
        self.script, self.logged_in, self.recipient = server.script, False, ""
        if server.tls == "at once" and not self._begin_tls():
            return
        if not self._say("GREETING", "", "220 scripted"):
            return
        while line := self.rfile.readline():
            command = line.decode(errors="replace").rstrip("\r\n")
            self.script.commands.append(command)
            verb, _, argument = command.partition(" ")
            if not getattr(self, f"_{verb.lower()}", self._other)(argument):
                return

    def finish(self) -> None:
        super().finish()
        self.connection.close()  # the server closes the plain one, which TLS has replaced

    def _say(self, verb: str, argument: str, usual: str) -> bool:
        said = self.script.reply(verb, argument, usual)
        if said == CLOSE:
            return False
        if said == STALL:
            time.sleep(5)
            return False
        self.wfile.write(said.encode() + b"\r\n")
        return not said.startswith("421")

    def _begin_tls(self) -> bool:
        server: ScriptedSmtpServer = self.server  # type: ignore[assignment]
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        assert server.certificate is not None
        context.load_cert_chain(server.certificate)
        try:
            self.connection = context.wrap_socket(self.connection, server_side=True)
        except (OSError, ssl.SSLError):
            return False
        self.rfile, self.wfile = self.connection.makefile("rb"), self.connection.makefile("wb", buffering=0)
        return True

    def _ehlo(self, argument: str) -> bool:
        self.logged_in = False if "FORGETFUL" in self.script.replies else self.logged_in
        lines = ["scripted", *self.script.features]
        text = "\r\n".join(f"250{'-' if n < len(lines) - 1 else ' '}{line}" for n, line in enumerate(lines))
        return self._say("EHLO", argument, text)

    def _starttls(self, argument: str) -> bool:
        if not self._say("STARTTLS", argument, "220 go on"):
            return False
        return not str(self.script.reply("STARTTLS", argument, "220")).startswith("220") or self._begin_tls()

    def _auth(self, argument: str) -> bool:
        said = self.script.reply("AUTH", argument, "235 2.7.0 welcome")
        self.logged_in = said.startswith("235")
        return self._say("AUTH", argument, "235 2.7.0 welcome")

    def _mail(self, argument: str) -> bool:
        usual = "250 ok"
        if "FORGETFUL" in self.script.replies and not self.logged_in:
            usual = "530 5.7.0 authentication required"
        return self._say("MAIL", argument, usual)

    def _rcpt(self, argument: str) -> bool:
        self.recipient = argument.partition("<")[2].partition(">")[0]
        return self._say("RCPT", self.recipient, "250 ok")

    def _data(self, argument: str) -> bool:
        if not self._say("DATA", argument, "354 go on"):
            return False
        if not str(self.script.reply("DATA", argument, "354")).startswith("354"):
            return True
        lines = []
        while (line := self.rfile.readline()) not in (b".\r\n", b""):
            lines.append(line)
        self.script.contents.append((self.recipient, b"".join(lines)))
        return self._say("CONTENT", self.recipient, "250 kept")

    def _quit(self, argument: str) -> bool:
        self._say("QUIT", argument, "221 bye")
        return False

    def _other(self, argument: str) -> bool:
        return self._say("OTHER", argument, "250 ok")


class ScriptedSmtpServer(socketserver.ThreadingTCPServer):
    """``tls``: ``"at once"`` for a port with TLS from the first byte on."""

    allow_reuse_address = True
    daemon_threads = True
    block_on_close = False

    def __init__(self, script: Script, *, tls: str = "", certificate: Path | None = None) -> None:
        super().__init__(("127.0.0.1", 0), _Dialogue)
        self.script, self.tls, self.certificate = script, tls, certificate
        self.port: int = self.server_address[1]

    def __enter__(self) -> Self:
        threading.Thread(target=self.serve_forever, args=(0.05,), daemon=True).start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.shutdown()
        self.server_close()

    def connection(self, **extra: Any) -> dict[str, Any]:
        """Airflow's connection to this server; without TLS unless ``extra`` says otherwise."""
        plain = {"disable_ssl": True, "disable_tls": True, "from_email": "exports@example.com", "timeout": 2}
        login: dict[str, Any] = {key: extra.pop(key) for key in ("login", "password") if key in extra}
        return {"conn_type": "smtp", "host": "127.0.0.1", "port": self.port, **login, "extra": {**plain, **extra}}
