"""Rules of what a destination's server can do: options of its kind only, and none that contradict each other."""

from __future__ import annotations

import re
from collections.abc import Iterator

from export_jobs.core.base.issue import Issue
from export_jobs.core.base.text import quote_value, text_issues
from export_jobs.core.definitions.destination import (
    DEFAULT_TEMPORARY_NAME,
    HOST_KEY,
    IN_BUCKETS,
    MOST_HOST_KEYS,
    MOST_KEPT_DAYS,
    MOST_LOCKED_DAYS,
    MOST_LOGINS,
    MOST_PARALLEL,
)
from export_jobs.core.definitions.job import DestinationSpec
from export_jobs.core.files.temporary_name import temporary_name_fault
from export_jobs.core.validation.rule import Rules

DESTINATION_OPTION_RULES: Rules[DestinationSpec] = Rules()
MAX_PROBE_FOLDER = 500
MAX_TAGS = 10
_KMS_KEY = re.compile(r"[A-Za-z0-9_:/-]{1,300}", re.ASCII)
_STORAGE_CLASS = re.compile(r"[A-Z0-9_-]{1,40}", re.ASCII)
_TAG = re.compile(r"[\w \-+=.:/@]*")

_WHY_NOT_S3 = {
    "publish": "an S3 object appears whole when its upload is completed, so there is no name to rename from",
    "replace": "S3 replaces an object in one step, so nothing has to be removed first",
    "temporary_name": "an unfinished upload to S3 has no name",
    "parallel": "an upload to S3 sends several parts at once by itself",
    "max_logins": "S3 has no logins that stay open",
    "legacy_algorithms": "it is about the algorithms of SSH",
    "host_keys": "it is about the keys that SSH servers show",
}
_WHY_NOT_FTP = {
    "parallel": "FTP has one data connection a file",
    "legacy_algorithms": "it is about the algorithms of SSH",
    "host_keys": "it is about the keys that SSH servers show",
}
_S3_ONLY = ("acl", "encryption", "kms_key", "bucket_key", "storage_class", "tags", "object_lock", "lock_days")


@DESTINATION_OPTION_RULES.reads("kind")
def options_are_of_the_kind(destination: DestinationSpec) -> Iterator[Issue]:
    """What makes no sense for the kind of server is refused, since its author hopes for something from it."""
    chosen = destination.chosen()
    if destination.kind in IN_BUCKETS:
        for name, why in _WHY_NOT_S3.items():
            if name in chosen:
                yield Issue(name, f"{name} is not for S3: {why}", "Remove it")
        return
    for name in _S3_ONLY:
        if name in chosen:
            yield Issue(name, f"{name} is for S3 only: an SFTP or FTP server knows nothing of the kind", "Remove it")
    if destination.kind != "sftp":
        for name, why in _WHY_NOT_FTP.items():
            if name in chosen:
                yield Issue(name, f"{name} is not for {destination.kind}: {why}", "Remove it")


@DESTINATION_OPTION_RULES.reads("kind", "plain_ftp")
def plain_ftp_is_consented_to(destination: DestinationSpec) -> Iterator[Issue]:
    """Whoever sits on the line gets password and files, and may change them: nobody chooses that unaware."""
    if destination.kind == "ftp" and not destination.plain_ftp:
        what = "plain FTP sends the password and every file in the clear, for anybody on the way to read and change"
        yield Issue("plain_ftp", what, "Use the kind ftps, or consent with `plain_ftp: true`")
    if destination.kind != "ftp" and destination.plain_ftp:
        what = f"plain_ftp is for the kind ftp; {destination.kind} is always encrypted"
        yield Issue("plain_ftp", what, "Remove it, or write `kind: ftp`")


@DESTINATION_OPTION_RULES.reads("kind", "keep_days", "acl")
def downloads_are_kept_for_days(destination: DestinationSpec) -> Iterator[Issue]:
    """How long customers' rows stay in the bucket is a choice that somebody makes; they are for the page alone."""
    if destination.kind != "download":
        if destination.keep_days is not None:
            what = "keep_days is for downloads: what was delivered to a server is the receiver's"
            yield Issue("keep_days", what, "Remove it, or write `kind: download`")
        return
    if destination.keep_days is None:
        yield Issue("keep_days", "nothing says how long files can be downloaded", "Add such as `keep_days: 14`")
    elif not 1 <= destination.keep_days <= MOST_KEPT_DAYS:
        what = f"{destination.keep_days} is not between 1 and {MOST_KEPT_DAYS}"
        yield Issue("keep_days", what, "Give a number of days")
    if destination.acl not in {None, "private"}:
        what = "acl would open files to others, and downloads are taken over the page alone"
        yield Issue("acl", what, "Remove it, or write `kind: s3`")


@DESTINATION_OPTION_RULES.reads("kind", "publish", "replace", "temporary_name", "parallel")
def direct_goes_with_no_temporary_name(destination: DestinationSpec) -> Iterator[Issue]:
    """Straight to the final name: there is no other name, and no rename."""
    if destination.publish != "direct" or destination.kind in IN_BUCKETS:
        return
    if destination.temporary_name != DEFAULT_TEMPORARY_NAME:
        what = "with publish: direct a file is written under its final name, so it has no temporary one"
        yield Issue("temporary_name", what, "Remove one of the two")
    if destination.replace != "refuse":
        what = "with publish: direct nothing is renamed: a file of ours is overwritten by the rerun of its window"
        yield Issue("replace", what, "Remove one of the two")
    if destination.parallel > 1:
        what = "with publish: direct a receiver may read along, so the file has to be written from its start to its end"
        yield Issue("parallel", what, "Remove one of the two")


