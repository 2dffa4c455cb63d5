"""Build a job that is never saved from one template: for previews, and to look up values to filter by."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from export_jobs.core.definitions.job import ExportJob, FileOptions, Frequency, Schedule, Template, TemplateUse

NAME = "preview"


def trial_job(
    template: Template, use: TemplateUse, schedule: Schedule | None = None, file: FileOptions | None = None
) -> ExportJob:
    """Return a job with one template; without a schedule its days are in UTC."""
    return ExportJob(
        name=NAME,
        owner=NAME,
        destination=NAME,
        schedule=schedule or placeholder_schedule(),
        templates=(use,),
        file=file or FileOptions(),
        job_id=0,
        version=0,
        dag_id=NAME,
        template_definitions=(template,),
    )


def placeholder_schedule(**changes: Any) -> Schedule:
    """Return a valid schedule, for use before somebody has chosen one."""
    values: Mapping[str, Any] = {
        "frequency": Frequency.DAILY,
        "from": date(2024, 1, 1),
        "until": date(2024, 1, 1),
        **changes,
    }
    return Schedule.model_validate(values)
