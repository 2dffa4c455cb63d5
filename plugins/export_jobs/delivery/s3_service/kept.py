"""Keep a foreign object under a name beside ours: it is copied once, however often a delivery is tried."""

from __future__ import annotations

import logging
from typing import Any

from botocore.exceptions import ClientError

from export_jobs.core.definitions.destination import DestinationOptions
from export_jobs.delivery.existing_file import RemoteFile, changed_during_upload_error, foreign_file_error
from export_jobs.delivery.paths import MAX_KEPT_FILES, kept_name
from export_jobs.delivery.s3_service.completion import ACCESS_DENIED, CHANGED, NO_SUCH_OBJECT
from export_jobs.delivery.s3_service.errors import error_code
from export_jobs.delivery.s3_service.objects import object_options
from export_jobs.errors import TransientError

log = logging.getLogger(__name__)
_LABEL = "kept-from"
_DESCRIBING = (
    *("CacheControl", "ContentDisposition", "ContentEncoding", "ContentLanguage", "ContentType"),
    *("Expires", "WebsiteRedirectLocation"),
)
"""Fields that a multipart copy does not take over by itself."""


def keep_foreign_object(client: Any, bucket: str, key: str, found: RemoteFile, options: DestinationOptions) -> None:
    """Copy what was ``found`` under ``key``, unless a killed attempt has done so already.

    Our object replaces the original afterwards, only if that is still what was copied; the copy is labelled with it.
    Raises boto3's errors, ``TransientError`` if another object is there by now, ``ForeignFileError`` if no name is
    free.
    """
    folder, slash, name = key.rpartition("/")
    for number in range(1, MAX_KEPT_FILES + 1):
        kept = f"{folder}{slash}{kept_name(name, number)}"
        existing = _described(client, bucket, kept)
        if existing is None:
            _copy(client, {"Bucket": bucket, "Key": key}, kept, found, options)
            _require_copy(client, bucket, kept)
            log.warning("The foreign object %s is kept as %s", key, kept)
            return
        if existing.get("Metadata", {}).get(_LABEL) == _label(found):
            log.info("An earlier attempt kept the foreign object %s as %s", key, kept)
            return
    raise foreign_file_error(found, key, f"bucket {bucket}")


def _copy(client: Any, origin: dict[str, str], kept: str, found: RemoteFile, options: DestinationOptions) -> None:
    original = _described(client, origin["Bucket"], origin["Key"]) or {}
    described = {name: original[name] for name in _DESCRIBING if name in original}
    storage = _storage_of(original, has_encryption=options.encryption is not None)
    wanted = {**storage, **object_options(options), **described, "MetadataDirective": "REPLACE"}
    wanted["Metadata"] = {**original.get("Metadata", {}), _LABEL: _label(found)}
    wanted.pop("Tagging", None)
    if found.etag:
        wanted["CopySourceIfMatch"] = found.etag
    try:
        client.copy(origin, origin["Bucket"], kept, ExtraArgs=wanted)
    except ClientError as error:
        if error_code(error) in CHANGED | NO_SUCH_OBJECT:
            raise changed_during_upload_error(origin["Key"], f"bucket {origin['Bucket']}") from error
        raise


def _storage_of(original: dict[str, Any], *, has_encryption: bool) -> dict[str, Any]:
    """Return the storage class and the KMS key of an object, which a copy loses unless they are set.

    ``has_encryption``: the destination sets an encryption, which its bucket may require; then the copy gets that one.
    """
    names = [*(["StorageClass"] if original.get("StorageClass") not in {None, "STANDARD"} else [])]
    if not has_encryption and str(original.get("ServerSideEncryption", "")).startswith("aws:kms"):
        names += ["ServerSideEncryption", "SSEKMSKeyId", "BucketKeyEnabled"]
    return {name: original[name] for name in names if original.get(name)}


def _require_copy(client: Any, bucket: str, kept: str) -> None:
    """Look at the copy, since the original is replaced next: a proxy may have answered instead of the service."""
    if _described(client, bucket, kept) is None:
        raise TransientError(
            f"The copy {kept} is missing in bucket {bucket}, although the service confirmed it. Nothing was published",
            "The next attempt copies it again; if this continues, ask the bucket's owner",
        )


def _described(client: Any, bucket: str, key: str) -> dict[str, Any] | None:
    try:
        return dict(client.head_object(Bucket=bucket, Key=key))
    except ClientError as error:
        if error_code(error) in NO_SUCH_OBJECT | ACCESS_DENIED:
            return None
        raise


def _label(found: RemoteFile) -> str:
    """Return a label that identifies an object among all that existed under its key."""
    return (found.etag or f"{found.bytes}-{found.modified}").strip('"')
