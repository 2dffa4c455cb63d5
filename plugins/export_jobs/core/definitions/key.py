"""A key: the OpenPGP public key of a receiver, identified by its tag and its fingerprint."""

from __future__ import annotations

from datetime import datetime, timedelta

from export_jobs.core.base.frozen import Frozen

EXPIRES_SOON = timedelta(days=30)
"""People are notified this long before a key expires: a partner needs days to send another one."""


class PublicKey(Frozen):
    """What gpg reads in a public key, after it has checked the key's own signatures.

    ``fingerprint``: hex in capitals. ``expires_at``: from then on nobody can encrypt to it, None for never. ``fault``:
    why nobody can encrypt to it now, as the rest of a sentence that begins with the key; empty when one can.
    """

    fingerprint: str
    user_id: str
    created_at: datetime
    expires_at: datetime | None = None
    fault: str = ""


class KeySpec(Frozen):
    """A key as a person writes it: ``public_key`` is the text that ``gpg --armor --export`` prints."""

    tag: str
    public_key: str
    description: str = ""


class ReceiverKey(KeySpec):
    """A key as the store keeps it, with what gpg read when it was saved; see ``PublicKey``."""

    fingerprint: str
    user_id: str
    created_at: datetime
    expires_at: datetime | None = None

    @classmethod
    def of(cls, spec: KeySpec, found: PublicKey) -> ReceiverKey:
        """Combine what a person has written with what gpg has read in it."""
        return cls(**spec.model_dump(include=set(KeySpec.model_fields)), **found.model_dump(exclude={"fault"}))

    def spec(self) -> KeySpec:
        """Return the key as a person writes it."""
        return KeySpec.model_validate(self.model_dump(include=set(KeySpec.model_fields)))

    def expires_within(self, span: timedelta, now: datetime) -> bool:
        """Whether it expires within ``span`` from now, or has already expired."""
        return self.expires_at is not None and self.expires_at <= now + span


def fingerprint_text(fingerprint: str) -> str:
    """Return the fingerprint in groups of four, as people compare it over the telephone."""
    return " ".join(fingerprint[at : at + 4] for at in range(0, len(fingerprint), 4))
