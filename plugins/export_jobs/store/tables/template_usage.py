"""Which live jobs use which template, and who made it: for lists of templates."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import RowMapping

from export_jobs.store.database.access import StoreAccess

_USAGES = """
    SELECT t.name, t.created_at, t.created_by,
        coalesce(array_agg(j.dag_id ORDER BY j.name) FILTER (WHERE j.id IS NOT NULL), '{}') AS dag_ids,
        coalesce(array_agg(j.name ORDER BY j.name) FILTER (WHERE j.id IS NOT NULL), '{}') AS jobs
    FROM export_jobs.template t
    LEFT JOIN export_jobs.job_template u ON u.template = t.name
    LEFT JOIN export_jobs.job j ON j.id = u.job_id AND j.deleted_at IS NULL
    GROUP BY t.name
"""


@dataclass(frozen=True)
class TemplateUsage:
    """When a template was made and by whom, and the jobs that use it: names and Dag ids in the same order."""

    name: str
    created_at: datetime
    created_by: str
    dag_ids: tuple[str, ...]
    jobs: tuple[str, ...]


class TemplateUsages(StoreAccess):
    """Notes on the templates of one store."""

    def usages(self) -> dict[str, TemplateUsage]:
        """Notes by the template's name; one query."""
        return {row["name"]: _usage(row) for row in self._rows(_USAGES)}


def _usage(row: RowMapping) -> TemplateUsage:
    return TemplateUsage(**{**row, "dag_ids": tuple(row["dag_ids"]), "jobs": tuple(row["jobs"])})
