"""Delivery to S3: always a multipart upload that is completed inside the fence; before that no object exists."""

from __future__ import annotations

import hashlib
import logging
from collections.abc import Callable
from contextlib import suppress
from typing import Any, BinaryIO
from urllib.parse import quote, urlsplit

from botocore.exceptions import BotoCoreError, ClientError

from export_jobs.core.definitions.destination import DestinationOptions
from export_jobs.core.files.placed_file import PlacedFile, Verification
from export_jobs.delivery.destination import Fence, Receipt, Target
from export_jobs.delivery.existing_file import (
    FinalNameState,
    RemoteFile,
    changed_during_upload_error,
    classify_file,
    needs_content_check,
)
from export_jobs.delivery.paths import split_safe_path, validate_attempt
from export_jobs.delivery.s3_service.completion import LOOK_REFUSED, NO_SUCH_OBJECT, Completion
from export_jobs.delivery.s3_service.errors import error_code, translate_s3_errors
from export_jobs.delivery.s3_service.kept import keep_foreign_object
from export_jobs.delivery.s3_service.objects import begin_upload, check_bucket
from export_jobs.delivery.s3_service.parts import PART_BYTES, PartSender
from export_jobs.delivery.verified_reader import VerifiedReader
from export_jobs.errors import ExportError, TransientError

log = logging.getLogger(__name__)


