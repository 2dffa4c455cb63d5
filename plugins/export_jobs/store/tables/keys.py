"""Keys: receivers' OpenPGP public keys, by tag. A tag stands for one fingerprint as long as it is there."""

from __future__ import annotations

from sqlalchemy import text

from export_jobs.core.definitions.key import ReceiverKey
from export_jobs.errors import UserError
from export_jobs.store.database.access import StoreAccess

_SELECT = """SELECT tag, public_key, description, fingerprint, user_id, key_created_at AS created_at, expires_at
    FROM export_jobs.key"""


class Keys(StoreAccess):
    """The keys of one store; each change of one is kept in ``definition_change``."""

    def receiver_keys(self) -> list[ReceiverKey]:
        """All keys by tag."""
        return [ReceiverKey.model_validate(dict(row)) for row in self._rows(f"{_SELECT} ORDER BY tag")]

    def receiver_key(self, tag: str) -> ReceiverKey | None:
        """The key ``tag``; None when there is none."""
        rows = self._rows(f"{_SELECT} WHERE tag = :tag", tag=tag)
        return ReceiverKey.model_validate(dict(rows[0])) if rows else None

    def jobs_by_key(self) -> dict[str, list[str]]:
        """The names of the live jobs that use each key, by its tag."""
        rows = self._rows("""SELECT k.tag, array_agg(j.name ORDER BY j.name) AS jobs
            FROM export_jobs.job j, unnest(j.encryption_keys) AS k (tag) WHERE j.deleted_at IS NULL GROUP BY k.tag""")
        return {row["tag"]: list(row["jobs"]) for row in rows}

    def save_key(self, key: ReceiverKey, actor: str | None = None) -> None:
        """Create a key, or renew it; raises ``UserError`` for another fingerprint under a tag that is there."""
        query = """INSERT INTO export_jobs.key
                (tag, public_key, description, fingerprint, user_id, key_created_at, expires_at)
            VALUES (:tag, :public_key, :description, :fingerprint, :user_id, :created_at, :expires_at)
            ON CONFLICT (tag) DO UPDATE SET public_key = excluded.public_key, description = excluded.description,
                fingerprint = excluded.fingerprint, user_id = excluded.user_id,
                key_created_at = excluded.key_created_at, expires_at = excluded.expires_at"""
        with self._begin(actor) as connection:
            connection.execute(text(query), key.model_dump())

    def delete_key(self, tag: str, actor: str | None = None) -> None:
        """Delete a key that no live job uses; raises ``UserError`` when one does or there is none."""
        with self._begin(actor) as connection:
            if not connection.execute(text("DELETE FROM export_jobs.key WHERE tag = :tag"), {"tag": tag}).rowcount:
                raise UserError(f"There is no key {tag!r}", "`export-jobs keys show` shows the tags")
