"""Send the parts of an upload to S3: a few at once, each checked by the service."""

from __future__ import annotations

import base64
import hashlib
import zlib
from collections.abc import Callable
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from contextlib import AbstractContextManager
from itertools import count
from operator import itemgetter
from typing import Any

from botocore.exceptions import ClientError

from export_jobs.delivery.s3_service.errors import UnexpectedAnswerError, error_code
from export_jobs.delivery.verified_reader import VerifiedReader

CHECKSUM = "CRC32"
"""The checksum that boto3 adds to each part by default, if it adds one."""
_CHECKSUM_FIELD = f"Checksum{CHECKSUM}"
PART_BYTES = 8 * 1024 * 1024
MAX_PARTS = 10_000
"""The service's limit; larger files get larger parts."""
THREADS = 8
"""Parts of one upload that are sent at once: a distant service accepts each of them slowly."""
IN_MEMORY_BYTES = 64 * 1024 * 1024
FEWEST_THREADS = 4
_DIGEST_MISSING = {"InvalidRequest", "MissingContentMD5", "InvalidDigest", "400"}


class PartSender:
    """Sends the parts of any number of uploads; ``translate`` turns the errors of a request into ours."""

    def __init__(self, client: Any, translate: Callable[[str], AbstractContextManager[Any]]) -> None:
        self._client = client
        self._translate = translate
        self._wants_md5 = False

    def send(self, reader: VerifiedReader, bytes_: int, place: dict[str, str]) -> list[dict[str, Any]]:
        """Upload every part, a few at a time: as many as ``IN_MEMORY_BYTES`` allow, at least four, and the next one."""
        size = max(PART_BYTES, -(-bytes_ // MAX_PARTS))
        threads = max(FEWEST_THREADS, min(THREADS, IN_MEMORY_BYTES // size))
        done: list[dict[str, Any]] = []
        running: set[Future[dict[str, Any]]] = set()
        with ThreadPoolExecutor(threads, thread_name_prefix="s3-part") as pool:
            try:
                block = reader.read(size)
                for number in count(1):
                    running.add(pool.submit(self.send_one, place, number, block))
                    # Read and hashed while all threads are busy, so that it is ready as soon as one of them is free.
                    block = block and reader.read(size)
                    if not block:
                        break  # an empty file is one empty part
                    if len(running) == threads:
                        finished, running = wait(running, return_when=FIRST_COMPLETED)
                        done.extend(part.result() for part in finished)
                done.extend(part.result() for part in running)
            except BaseException:
                pool.shutdown(wait=False, cancel_futures=True)
                raise
        reader.finish()
        return sorted(done, key=itemgetter("PartNumber"))

    def send_one(self, place: dict[str, str], number: int, block: bytes) -> dict[str, Any]:
        """Upload one part and return its entry for the completion of the upload."""
        with self._translate(f"uploading part {number} of {place['Key']}"):
            answer = self.put(place, number, block)
            if not answer.get("ETag"):
                raise UnexpectedAnswerError  # a proxy has answered: the part is not there
        checksum = {_CHECKSUM_FIELD: answer[_CHECKSUM_FIELD]} if answer.get(_CHECKSUM_FIELD) else {}
        return {"PartNumber": number, "ETag": str(answer["ETag"]), **checksum}

    def put(self, place: dict[str, str], number: int, block: bytes) -> dict[str, Any]:
        """Upload one part and return the service's answer; raises what boto3 raises."""
        if not self._wants_md5:
            try:
                return dict(self._client.upload_part(**place, PartNumber=number, Body=block))
            except ClientError as error:
                if not requires_digest(error):
                    raise
            self._wants_md5 = True  # a bucket with Object Lock; elsewhere MD5 would only cost time
        digests = md5_of(self._client, block)
        return dict(self._client.upload_part(**place, PartNumber=number, Body=block, **digests))


def is_checked(client: Any) -> bool:
    """Return whether boto3 adds a checksum to what it sends by default."""
    return bool(client.meta.config.request_checksum_calculation == "when_supported")


def md5_of(client: Any, block: bytes) -> dict[str, str]:
    """Return the arguments of a request that contain the MD5 of its body.

    They include the checksum that boto3 would add, since an upload that was started with one requires it of each part.
    It is sent in advance: boto3 would frame the body to append it, but the digest is of the body alone.
    """
    digest = {"ContentMD5": _base64(hashlib.md5(block, usedforsecurity=False).digest())}
    if is_checked(client):
        digest[_CHECKSUM_FIELD] = _base64(zlib.crc32(block).to_bytes(4))
    return digest


def _base64(digest: bytes) -> str:
    return base64.b64encode(digest).decode()


def requires_digest(error: ClientError) -> bool:
    """Return whether a bucket accepts only parts with a digest, as one with a default retention does."""
    words = str(error.response.get("Error", {}).get("Message", "")).lower()
    return error_code(error) in _DIGEST_MISSING and ("md5" in words or "checksum" in words)
