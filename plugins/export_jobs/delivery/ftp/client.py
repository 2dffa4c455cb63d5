"""``ftplib`` as servers need it today: implicit TLS, and TLS sessions that the data connections reuse.

vsftpd and ProFTPD refuse a data connection that does not continue the TLS session of the control connection, since
another program could have opened it. ``ftplib`` starts a new session each time.
"""

from __future__ import annotations

import ftplib
import socket
import ssl
from io import TextIOWrapper
from typing import Any

from export_jobs.delivery.ftp.login import FtpLogin, Protection

QUIET_SECONDS = 30


class _AnyEncoding(ftplib.FTP):
    """Reads answers whose text may have another encoding than file names: only their digits are used."""

    _answers: Any = None

    @property
    def file(self) -> Any:
        """The server's answers, as text."""
        return self._answers

    @file.setter
    def file(self, answers: Any) -> None:
        if isinstance(answers, TextIOWrapper):
            answers.reconfigure(errors="surrogateescape")
        self._answers = answers

    def makepasv(self) -> tuple[str, int]:
        """Where to open the data connection. A server that refuses ``PASV`` is asked by the newer ``EPSV``."""
        try:
            return super().makepasv()
        except (ftplib.error_perm, ftplib.error_proto):
            if self.af != socket.AF_INET or self.sock is None:
                raise
            return ftplib.parse229(self.sendcmd("EPSV"), self.sock.getpeername())

    def putline(self, line: str) -> None:
        """Send a command; a folder name from an answer is sent back byte for byte."""
        if "\r" in line or "\n" in line:
            raise ValueError("a command of FTP is one line")
        if self.sock is not None:
            self.sock.sendall(f"{line}\r\n".encode(self.encoding, "surrogateescape"))


class PlainClient(_AnyEncoding):
    """Plain FTP."""


class TlsClient(_AnyEncoding, ftplib.FTP_TLS):
    """FTP with explicit TLS: it starts unencrypted and requests TLS before the login."""

    def ntransfercmd(self, cmd: str, rest: int | str | None = None) -> tuple[socket.socket, int | None]:
        """Open a data connection that continues the TLS session of the control connection."""
        connection, size = ftplib.FTP.ntransfercmd(self, cmd, rest)
        control = self.sock
        if isinstance(control, ssl.SSLSocket):  # it always is: nothing is transferred before PROT P
            connection = self.context.wrap_socket(connection, server_hostname=self.host, session=control.session)
        return connection, size


class ImplicitTlsClient(TlsClient):
    """FTP with implicit TLS: encrypted from the first byte, on its own port."""

    _wrapped: socket.socket | None = None

    @property
    def sock(self) -> socket.socket | None:
        """The control connection."""
        return self._wrapped

    @sock.setter
    def sock(self, plain: socket.socket | None) -> None:
        if plain is not None and not isinstance(plain, ssl.SSLSocket):
            plain = self.context.wrap_socket(plain, server_hostname=self.host)
        self._wrapped = plain


class TlsRefused(ftplib.error_perm):
    """The server refused the request for TLS."""


def connected_client(login: FtpLogin, seconds: float) -> ftplib.FTP:
    """Connect and log in; every wait of the client then lasts at most ``seconds``.

    Raises whatever ``ftplib``, ``ssl`` and ``socket`` do; the connection is closed then.
    """
    client: ftplib.FTP
    if login.context is None:
        client = PlainClient(timeout=seconds, encoding=login.encoding)
    else:
        kind = ImplicitTlsClient if login.protection is Protection.IMPLICIT else TlsClient
        client = kind(context=login.context, timeout=seconds, encoding=login.encoding)
    try:
        client.connect(login.host, login.port, timeout=seconds)
        _keep_alive(client.sock)
        if isinstance(client, ftplib.FTP_TLS) and login.protection is Protection.EXPLICIT:
            _begin_tls(client)  # before the login, which would go in the clear otherwise
        ftplib.FTP.login(client, login.user, login.password)
        if isinstance(client, ftplib.FTP_TLS):
            client.prot_p()
    except BaseException:
        client.close()
        raise
    return client


def _keep_alive(control: socket.socket | None) -> None:
    """Keep the control connection alive: firewalls drop it when it is idle while a large file is sent."""
    if control is None:
        return
    control.setsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1)
    if hasattr(socket, "TCP_KEEPIDLE"):  # not on macOS
        control.setsockopt(socket.IPPROTO_TCP, socket.TCP_KEEPIDLE, QUIET_SECONDS)


def _begin_tls(client: ftplib.FTP_TLS) -> None:
    try:
        client.auth()
    except ftplib.error_perm as error:
        raise TlsRefused(*error.args) from error
