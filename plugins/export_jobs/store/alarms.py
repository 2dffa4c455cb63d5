"""What the auditor has told, so that nobody is told the same twice."""

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
        """Those of ``findings`` that nobody has been told of."""
        with transaction(self._engine) as connection:
            reported = set(connection.execute(text("SELECT key FROM export_jobs.alarm")).scalars())
        return [finding for finding in findings if finding.key not in reported]

    def mark_reported(self, finding: Finding) -> None:
        """Remember that somebody has been told."""
        insert = """INSERT INTO export_jobs.alarm (key, job, message) VALUES (:key, :job, :message)
            ON CONFLICT DO NOTHING"""
        values = {"key": finding.key, "job": finding.job, "message": finding.message}
        with transaction(self._engine) as connection:
            connection.execute(text(insert), values)

    def keep_only(self, keys: Collection[str]) -> None:
        """Forget what no longer stands, so that it is told again if it comes back."""
        with transaction(self._engine) as connection:
            query = "DELETE FROM export_jobs.alarm WHERE NOT (key = ANY(:keys))"
            connection.execute(text(query), {"keys": list(keys)})
