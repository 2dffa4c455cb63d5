"""Which processes use the store: their versions, and whether their tasks stage rows in one place."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import text

from export_jobs.store.database.access import StoreAccess

REMEMBERED_FOR = timedelta(days=7)
_REPORT_AGAIN_AFTER = timedelta(minutes=5)
_REPORT = """
    INSERT INTO export_jobs.process AS known (host, kind, version, staging, staging_token)
    VALUES (:host, :kind, :version, :staging, :staging_token)
    ON CONFLICT (host, kind) DO UPDATE SET version = excluded.version, staging = excluded.staging,
        staging_token = excluded.staging_token, last_seen = clock_timestamp(),
        first_seen = CASE WHEN known.last_seen < clock_timestamp() - :kept_for THEN clock_timestamp()
            ELSE known.first_seen END
    WHERE known.last_seen < clock_timestamp() - :pause
        OR (known.version, known.staging, known.staging_token)
            IS DISTINCT FROM (excluded.version, excluded.staging, excluded.staging_token)"""
_FORGET = "DELETE FROM export_jobs.process WHERE last_seen < clock_timestamp() - :kept_for"
_SEEN = "SELECT host, kind, version, staging, staging_token, first_seen, last_seen FROM export_jobs.process"


@dataclass(frozen=True)
class SeenProcess:
    """A process kind on a machine. ``staging_token``: None if no rows are staged on the machine's own disk."""

    host: str
    kind: str
    version: str
    staging: str | None
    staging_token: str | None
    first_seen: datetime
    last_seen: datetime


class Processes(StoreAccess):
    """The processes of one store."""

    def report(
        self, host: str, kind: str, version: str, staging: str | None = None, staging_token: str | None = None
    ) -> None:
        """Report that this process uses the store; written at most every five minutes unless something has changed."""
        values = {"host": host, "kind": kind, "version": version, "staging": staging, "staging_token": staging_token}
        with self._begin() as connection:
            connection.execute(text(_REPORT), {**values, "pause": _REPORT_AGAIN_AFTER, "kept_for": REMEMBERED_FOR})
            connection.execute(text(_FORGET), {"kept_for": REMEMBERED_FOR})

    def seen(self, within: timedelta) -> list[SeenProcess]:
        """Return the processes that were seen within that time, by host and kind."""
        rows = self._rows(f"{_SEEN} WHERE last_seen > clock_timestamp() - :within ORDER BY host, kind", within=within)
        return [SeenProcess(**row) for row in rows]
