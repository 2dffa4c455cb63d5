"""Abort uploads to an object store that a killed task left unfinished: they are invisible, but cost storage."""

from __future__ import annotations

import logging
from datetime import datetime
from typing import TYPE_CHECKING, Any

from export_jobs.orchestration.airflow.s3_client import s3_client

if TYPE_CHECKING:
    from airflow.sdk import ObjectStoragePath

log = logging.getLogger(__name__)

S3 = {"s3", "s3a"}


def abort_unfinished(prefix: ObjectStoragePath, *, before: datetime | None = None) -> int:
    """Abort the S3 uploads whose key starts with ``prefix``, optionally only old ones; return how many were aborted.

    ``before``: only uploads started before that time. A refusal is only logged: a rule of the bucket may remove the
    upload, and no file depends on it.
    """
    if prefix.protocol not in S3:
        return 0
    try:
        client = s3_client(prefix.conn_id)
        pages = client.get_paginator("list_multipart_uploads").paginate(Bucket=prefix.bucket, Prefix=prefix.key)
        found = [upload for page in pages for upload in page.get("Uploads", ())]
    except Exception as error:
        log.warning("Unfinished uploads below %s cannot be listed (%s)", prefix, type(error).__name__)
        return 0
    stale = [upload for upload in found if before is None or upload["Initiated"] < before]
    return sum(_abort(client, prefix.bucket, upload) for upload in stale)


def _abort(client: Any, bucket: str, upload: dict[str, Any]) -> bool:
    """Abort one upload; an error, such as an upload that another process has aborted, does not stop the others."""
    log.info("Aborting the upload of %s, which was started at %s", upload["Key"], upload["Initiated"])
    try:
        client.abort_multipart_upload(Bucket=bucket, Key=upload["Key"], UploadId=upload["UploadId"])
    except Exception as error:
        log.warning("The unfinished upload of %s cannot be aborted (%s)", upload["Key"], type(error).__name__)
        return False
    return True
