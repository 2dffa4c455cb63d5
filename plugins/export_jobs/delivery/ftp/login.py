"""Read what an FTP login needs from a connection's credentials, and check it before a byte is sent."""

from __future__ import annotations

import ssl
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path
from typing import Any

from export_jobs.delivery.connection_extra import refuse_misspelled_fields
from export_jobs.delivery.destination import Credentials
from export_jobs.delivery.ssh.login import require_host, server_address
from export_jobs.errors import TerminalError

EXPLICIT_PORT = 21
IMPLICIT_PORT = 990
FTP_FIELDS = {"passive", "encoding", "implicit_tls", "ca_file", "ca_certificate"}
_NO = {"false", "0", "no", "off", ""}


class Protection(StrEnum):
    """How the connection is encrypted."""

    EXPLICIT = "explicit TLS"
    IMPLICIT = "implicit TLS"
    NONE = "no encryption"


@dataclass(frozen=True)
class FtpLogin:
    """One login. ``context`` verifies the server's certificate and name; it is None only for plain FTP."""

    host: str
    port: int
    user: str
    password: str = field(repr=False)
    protection: Protection
    context: ssl.SSLContext | None
    encoding: str

    @property
    def where(self) -> str:
        """Host and port of the server, for messages."""
        return server_address(self.host, self.port)


def read_ftp_login(credentials: Credentials, *, plain: bool) -> FtpLogin:
    """Read the login from an Airflow connection of type FTP; ``plain``: the destination allows no encryption.

    Besides login and password these fields of the extra are used: ``passive`` (must be on), ``encoding`` of file names,
    ``implicit_tls``, and ``ca_file`` (a path) or ``ca_certificate`` (PEM) for a server whose authority is not public.

    Raises:
        TerminalError: something is missing, unreadable or not supported; the message names the field, never its value.
    """
    extra = credentials.extra
    is_implicit = _is_on(extra.get("implicit_tls", False))
    protection = Protection.NONE if plain else Protection.IMPLICIT if is_implicit else Protection.EXPLICIT
    port = _port(credentials, protection)
    host = require_host(credentials.host)
    where = server_address(host, port)
    if not credentials.login or not credentials.password:
        missing = "password" if credentials.login else "login"
        raise TerminalError(f"The connection of {where} has no {missing}", "Fill it in, in the Airflow connection")
    refuse_misspelled_fields(extra, FTP_FIELDS, f"The connection of {where}")
    if not _is_on(extra.get("passive", True)):
        raise TerminalError(
            f"The connection of {where} uses active mode, in which the server would connect to the worker",
            "Remove `passive` from its extra; deliveries use passive mode only",
        )
    if plain and is_implicit:
        raise TerminalError(
            f"The connection of {where} has implicit_tls, but its destination is plain FTP",
            "Change the destination to kind ftps",
        )
    return FtpLogin(
        host=host,
        port=port,
        user=credentials.login,
        password=credentials.password,
        protection=protection,
        context=None if plain else _context(extra, where),
        encoding=_encoding(extra, where),
    )


def ftp_address(credentials: Credentials, *, plain: bool) -> str:
    """Return host and port for an address, without any check of the connection."""
    is_implicit = not plain and _is_on(credentials.extra.get("implicit_tls", False))
    return server_address(credentials.host, _port(credentials, Protection.IMPLICIT if is_implicit else Protection.NONE))


def _encoding(extra: dict[str, Any], where: str) -> str:
    name = str(extra.get("encoding") or "utf-8")
    try:
        "".encode(name)
    except LookupError:
        raise TerminalError(
            f"The connection of {where} has an `encoding` that does not exist",
            "Correct it in the connection's extra: utf-8, latin-1 or cp1252, for example",
        ) from None
    return name


def _port(credentials: Credentials, protection: Protection) -> int:
    return credentials.port or (IMPLICIT_PORT if protection is Protection.IMPLICIT else EXPLICIT_PORT)


def _context(extra: dict[str, Any], where: str) -> ssl.SSLContext:
    file, certificate = extra.get("ca_file"), extra.get("ca_certificate")
    if file and not Path(str(file)).is_file():
        raise TerminalError(
            f"The connection of {where} names a ca_file that is not on this machine",
            "Put the file there on every worker, or put its content into ca_certificate",
        )
    try:
        return ssl.create_default_context(
            cafile=str(file) if file else None, cadata=str(certificate) if certificate else None
        )
    except (ssl.SSLError, ValueError) as error:
        raise TerminalError(
            f"The certificate in the connection of {where} cannot be read", "Write it as PEM, from BEGIN to END"
        ) from error


def _is_on(value: object) -> bool:
    return str(value).strip().lower() not in _NO
