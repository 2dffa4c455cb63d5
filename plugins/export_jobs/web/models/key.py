"""Response models of receivers' keys."""

from __future__ import annotations

from datetime import datetime

from export_jobs.web.models.base import ApiModel
from export_jobs.web.models.errors import IssueAnswer


class KeyEntry(ApiModel):
    """A receiver's public key. ``fingerprint``: for a person to compare. ``expires_at``: null means never.

    ``jobs``: how many jobs encrypt to it, including jobs that the caller may not see.
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
    """All keys, sorted by tag."""

    keys: list[KeyEntry]


class KeyCheck(ApiModel):
    """The result of a dry run: every issue, and the key as gpg reads it; null if gpg cannot read it."""

    issues: list[IssueAnswer]
    key: KeyEntry | None
