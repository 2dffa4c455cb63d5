"""A real FTP server, with or without TLS, with faults that a test switches on."""

from __future__ import annotations

import errno
import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from pyftpdlib.authorizers import DummyAuthorizer
from pyftpdlib.handlers import DTPHandler, FTPHandler, TLS_DTPHandler, TLS_FTPHandler
from pyftpdlib.servers import ThreadedFTPServer

from tests.servers.certificate import write_certificate

USER, PASSWORD = "partner", "canary/ftp+password"


@dataclass
class FtpFaults:
    """The faults that are on; ``FtpServer.heal`` switches all of them off."""

    drop_after_bytes: int | None = None
    drop_before_rename: bool = False
    drop_after_rename: bool = False
    rename_does_nothing: bool = False
    answers: dict[str, str] = field(default_factory=dict)
    """By command, the complete answer that replaces its own."""
    lose_last_bytes: int = 0
    takes_stored: bool = False
    """A receiver takes each file as soon as it is stored, whatever its name is."""
    never_replaces: bool = False
    """A rename to an existing name is refused, as on Windows."""
    renames_nothing_onto_files: bool = False
    """The same, but the server answers that the rename is done."""
    speaks_latin_1: bool = False
    """Every answer contains a word in an encoding other than that of file names."""
    stall: threading.Event | None = None
    loses_answer_to_store: bool = False
    """The control connection ends once a file is stored, before the answer."""
    ends_after_store: bool = False
    """The same, after the answer."""
    shows_late: int = 0
    """This many queries about a file after it was stored are answered as if it did not exist."""
    rename_of_missing: str = ""
    """The answer to the first half of a rename of a name that does not exist; it comes before ``answers``."""
    commands: list[str] = field(default_factory=list)
    names: set[str] = field(default_factory=set)
    """Every name under which something was stored."""


class _Server(ThreadedFTPServer):
    def _loop(self, handler: Any) -> None:
        """Serve one client; a client that was refused at once may be gone before its thread begins.

        The library knows that of a socket that is closed, and not where its number belongs to another file by then.
        """
        try:
            super()._loop(handler)
        except OSError as error:
            if error.errno not in {errno.EINVAL, errno.EPERM}:
                raise


class FtpServer:
    """Serves ``root`` at ``port`` to one user; ``certificate`` (PEM) is its own authority."""

    def __init__(self, root: Path, state: Path, *, tls: bool = True, implicit: bool = False) -> None:
        self.root, self.tls = root, tls
        self.faults = FtpFaults()
        self.certificate = state / "certificate.pem"
        authorizer = DummyAuthorizer()
        authorizer.add_user(USER, PASSWORD, str(root), perm="elradfmwMT")
        handler = _handler(
            self, authorizer, write_certificate(self.certificate, is_rsa=True) if tls else None, implicit
        )
        self._server = _Server(("127.0.0.1", 0), handler)
        self.one_login = False
        """A second connection is refused while one is open."""
        self.connections: set[Any] = set()
        self.port: int = self._server.address[1]
        self._thread = threading.Thread(target=self._server.serve_forever, kwargs={"handle_exit": False}, daemon=True)

    def heal(self) -> None:
        """Behave from now on."""
        if self.faults.stall is not None:
            self.faults.stall.set()
        self.faults = FtpFaults()

    def __enter__(self) -> FtpServer:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.heal()
        self._server.close_all()
        self._thread.join(10)


def _handler(server: FtpServer, authorizer: Any, certificate: Path | None, implicit: bool) -> Any:
    data: Any = TLS_DTPHandler if certificate else DTPHandler
    control: Any = TLS_FTPHandler if certificate else FTPHandler

    class Data(data):
        def recv(self, size: int) -> bytes:
            faults = server.faults
            if faults.drop_after_bytes is not None and self.tot_bytes_received >= faults.drop_after_bytes:
                _drop(self.cmd_channel)
                return b""
            if faults.stall is not None:
                faults.stall.wait(60)
            chunk: bytes = super().recv(size)
            return chunk

        def close(self) -> None:
            file, lost, channel = self.file_obj, server.faults.lose_last_bytes, self.cmd_channel
            loses_answer = server.faults.loses_answer_to_store and self.receive and not self._closed
            if loses_answer:
                setattr(channel, "respond", lambda *_, **__: None)  # noqa: B010  the answer is lost
            super().close()
            if lost and file is not None and self.receive:
                path = Path(str(file.name))
                path.write_bytes(path.read_bytes()[:-lost])
            if loses_answer:
                _drop(channel)

    class Control(control):
        def on_connect(self) -> None:
            if server.one_login and server.connections:
                self.respond("421 Too many connections.")
                self.close_when_done()
            server.connections.add(self)

        def on_disconnect(self) -> None:
            server.connections.discard(self)

        def pre_process_command(self, line: str, cmd: str, arg: str) -> None:
            server.faults.commands.append(cmd)
            if cmd == "RNFR" and server.faults.rename_of_missing and not Path(self.fs.ftp2fs(arg)).exists():
                self.respond(server.faults.rename_of_missing)
                return
            if cmd in server.faults.answers:
                self.respond(server.faults.answers[cmd])
                return
            if cmd in {"MLST", "SIZE", "RNFR"} and server.faults.shows_late and server.faults.names:
                server.faults.shows_late -= 1
                self.respond("550 No such file or directory.")
                return
            if cmd == "RNTO":
                self._rename(arg, lambda: super(Control, self).pre_process_command(line, cmd, arg))
                return
            super().pre_process_command(line, cmd, arg)

        def push(self, s: str) -> None:
            if server.faults.speaks_latin_1:
                s, self.encoding = s.replace("\r\n", " gr\u00fc\u00dft\r\n"), "latin-1"
            super().push(s)

        def on_file_received(self, file: str) -> None:
            server.faults.names.add(Path(file).name)
            if server.faults.ends_after_store:
                self.close_when_done()
            if server.faults.takes_stored:
                box = server.root / "processed"
                box.mkdir(exist_ok=True)
                Path(file).rename(box / f"{len(list(box.iterdir()))}-{Path(file).name}")

        def _rename(self, arg: str, really: Callable[[], None]) -> None:
            faults = server.faults
            if faults.drop_before_rename:
                _drop(self)
            elif faults.renames_nothing_onto_files and Path(self.fs.ftp2fs(arg)).exists():
                self.respond("250 Renaming ok.")
            elif faults.never_replaces and Path(self.fs.ftp2fs(arg)).exists():
                self.respond("553 Cannot create a file when that file already exists.")
            elif faults.rename_does_nothing:
                self.respond("250 Renaming ok.")
            else:
                if faults.drop_after_rename:
                    setattr(self, "respond", lambda *_: None)  # noqa: B010  the reply is lost
                really()
                if faults.drop_after_rename:
                    _drop(self)

    Control.authorizer = authorizer
    Control.dtp_handler = Data
    if certificate:
        Control.certfile = str(certificate)
        Control.tls_control_required = Control.tls_data_required = True
    return _implicit(Control) if implicit else Control


def _implicit(control: Any) -> Any:
    class Implicit(control):
        def handle(self) -> None:
            self.secure_connection(self.get_ssl_context())

        def handle_ssl_established(self) -> None:
            super().handle_ssl_established()
            super().handle()

    return Implicit


def _drop(channel: Any) -> None:
    """Silently end the connections."""
    for end in (channel.data_channel, channel):
        if end is not None:
            end.socket.close() if end is channel else end.close()
    channel.close()
