"""Receivers' keys as they go over the wire."""

from __future__ import annotations

from datetime import datetime

from export_jobs.web.models.base import ApiModel
from export_jobs.web.models.errors import IssueAnswer


class KeyEntry(ApiModel):
    """A receiver's public key. ``fingerprint`` is what a person compares; ``expires_at`` null: never.

    ``jobs``: how many jobs encrypt to it, whoever may see them.
    """

    tag: str
    fingerprint: str
    user_id: str
    description: str
    created_at: datetime
    expires_at: datetime | None
    jobs: int


class KeyDetail(KeyEntry):
    """A key with its text, in ASCII armour."""

    public_key: str


class KeyList(ApiModel):
    """Every key, by tag."""

    keys: list[KeyEntry]


class KeyCheck(ApiModel):
    """What would become of a key: every issue, and what gpg reads in it, null where it cannot."""

    issues: list[IssueAnswer]
    key: KeyEntry | None
