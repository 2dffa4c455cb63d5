"""Turn an error of ``ftplib``, TLS or the network into a message and a retry rule, without the server's own text."""

from __future__ import annotations

import ftplib
import re
import socket
import ssl

from export_jobs.delivery.ftp.client import TlsRefused
from export_jobs.delivery.ftp.login import FtpLogin, Protection
from export_jobs.delivery.full_disk import says_disk_is_full
from export_jobs.errors import ExportError, TerminalError, TransientError

NOT_THERE = "550"
CLOSING = "421"
_TOO_MANY = re.compile(
    r"too many (connected )?(connections|users|clients|sessions|logins)\b"
    r"|maximum (number of )?(allowed )?(connections|users|clients|sessions|logins)\b"
    r"|(user|connection|client|session|login) (limit|quota)|simultaneous|concurrent|already (connected|logged)",
    re.IGNORECASE,
)
_LOCKING = re.compile("attempt|fail|lock", re.IGNORECASE)
"""Words of a server that refuses a login because others are logged in; some have the code of a wrong password."""
_NO_COMMAND = {"500", "501", "502", "504"}
_SESSION_REUSE = ("ssl session reuse", "session reuse required")
_Cause = tuple[type[ExportError], str, str]

_NO_SPACE: _Cause = (
    TerminalError,
    "There is no space left on {where} for {path}. The unfinished upload was removed and any older file of that name "
    "is unchanged",
    "Ask the server's owner to free space, then rerun",
)
_FORBIDDEN: _Cause = (
    TerminalError,
    "The FTP server {where} refuses access to {path} (answer {code} while {doing})",
    "The login must be able to write, rename and remove files in the destination's folder; ask the server's owner to "
    "allow it",
)
_NO_DATA: _Cause = (
    TransientError,
    "The FTP server {where} could not open the data connection, or lost it, while {doing}",
    "It is retried automatically; if this continues, ask the server's owner for the range of passive ports and open it "
    "in the firewall",
)
_NO_PROTECTED_DATA: _Cause = (
    TerminalError,
    "The FTP server {where} refuses encrypted data connections (answer {code})",
    "Ask the server's owner to allow PROT P",
)
_REFUSED_SESSION: _Cause = (
    TerminalError,
    "The FTP server {where} refuses the data connection because it does not accept the reused TLS session",
    "Ask the server's owner for its log; the server must accept the TLS session of the control connection",
)
_LOST: _Cause = (
    TransientError,
    "The connection to the FTP server {where} was lost while {doing}",
    "The next attempt sends the whole file again; if this continues, ask the server's owner for its log",
)
_BY_CODE: dict[str, _Cause] = {
    "425": _NO_DATA,
    "426": _NO_DATA,
    "452": _NO_SPACE,
    "521": _NO_PROTECTED_DATA,
    "522": _NO_PROTECTED_DATA,
    "533": _NO_PROTECTED_DATA,
    "534": _NO_PROTECTED_DATA,
    "536": _NO_PROTECTED_DATA,
    "550": _FORBIDDEN,
    "552": _NO_SPACE,
    "553": _FORBIDDEN,
    "4": (
        TransientError,
        "The FTP server {where} is busy (answer {code} while {doing})",
        "It is retried automatically",
    ),
    "5": (
        TerminalError,
        "The FTP server {where} answered {code} while {doing}",
        "Ask the server's owner what this code means there",
    ),
}
"""By the whole code, else by its first digit."""
_BY_TYPE: dict[type[BaseException], _Cause] = {
    TimeoutError: (
        TransientError,
        "The FTP server {where} made no progress while {doing}, so the connection was closed",
        "It is retried automatically; if this continues, ask whether its passive ports are open in the firewall",
    ),
    socket.gaierror: (
        TransientError,
        "The name of the FTP server {where} cannot be resolved",
        "Check the host in the Airflow connection",
    ),
    ConnectionRefusedError: (
        TransientError,
        "The FTP server {where} refused the connection",
        "Check host and port in the Airflow connection, and that the server is running",
    ),
}


class RenameRefusedError(TerminalError):
    """A server refuses to rename a file to its final name, perhaps because a file of that name exists."""


def stored_and_gone_error(where: str, path: str) -> TerminalError:
    """Return the error for a server that takes each file as soon as it is stored, whatever its name."""
    return TerminalError(
        f"The FTP server {where} removed {path} as soon as it was stored, before it was renamed to its final name. It "
        "is not sent again, because the receiver would get one temporary file after the other",
        "Set `publish: direct` at the destination, so that files are written under their final names at once; a "
        "`done_file` then tells receivers that everything is there. If the server only changes names that begin with a "
        "dot, set `temporary_name`",
    )


def no_rename_error(where: str, path: str) -> TerminalError:
    """Return the error for a login that may upload but not rename."""
    return TerminalError(
        f"The FTP server {where} allows {path} to be written but not renamed, so a file cannot get its final name",
        "Ask the server's owner to allow the login to write, rename and remove files there, or set `publish: direct` "
        "at the destination",
    )


