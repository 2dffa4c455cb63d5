"""Options of a destination, according to what its server can do. The defaults are the safest choices."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import BeforeValidator, Field

from export_jobs.core.base.frozen import Frozen

DEFAULT_TEMPORARY_NAME = ".{name}.{attempt}.part"
MAX_PARALLEL = 8
MAX_LOGINS = 100
MAX_KEPT_DAYS = 366
MAX_LOCKED_DAYS = 36_500
MAX_HOST_KEYS = 8
HOST_KEY = r"SHA256:[A-Za-z0-9+/]{43}"
"""A pattern of fingerprints as OpenSSH prints them."""
IN_BUCKETS = frozenset({"s3", "download"})
"""Kinds whose files are objects of an object store."""

_ENCRYPTION_WORDS = {
    "sse-s3": "AES256",
    "aes256": "AES256",
    "sse-kms": "aws:kms",
    "kms": "aws:kms",
    "dsse-kms": "aws:kms:dsse",
}


def _lower(value: object) -> object:
    return value.strip().lower() if isinstance(value, str) else value


def _upper(value: object) -> object:
    return value.strip().upper() if isinstance(value, str) else value


def _encryption_word(value: object) -> object:
    """Translate a common name of an encryption to the value of the service's header."""
    lower = _lower(value)
    return _ENCRYPTION_WORDS.get(lower, lower) if isinstance(lower, str) else value


class DestinationPlace(Frozen):
    """Where files go, identified by a tag. Secrets are in the Airflow connection ``connection``.

    ``folder``: for SFTP, FTPS and FTP a path on the server, for S3 and downloads ``bucket/prefix``.
    """

    tag: str
    kind: Annotated[Literal["sftp", "s3", "ftps", "ftp", "download"], BeforeValidator(_lower)]
    connection: str
    folder: str
    description: str = ""


class DestinationOptions(Frozen):
    """How files are delivered. The rules of :mod:`validation` refuse options that have no effect on a kind.

    ``temporary_name`` is a pattern with ``{name}`` (or ``{stem}`` and ``{ending}``) and ``{attempt}``. ``tags`` are put
    on S3 objects, ``kms_key`` is the id or ARN of the key that encrypts them. ``plain_ftp`` consents to a server that
    receives passwords and files unencrypted. ``lock_days``: how long, from its delivery, ``object_lock`` prevents an
    object from being removed or changed. ``keep_days``: how long a file can be downloaded. ``host_keys``: fingerprints
    of host keys that are trusted in addition to those of the connection.
    """

    publish: Annotated[Literal["rename", "direct"], BeforeValidator(_lower)] = "rename"
    replace: Annotated[Literal["refuse", "remove_then_rename"], BeforeValidator(_lower)] = "refuse"
    foreign_file: Annotated[Literal["refuse", "replace", "keep_both"], BeforeValidator(_lower)] = "refuse"
    probe: Annotated[Literal["write", "login_only"], BeforeValidator(_lower)] = "write"
    probe_folder: str | None = None
    verify: Annotated[Literal["size", "read_back", "none"], BeforeValidator(_lower)] = "size"
    temporary_name: str = DEFAULT_TEMPORARY_NAME
    parallel: Annotated[int, Field(strict=True)] = 1
    max_logins: Annotated[int | None, Field(strict=True)] = None
    legacy_algorithms: bool = False
    host_keys: tuple[str, ...] = ()
    acl: Annotated[
        Literal["private", "bucket-owner-read", "bucket-owner-full-control"] | None, BeforeValidator(_lower)
    ] = None
    encryption: Annotated[Literal["AES256", "aws:kms", "aws:kms:dsse"] | None, BeforeValidator(_encryption_word)] = None
    kms_key: str | None = None
    bucket_key: bool = False
    storage_class: Annotated[str | None, BeforeValidator(_upper)] = None
    tags: dict[str, str] = Field(default_factory=dict)
    object_lock: Annotated[Literal["governance", "compliance"] | None, BeforeValidator(_lower)] = None
    lock_days: Annotated[int | None, Field(strict=True)] = None
    plain_ftp: bool = False
    keep_days: Annotated[int | None, Field(strict=True)] = None

    def non_default_options(self) -> dict[str, Any]:
        """Return the options that differ from their default, as in YAML."""
        return {
            name: value
            for name, value in self.model_dump(mode="json", exclude_defaults=True).items()
            if name in DestinationOptions.model_fields
        }