class S3Destination:
    """A prefix in a bucket; see ``Destination`` for the promise. The caller creates the client, with its time-outs.

    The content's SHA-256 is stored as object metadata ``sha256``, where a receiver and a retry can read it.
    """

    def __init__(self, client: Any, bucket: str, prefix: str = "", options: DestinationOptions | None = None) -> None:
        self._client = client
        self._options = options or DestinationOptions()
        self._bucket = bucket
        self._prefix = prefix.strip("/")
        elsewhere = self._options.probe_folder
        self._probe_prefix = self._prefix if elsewhere is None else elsewhere.strip("/")
        endpoint = urlsplit(str(client.meta.endpoint_url))
        self._where = f"bucket {bucket}"
        self._endpoint = endpoint.netloc.rpartition("@")[2]  # messages name the server, never a login in its URL
        self._parts = PartSender(client, self._translate_errors)
        self._completion = Completion(client, self._parts, self._options, self._look, self._where)

    def check(self) -> None:
        """See ``Destination.check``; succeeds wherever a delivery would succeed."""
        check_bucket(self._client, self._bucket, self._probe_prefix, self._options, self._endpoint)

    def deliver(self, source: BinaryIO, target: Target, fence: Fence) -> Receipt:
        """See ``Destination.deliver``; also raises UserError for a path that could leave the prefix."""
        key = self._key("/".join(split_safe_path(target.path)))
        found = self._look(key)
        is_content_asked = needs_content_check(found, target) or self._has_our_label(key, found, target)
        digest = self._read_sha256(key) if is_content_asked else ""
        state = classify_file(found, target, self._where, digest, self._options.foreign_file)
        self._abort_stale(key)
        if state is FinalNameState.SAME_BYTES:
            with fence() as placed:
                if self._look(key) != found:
                    raise changed_during_upload_error(target.path, self._where)
                placed.etag, placed.modified = (found.etag, found.modified) if found else (None, None)
                placed.verification = Verification.READ_BACK if digest else Verification.SIZE
            return Receipt(target.path, self.url(target.path), target.bytes, target.sha256)
        metadata = {"sha256": target.sha256, "attempt": validate_attempt(target.attempt)}
        with self._translate_errors(f"starting the upload of {key}"):
            place = begin_upload(self._client, {"Bucket": self._bucket, "Key": key}, self._options, metadata)
        try:
            parts = self._parts.send(VerifiedReader(source, target), target.bytes, place)
            with fence() as placed:
                if found and state is FinalNameState.FOREIGN and self._options.foreign_file == "keep_both":
                    with self._translate_errors(f"copying {key}"):
                        keep_foreign_object(self._client, self._bucket, key, found, self._options)
                    placed.keep_open()  # a large copy takes long: an attempt that has lost the fence must not publish
                self._publish(place, parts, target, found, placed)
        except BaseException:
            self._abort(place)
            raise
        return Receipt(target.path, self.url(target.path), target.bytes, target.sha256)

    def _publish(
        self,
        place: dict[str, str],
        parts: list[dict[str, Any]],
        target: Target,
        found: RemoteFile | None,
        placed: PlacedFile,
    ) -> None:
        """Publish the object, and look at it.

        Once the object may exist, only "it does not exist" and "it is another one" are errors: the ledger must know
        what the partner has.
        """
        key = place["Key"]
        with self._translate_errors(f"completing the upload of {key}"):
            placed.etag = self._completion.complete(place, parts, target, found)
        placed.verification = Verification.NONE
        if self._options.verify == "none":
            return
        try:
            with self._translate_errors(f"verifying {key}"):
                stored = self._client.head_object(Bucket=self._bucket, Key=key)
        except ExportError as error:  # a login that may only write, or a service that is gone; the object exists
            log.warning("The object %s was published but cannot be checked: %s", key, error)
            return
        shown = _described(stored)
        placed.etag, placed.modified = shown.etag or placed.etag, shown.modified
        if self._options.verify == "read_back":
            placed.reported_bytes = None if shown.bytes == target.bytes else shown.bytes
            self._compare_content(key, target, placed)
        elif shown.bytes not in {None, target.bytes}:
            raise TransientError(
                f"Bucket {self._bucket} has {shown.bytes} of {target.bytes} bytes of {key}. It does not count as "
                "delivered",
                "It is sent again automatically; if this continues, ask the bucket's owner. If the service is known to "
                "report wrong sizes, set `verify: read_back` or `verify: none` at the destination",
            )
        elif shown.bytes is not None:
            placed.verification = Verification.SIZE

    def _compare_content(self, key: str, target: Target, placed: PlacedFile) -> None:
        try:
            stored = self._read_sha256(key, placed.keep_open)
        except ExportError as error:
            log.warning("The object %s was published but cannot be read back: %s", key, error)
            return
        if stored != target.sha256.lower():
            raise TransientError(
                f"The content of {key} in bucket {self._bucket} differs from what was sent (SHA-256). It does not "
                "count as delivered",
                "It is sent again automatically; if this continues, ask the bucket's owner",
            )
        placed.verification = Verification.READ_BACK

    def _look(self, key: str) -> RemoteFile | None:
        """Return the object under ``key``; None also if the login may not look, since then the service decides."""
        with self._translate_errors(f"looking at {key}"):
            try:
                stored = self._client.head_object(Bucket=self._bucket, Key=key)
            except ClientError as error:
                # Without s3:ListBucket an absent object is answered with 403.
                if error_code(error) in NO_SUCH_OBJECT | LOOK_REFUSED:
                    return None
                raise
        return _described(stored)

    def _has_our_label(self, key: str, found: RemoteFile | None, target: Target) -> bool:
        """Whether the object has the SHA-256 label of a known file; some services report another size for it."""
        if found is None or found.etag in {known.etag for known in target.known}:
            return False
        with self._translate_errors(f"looking at {key}"):
            label = self._client.head_object(Bucket=self._bucket, Key=key).get("Metadata", {}).get("sha256")
        return label in {target.sha256, *(known.sha256 for known in target.known)}

    def _read_sha256(self, key: str, meanwhile: Callable[[], None] = lambda: None) -> str:
        digest = hashlib.sha256()
        with self._translate_errors(f"reading {key}"):
            body = self._client.get_object(Bucket=self._bucket, Key=key)["Body"]
            for block in body.iter_chunks(PART_BYTES):
                digest.update(block)
                meanwhile()
        return digest.hexdigest()

    def _abort_stale(self, key: str) -> None:
        """Abort uploads that killed attempts left; an orphan that still uploads can then no longer complete."""
        try:
            pages = self._client.get_paginator("list_multipart_uploads").paginate(Bucket=self._bucket, Prefix=key)
            left = [upload for page in pages for upload in page.get("Uploads", []) if upload["Key"] == key]
        except (ClientError, BotoCoreError) as error:
            if not _is_refusal(error):
                with self._translate_errors(f"looking for unfinished uploads of {key}"):
                    raise
            log.warning("No permission to list unfinished uploads in %s: let a lifecycle rule abort them", self._bucket)
            return
        for upload in left:
            self._abort({"Bucket": self._bucket, "Key": key, "UploadId": upload["UploadId"]})

    def _abort(self, place: dict[str, str]) -> None:
        """Free the space of an unfinished upload; never raises, since another error is being raised or none matters."""
        try:
            with suppress(self._client.exceptions.NoSuchUpload):
                self._client.abort_multipart_upload(**place)
        except (ClientError, BotoCoreError) as error:
            log.warning(
                "An unfinished upload of %s stays until the next attempt: %s", place["Key"], type(error).__name__
            )

    def url(self, path: str) -> str:
        """See ``Destination.url``."""
        return f"s3://{self._bucket}/{quote(self._key(path))}"

    def _key(self, path: str) -> str:
        return f"{self._prefix}/{path}" if self._prefix else path

    def _translate_errors(self, doing: str) -> Any:
        return translate_s3_errors(doing, self._bucket, self._endpoint)


def _etag(answer: dict[str, Any]) -> str | None:
    return str(answer["ETag"]) if answer.get("ETag") else None


def _described(answer: dict[str, Any]) -> RemoteFile:
    """Return an object as its service describes it; some services omit fields that others always send.

    The time of writing identifies an object only if there is no ETag, which depends on the content.
    """
    size, etag, written = answer.get("ContentLength"), _etag(answer), answer.get("LastModified")
    modified = int(written.timestamp()) if written is not None and etag is None else None
    return RemoteFile(None if size is None else int(size), modified=modified, etag=etag)


def _is_refusal(error: BaseException) -> bool:
    """Whether a service answered that it does not do this, whatever its error code is."""
    status = (
        error.response.get("ResponseMetadata", {}).get("HTTPStatusCode", 0) if isinstance(error, ClientError) else 0
    )
    return (400 <= status < 500 and status != 429) or status == 501
