"""A key: the OpenPGP public key of a receiver, known by its tag and its fingerprint."""

from __future__ import annotations

from datetime import datetime, timedelta

from export_jobs.core.base.frozen import Frozen

EXPIRES_SOON = timedelta(days=30)
"""So long before a key expires, people are told: a partner needs days to send another one."""


class PublicKey(Frozen):
    """What gpg says of a public key whose own signatures it has checked.

    ``fingerprint``: hex in capitals. ``expires_at``: from when on nobody can encrypt to it, None for never. ``fault``:
    why nobody can right now, as the rest of a sentence that begins with the key; empty when one can.
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
    """A key as the store keeps it, with what gpg said of it when it was saved; see ``PublicKey``."""

    fingerprint: str
    user_id: str
    created_at: datetime
    expires_at: datetime | None = None

    @classmethod
    def of(cls, spec: KeySpec, found: PublicKey) -> ReceiverKey:
        """What a person has written, and what gpg has read in it."""
        return cls(**spec.model_dump(include=set(KeySpec.model_fields)), **found.model_dump(exclude={"fault"}))

    def spec(self) -> KeySpec:
        """The key as a person writes it."""
        return KeySpec.model_validate(self.model_dump(include=set(KeySpec.model_fields)))

    def expires_within(self, span: timedelta, now: datetime) -> bool:
        """Whether nobody can encrypt to it ``span`` from now; also when it has expired already."""
        return self.expires_at is not None and self.expires_at <= now + span


def fingerprint_text(fingerprint: str) -> str:
    """Groups of four, as people compare it over the telephone."""
    return " ".join(fingerprint[at : at + 4] for at in range(0, len(fingerprint), 4))
