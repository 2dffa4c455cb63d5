"""An execution's folder in an object store, which has its own rights: whoever may read the bucket may read it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, BinaryIO, cast

from export_jobs.orchestration.unfinished_uploads import S3, abort_unfinished

if TYPE_CHECKING:
    from airflow.sdk import ObjectStoragePath

PART_OF_UPLOAD_BYTES = 16 * 1024 * 1024
"""Of one part of an upload to S3, a few of which are in memory: s3fs takes 50 MB. Enough for files of 150 GB."""

READ_AHEAD_BYTES = 8 * 1024 * 1024
"""Read at once from S3; s3fs takes 50 MB, and holds what it had beside what it reads."""


@dataclass(frozen=True)
class ObjectFolder:
    """What a local folder can do, too."""

    path: ObjectStoragePath

    @classmethod
    def open(cls, path: ObjectStoragePath, *, create: bool) -> ObjectFolder:
        """The folder; most object stores make it with its first file."""
        if create:
            path.mkdir(parents=True, exist_ok=True)
        return cls(path)

    def names(self) -> list[str]:
        """What stands in the folder."""
        return sorted(file.name for file in self.path.iterdir()) if self.path.exists() else []

    def create(self, name: str) -> BinaryIO:
        """A new file to write to."""
        options = {"block_size": PART_OF_UPLOAD_BYTES} if self.path.protocol in S3 else {}
        return cast("BinaryIO", (self.path / name).open("wb", **options))

    def abort_unfinished(self, start: str) -> None:
        """Abort what killed attempts have begun to upload under names that start so."""
        abort_unfinished(self.path / start)

    def read(self, name: str) -> BinaryIO:
        """A file; raises ``FileNotFoundError``."""
        options = {"block_size": READ_AHEAD_BYTES} if self.path.protocol in S3 else {}
        return cast("BinaryIO", (self.path / name).open("rb", **options))

    def replace(self, name: str, new_name: str) -> None:
        """Give a file another name, in place of what has it."""
        (self.path / name).replace(self.path / new_name)

    def remove(self, name: str) -> None:
        """Remove a file; one that is gone already is none to remove."""
        (self.path / name).unlink(missing_ok=True)

    def remove_folder(self, name: str) -> None:
        """Remove an empty folder within."""
        (self.path / name).rmdir()

    def last_change(self) -> float:
        """When the folder or a file in it was last changed."""
        times = [float(file.stat().st_mtime) for file in self.path.iterdir()]
        return max(times) if times else float(self.path.stat().st_mtime)
