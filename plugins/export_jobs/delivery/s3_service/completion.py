"""The end of an upload to S3, which makes the object appear: what its answer means, and what a missing answer hides.

A login may have no right but to write. Then nobody can look whether an object stands, and the end of the upload itself
is asked: an upload that has been completed is open no more, and a condition on an ETag tells whose object it is.
"""

from __future__ import annotations

import hashlib
import re
import time
from collections.abc import Callable
from typing import Any

from botocore.exceptions import BotoCoreError, ClientError

from export_jobs.core.definitions.destination import DestinationOptions
from export_jobs.delivery.destination import Target
from export_jobs.delivery.existing_file import (
    RemoteFile,
    changed_during_upload_error,
    foreign_file_error,
    was_announced,
)
from export_jobs.delivery.s3_service.errors import UnexpectedAnswerError, error_code
from export_jobs.delivery.s3_service.parts import MAX_PARTS, PartSender

OUTCOME_LOOKS_S = (0.5, 2.0)
"""When nobody has said whether an upload was completed."""
NO_SUCH_OBJECT = {"404", "NoSuchKey", "NotFound"}
ACCESS_DENIED = {"403", "AccessDenied", "Forbidden"}
LOOK_REFUSED = ACCESS_DENIED | {"400"}
"""An answer to a look without a cause: its next request with a body is told, for example, that a token has expired."""
NO_SUCH_UPLOAD = {"NoSuchUpload"}
CHANGED = {"PreconditionFailed", "412"}
_CONDITION_UNKNOWN = {"NotImplemented", "501", "InvalidArgument", "InvalidRequest", "400"}
"""What stores answer to a header `If-Match` or `If-None-Match` that they do not know at the end of an upload."""
_ANSWERED = {"ETag", "Key", "Bucket", "Location"}
"""What an answer to the end of an upload says of the object. One that says none of it proves nothing."""
_MD5 = re.compile(r"[0-9a-f]{32}")
_IMPOSSIBLE_ETAG = '"00000000000000000000000000000000-1"'
LookUnder = Callable[[str], RemoteFile | None]