def cannot_replace_error(where: str, path: str) -> TerminalError:
    """Return the error for a server whose rename does not replace."""
    return TerminalError(
        f"The FTP server {where} cannot replace a file by a rename, and {path} already exists; it was left unchanged",
        "Move the old file away there and rerun, or set `replace: remove_then_rename` at the destination",
    )


def encoding_error(where: str, path: str, encoding: str) -> TerminalError:
    """Name a file name that the connection's encoding does not have."""
    return TerminalError(
        f"The name {path} cannot be written in {encoding}, the encoding of file names on the FTP server {where}",
        "Correct `encoding` in the connection's extra, or rename the job, its template or its sub-folder",
    )


def is_permission_error(error: BaseException) -> bool:
    """Return whether a refusal is about permissions: FTP has the same code for that and for a missing file."""
    text = str(error).lower()
    return any(word in text for word in ("permission", "privilege", "denied", "not allowed", "not permitted", "forbid"))


def is_missing_error(error: BaseException) -> bool:
    """Return whether a refusal says in English that there is no such file: some servers have the code of a busy one."""
    text = str(error).lower()
    words = ("no such file", "not found", "does not exist", "doesn't exist", "cannot find the file")
    return code_of(error) in {NOT_THERE, "450"} and any(word in text for word in words)


def code_of(error: BaseException) -> str:
    """Return the three digits of a server's answer; "" for any other error."""
    text = str(error)
    return text[:3] if isinstance(error, ftplib.Error) and text[:3].isdecimal() else ""


def is_unknown_command(error: BaseException) -> bool:
    """Return whether the server does not know the command that it was sent."""
    return code_of(error) in _NO_COMMAND


def ftp_login_error(error: BaseException, login: FtpLogin) -> ExportError:
    """Return the error for a failed login. A password is tried only once, so that the account is not locked."""
    where = login.where
    if isinstance(error, ssl.SSLCertVerificationError):
        return TerminalError(
            f"The certificate of the FTP server {where} cannot be verified ({_reason(error)})",
            "Put the authority's certificate into ca_file or ca_certificate in the connection's extra, and use the "
            "host name of the certificate; an unverified certificate is never accepted",
        )
    if isinstance(error, ssl.SSLError):
        other = "without implicit_tls" if login.protection is Protection.IMPLICIT else "with implicit_tls and its port"
        return TerminalError(
            f"The FTP server {where} does not speak TLS as expected ({login.protection})",
            f"Ask the server's owner whether it offers explicit or implicit TLS; then try the connection {other}",
        )
    code = code_of(error)
    if isinstance(error, TlsRefused):
        return TerminalError(
            f"The FTP server {where} offers no TLS. Nothing was sent, not even the login",
            "Ask the server's owner to enable TLS. To send files and password unencrypted, use a destination of kind "
            "ftp with `plain_ftp: true`",
        )
    if login.protection is Protection.NONE and (code in {"421", "530", "550"} and _asks_for_tls(error)):
        return TerminalError(f"The FTP server {where} requires TLS", "Change the destination to kind ftps")
    return _refused_login(error, login) or transfer_error(error, where, "logging in")


def _refused_login(error: BaseException, login: FtpLogin) -> ExportError | None:
    code = code_of(error)
    if code in {"530", "421"} and _TOO_MANY.search(str(error)) and not _LOCKING.search(str(error)):
        return TransientError(
            f"The FTP server {login.where} accepts no further login of user {login.user!r} at the moment, because too "
            "many are logged in",
            "It is retried automatically; if this continues, set `max_logins` at the destination to the limit of the "
            "server",
        )
    if code in {"530", "430", "332", "532"}:
        return TerminalError(
            f"The FTP server {login.where} rejected the login or password of user {login.user!r}. It was tried only "
            "once, so that the account is not locked",
            "Correct login and password in the Airflow connection, then check the destination",
        )
    return None


def transfer_error(error: BaseException, where: str, doing: str, path: str = "") -> ExportError:
    """Return the error for a failure while ``doing`` something with ``path``."""
    if any(words in str(error).lower() for words in _SESSION_REUSE):
        kind, what, remedy = _REFUSED_SESSION
    elif path and code_of(error)[:1] in {"4", "5"} and says_disk_is_full(str(error), path):
        kind, what, remedy = _NO_SPACE
    else:
        code = code_of(error)
        known = _BY_CODE.get(code) or _BY_CODE.get(code[:1]) or _by_type(error)
        kind, what, remedy = known
    names = {"where": where, "doing": f"{doing} {path}".strip(), "path": path or "a file", "code": code_of(error)}
    return kind(what.format(**names), remedy)


def _by_type(error: BaseException) -> _Cause:
    return next((cause for type_, cause in _BY_TYPE.items() if isinstance(error, type_)), _LOST)


def _asks_for_tls(error: BaseException) -> bool:
    text = str(error).lower()
    return any(word in text for word in ("tls", "ssl", "secure", "encrypt"))


def _reason(error: ssl.SSLCertVerificationError) -> str:
    return error.verify_message or "no reason given"
