"""What everybody who looks at data has in common: how many at once, which columns they see, what the audit log says."""

from __future__ import annotations

from typing import Any

from export_jobs.core.catalogue.catalogue import Catalogue
from export_jobs.core.catalogue.personal import personal_columns
from export_jobs.core.catalogue.selection import chosen_columns
from export_jobs.core.definitions.job import ExportJob
from export_jobs.core.windows.window import Window
from export_jobs.web.http.access import Caller
from export_jobs.web.http.rate_limit import SharedSlots

MAX_AT_ONCE = 5
BUSY = f"{MAX_AT_ONCE} previews are being read already"
SLOTS = SharedSlots("previews", MAX_AT_ONCE, seconds=60)
"""Each look may keep the warehouse busy for ten seconds, and longer where its days turn out to be empty: five
seconds a fact for the newest row, and ten again. Nobody's typing may keep a run waiting."""


def hidden_columns(job: ExportJob, connection: str, user: Caller, catalogue: Catalogue) -> set[int]:
    """The places of the columns of the job's only template that tell of a person, for who may not see them."""
    return set() if user.may_use_connection(connection) else all_personal(job, catalogue)


def all_personal(job: ExportJob, catalogue: Catalogue) -> set[int]:
    """The places of the columns of the job's only template that tell of a person."""
    return set(personal_columns(job.template_definitions[0], job.templates[0], catalogue))


def looked_at(job: ExportJob, catalogue: Catalogue) -> dict[str, Any]:
    """What the audit log says of a look at the job's only template: never a value that is filtered by."""
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
    """Two instants, for the audit log."""
    return f"{window.start.isoformat()} .. {window.end.isoformat()}"
