"""The options with which objects are created, and the check that a bucket accepts one."""

from __future__ import annotations

import logging
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import urlencode

from botocore.exceptions import BotoCoreError, ClientError

from export_jobs.core.definitions.destination import DestinationOptions
from export_jobs.delivery.paths import probe_name
from export_jobs.delivery.s3_service.errors import UnexpectedAnswerError, error_code, translate_s3_errors
from export_jobs.delivery.s3_service.parts import CHECKSUM, PartSender, is_checked, md5_of, requires_digest

log = logging.getLogger(__name__)
DENIED = {"403", "AccessDenied", "Forbidden", "AllAccessDisabled", "MethodNotAllowed", "405"}
_NO_SUCH_UPLOAD = {"NoSuchUpload", "404", "NoSuchKey", "InvalidArgument", "InvalidRequest", "400"}
_TEXT = b"Export Jobs proves write permission; this may be removed.\n"


def object_options(options: DestinationOptions) -> dict[str, Any]:
    """Return arguments for the request that starts an upload or writes an object; parts take none of them."""
    wanted = {
        "ACL": options.acl,
        "ServerSideEncryption": options.encryption,
        "SSEKMSKeyId": options.kms_key,
        "BucketKeyEnabled": options.bucket_key or None,
        "StorageClass": options.storage_class,
        "Tagging": urlencode(options.tags) or None,
        "ObjectLockMode": options.object_lock.upper() if options.object_lock else None,
        "ObjectLockRetainUntilDate": _until(options.lock_days),
    }
    return {name: value for name, value in wanted.items() if value is not None}


def begin_upload(
    client: Any, place: dict[str, str], options: DestinationOptions, metadata: dict[str, str] | None = None
) -> dict[str, str]:
    """Start a multipart upload at a bucket and key; return them with the upload's id.

    If boto3 adds a checksum to each part, the upload is started with that kind: Amazon has refused parts with another
    kind than announced ("expected checksum Type: null", apache/opendal#4533).
    """
    algorithm = {"ChecksumAlgorithm": CHECKSUM} if is_checked(client) else {}
    described = {"Metadata": metadata} if metadata else {}
    begun = client.create_multipart_upload(**place, **described, **algorithm, **object_options(options))
    if not begun.get("UploadId"):
        raise UnexpectedAnswerError
    return {**place, "UploadId": str(begun["UploadId"])}


def _until(days: int | None) -> datetime | None:
    return None if days is None else datetime.now(UTC) + timedelta(days=days)


def check_bucket(client: Any, bucket: str, prefix: str, options: DestinationOptions, endpoint: str) -> None:
    """Do what a delivery does, except for its end: start an upload, send a small part, and abort it.

    So no object is created, which a bucket with versions or a retention would keep. A login that may not abort uploads
    creates an object and deletes it, if it may do that. With ``login_only`` only the bucket is looked at, and a login
    that may not look passes.
    """

    def doing(what: str) -> Any:
        return translate_s3_errors(what, bucket, endpoint)

    if options.probe == "login_only":
        with doing("looking at the bucket"):
            _unless_denied(lambda: client.head_bucket(Bucket=bucket), "looking at the bucket")
        return
    name = probe_name()
    place = {"Bucket": bucket, "Key": f"{prefix}/{name}" if prefix else name}
    with doing("writing files"):
        may_abort = _unless_denied(lambda: _abort(client, {**place, "UploadId": name}), "aborting uploads")
        may_delete = may_abort or _unless_denied(lambda: client.delete_object(**place), "deleting files")
        if may_delete and not may_abort:
            removable = options.model_copy(update={"object_lock": None, "lock_days": None})
            _put(client, place, object_options(removable))
            client.delete_object(**place)
            return
        upload = begin_upload(client, place, options)
        try:
            PartSender(client, doing).send_one(upload, 1, _TEXT)
        finally:
            with suppress(ClientError, BotoCoreError):  # the earlier error is the one to report
                client.abort_multipart_upload(**upload)


def _put(client: Any, place: dict[str, str], options: dict[str, Any]) -> None:
    """Create the probe object, with a digest if the bucket requires one."""
    try:
        client.put_object(**place, Body=_TEXT, **options)
    except ClientError as error:
        if not requires_digest(error):
            raise
        client.put_object(**place, Body=_TEXT, **options, **md5_of(client, _TEXT))


def _abort(client: Any, upload: dict[str, str]) -> None:
    """Abort an upload that was never started; every answer except "denied" shows the permission."""
    try:
        client.abort_multipart_upload(**upload)
    except ClientError as error:
        if error_code(error) not in _NO_SUCH_UPLOAD:
            raise


def _unless_denied(ask: Any, what: str) -> bool:
    """Call ``ask`` for a permission that a delivery can do without; False if it is denied."""
    try:
        ask()
    except ClientError as error:
        if error_code(error) not in DENIED:
            raise
        log.warning("The login has no permission for %s; files are delivered without it", what)
        return False
    return True
