"""What the auditor finds wrong, and who was notified, so that nobody gets the same alarm twice."""

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
"""Separates a finding's key, which is one line, from the recipient; the finding's own row has no recipient."""
_CHECKED = "runs of Airflow looked at"
_IS_ALARM = "NOT (starts_with(key, :refused) OR starts_with(key, :late) OR key = :looked)"
_OTHERS = {"refused": REFUSAL_KEY_PREFIX, "late": LATE_ROWS_KEY_PREFIX, "looked": _CHECKED}
"""The keys of other rows in the table."""
_WRITE = """INSERT INTO export_jobs.alarm AS known (key, job, message)
    SELECT * FROM unnest(CAST(:keys AS text[]), CAST(:jobs AS text[]), CAST(:messages AS text[]))"""
_OPEN = f"""SELECT key, job, message, told_at FROM export_jobs.alarm
    WHERE {_IS_ALARM} AND key LIKE '%' || chr(10) AND told_at > clock_timestamp() - :within ORDER BY job, key"""


@dataclass(frozen=True)
class OpenAlarm:
    """What is wrong with a job. ``is_standstill``: one of its runs does nothing. ``at``: when this was last seen."""

    message: str
    is_standstill: bool
    at: datetime


class Alarms(StoreAccess):
    """Open findings, and who was notified of them; each call is one statement, however many findings there are."""

    def open_keys(self) -> set[str]:
        """Return the keys of all open findings, whether or not somebody was notified."""
        rows = self._rows(f"SELECT key FROM export_jobs.alarm WHERE {_IS_ALARM}", **_OTHERS)
        return {row["key"].rpartition(_TO)[0] for row in rows}

    def notified(self) -> set[tuple[str, str]]:
        """Return keys of findings, each with a recipient who was notified."""
        rows = self._rows(f"SELECT key FROM export_jobs.alarm WHERE {_IS_ALARM}", **_OTHERS)
        split = (row["key"].rpartition(_TO) for row in rows)
        return {(key, recipient) for key, _, recipient in split if recipient}

    def mark_notified(self, findings: Sequence[Finding], recipient: str) -> None:
        """Remember that ``recipient`` was notified."""
        self._write(findings, recipient, "ON CONFLICT DO NOTHING")

    def record(self, findings: Sequence[Finding]) -> None:
        """Store the open findings, for the page."""
        again = """ON CONFLICT (key) DO UPDATE SET job = excluded.job, message = excluded.message,
            told_at = excluded.told_at"""
        self._write(findings, "", again)

    def open_alarms(self, within: timedelta) -> dict[str, OpenAlarm]:
        """Return, by job, one alarm recorded within that time: a standstill if there is one, else the first."""
        found: dict[str, OpenAlarm] = {}
        for row in self._rows(_OPEN, within=within, **_OTHERS):
            alarm = OpenAlarm(row["message"], is_standstill(row["key"].removesuffix(_TO)), row["told_at"])
            known = found.setdefault(row["job"], alarm)
            if alarm.is_standstill and not known.is_standstill:
                found[row["job"]] = alarm
        return found

    def keep_only(self, keys: Collection[str]) -> None:
        """Delete all other findings, so that each is reported again if it comes back."""
        forget = f"""DELETE FROM export_jobs.alarm WHERE {_IS_ALARM}
            AND NOT (regexp_replace(key, '\\n[^\\n]*$', '') = ANY(:keys))"""
        with self._begin() as connection:
            connection.execute(text(forget), {"keys": list(keys), **_OTHERS})

    def checked_at(self) -> datetime | None:
        """Return when the auditor last asked Airflow which runs have changed; None before the first time."""
        rows = self._rows("SELECT told_at FROM export_jobs.alarm WHERE key = :looked", looked=_CHECKED)
        return rows[0]["told_at"] if rows else None

    def mark_checked(self, at: datetime) -> None:
        """Remember when Airflow was asked; the next audit continues from there."""
        upsert = """INSERT INTO export_jobs.alarm (key, job, message, told_at) VALUES (:looked, '', '', :at)
            ON CONFLICT (key) DO UPDATE SET told_at = excluded.told_at"""
        with self._begin() as connection:
            connection.execute(text(upsert), {"looked": _CHECKED, "at": at})

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
