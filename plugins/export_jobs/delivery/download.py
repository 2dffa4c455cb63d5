"""Files for download: they stay in our bucket for some days, and people download them from the page."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any, BinaryIO
from urllib.parse import quote

from botocore.exceptions import ClientError

from export_jobs.core.definitions.destination import DestinationOptions
from export_jobs.delivery.destination import Fence, Receipt, Target
from export_jobs.delivery.paths import split_safe_path
from export_jobs.delivery.s3 import S3Destination
from export_jobs.delivery.s3_service.errors import error_code
from export_jobs.errors import UserError

log = logging.getLogger(__name__)
SERVED_BYTES = 1024 * 1024
_GONE = {"404", "NoSuchKey", "NotFound"}


@dataclass(frozen=True)
class OpenDownload:
    """An existing file: its ``length`` in bytes, and its content in ``blocks``, which are read on demand."""

    length: int
    blocks: Iterator[bytes]


class DownloadDestination(S3Destination):
    """Like S3. ``address``: the page's address of this destination's files; ``max_bytes``: size of the largest file."""

    def __init__(
        self, client: Any, place: tuple[str, str], options: DestinationOptions, *, address: str, max_bytes: int
    ) -> None:
        super().__init__(client, *place, options)
        self._address = address
        self._max_bytes = max_bytes

    def url(self, path: str) -> str:
        """Return the address at which people who are logged in to Airflow download the file."""
        return f"{self._address}/{quote(path)}"

    def deliver(self, source: BinaryIO, target: Target, fence: Fence) -> Receipt:
        """See ``Destination.deliver``; also raises ``UserError`` for a file larger than ``max_bytes``."""
        if target.bytes > self._max_bytes:
            raise UserError(
                f"{target.path} has {target.bytes} bytes; a file for download can have at most {self._max_bytes}",
                "Split the job's files, deliver them to a server, or increase EXPORT_JOBS_DOWNLOAD_MAX_BYTES",
            )
        return super().deliver(source, target, fence)

    def open(self, path: str) -> OpenDownload | None:
        """Return the file at this path, or None if it is gone; raises as a delivery if the bucket is unreachable."""
        key = self._key("/".join(split_safe_path(path)))
        with self._translate_errors(f"reading {key}"):
            try:
                found = self._client.get_object(Bucket=self._bucket, Key=key)
            except ClientError as error:
                if error_code(error) in _GONE:
                    return None
                raise
        return OpenDownload(int(found["ContentLength"]), found["Body"].iter_chunks(SERVED_BYTES))

    def remove_older(self, than: datetime, are_ours: Callable[[Iterable[str]], set[str]]) -> list[str]:
        """Remove files that were stored before ``than`` (timezone-aware), and return their paths.

        ``are_ours`` returns those of the given paths that the ledger knows, and knows to be that old; files that others
        put into the bucket stay.
        """
        removed = []
        with self._translate_errors("removing old files"):
            pages = self._client.get_paginator("list_objects_v2").paginate(
                Bucket=self._bucket, Prefix=self._key("") if self._prefix else ""
            )
            for page in pages:
                old = [found["Key"] for found in page.get("Contents", []) if found["LastModified"] < than]
                paths = {self._path(key): key for key in old}
                for path in sorted(are_ours(paths)):
                    if self._remove_if_older(paths[path], than):
                        removed.append(path)
        return removed

    def _remove_if_older(self, key: str, than: datetime) -> bool:
        """Remove the file unless a rerun has stored a new one since the folder was listed."""
        try:
            found = self._client.head_object(Bucket=self._bucket, Key=key)
        except ClientError as error:
            if error_code(error) in _GONE:
                return False
            raise
        if found["LastModified"] >= than:
            return False
        self._client.delete_object(Bucket=self._bucket, Key=key)
        return True

    def _path(self, key: str) -> str:
        return key.removeprefix(f"{self._prefix}/") if self._prefix else key
