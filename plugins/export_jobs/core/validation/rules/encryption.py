"""Rules of a job's encryption: known keys that outlast its schedule, and a connection's id for the signature."""

from __future__ import annotations

from collections.abc import Iterator

from export_jobs.core.base.issue import Issue, Level
from export_jobs.core.base.text import quote_value, suggest
from export_jobs.core.definitions.job import JobSpec
from export_jobs.core.validation.rule import RuleContext, Rules
from export_jobs.core.validation.rules.destination import is_connection_id

ENCRYPTION_RULES: Rules[JobSpec] = Rules()
MAX_KEYS = 20
"""Of one job: each adds its part to every file, and whoever holds one of them can read it."""


@ENCRYPTION_RULES.reads("file.encryption", "file.encryption.keys")
def a_file_has_receivers(job: JobSpec) -> Iterator[Issue]:
    """At least one, each once."""
    if job.file.encryption is None:
        return
    tags = job.file.encryption.keys
    if not tags:
        yield Issue(
            "file.encryption.keys", "no key is named", "Name the tag of a receiver's key, or leave encryption out"
        )
    if len(tags) > MAX_KEYS:
        what = f"{len(tags)} keys are named; at most {MAX_KEYS} receivers can have one file"
        yield Issue("file.encryption.keys", what, "Split it over several jobs")
    twice = next((tag for index, tag in enumerate(tags) if tag in tags[:index]), None)
    if twice is not None:
        yield Issue("file.encryption.keys", f"the key {quote_value(twice)} is named twice", "Leave one out")


@ENCRYPTION_RULES.reads("file.encryption", "file.encryption.sign")
def signature_names_a_connection(job: JobSpec) -> Iterator[Issue]:
    """The id of an Airflow connection, never a key, which would carry a secret into the table."""
    sign = job.file.encryption.sign if job.file.encryption else None
    if sign is not None and not is_connection_id(sign):
        # The value is not shown: a private key pasted here by mistake is one.
        what = "this is not the id of an Airflow connection (letters, digits, - _ . only)"
        yield Issue("file.encryption.sign", what, "Write the connection's id; the private key stays in Airflow")


@ENCRYPTION_RULES.looks_up("file.encryption", "file.encryption.keys")
def keys_are_known(job: JobSpec, context: RuleContext) -> Iterator[Issue]:
    """A tag of the store, or of the same file of definitions."""
    if job.file.encryption is None or context.keys is None:
        return
    for index, tag in enumerate(job.file.encryption.keys[:MAX_KEYS]):
        if tag not in context.keys:
            remedy = suggest(tag, context.keys, none="Save the receiver's public key first, under `keys`")
            yield Issue(f"file.encryption.keys[{index}]", f"there is no key {quote_value(tag)}", remedy)


@ENCRYPTION_RULES.looks_up("file.encryption", "file.encryption.keys", "schedule.until", "schedule.deliver_after_days")
def keys_outlast_the_schedule(job: JobSpec, context: RuleContext) -> Iterator[Issue]:
    """A run after that fails, before it reads a row: said months ahead, a partner can send another key in time."""
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
