"""Who was notified of what: the mail server's answer to each recipient, so that a retry notifies nobody twice."""

from __future__ import annotations

from sqlalchemy import text

from export_jobs.store.database.access import StoreAccess


class Notifications(StoreAccess):
    """The part of the ledger that is about mail."""

    def notification_states(self, execution_id: int, kind: str, key: str) -> dict[str, str]:
        """Who has been notified, with the state of each: ``sent`` or ``refused``."""
        rows = self._rows(
            """SELECT recipient, state FROM export_jobs.notification
            WHERE execution_id = :execution_id AND kind = :kind AND key = :key""",
            execution_id=execution_id,
            kind=kind,
            key=key,
        )
        return {row["recipient"]: row["state"] for row in rows}

    def record_notification(
        self, execution_id: int, kind: str, key: str, *, recipient: str, state: str, reply: str
    ) -> None:
        """Add the mail server's answer to one recipient."""
        insert = """INSERT INTO export_jobs.notification (execution_id, kind, key, recipient, state, reply)
            VALUES (:execution_id, :kind, :key, :recipient, :state, :reply) ON CONFLICT DO NOTHING"""
        values = {
            "execution_id": execution_id,
            "kind": kind,
            "key": key,
            "recipient": recipient,
            "state": state,
            "reply": reply,
        }
        with self._begin() as connection:
            connection.execute(text(insert), values)
