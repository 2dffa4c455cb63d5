"""Rules for a destination: its tag, the id of its Airflow connection, and a folder without ``..``."""

from __future__ import annotations

import re
from collections.abc import Iterator

from export_jobs.core.base.issue import Issue
from export_jobs.core.base.text import MAX_DESCRIPTION, quote_value, text_issues
from export_jobs.core.definitions.destination import IN_BUCKETS
from export_jobs.core.definitions.job import DestinationSpec
from export_jobs.core.definitions.names import name_issues
from export_jobs.core.validation.rule import Rules

DESTINATION_RULES: Rules[DestinationSpec] = Rules()
MAX_FOLDER = 500
_CONNECTION = re.compile(r"[A-Za-z0-9_.-]{1,200}", re.ASCII)
_BUCKET = re.compile(r"[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]", re.ASCII)


@DESTINATION_RULES.reads("tag")
def tag_is_a_name(destination: DestinationSpec) -> Iterator[Issue]:
    """Jobs and pages name it by this tag."""
    yield from name_issues("tag", destination.tag)


@DESTINATION_RULES.reads("description")
def destination_description_is_readable(destination: DestinationSpec) -> Iterator[Issue]:
    """Shown on pages."""
    yield from text_issues("description", destination.description, limit=MAX_DESCRIPTION, lines=True)


@DESTINATION_RULES.reads("connection")
def connection_is_an_id(destination: DestinationSpec) -> Iterator[Issue]:
    """``connection`` is the id of an Airflow connection, never a URL: that would put a secret into the table."""
    if not is_connection_id(destination.connection):
        # The value is not shown: a URL written here by mistake contains a password.
        what = "this is not the id of an Airflow connection (letters, digits, - _ . only)"
        yield Issue("connection", what, "Write the connection's id; its host and secrets stay in Airflow")


def is_connection_id(text: str) -> bool:
    """Whether ``text`` can be the id of an Airflow connection."""
    return _CONNECTION.fullmatch(text) is not None


@DESTINATION_RULES.reads("folder", "kind")
def folder_is_safe(destination: DestinationSpec) -> Iterator[Issue]:
    """``folder`` is a path on the server, or bucket/prefix, without ``..``."""
    folder = destination.folder
    yield from text_issues("folder", folder, limit=MAX_FOLDER)
    if not folder.strip():
        example = "a bucket, such as exports/daily" if destination.kind in IN_BUCKETS else "a path, such as /upload"
        yield Issue("folder", "the folder is empty", f"Write {example}")
    if ".." in folder.split("/") or "\\" in folder:
        yield Issue("folder", f"{quote_value(folder)} contains .. or a backslash", "Write the whole path with /")


@DESTINATION_RULES.reads("folder", "kind")
def downloads_are_in_a_bucket(destination: DestinationSpec) -> Iterator[Issue]:
    """Workers write files there and API servers read them, so it cannot be a folder of one machine."""
    if destination.kind == "download" and destination.folder.strip().startswith(("/", "~", ".", "file:")):
        what = f"{quote_value(destination.folder)} is a local folder, but downloads are kept in a bucket"
        remedy = "Write bucket/prefix, in S3 or a compatible service, wherever the staging folder is"
        yield Issue("folder", what, remedy)


@DESTINATION_RULES.reads("folder", "kind")
def bucket_has_a_name(destination: DestinationSpec) -> Iterator[Issue]:
    """Bucket names follow the rule of S3."""
    bucket = destination.folder.strip("/").partition("/")[0]
    if destination.kind in IN_BUCKETS and destination.folder.strip() and not _BUCKET.fullmatch(bucket):
        what = f"{quote_value(bucket)} is not a bucket name: 3 to 63 lowercase letters, digits, dots and hyphens"
        yield Issue("folder", what, "Write bucket/prefix, such as exports/daily")
