"""An execution's folder in an object store; everyone who may read the bucket may read it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, BinaryIO, cast

from export_jobs.orchestration.unfinished_uploads import S3, abort_unfinished

if TYPE_CHECKING:
    from airflow.sdk import ObjectStoragePath

PART_OF_UPLOAD_BYTES = 16 * 1024 * 1024
"""The size of a part of an S3 upload, a few of which are in memory (s3fs default: 50 MB). Allows files of 150 GB."""

READ_AHEAD_BYTES = 8 * 1024 * 1024
"""How much is read from S3 at once; s3fs reads 50 MB, and keeps the previous block in memory meanwhile."""


@dataclass(frozen=True)
class ObjectFolder:
    """The same operations as a local folder."""

    path: ObjectStoragePath

    @classmethod
    def open(cls, path: ObjectStoragePath, *, create: bool) -> ObjectFolder:
        """Open the folder; most object stores create it with its first file."""
        if create:
            path.mkdir(parents=True, exist_ok=True)
        return cls(path)

    def names(self) -> list[str]:
        """Return the names in the folder."""
        return sorted(file.name for file in self.path.iterdir()) if self.path.exists() else []

    def create(self, name: str) -> BinaryIO:
        """Create a file."""
        options = {"block_size": PART_OF_UPLOAD_BYTES} if self.path.protocol in S3 else {}
        return cast("BinaryIO", (self.path / name).open("wb", **options))

    def abort_unfinished(self, start: str) -> None:
        """Abort the uploads of killed attempts whose names start with ``start``."""
        abort_unfinished(self.path / start)

    def read(self, name: str) -> BinaryIO:
        """Open a file; raise ``FileNotFoundError``."""
        options = {"block_size": READ_AHEAD_BYTES} if self.path.protocol in S3 else {}
        return cast("BinaryIO", (self.path / name).open("rb", **options))

    def replace(self, name: str, new_name: str) -> None:
        """Rename a file, replacing any file with that name."""
        (self.path / name).replace(self.path / new_name)

    def remove(self, name: str) -> None:
        """Remove a file; do nothing if it does not exist."""
        (self.path / name).unlink(missing_ok=True)

    def remove_folder(self, name: str) -> None:
        """Remove an empty folder inside."""
        (self.path / name).rmdir()

    def last_change(self) -> float:
        """Return when the folder or a file in it was last changed."""
        times = [float(file.stat().st_mtime) for file in self.path.iterdir()]
        return max(times) if times else float(self.path.stat().st_mtime)
