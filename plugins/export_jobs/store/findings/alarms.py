"""What the auditor finds wrong, and whom it has told, so that nobody gets the same alarm twice."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import text

from export_jobs.core.base.text import storable_text
from export_jobs.core.windows.discrepancy import Finding, is_standstill
from export_jobs.store.database.access import StoreAccess
from export_jobs.store.findings.late_rows import LATE_ROWS_KEY_PREFIX
from export_jobs.store.findings.refusals import REFUSAL_KEY_PREFIX

_TO = "\n"
"""Between a finding's key and the recipient, who is nobody in the row of the finding itself; a key is one line."""
_LOOKED = "runs of Airflow looked at"
_IS_ALARM = "NOT (starts_with(key, :refused) OR starts_with(key, :late) OR key = :looked)"
_OTHERS = {"refused": REFUSAL_KEY_PREFIX, "late": LATE_ROWS_KEY_PREFIX, "looked": _LOOKED}
"""What else stands in the table."""
_WRITE = """INSERT INTO export_jobs.alarm AS known (key, job, message)
    SELECT * FROM unnest(CAST(:keys AS text[]), CAST(:jobs AS text[]), CAST(:messages AS text[]))"""
_STANDING = f"""SELECT key, job, message, told_at FROM export_jobs.alarm
    WHERE {_IS_ALARM} AND key LIKE '%' || chr(10) AND told_at > clock_timestamp() - :within ORDER BY job, key"""


@dataclass(frozen=True)
class StandingAlarm:
    """What is wrong with a job. ``is_standstill``: a run of it does nothing. ``at``: when that was last seen."""

    message: str
    is_standstill: bool
    at: datetime


class Alarms(StoreAccess):
    """Findings that still stand, and who has been mailed about them; each call is one statement, however many."""

    def standing_keys(self) -> set[str]:
        """Keys of all findings that stand, whoever has been alerted."""
        rows = self._rows(f"SELECT key FROM export_jobs.alarm WHERE {_IS_ALARM}", **_OTHERS)
        return {row["key"].rpartition(_TO)[0] for row in rows}

    def told(self) -> set[tuple[str, str]]:
        """Keys of findings, each with a recipient who has been alerted."""
        rows = self._rows(f"SELECT key FROM export_jobs.alarm WHERE {_IS_ALARM}", **_OTHERS)
        split = (row["key"].rpartition(_TO) for row in rows)
        return {(key, recipient) for key, _, recipient in split if recipient}

    def mark_told(self, findings: Sequence[Finding], recipient: str) -> None:
        """Remember that ``recipient`` has been alerted."""
        self._write(findings, recipient, "ON CONFLICT DO NOTHING")

    def record(self, findings: Sequence[Finding]) -> None:
        """Keep what stands now, for the page."""
        again = """ON CONFLICT (key) DO UPDATE SET job = excluded.job, message = excluded.message,
            told_at = excluded.told_at"""
        self._write(findings, "", again)

    def standing(self, within: timedelta) -> dict[str, StandingAlarm]:
        """By job, what was recorded lately; of several the one that keeps the job standing still, or else the first."""
        found: dict[str, StandingAlarm] = {}
        for row in self._rows(_STANDING, within=within, **_OTHERS):
            alarm = StandingAlarm(row["message"], is_standstill(row["key"].removesuffix(_TO)), row["told_at"])
            known = found.setdefault(row["job"], alarm)
            if alarm.is_standstill and not known.is_standstill:
                found[row["job"]] = alarm
        return found

    def keep_only(self, keys: Collection[str]) -> None:
        """Forget what no longer applies, so that it is reported again if it comes back."""
        forget = f"""DELETE FROM export_jobs.alarm WHERE {_IS_ALARM}
            AND NOT (regexp_replace(key, '\\n[^\\n]*$', '') = ANY(:keys))"""
        with self._begin() as connection:
            connection.execute(text(forget), {"keys": list(keys), **_OTHERS})

    def looked_at(self) -> datetime | None:
        """When the auditor last asked Airflow which runs have changed; None before it has."""
        rows = self._rows("SELECT told_at FROM export_jobs.alarm WHERE key = :looked", looked=_LOOKED)
        return rows[0]["told_at"] if rows else None

    def mark_looked(self, at: datetime) -> None:
        """Remember that; the next look goes on from there."""
        upsert = """INSERT INTO export_jobs.alarm (key, job, message, told_at) VALUES (:looked, '', '', :at)
            ON CONFLICT (key) DO UPDATE SET told_at = excluded.told_at"""
        with self._begin() as connection:
            connection.execute(text(upsert), {"looked": _LOOKED, "at": at})

    def _write(self, findings: Sequence[Finding], recipient: str, otherwise: str) -> None:
        rows = {storable_text(f"{finding.key}{_TO}{recipient}"): finding for finding in findings}
        values = {
            "keys": list(rows),
            "jobs": [finding.job for finding in rows.values()],
            "messages": [storable_text(finding.message) for finding in rows.values()],
        }
        if rows:
            with self._begin() as connection:
                connection.execute(text(f"{_WRITE} {otherwise}"), values)
