"""Write a run's file to staging, encrypted in the same pass if the job says so."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import TYPE_CHECKING, BinaryIO

from export_jobs.core.definitions.key import EXPIRES_SOON
from export_jobs.errors import UserError
from export_jobs.orchestration.airflow.connections import signing_key
from export_jobs.streaming.openpgp.encrypt import EncryptingSink, Encryption, encrypt, prove_encryption
from export_jobs.streaming.openpgp.read_key import read_signing_key

if TYPE_CHECKING:
    from export_jobs.orchestration.run.job_run import JobRun


@contextmanager
def open_file(sink: BinaryIO, run: JobRun, what: str) -> Iterator[BinaryIO | EncryptingSink]:
    """Yield the sink for the file; an ``EncryptingSink`` has the ``bytes`` and ``sha256`` of the encrypted file."""
    encryption = encryption_of(run)
    if encryption is None:
        yield sink
        return
    with encrypt(sink, encryption, what) as encrypting:
        yield encrypting


def encryption_of(run: JobRun) -> Encryption | None:
    """Return the current keys of a run's job: a partner's renewed key needs no new version of the job.

    Raise ``UserError`` for a missing key, and for an unsuitable signing connection.
    """
    wanted = run.job.file.encryption
    if wanted is None:
        return None
    known = {key.tag: key for key in run.definitions.receiver_keys()}
    missing = [tag for tag in wanted.keys if tag not in known]
    if missing:
        raise UserError(f"There is no key {', '.join(map(repr, missing))}", "Save it again, then clear this run")
    return Encryption(
        receivers=tuple(known[tag] for tag in wanted.keys),
        signing_key=signing_key(wanted.sign) if wanted.sign else None,
        is_armoured=wanted.armour,
    )


def prove_keys(run: JobRun) -> list[str]:
    """Test the keys by encrypting and signing an empty file, before any SQL; return a sentence for each expiring key.

    Raise what ``open_file`` raises.
    """
    encryption = encryption_of(run)
    if encryption is None:
        return []
    prove_encryption(encryption)
    soon = datetime.now(UTC) + EXPIRES_SOON
    keys = [(f"The key {key.tag!r} of {key.user_id}", key.expires_at) for key in encryption.receivers]
    if encryption.signing_key is not None:
        own = read_signing_key(encryption.signing_key)
        keys.append((f"The private key to sign with, of {own.user_id},", own.expires_at))
    return [f"{name} expires on {day:%Y-%m-%d}" for name, day in keys if day is not None and day <= soon]
