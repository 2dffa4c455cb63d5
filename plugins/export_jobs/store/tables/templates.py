"""Templates: what one file holds. Never edited once created, so that one name always means one content."""

from __future__ import annotations

from sqlalchemy import text

from export_jobs.core.definitions.job import Template
from export_jobs.errors import UserError
from export_jobs.store.database.access import StoreAccess


class Templates(StoreAccess):
    """The templates of one store; creation and deletion are kept in ``definition_change``."""

    def templates(self) -> list[Template]:
        """All templates by name."""
        query = """SELECT name, kind, description, fact, columns, kpis, dimensions
                   FROM export_jobs.template ORDER BY name"""
        return [Template.model_validate(dict(row)) for row in self._rows(query)]

    def create_template(self, template: Template, actor: str | None = None) -> None:
        """Save a new template; raises ``UserError`` when its name is taken."""
        query = """INSERT INTO export_jobs.template (name, kind, description, fact, columns, kpis, dimensions)
            VALUES (:name, :kind, :description, :fact, :columns, :kpis, :dimensions)"""
        with self._begin(actor) as connection:
            connection.execute(text(query), template.model_dump(mode="json"))

    def delete_template(self, name: str, actor: str | None = None) -> None:
        """Delete a template that no live job uses; raises ``UserError`` when one does or there is none."""
        with self._begin(actor) as connection:
            if not connection.execute(text("DELETE FROM export_jobs.template WHERE name = :n"), {"n": name}).rowcount:
                raise UserError(f"There is no template {name!r}", "`export-jobs list` shows the names in use")
