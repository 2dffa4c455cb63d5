"""What the auditor has told whom, so that nobody gets the same alarm twice."""

from __future__ import annotations

from collections.abc import Collection

from sqlalchemy import text

from export_jobs.core.base.text import storable_text
from export_jobs.core.windows.discrepancy import Finding
from export_jobs.store.database.access import StoreAccess
from export_jobs.store.findings.late_rows import LATE_ROWS_KEY_PREFIX
from export_jobs.store.findings.refusals import REFUSAL_KEY_PREFIX

_TO = "\n"
"""Between a finding's key and the recipient; a key is one line."""
_IS_ALARM = "NOT (starts_with(key, :refused) OR starts_with(key, :late))"
_OTHERS = {"refused": REFUSAL_KEY_PREFIX, "late": LATE_ROWS_KEY_PREFIX}
"""What else stands in the table."""


class Alarms(StoreAccess):
    """Findings that still stand and that somebody has been mailed about."""

    def told(self) -> set[tuple[str, str]]:
        """Keys of findings, each with a recipient who has been alerted."""
        rows = self._rows(f"SELECT key FROM export_jobs.alarm WHERE {_IS_ALARM}", **_OTHERS)
        split = (row["key"].rpartition(_TO) for row in rows)
        return {(key, recipient) for key, _, recipient in split}

    def mark_told(self, finding: Finding, recipient: str) -> None:
        """Remember that ``recipient`` has been alerted."""
        insert = """INSERT INTO export_jobs.alarm (key, job, message) VALUES (:key, :job, :message)
            ON CONFLICT DO NOTHING"""
        values = {
            "key": storable_text(f"{finding.key}{_TO}{recipient}"),
            "job": finding.job,
            "message": storable_text(finding.message),
        }
        with self._begin() as connection:
            connection.execute(text(insert), values)

    def keep_only(self, keys: Collection[str]) -> None:
        """Forget what no longer applies, so that it is reported again if it comes back."""
        forget = f"""DELETE FROM export_jobs.alarm WHERE {_IS_ALARM}
            AND NOT (regexp_replace(key, '\\n[^\\n]*$', '') = ANY(:keys))"""
        with self._begin() as connection:
            connection.execute(text(forget), {"keys": list(keys), **_OTHERS})
