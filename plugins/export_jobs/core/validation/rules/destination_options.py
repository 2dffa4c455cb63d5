"""Rules for the options of a destination: only those of its kind, and none that contradict each other."""

from __future__ import annotations

import re
from collections.abc import Iterator

from export_jobs.core.base.issue import Issue
from export_jobs.core.base.text import quote_value, text_issues
from export_jobs.core.definitions.destination import (
    DEFAULT_TEMPORARY_NAME,
    HOST_KEY,
    IN_BUCKETS,
    MAX_HOST_KEYS,
    MAX_KEPT_DAYS,
    MAX_LOCKED_DAYS,
    MAX_LOGINS,
    MAX_PARALLEL,
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
    "publish": "an S3 object appears only when its upload is complete, so there is nothing to rename",
    "replace": "S3 replaces an object in one step, so nothing has to be removed first",
    "temporary_name": "an unfinished upload to S3 has no name",
    "parallel": "an upload to S3 sends several parts at once automatically",
    "max_logins": "S3 has no logins that stay open",
    "legacy_algorithms": "it is about the algorithms of SSH",
    "host_keys": "it is about the keys that SSH servers show",
}
_WHY_NOT_FTP = {
    "parallel": "FTP uses one data connection for each file",
    "legacy_algorithms": "it is about the algorithms of SSH",
    "host_keys": "it is about the keys that SSH servers show",
}
_S3_ONLY = ("acl", "encryption", "kms_key", "bucket_key", "storage_class", "tags", "object_lock", "lock_days")


@DESTINATION_OPTION_RULES.reads("kind")
def options_are_of_the_kind(destination: DestinationSpec) -> Iterator[Issue]:
    """Refuse options that have no effect on this kind of server: their author expects one."""
    chosen = destination.non_default_options()
    if destination.kind in IN_BUCKETS:
        for name, why in _WHY_NOT_S3.items():
            if name in chosen:
                yield Issue(name, f"{name} is not for S3: {why}", "Remove it")
        return
    for name in _S3_ONLY:
        if name in chosen:
            yield Issue(name, f"{name} is for S3 only: SFTP and FTP servers do not support it", "Remove it")
    if destination.kind != "sftp":
        for name, why in _WHY_NOT_FTP.items():
            if name in chosen:
                yield Issue(name, f"{name} is not for {destination.kind}: {why}", "Remove it")


@DESTINATION_OPTION_RULES.reads("kind", "plain_ftp")
def plain_ftp_is_consented_to(destination: DestinationSpec) -> Iterator[Issue]:
    """Anybody on the network path can read and change password and files, so plain FTP needs explicit consent."""
    if destination.kind == "ftp" and not destination.plain_ftp:
        what = "plain FTP sends the password and every file unencrypted: anybody on the way can read and change them"
        yield Issue("plain_ftp", what, "Use the kind ftps, or consent with `plain_ftp: true`")
    if destination.kind != "ftp" and destination.plain_ftp:
        what = f"plain_ftp is for the kind ftp; {destination.kind} is always encrypted"
        yield Issue("plain_ftp", what, "Remove it, or write `kind: ftp`")


@DESTINATION_OPTION_RULES.reads("kind", "keep_days", "acl")
def downloads_are_kept_for_days(destination: DestinationSpec) -> Iterator[Issue]:
    """A person must choose how long customers' rows stay in the bucket. Only the page gives access to them."""
    if destination.kind != "download":
        if destination.keep_days is not None:
            what = "keep_days is for downloads: files on a server belong to the receiver"
            yield Issue("keep_days", what, "Remove it, or write `kind: download`")
        return
    if destination.keep_days is None:
        what = "keep_days is missing: it limits how long files can be downloaded"
        yield Issue("keep_days", what, "Add it, such as `keep_days: 14`")
    elif not 1 <= destination.keep_days <= MAX_KEPT_DAYS:
        what = f"{destination.keep_days} is not between 1 and {MAX_KEPT_DAYS}"
        yield Issue("keep_days", what, "Give a number of days")
    if destination.acl not in {None, "private"}:
        what = "acl would give others access to files, but downloads are available only on the page"
        yield Issue("acl", what, "Remove it, or write `kind: s3`")


@DESTINATION_OPTION_RULES.reads("kind", "publish", "replace", "temporary_name", "parallel")
def direct_has_no_temporary_name(destination: DestinationSpec) -> Iterator[Issue]:
    """A file that is written under its final name has no temporary name and is not renamed."""
    if destination.publish != "direct" or destination.kind in IN_BUCKETS:
        return
    if destination.temporary_name != DEFAULT_TEMPORARY_NAME:
        what = "with publish: direct a file is written under its final name, so it has no temporary name"
        yield Issue("temporary_name", what, "Remove one of the two")
    if destination.replace != "refuse":
        what = "with publish: direct nothing is renamed, and the rerun of a window overwrites its own file"
        yield Issue("replace", what, "Remove one of the two")
    if destination.parallel > 1:
        what = "with publish: direct a receiver may read a file early, so it must be written from start to end"
        yield Issue("parallel", what, "Remove one of the two")


