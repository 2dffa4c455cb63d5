"""Who was notified of what: the mail server's answer to each recipient, so that a retry notifies nobody twice."""

from __future__ import annotations

from sqlalchemy import text

from export_jobs.core.base.text import storable_text
from export_jobs.store.database.access import StoreAccess


class Notifications(StoreAccess):
    """The part of the ledger that is about mail."""

    def notification_states(self, execution_id: int, kind: str, key: str, clear_number: int = 0) -> dict[str, str]:
        """Return who needs no mail now: ``sent`` in any round of the run, or ``refused`` in this round.

        A round ends when somebody clears the run, because then refused recipients are tried again.
        """
        rows = self._rows(
            """SELECT recipient, state FROM export_jobs.notification
            WHERE execution_id = :execution_id AND kind = :kind AND (key = :round
                OR (state = 'sent' AND (key = :key OR starts_with(key, :key || '/'))))""",
            execution_id=execution_id,
            kind=kind,
            key=key,
            round=_round_key(key, clear_number),
        )
        # A recipient who got the mail in one round is not to be tried again because another round refused them.
        return {row["recipient"]: row["state"] for row in sorted(rows, key=lambda row: row["state"] == "sent")}

    def refused_recipients(self, execution_id: int) -> set[str]:
        """Return the recipients refused in any round of an execution's deliveries."""
        rows = self._rows(
            """SELECT recipient FROM export_jobs.notification
            WHERE execution_id = :execution_id AND kind = 'success' AND state = 'refused'""",
            execution_id=execution_id,
        )
        return {row["recipient"] for row in rows}

    def record_notification(
        self, execution_id: int, kind: str, key: str, *, recipient: str, state: str, reply: str, clear_number: int = 0
    ) -> None:
        """Add the mail server's answer to one recipient."""
        insert = """INSERT INTO export_jobs.notification (execution_id, kind, key, recipient, state, reply)
            VALUES (:execution_id, :kind, :key, :recipient, :state, :reply) ON CONFLICT DO NOTHING"""
        values = {
            "execution_id": execution_id,
            "kind": kind,
            "key": _round_key(key, clear_number),
            "recipient": recipient,
            "state": state,
            "reply": storable_text(reply),
        }
        with self._begin() as connection:
            connection.execute(text(insert), values)


def _round_key(key: str, clear_number: int) -> str:
    """One row a recipient and round: entries are never changed, so a later answer needs a key of its own."""
    return f"{key}/{clear_number}" if clear_number else key
