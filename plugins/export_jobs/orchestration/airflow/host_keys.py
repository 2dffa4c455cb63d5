"""Pinning a host key at a destination: by a person, who has compared it; what they compared is pinned, nothing else."""

from __future__ import annotations

import re

from export_jobs.core.definitions.destination import HOST_KEY
from export_jobs.core.definitions.job import DestinationSpec
from export_jobs.delivery.ssh.shown_key import ShownHostKey, require_shown
from export_jobs.errors import UserError
from export_jobs.orchestration.airflow.connections import open_sftp

DANGER = (
    "Whoever is between this machine and the server could have shown a key of their own, also at the very first look; "
    "only the server's owner can tell, in another way, such as by telephone"
)


def shown_host_keys(spec: DestinationSpec) -> tuple[ShownHostKey, ...]:
    """Every host key that the server of a destination shows right now. It is told neither login nor secret.

    Raises ``UserError`` for a destination that is no SFTP server, else as ``Destination.check``.
    """
    if spec.kind != "sftp":
        raise UserError(
            f"The destination {spec.tag!r} is of kind {spec.kind}: only SFTP servers show host keys",
            "Check it, to see what its server says",
        )
    return open_sftp(spec).shown_host_keys()


def compared_key(spec: DestinationSpec, fingerprint: str) -> ShownHostKey:
    """The key that may be pinned: of the fingerprint that a person has compared, and shown by the server.

    Raises ``UserError`` for what is no fingerprint, ``ConflictError`` when the server shows other keys only.
    """
    if not re.fullmatch(HOST_KEY, fingerprint):
        raise UserError(
            "This is not the SHA-256 fingerprint of a host key",
            "Write it as `ssh-keygen -lf` prints it: SHA256 with a colon and 43 characters",
        )
    return require_shown(shown_host_keys(spec), fingerprint, f"of the destination {spec.tag!r}")
