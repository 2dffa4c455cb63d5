"""Destinations: where files go, by tag. Their secrets live in Airflow's connections."""

from __future__ import annotations

from sqlalchemy import text

from export_jobs.core.definitions.job import DestinationSpec
from export_jobs.store.database.access import StoreAccess

_SELECT = "SELECT tag, kind, connection, folder, description FROM export_jobs.destination"


class Destinations(StoreAccess):
    """The destinations of one store; each change of one is kept in ``definition_change``."""

    def destinations(self) -> list[DestinationSpec]:
        """All destinations by tag."""
        return [DestinationSpec.model_validate(dict(row)) for row in self._rows(f"{_SELECT} ORDER BY tag")]

    def destination(self, tag: str) -> DestinationSpec | None:
        """The destination ``tag``; None when there is none."""
        rows = self._rows(f"{_SELECT} WHERE tag = :tag", tag=tag)
        return DestinationSpec.model_validate(dict(rows[0])) if rows else None

    def save_destination(self, spec: DestinationSpec, actor: str | None = None) -> None:
        """Create a destination or change it."""
        query = """INSERT INTO export_jobs.destination (tag, kind, connection, folder, description)
            VALUES (:tag, :kind, :connection, :folder, :description)
            ON CONFLICT (tag) DO UPDATE SET kind = excluded.kind, connection = excluded.connection,
                folder = excluded.folder, description = excluded.description"""
        with self._begin(actor) as connection:
            connection.execute(text(query), spec.model_dump(mode="json"))
