"""Rules for encryption: usable keys of receivers, keys that outlast a job's schedule, the connection that signs."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from export_jobs.core.base.issue import Issue, Level
from export_jobs.core.base.text import MAX_DESCRIPTION, quote_value, suggest, text_issues
from export_jobs.core.definitions.armour import armour_issues
from export_jobs.core.definitions.job import JobSpec
from export_jobs.core.definitions.key import EXPIRES_SOON, KeySpec, PublicKey
from export_jobs.core.definitions.names import name_issues
from export_jobs.core.validation.rule import RuleContext, Rules
from export_jobs.core.validation.rules.destination import is_connection_id

ENCRYPTION_RULES: Rules[JobSpec] = Rules()
RECEIVER_KEY_RULES: Rules[KeySpec] = Rules()
_RENEW = "Ask its owner for the renewed key, and save it under the same tag"
MAX_KEYS = 20
"""Keys of one job: each adds its part to every file, and the owner of any of them can read it."""


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
    """The text is one public key. A private key must not reach the store, a log or a page."""
    yield from armour_issues("public_key", key.public_key)


def public_key_issues(found: PublicKey, now: datetime | None) -> Iterator[Issue]:
    """Yield why nobody can encrypt to a key that gpg has read, now or soon."""
    if found.fault:
        what = f"nothing can be encrypted to the key of {quote_value(found.user_id)}: it {found.fault}"
        yield Issue("public_key", what, "Ask its owner for the renewed key, or for another one")
    elif now and found.expires_at is not None and found.expires_at <= now + EXPIRES_SOON:
        what = f"the key of {quote_value(found.user_id)} expires on {found.expires_at:%Y-%m-%d}"
        yield Issue("public_key", what, _RENEW, Level.WARNING)


@ENCRYPTION_RULES.reads("file.encryption", "file.encryption.keys")
def a_file_has_receivers(job: JobSpec) -> Iterator[Issue]:
    """An encrypted file has at least one key, and names each key once."""
    if job.file.encryption is None:
        return
    tags = job.file.encryption.keys
    if not tags:
        yield Issue(
            "file.encryption.keys", "no key is named", "Name the tag of a receiver's key, or leave encryption out"
        )
    if len(tags) > MAX_KEYS:
        what = f"{len(tags)} keys are named; at most {MAX_KEYS} are allowed"
        yield Issue("file.encryption.keys", what, "Split it into several jobs")
    twice = next((tag for index, tag in enumerate(tags) if tag in tags[:index]), None)
    if twice is not None:
        yield Issue("file.encryption.keys", f"the key {quote_value(twice)} is named twice", "Remove one of the two")


@ENCRYPTION_RULES.reads("file.encryption", "file.encryption.sign")
def signature_names_a_connection(job: JobSpec) -> Iterator[Issue]:
    """``sign`` is the id of an Airflow connection, never a key: that would put a secret into the table."""
    sign = job.file.encryption.sign if job.file.encryption else None
    if sign is not None and not is_connection_id(sign):
        # The value is not shown: a private key pasted here by mistake is one.
        what = "this is not the id of an Airflow connection (letters, digits, - _ . only)"
        yield Issue("file.encryption.sign", what, "Write the connection's id; the private key stays in Airflow")


@ENCRYPTION_RULES.looks_up("file.encryption", "file.encryption.keys")
def keys_are_known(job: JobSpec, context: RuleContext) -> Iterator[Issue]:
    """Each tag is in the store, or in the same definition file."""
    if job.file.encryption is None or context.keys is None:
        return
    for index, tag in enumerate(job.file.encryption.keys[:MAX_KEYS]):
        if tag not in context.keys:
            remedy = suggest(tag, context.keys, none="Save the receiver's public key first, under `keys`")
            yield Issue(f"file.encryption.keys[{index}]", f"there is no key {quote_value(tag)}", remedy)


@ENCRYPTION_RULES.looks_up("file.encryption", "file.encryption.keys", "schedule.until", "schedule.deliver_after_days")
def keys_outlast_the_schedule(job: JobSpec, context: RuleContext) -> Iterator[Issue]:
    """Warn early, so that a partner can send another key in time. A run after the expiry fails before it reads rows."""
    if job.file.encryption is None:
        return
    # As ordinals: a schedule that another rule refuses may end in the year 9999, or wait for a billion days.
    last = job.schedule.valid_until.toordinal() + job.schedule.deliver_after_days
    known = context.keys or {}
    for tag in job.file.encryption.keys[:MAX_KEYS]:
        key = known.get(tag)
        if key is None or key.expires_at is None or key.expires_at.date().toordinal() > last:
            continue
        day = key.expires_at.date()
        if context.now and key.expires_at <= context.now:
            what = f"the key {quote_value(tag)} of {quote_value(key.user_id)} expired on {day}"
            yield Issue("file.encryption.keys", what, "Save the renewed key under this tag first")
            continue
        what = f"the key {quote_value(tag)} of {quote_value(key.user_id)} expires on {day}, before the last delivery"
        remedy = "Ask its owner for the renewed key, and save it under the same tag before that day"
        yield Issue("file.encryption.keys", what, remedy, Level.WARNING)
