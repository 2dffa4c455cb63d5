"""What the auditor has reported, so that nobody gets the same alarm twice."""

from __future__ import annotations

from collections.abc import Collection, Iterable

from sqlalchemy import Engine, text

from export_jobs.core.windows.discrepancy import Finding
from export_jobs.store.database.engine import transaction


class Alarms:
    """Findings that somebody has been mailed about and that still stand."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def not_yet_reported(self, findings: Iterable[Finding]) -> list[Finding]:
        """Those of ``findings`` that nobody has been alerted to."""
        with transaction(self._engine) as connection:
            reported = set(connection.execute(text("SELECT key FROM export_jobs.alarm")).scalars())
        return [finding for finding in findings if finding.key not in reported]

    def mark_reported(self, finding: Finding) -> None:
        """Remember that somebody has been alerted."""
        insert = """INSERT INTO export_jobs.alarm (key, job, message) VALUES (:key, :job, :message)
            ON CONFLICT DO NOTHING"""
        values = {"key": finding.key, "job": finding.job, "message": finding.message}
        with transaction(self._engine) as connection:
            connection.execute(text(insert), values)

    def keep_only(self, keys: Collection[str]) -> None:
        """Forget what no longer applies, so that it is reported again if it comes back."""
        with transaction(self._engine) as connection:
            query = "DELETE FROM export_jobs.alarm WHERE NOT (key = ANY(:keys))"
            connection.execute(text(query), {"keys": list(keys)})