@DESTINATION_OPTION_RULES.reads("temporary_name")
def temporary_name_is_a_pattern(destination: DestinationSpec) -> Iterator[Issue]:
    """A temporary name differs between attempts and never looks like another file's final name."""
    fault = temporary_name_fault(destination.temporary_name)
    if fault:
        what = f"{quote_value(destination.temporary_name)} is not a valid pattern of temporary names: {fault}"
        yield Issue("temporary_name", what, f"Write a pattern such as {DEFAULT_TEMPORARY_NAME}")


@DESTINATION_OPTION_RULES.reads("probe", "probe_folder")
def probe_folder_is_safe(destination: DestinationSpec) -> Iterator[Issue]:
    """``probe_folder`` is a folder on the server, or a prefix of the bucket, without ``..``."""
    folder = destination.probe_folder
    if folder is None:
        return
    if destination.probe == "login_only":
        what = "with probe: login_only nothing is written, so probe_folder is never used"
        yield Issue("probe_folder", what, "Remove one of the two")
    yield from text_issues("probe_folder", folder, limit=MAX_PROBE_FOLDER)
    if not folder.strip() or ".." in folder.split("/") or "\\" in folder:
        what = f"{quote_value(folder)} is empty, or contains .. or a backslash"
        yield Issue("probe_folder", what, "Write a path with /, or remove the key")


@DESTINATION_OPTION_RULES.reads("parallel", "max_logins")
def numbers_are_in_range(destination: DestinationSpec) -> Iterator[Issue]:
    """Higher numbers have no benefit."""
    if not 1 <= destination.parallel <= MAX_PARALLEL:
        yield Issue("parallel", f"{destination.parallel} is not between 1 and {MAX_PARALLEL}", "Write 1 for no ranges")
    if destination.max_logins is not None and not 1 <= destination.max_logins <= MAX_LOGINS:
        what = f"{destination.max_logins} is not between 1 and {MAX_LOGINS}"
        yield Issue("max_logins", what, "Remove the key for no limit")


@DESTINATION_OPTION_RULES.reads("host_keys")
def host_keys_are_fingerprints(destination: DestinationSpec) -> Iterator[Issue]:
    """Host keys are fingerprints: short enough for a person to compare."""
    keys = destination.host_keys
    if len(keys) > MAX_HOST_KEYS:
        yield Issue(
            "host_keys", f"there are {len(keys)} host keys; at most {MAX_HOST_KEYS} are allowed", "Remove old ones"
        )
    for key in keys:
        if not re.fullmatch(HOST_KEY, key):
            what = f"{quote_value(key)} is not the SHA-256 fingerprint of a host key"
            yield Issue("host_keys", what, "Write it as `ssh-keygen -lf` prints it: SHA256 with a colon, 43 characters")


@DESTINATION_OPTION_RULES.reads("kind", "encryption", "kms_key", "bucket_key")
def kms_key_goes_with_kms(destination: DestinationSpec) -> Iterator[Issue]:
    """Only encryption with KMS uses a key of KMS."""
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
    """``object_lock`` and ``lock_days`` belong together. Downloads are not locked, because they must be removed."""
    lock, days = destination.object_lock, destination.lock_days
    if destination.kind == "download" and lock is not None:
        what = "files for download are removed after keep_days, but a locked object cannot be removed"
        yield Issue("object_lock", what, "Remove it, or write `kind: s3`")
    if destination.kind not in IN_BUCKETS:
        return
    if lock is None and days is not None:
        yield Issue("lock_days", "lock_days needs object_lock", "Add `object_lock: governance`, or remove the key")
    elif lock is not None and days is None:
        yield Issue("lock_days", "lock_days is missing: object_lock needs it", "Add it, such as `lock_days: 30`")
    elif days is not None and not 1 <= days <= MAX_LOCKED_DAYS:
        yield Issue("lock_days", f"{days} is not between 1 and {MAX_LOCKED_DAYS}", "Give a number of days")


@DESTINATION_OPTION_RULES.reads("storage_class", "tags")
def storage_class_and_tags_are_plain(destination: DestinationSpec) -> Iterator[Issue]:
    """Both are sent in HTTP headers."""
    if destination.storage_class is not None and not _STORAGE_CLASS.fullmatch(destination.storage_class):
        what = f"{quote_value(destination.storage_class)} is not a storage class"
        yield Issue("storage_class", what, "Write it as S3 does, such as STANDARD_IA")
    if len(destination.tags) > MAX_TAGS:
        yield Issue("tags", f"there are {len(destination.tags)} tags; S3 allows at most {MAX_TAGS}", "Remove some")
    for key, value in destination.tags.items():
        is_plain = 1 <= len(key) <= 128 and len(value) <= 256 and _TAG.fullmatch(key) and _TAG.fullmatch(value)
        if not is_plain:
            what = "a tag has a key of 1 to 128 and a value of up to 256 letters, digits, spaces and + - = . _ : / @"
            yield Issue("tags", what, f"Correct the tag {quote_value(key)}")
