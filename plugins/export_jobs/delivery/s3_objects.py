"""What is said of an object when it is made, and the proof that a bucket lets one be made."""

from __future__ import annotations

import logging
from typing import Any
from urllib.parse import urlencode

from botocore.exceptions import ClientError

from export_jobs.core.definitions.destination import DestinationOptions
from export_jobs.delivery.paths import probe_name
from export_jobs.delivery.s3_errors import error_code, translate_s3_errors

log = logging.getLogger(__name__)
DENIED = {"403", "AccessDenied", "Forbidden", "AllAccessDisabled", "MethodNotAllowed", "405"}
_TEXT = b"Export Jobs proves write permission; this may be removed.\n"


def object_options(options: DestinationOptions) -> dict[str, Any]:
    """Arguments of the request that begins an upload, or writes an object; the parts take none of them."""
    wanted = {
        "ACL": options.acl,
        "ServerSideEncryption": options.encryption,
        "SSEKMSKeyId": options.kms_key,
        "BucketKeyEnabled": options.bucket_key or None,
        "StorageClass": options.storage_class,
        "Tagging": urlencode(options.tags) or None,
    }
    return {name: value for name, value in wanted.items() if value is not None}


def check_bucket(client: Any, bucket: str, prefix: str, options: DestinationOptions, endpoint: str) -> None:
    """Do with a small object what a delivery needs; raises as ``Destination.check``.

    Where the login may not delete, the object is not made, since it would stay: an upload is begun and aborted in its
    place, which takes the same right. With ``login_only`` the bucket is asked for alone, and a login that may not ask
    passes.
    """

    def doing(what: str) -> Any:
        return translate_s3_errors(what, bucket, endpoint)

    if options.probe == "login_only":
        with doing("looking at the bucket"):
            _unless_denied(lambda: client.head_bucket(Bucket=bucket), "looking at the bucket")
        return
    name = probe_name()
    place = {"Bucket": bucket, "Key": f"{prefix}/{name}" if prefix else name}
    with doing("deleting files"):
        may_delete = _unless_denied(lambda: client.delete_object(**place), "deleting")
    if not may_delete:
        with doing("writing files"):
            upload = client.create_multipart_upload(**place, **object_options(options))
            _unless_denied(
                lambda: client.abort_multipart_upload(**place, UploadId=upload["UploadId"]), "aborting an upload"
            )
        return
    with doing("writing files"):
        client.put_object(**place, Body=_TEXT, **object_options(options))
    with doing("reading files"):
        _unless_denied(lambda: client.head_object(**place), "reading files")
    with doing("deleting files"):
        _unless_denied(lambda: client.delete_object(**place), "deleting files")


def _unless_denied(ask: Any, what: str) -> bool:
    """Ask for what a delivery can do without; False where it is denied."""
    try:
        ask()
    except ClientError as error:
        if error_code(error) not in DENIED:
            raise
        log.warning("The login has no permission for %s; files are delivered without it", what)
        return False
    return True