class Completion:
    """Completes uploads of one destination. ``look``: what stands under a key, None also where nobody may look."""

    def __init__(
        self, client: Any, parts: PartSender, options: DestinationOptions, look: LookUnder, where: str
    ) -> None:
        self._client = client
        self._parts = parts
        self._options = options
        self._look = look
        self._where = where

    def complete(
        self, place: dict[str, str], parts: list[dict[str, Any]], target: Target, found: RemoteFile | None
    ) -> str | None:
        """Make the object appear if under its key stands what was ``found``; returns its ETag, where that is told.

        The service itself refuses when a part differs from its ETag. Raises boto3's errors for an object that does not
        stand, ``ForeignFileError`` for another one that does, ``TransientError`` when that has just come.
        """
        try:
            return self._complete(place, parts, target, found)
        except (ClientError, BotoCoreError) as error:
            # A reply may be lost; boto3 repeats the request, and the second finds the upload gone or its own work.
            is_published = self._is_published(place, target)
            if is_published:
                return None  # it is looked at in a moment
            if is_published is None and _may_have_completed(error) and self._complete_again(place, parts, found):
                return _etag_of(parts)
            if error_code(error) not in CHANGED:
                raise
            if found is None and self._look(place["Key"]) is None:
                return self._replace_ours_unseen(place, parts, target, error)
            raise changed_during_upload_error(target.path, self._where) from error

    def _complete(
        self, place: dict[str, str], parts: list[dict[str, Any]], target: Target, found: RemoteFile | None
    ) -> str | None:
        unchanged = _condition(found)
        # Without an ETag no request can contain a condition.
        if found is not None and not unchanged and self._look(place["Key"]) != found:
            raise changed_during_upload_error(target.path, self._where)
        try:
            return self._send_completion(place, parts, unchanged)
        except ClientError as error:
            if error_code(error) in CHANGED and found is None and self._may_replace_unseen(place["Key"]):
                return self._send_completion(place, parts, {})
            if error_code(error) not in _CONDITION_UNKNOWN:
                raise
            # A store that does not know the header. Between this look and the next request another could write there.
            if self._look(place["Key"]) != found:
                raise changed_during_upload_error(target.path, self._where) from error
            return self._send_completion(place, parts, {})

    def _send_completion(
        self, place: dict[str, str], parts: list[dict[str, Any]], condition: dict[str, str]
    ) -> str | None:
        answer = self._client.complete_multipart_upload(**place, MultipartUpload={"Parts": parts}, **condition)
        if not _ANSWERED & answer.keys():
            raise UnexpectedAnswerError  # then the bucket itself is asked, as when the answer is lost
        return str(answer["ETag"]) if answer.get("ETag") else None

    def _may_replace_unseen(self, key: str) -> bool:
        """Whether an object that this login may not look at can be replaced."""
        return self._options.foreign_file == "replace" and self._look(key) is None

    def _is_published(self, place: dict[str, str], target: Target) -> bool | None:
        """Whether this very attempt's object stands there, asked again while nobody answers; None: no right to look."""
        stored: dict[str, Any] = {}
        for wait in (0, *OUTCOME_LOOKS_S):
            time.sleep(wait)
            try:
                stored = self._client.head_object(Bucket=place["Bucket"], Key=place["Key"])
            except ClientError as error:
                if error_code(error) in ACCESS_DENIED:
                    return None
                if error_code(error) in NO_SUCH_OBJECT:
                    return False
            except BotoCoreError:
                continue
            else:
                break
        written = stored.get("Metadata", {})
        return bool(written.get("attempt") == target.attempt and written.get("sha256") == target.sha256)

    def _complete_again(
        self, place: dict[str, str], parts: list[dict[str, Any]], found: RemoteFile | None
    ) -> bool | None:
        """Complete the same upload once more; None: still nobody answers.

        Amazon repeats its answer to an upload that has been completed. Others say that it is gone, or that the name is
        taken, perhaps by itself: whoever completes an upload uses it up.
        """
        for wait in OUTCOME_LOOKS_S:
            time.sleep(wait)
            try:
                self._send_completion(place, parts, _condition(found))
            except ClientError as error:
                if error_code(error) in NO_SUCH_UPLOAD:
                    return True
                if error_code(error) in CHANGED:
                    return not self._accepts_parts(place, len(parts))
            except BotoCoreError:
                continue
            else:
                return True
        return None

    def _accepts_parts(self, place: dict[str, str], count: int) -> bool:
        """Whether an upload still takes parts; this one is given up then, so that it may get one that is none of it."""
        try:
            self._parts.put(place, min(count + 1, MAX_PARTS), b"-")
        except ClientError as error:
            if error_code(error) in NO_SUCH_UPLOAD:
                return False
            raise
        return True

    def _replace_ours_unseen(
        self, place: dict[str, str], parts: list[dict[str, Any]], target: Target, refusal: Exception
    ) -> str | None:
        """The name is taken by what nobody may look at; replaced only where its ETag proves that it is ours.

        That is the one which the service told at its delivery, or the one that this content has: a try that was killed
        may have completed its upload.
        """
        etags = [known.etag for known in target.known if known.etag]
        if was_announced(target):
            etags += filter(None, [_etag_of(parts)])
        if etags and self._supports_if_match(place, parts):
            for etag in dict.fromkeys(etags):
                try:
                    return self._send_completion(place, parts, {"IfMatch": etag})
                except ClientError as error:
                    if error_code(error) in NO_SUCH_OBJECT:
                        raise changed_during_upload_error(target.path, self._where) from error
                    if error_code(error) not in CHANGED:
                        break
        raise foreign_file_error(None, target.path, self._where, announced=was_announced(target)) from refusal

    def _supports_if_match(self, place: dict[str, str], parts: list[dict[str, Any]]) -> bool:
        """Services exist that pass over the condition, and would replace whatever stands there.

        Asked with a part that was never sent, so that nothing can come of it.
        """
        never = [{**parts[0], "ETag": _IMPOSSIBLE_ETAG}]
        try:
            self._send_completion(place, never, {"IfMatch": _IMPOSSIBLE_ETAG})
        except ClientError as error:
            return error_code(error) in CHANGED
        return False


def _condition(found: RemoteFile | None) -> dict[str, str]:
    """That under the key still stands what was found there; nothing where no ETag tells."""
    if found is None:
        return {"IfNoneMatch": "*"}
    return {"IfMatch": found.etag} if found.etag else {}


def _may_have_completed(error: ClientError | BotoCoreError) -> bool:
    """Whether an object may stand all the same: no answer came, or not to the first request, or one of trouble."""
    if not isinstance(error, ClientError):
        return True
    metadata = error.response.get("ResponseMetadata", {})
    return bool(metadata.get("RetryAttempts")) or int(metadata.get("HTTPStatusCode", 0)) >= 500


def _etag_of(parts: list[dict[str, Any]]) -> str | None:
    """The ETag of an object of these parts; None where their own are not MD5, as under a KMS key."""
    digests = [str(part["ETag"]).strip('"') for part in parts]
    if not all(_MD5.fullmatch(digest) for digest in digests):
        return None
    whole = hashlib.md5(b"".join(map(bytes.fromhex, digests)), usedforsecurity=False).hexdigest()
    return f'"{whole}-{len(parts)}"'
