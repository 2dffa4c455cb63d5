"""Complete an upload to S3, which publishes the object, and find out the result if the answer is missing.

A login may only have the permission to write. Then it cannot look whether an object exists, and the completion is
requested again instead: a completed upload is no longer open, and a condition on an ETag tells whose object it is.
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
    ForeignFileError,
    RemoteFile,
    changed_during_upload_error,
    foreign_file_error,
    was_announced,
)
from export_jobs.delivery.s3_service.errors import UnexpectedAnswerError, error_code
from export_jobs.delivery.s3_service.parts import MAX_PARTS, PartSender

OUTCOME_LOOKS_S = (0.5, 2.0)
"""Waits before further looks if no answer said whether an upload was completed."""
NO_SUCH_OBJECT = {"404", "NoSuchKey", "NotFound"}
ACCESS_DENIED = {"403", "AccessDenied", "Forbidden"}
LOOK_REFUSED = ACCESS_DENIED | {"400"}
"""Answers to a look that give no cause: a later request with a body shows it, such as an expired token."""
NO_SUCH_UPLOAD = {"NoSuchUpload"}
CHANGED = {"PreconditionFailed", "412"}
_CONDITION_UNKNOWN = {"NotImplemented", "501", "InvalidArgument", "InvalidRequest", "400"}
"""Answers of services that do not support the header `If-Match` or `If-None-Match` when an upload is completed."""
_ANSWERED = {"ETag", "Key", "Bucket", "Location"}
"""Fields about the object in an answer to a completion. An answer without any of them proves nothing."""
_MD5 = re.compile(r"[0-9a-f]{32}")
_IMPOSSIBLE_ETAG = '"00000000000000000000000000000000-1"'
LookUnder = Callable[[str], RemoteFile | None]


class Completion:
    """Completes uploads of one destination. ``look`` returns the object under a key; None also if it may not look."""

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
        """Publish the object if its key still has what was ``found``; return its ETag, if the service reports it.

        The service itself refuses if a part differs from its ETag. Raises boto3's errors if the object does not exist,
        ``ForeignFileError`` if another object does, ``TransientError`` if that object has just appeared.
        """
        try:
            return self._complete(place, parts, target, found)
        except (ClientError, BotoCoreError) as error:
            # If a reply is lost, boto3 repeats the request, which finds the upload gone or its own object.
            is_published = self._is_published(place, target)
            if is_published:
                return None  # the caller looks at it next
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
            # The service does not support the header. Another program could write between this look and the request.
            if self._look(place["Key"]) != found:
                raise changed_during_upload_error(target.path, self._where) from error
            if found is None and self._options.foreign_file != "replace" and self._is_hidden(place):
                raise self._unguarded_error(target.path, error_code(error)) from error
            return self._send_completion(place, parts, {})

    def _is_hidden(self, place: dict[str, str]) -> bool:
        """Whether this login may not look at the key, so that "nothing there" is not known."""
        try:
            self._client.head_object(Bucket=place["Bucket"], Key=place["Key"])
        except ClientError as error:
            return error_code(error) in LOOK_REFUSED
        return False

    def _unguarded_error(self, path: str, code: str) -> ForeignFileError:
        return ForeignFileError(
            f"It is not known whether {path} exists in {self._where}: this login may not look, and the service refused "
            f"the condition (If-None-Match) that protects a file of that name ({code}). Nothing was published",
            "Allow the login s3:GetObject and s3:ListBucket there. If no other program writes these names, set "
            "`foreign_file: replace` at the destination",
        )

    def _send_completion(
        self, place: dict[str, str], parts: list[dict[str, Any]], condition: dict[str, str]
    ) -> str | None:
        answer = self._client.complete_multipart_upload(**place, MultipartUpload={"Parts": parts}, **condition)
        if not _ANSWERED & answer.keys():
            raise UnexpectedAnswerError  # then the bucket is looked at, as if the answer were lost
        return str(answer["ETag"]) if answer.get("ETag") else None

    def _may_replace_unseen(self, key: str) -> bool:
        """Whether an object that this login may not look at may be replaced."""
        return self._options.foreign_file == "replace" and self._look(key) is None

    def _is_published(self, place: dict[str, str], target: Target) -> bool | None:
        """Whether this attempt's object is there; looks again while there is no answer. None: no permission to look."""
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
        """Complete the same upload again; None: there is still no answer.

        Amazon repeats its answer for an upload that was completed. Other services say that it is gone, or that the name
        is taken, perhaps by this upload: a completed upload no longer exists.
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
        """Whether an upload still accepts parts. Sends one that is not of the file: such an upload is aborted then."""
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
        """Replace an object that this login may not look at, but only if its ETag proves that it is ours.

        That is the ETag that the service reported at its delivery, or the one of this content: a killed attempt may
        have completed its upload.
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
        """Whether the service checks the condition; some ignore it and would replace any object.

        The request names a part that was never sent, so that it cannot publish anything.
        """
        never = [{**parts[0], "ETag": _IMPOSSIBLE_ETAG}]
        try:
            self._send_completion(place, never, {"IfMatch": _IMPOSSIBLE_ETAG})
        except ClientError as error:
            return error_code(error) in CHANGED
        return False


def _condition(found: RemoteFile | None) -> dict[str, str]:
    """Return the condition that the key still has what was found there; empty if there is no ETag."""
    if found is None:
        return {"IfNoneMatch": "*"}
    return {"IfMatch": found.etag} if found.etag else {}


def _may_have_completed(error: ClientError | BotoCoreError) -> bool:
    """Whether an object may exist anyway: there was no answer, or not to the first request, or a server error."""
    if not isinstance(error, ClientError):
        return True
    metadata = error.response.get("ResponseMetadata", {})
    return bool(metadata.get("RetryAttempts")) or int(metadata.get("HTTPStatusCode", 0)) >= 500


def _etag_of(parts: list[dict[str, Any]]) -> str | None:
    """Return the ETag of an object of these parts; None if theirs are not MD5, as with a KMS key."""
    digests = [str(part["ETag"]).strip('"') for part in parts]
    if not all(_MD5.fullmatch(digest) for digest in digests):
        return None
    whole = hashlib.md5(b"".join(map(bytes.fromhex, digests)), usedforsecurity=False).hexdigest()
    return f'"{whole}-{len(parts)}"'
