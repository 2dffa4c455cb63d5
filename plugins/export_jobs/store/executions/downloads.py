"""What the ledger knows about files for download: their jobs, and which files of a bucket are ours."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from export_jobs.store.database.access import StoreAccess


@dataclass(frozen=True)
class KnownDownload:
    """The newest file of a path; ``placed_at`` by the store's clock."""

    dag_id: str
    job: str
    path: str
    placed_at: datetime


class Downloads(StoreAccess):
    """Files for download of one store."""

    def find(self, tag: str, path: str) -> KnownDownload | None:
        """Return the file that is, or was, at the destination under ``path``; None if there was never one."""
        rows = self._rows(
            """SELECT j.dag_id, j.name AS job, p.path, p.placed_at FROM export_jobs.placement p
            JOIN export_jobs.execution e ON e.id = p.execution_id JOIN export_jobs.job j ON j.id = e.job_id
            WHERE p.destination = :tag AND p.path = :path AND p.stands ORDER BY p.id DESC LIMIT 1""",
            tag=tag,
            path=path,
        )
        return KnownDownload(**rows[0]) if rows else None

    def paths_placed_before(self, tag: str, before: datetime, paths: Iterable[str]) -> set[str]:
        """Those of ``paths`` that some job has put there, or was about to, none of them since ``before`` (aware).

        A file that was exported again with the same content is left where it is in the bucket, and is younger here.
        """
        rows = self._rows(
            """SELECT path FROM export_jobs.placement
            WHERE destination = :tag AND path = ANY(CAST(:paths AS text[]))
            GROUP BY path HAVING max(placed_at) < :before""",
            tag=tag,
            before=before,
            paths=list(paths),
        )
        return {row["path"] for row in rows}
