"""Explain why a server may have rejected an OpenSSH certificate, from what the certificate itself says."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from export_jobs.errors import TerminalError

_OF_A_HOST = 2
"""The type of a certificate for a server's host key (PROTOCOL.certkeys)."""
_LAST_SECOND = 253_402_300_799  # the end of the year 9999; a certificate without an end has a later one
_REMEDY = "Ask the issuer of the certificates for a new one, and put it into `certificate` of the connection's extra"


def is_for_hosts(certificate: Any) -> bool:
    """Return whether the certificate is for a server, so that no user can log in with it."""
    return bool(certificate._cert_type == _OF_A_HOST)


def rejected_certificate_error(where: str, user: str, certificate: Any, now: datetime) -> TerminalError:
    """Return the error for a certificate that a server has rejected; ``now`` is timezone-aware.

    Only after the server has rejected it: its own clock decides, and its settings may allow other users.
    """
    begins, ends = int(certificate._valid_after), int(certificate._valid_before)
    principals = [str(name) for name in certificate.principals]
    seconds = now.timestamp()
    what = f"The server {where} rejected the certificate and the key of user {user!r}"
    if seconds >= ends:
        return TerminalError(f"{what}: the certificate expired at {_iso(ends)}", _REMEDY)
    if seconds < begins:
        return TerminalError(
            f"{what}: the certificate is not valid before {_iso(begins)}",
            "Wait until then and rerun, or check the clock of this worker; otherwise ask for another certificate",
        )
    if principals and user not in principals:
        return TerminalError(f"{what}: the certificate is for {', '.join(principals)}", _REMEDY)
    return TerminalError(
        f"{what}. It was tried only once, so that the account is not locked",
        f"Ask the server's owner whether the server trusts the authority {certificate.signing_key.get_fingerprint()} "
        "that signed the certificate, and whether this user may log in with it",
    )


def _iso(seconds: int) -> str:
    return datetime.fromtimestamp(min(seconds, _LAST_SECOND), UTC).isoformat()