@DESTINATION_OPTION_RULES.reads("temporary_name")
def temporary_name_is_a_pattern(destination: DestinationSpec) -> Iterator[Issue]:
    """It tells attempts apart, and never looks like another file's final name."""
    fault = temporary_name_fault(destination.temporary_name)
    if fault:
        what = f"{quote_value(destination.temporary_name)} cannot be the pattern of temporary names: {fault}"
        yield Issue("temporary_name", what, f"Write a pattern such as {DEFAULT_TEMPORARY_NAME}")


@DESTINATION_OPTION_RULES.reads("probe", "probe_folder")
def probe_folder_is_safe(destination: DestinationSpec) -> Iterator[Issue]:
    """A folder on the server, or a prefix of the bucket; it never climbs."""
    folder = destination.probe_folder
    if folder is None:
        return
    if destination.probe == "login_only":
        what = "with probe: login_only nothing is written, so probe_folder is never used"
        yield Issue("probe_folder", what, "Remove one of the two")
    yield from text_issues("probe_folder", folder, limit=MAX_PROBE_FOLDER)
    if not folder.strip() or ".." in folder.split("/") or "\\" in folder:
        what = f"{quote_value(folder)} is empty, climbs or holds a backslash"
        yield Issue("probe_folder", what, "Write a path with /, or remove the key")


@DESTINATION_OPTION_RULES.reads("parallel", "max_logins")
def numbers_are_in_range(destination: DestinationSpec) -> Iterator[Issue]:
    """More than these helps nobody."""
    if not 1 <= destination.parallel <= MOST_PARALLEL:
        yield Issue("parallel", f"{destination.parallel} is not between 1 and {MOST_PARALLEL}", "1 is no ranges")
    if destination.max_logins is not None and not 1 <= destination.max_logins <= MOST_LOGINS:
        what = f"{destination.max_logins} is not between 1 and {MOST_LOGINS}"
        yield Issue("max_logins", what, "Remove the key for no limit")


@DESTINATION_OPTION_RULES.reads("host_keys")
def host_keys_are_fingerprints(destination: DestinationSpec) -> Iterator[Issue]:
    """What a person compares, and as short as a person can compare."""
    keys = destination.host_keys
    if len(keys) > MOST_HOST_KEYS:
        yield Issue(
            "host_keys", f"there are {len(keys)} host keys, at most {MOST_HOST_KEYS} count", "Leave old ones out"
        )
    for key in keys:
        if not re.fullmatch(HOST_KEY, key):
            what = f"{quote_value(key)} is not the SHA-256 fingerprint of a host key"
            yield Issue("host_keys", what, "Write it as `ssh-keygen -lf` prints it: SHA256 with a colon, 43 characters")


@DESTINATION_OPTION_RULES.reads("kind", "encryption", "kms_key", "bucket_key")
def kms_key_goes_with_kms(destination: DestinationSpec) -> Iterator[Issue]:
    """A key of KMS is used by the encryption with KMS alone."""
    key = destination.kms_key
    if key is not None and not _KMS_KEY.fullmatch(key):
        yield Issue("kms_key", "this is not the id, alias or ARN of a key", "Copy it from KMS, such as alias/out")
    if destination.kind not in IN_BUCKETS or (destination.encryption or "").startswith("aws:kms"):
        return
    for name, is_set in (("kms_key", key is not None), ("bucket_key", destination.bucket_key)):
        if is_set:
            yield Issue(name, f"{name} needs encryption: aws:kms", "Add `encryption: aws:kms`, or remove the key")


@DESTINATION_OPTION_RULES.reads("kind", "object_lock", "lock_days")
def objects_are_locked_for_days(destination: DestinationSpec) -> Iterator[Issue]:
    """How it is locked and for how long belong together; what nobody can remove is not for downloads."""
    lock, days = destination.object_lock, destination.lock_days
    if destination.kind == "download" and lock is not None:
        what = "files for download are removed after keep_days, and a locked object cannot be"
        yield Issue("object_lock", what, "Remove it, or write `kind: s3`")
    if destination.kind not in IN_BUCKETS:
        return
    if lock is None and days is not None:
        yield Issue("lock_days", "lock_days needs object_lock", "Add `object_lock: governance`, or remove the key")
    elif lock is not None and days is None:
        yield Issue("lock_days", "nothing says for how long objects are locked", "Add such as `lock_days: 30`")
    elif days is not None and not 1 <= days <= MOST_LOCKED_DAYS:
        yield Issue("lock_days", f"{days} is not between 1 and {MOST_LOCKED_DAYS}", "Give a number of days")


@DESTINATION_OPTION_RULES.reads("storage_class", "tags")
def storage_class_and_tags_are_plain(destination: DestinationSpec) -> Iterator[Issue]:
    """They travel in headers."""
    if destination.storage_class is not None and not _STORAGE_CLASS.fullmatch(destination.storage_class):
        what = f"{quote_value(destination.storage_class)} cannot be a storage class"
        yield Issue("storage_class", what, "Write it as S3 does, such as STANDARD_IA")
    if len(destination.tags) > MAX_TAGS:
        yield Issue("tags", f"there are {len(destination.tags)} tags, S3 takes at most {MAX_TAGS}", "Leave some out")
    for key, value in destination.tags.items():
        is_plain = 1 <= len(key) <= 128 and len(value) <= 256 and _TAG.fullmatch(key) and _TAG.fullmatch(value)
        if not is_plain:
            what = "a tag has a key of 1 to 128 and a value of up to 256 letters, digits, spaces and + - = . _ : / @"
            yield Issue("tags", what, f"Correct the tag {quote_value(key)}")
