"""Rules of a receiver's key: a tag, one public key in its text, and, by what gpg reads, that one can encrypt to it."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from export_jobs.core.base.issue import Issue, Level
from export_jobs.core.base.text import MAX_DESCRIPTION, quote_value, text_issues
from export_jobs.core.definitions.armour import armour_issues
from export_jobs.core.definitions.key import EXPIRES_SOON, KeySpec, PublicKey
from export_jobs.core.definitions.names import name_issues
from export_jobs.core.validation.rule import Rules

RECEIVER_KEY_RULES: Rules[KeySpec] = Rules()
_RENEW = "Ask its owner for the renewed key, and save it under the same tag"


@RECEIVER_KEY_RULES.reads("tag")
def key_tag_is_a_name(key: KeySpec) -> Iterator[Issue]:
    """Jobs and pages name it by this tag."""
    yield from name_issues("tag", key.tag)


@RECEIVER_KEY_RULES.reads("description")
def key_description_is_readable(key: KeySpec) -> Iterator[Issue]:
    """Shown on pages."""
    yield from text_issues("description", key.description, limit=MAX_DESCRIPTION, lines=True)


@RECEIVER_KEY_RULES.reads("public_key")
def text_is_one_public_key(key: KeySpec) -> Iterator[Issue]:
    """And no private one, which must not reach the store, a log or a page."""
    yield from armour_issues("public_key", key.public_key)


def public_key_issues(found: PublicKey, now: datetime | None) -> Iterator[Issue]:
    """Why nobody can encrypt to a key that gpg has read, or that soon nobody can."""
    if found.fault:
        what = f"nothing can be encrypted to the key of {quote_value(found.user_id)}: it {found.fault}"
        yield Issue("public_key", what, "Ask its owner for the renewed key, or for another one")
    elif now and found.expires_at is not None and found.expires_at <= now + EXPIRES_SOON:
        what = f"the key of {quote_value(found.user_id)} expires on {found.expires_at:%Y-%m-%d}"
        yield Issue("public_key", what, _RENEW, Level.WARNING)
