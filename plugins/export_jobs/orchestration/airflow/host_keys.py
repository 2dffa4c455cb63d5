"""Pin a host key at a destination: only the key that a person has compared is pinned."""

from __future__ import annotations

import re

from export_jobs.core.definitions.destination import HOST_KEY
from export_jobs.core.definitions.job import DestinationSpec
from export_jobs.delivery.ssh.shown_key import ShownHostKey, require_shown
from export_jobs.errors import UserError
from export_jobs.orchestration.airflow.connections import open_sftp

DANGER = (
    "Anyone between this machine and the server could have shown a different key, even at the first connection; "
    "only the server's owner can confirm it, by another channel such as telephone"
)


def shown_host_keys(spec: DestinationSpec) -> tuple[ShownHostKey, ...]:
    """Return every host key that the server of a destination shows now. No login or secret is sent to it.

    Raise ``UserError`` for a destination that is not an SFTP server, otherwise the errors of ``Destination.check``.
    """
    if spec.kind != "sftp":
        raise UserError(
            f"The destination {spec.tag!r} is of kind {spec.kind}: only SFTP servers show host keys",
            "Check the destination to see the answer of its server",
        )
    return open_sftp(spec).shown_host_keys()


def compared_key(spec: DestinationSpec, fingerprint: str) -> ShownHostKey:
    """Return the key to pin: it has the fingerprint that a person has compared, and the server shows it.

    Raise ``UserError`` for text that is not a fingerprint, ``ConflictError`` when the server shows only other keys.
    """
    if not re.fullmatch(HOST_KEY, fingerprint):
        raise UserError(
            "This is not the SHA-256 fingerprint of a host key",
            "Write it as `ssh-keygen -lf` prints it: SHA256 with a colon and 43 characters",
        )
    return require_shown(shown_host_keys(spec), fingerprint, f"of the destination {spec.tag!r}")
