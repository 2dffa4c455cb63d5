"""Common rules of previews and test files: how many at once, hidden columns, and the audit log."""

from __future__ import annotations

from typing import Any

from export_jobs.core.catalogue.catalogue import Catalogue
from export_jobs.core.catalogue.personal import personal_columns
from export_jobs.core.catalogue.selection import chosen_columns
from export_jobs.core.definitions.job import ExportJob
from export_jobs.core.windows.window import Window
from export_jobs.web.http.access import Caller
from export_jobs.web.http.rate_limit import SharedSlots

MAX_CONCURRENT_PREVIEWS = 5
PREVIEWS_BUSY = f"{MAX_CONCURRENT_PREVIEWS} previews are already running"
PREVIEW_SLOTS = SharedSlots("previews", MAX_CONCURRENT_PREVIEWS, seconds=60)
"""A preview can keep the warehouse busy for ten seconds. If its days are empty, it can take five more seconds per fact
to find the newest row, and ten seconds again. Previews must not delay runs."""


def hidden_columns(job: ExportJob, connection: str, user: Caller, catalogue: Catalogue) -> set[int]:
    """Return the places of columns with personal data in the job's only template; empty if the caller may see them."""
    return set() if user.may_use_connection(connection) else personal_places(job, catalogue)


def personal_places(job: ExportJob, catalogue: Catalogue) -> set[int]:
    """Return the places of columns with personal data in the job's only template."""
    return set(personal_columns(job.template_definitions[0], job.templates[0], catalogue))


def audit_details(job: ExportJob, catalogue: Catalogue) -> dict[str, Any]:
    """Return what the audit log records about a preview of the job's only template; never a filter value."""
    template, use = job.template_definitions[0], job.templates[0]
    return {
        "kind": template.kind,
        "fact": template.fact,
        "kpis": list(template.kpis),
        "columns": [column.column for column in chosen_columns(template, use, catalogue)],
        "filters": [job_filter.column for job_filter in use.filters],
        "audience": len(use.audience),
    }


def span_text(window: Window) -> str:
    """Return the bounds of a window as text for the audit log."""
    return f"{window.start.isoformat()} .. {window.end.isoformat()}"
