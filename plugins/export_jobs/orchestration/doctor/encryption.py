"""Check gpg, the keys that files are encrypted to, and the connections that files are signed with."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime

from export_jobs.core.definitions.key import EXPIRES_SOON, PublicKey, ReceiverKey
from export_jobs.orchestration.airflow.connections import signing_key, store_engine
from export_jobs.orchestration.doctor.result import CheckResult, Outcome, Surroundings
from export_jobs.store.definitions import Definitions
from export_jobs.streaming.openpgp.gpg import find_gpg, gpg_version
from export_jobs.streaming.openpgp.read_key import read_signing_key

_RENEW = "Ask the owner of the key for the renewed key, and save it under the same tag"


def files_can_be_encrypted(_: Surroundings) -> Iterator[CheckResult]:
    """Check that gpg is installed if a key is saved, that no key expires soon, and that private keys can be read."""
    definitions = Definitions(store_engine())
    keys, users = definitions.receiver_keys(), definitions.jobs_by_key()
    if find_gpg():
        yield CheckResult.ok("gpg", f"GnuPG {gpg_version()} encrypts to {len(keys)} keys")
    elif keys:
        what = f"gpg is not installed on this machine, but {len(keys)} keys are saved"
        remedy = "Install it (apt-get install gnupg) on every machine that runs tasks or serves the page"
        yield CheckResult("gpg", Outcome.FAILED, what, remedy)
    else:
        yield CheckResult.ok("gpg", "not installed; it is needed only once a key is saved")
    for key in keys:
        yield from _expiry(key, users.get(key.tag, []), datetime.now(UTC))
    for connection in sorted(set(_sign_connections(definitions))):
        try:
            own = read_signing_key(signing_key(connection))
        except Exception as error:
            yield CheckResult.of_error(f"connection {connection}", error)
        else:
            yield _own_key(f"connection {connection}", own, datetime.now(UTC))


def _own_key(name: str, own: PublicKey, now: datetime) -> CheckResult:
    if own.expires_at is None or own.expires_at > now + EXPIRES_SOON:
        return CheckResult.ok(name, "contains a private key to sign with")
    what = f"its private key to sign with, of {own.user_id}, expires on {own.expires_at:%Y-%m-%d}"
    remedy = "Extend its expiry date, notify the receivers, and save the key in the connection's extra again"
    return CheckResult(name, Outcome.WARNING, what, remedy)


def _expiry(key: ReceiverKey, jobs: list[str], now: datetime) -> Iterator[CheckResult]:
    if key.expires_at is None or not key.expires_within(EXPIRES_SOON, now):
        return
    is_over = key.expires_at <= now
    users = f"; {', '.join(jobs[:3])}{' and others' if len(jobs) > 3 else ''} encrypt to it" if jobs else ""
    what = f"the key of {key.user_id} {'expired' if is_over else 'expires'} on {key.expires_at:%Y-%m-%d}{users}"
    outcome = Outcome.FAILED if is_over and jobs else Outcome.WARNING
    yield CheckResult(f"key {key.tag}", outcome, what, _RENEW)


def _sign_connections(definitions: Definitions) -> Iterator[str]:
    for row in definitions.jobs():
        job = row.read()[0]
        if job is not None and job.file.encryption is not None and job.file.encryption.sign:
            yield job.file.encryption.sign
