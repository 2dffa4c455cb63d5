"""Check a body from the wizard, finished or not: every issue, the coming windows, the schedule in words."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from export_jobs.core.base.issue import Issue, errors
from export_jobs.core.base.shape import parse_shape
from export_jobs.core.catalogue.catalogue import Catalogue
from export_jobs.core.definitions.job import ExportJob, JobSpec, Schedule, Template
from export_jobs.core.definitions.names import name_issues
from export_jobs.core.files.job_files import paths_of_window
from export_jobs.core.files.name_pattern import FIRST_NUMBERS
from export_jobs.core.files.names import part_text
from export_jobs.core.validation.definition_file import StoredReferences, check_file
from export_jobs.core.windows.schedule_text import first_delivery_text, schedule_text, window_in_words
from export_jobs.core.windows.window import ScheduledWindow, Window, scheduled_windows
from export_jobs.store.definitions import Definitions
from export_jobs.web.catalogue.preview_request import with_one_template
from export_jobs.web.http.error_responses import RequestRefusal
from export_jobs.web.jobs.pools import pool_issues_of
from export_jobs.web.models.detail import DraftCheck
from export_jobs.web.models.errors import IssueAnswer
from export_jobs.web.models.job import UpcomingWindow

NEW_TEMPLATES = "new_templates"
MAX_SHOWN_WINDOWS = 62
"""Enough for a calendar of the coming months; a year of days at every keystroke would be too much."""
MAX_NEW_TEMPLATES = 50
"""More than a job may have, so that the rule about templates reports a few too many."""
JOB_NAME_TAKEN = "there is a job of this name already"


@dataclass(frozen=True)
class JobDraft:
    """A body that was read. ``job`` is present only if nothing is wrong."""

    job: JobSpec | None
    templates: tuple[Template, ...]
    issues: tuple[Issue, ...]


def read_draft(body: Mapping[str, Any], store: Definitions, catalogue: Catalogue, now: datetime) -> JobDraft:
    """Validate a new job and its new templates against the catalogue and the store."""
    new = body.get(NEW_TEMPLATES) or []
    if isinstance(new, list) and len(new) > MAX_NEW_TEMPLATES:
        what = f"these are {len(new):,} new templates; at most {MAX_NEW_TEMPLATES} are read"
        return JobDraft(None, (), (Issue(NEW_TEMPLATES, what, "Send fewer"),))
    job = {key: value for key, value in body.items() if key != NEW_TEMPLATES}
    stored = StoredReferences(
        templates={template.name: template for template in store.templates()},
        destinations={destination.tag: destination for destination in store.destinations()},
        keys={key.tag: key for key in store.receiver_keys()},
    )
    raw = {"jobs": [job], "templates": new}
    file, found = check_file(raw, catalogue=catalogue, stored=stored, now=now)
    issues = [_with_body_path(issue) for issue in found]
    issues += _name_conflicts(job.get("name"), raw["templates"], store, stored)
    issues += pool_issues_of(file.jobs[0].destination_tags if file and file.jobs else ())
    if file is None or errors(issues):
        return JobDraft(None, (), tuple(issues))
    return JobDraft(file.jobs[0], file.templates, tuple(issues))


def one_template_of_draft(draft: JobDraft, name: str, store: Definitions) -> ExportJob:
    """Return a draft as a job with only one of its templates. Raises ``RequestRefusal`` with what is wrong."""
    if draft.job is None:
        raise RequestRefusal(422, errors(draft.issues))
    known = {template.name: template for template in (*store.templates(), *draft.templates)}
    parts = {key: getattr(draft.job, key) for key in JobSpec.model_fields}
    used = tuple(known[use.template] for use in draft.job.templates)
    return with_one_template(ExportJob(**parts, job_id=0, version=0, dag_id="", template_definitions=used), name)


def check_draft(draft: JobDraft, body: Mapping[str, Any], now: datetime) -> DraftCheck:
    """Return what the wizard shows during typing. A valid schedule is described even if other parts are missing."""
    schedule = _schedule(draft, body)
    coming = list(scheduled_windows(schedule)) if schedule else []
    over = [scheduled.window for scheduled in coming if scheduled.due <= now]
    return DraftCheck(
        issues=IssueAnswer.list_of(draft.issues),
        windows=upcoming_windows(coming[:MAX_SHOWN_WINDOWS], schedule.time_zone if schedule else "UTC"),
        schedule_text=schedule_text(schedule) if schedule else "",
        first_delivery=first_delivery_text(schedule, coming, now) if schedule else "",
        count=len(coming),
        file_names=_file_names(draft.job, coming, now),
        at_once=len(over),
        at_once_days=window_in_words(Window(over[0].start, over[-1].end), schedule.time_zone)
        if schedule and over
        else "",
    )


def upcoming_windows(coming: Sequence[ScheduledWindow], time_zone: str) -> list[UpcomingWindow]:
    """Convert windows for an answer."""
    return [
        UpcomingWindow(
            start=scheduled.window.start,
            end=scheduled.window.end,
            due=scheduled.due,
            days=window_in_words(scheduled.window, time_zone),
        )
        for scheduled in coming
    ]


def _schedule(draft: JobDraft, body: Mapping[str, Any]) -> Schedule | None:
    if any(issue.path.startswith("schedule") for issue in errors(draft.issues)):
        return None
    reading = parse_shape(Schedule, body.get("schedule"))
    return reading.value if reading.value is not None and not reading.broken else None


def _file_names(job: JobSpec | None, coming: Sequence[ScheduledWindow], now: datetime) -> list[str]:
    if job is None or not coming:
        return []
    return [file.path for file in paths_of_window(job, coming[0].window, now, part_text(1), FIRST_NUMBERS)]


def _with_body_path(issue: Issue) -> Issue:
    """Map a path of a definition file to the body: ``jobs[0].name`` -> ``name``, ``templates`` -> ``new_templates``."""
    path = issue.path
    if path.startswith("jobs[0]"):
        return replace(issue, path=path.removeprefix("jobs[0]").removeprefix("."))
    return replace(issue, path=f"new_{path}") if path.startswith("templates") else issue


def _name_conflicts(name: object, templates: object, store: Definitions, stored: StoredReferences) -> list[Issue]:
    """Report names that are in use. Case does not distinguish names, as on many file systems."""
    issues = []
    # An impossible name is not looked up: no database compares a NUL or half a character.
    if isinstance(name, str) and not any(name_issues("name", name)) and store.job(name):
        issues.append(Issue("name", JOB_NAME_TAKEN, "Choose another name"))
    for index, entry in enumerate(templates if isinstance(templates, list) else []):
        one = entry.get("name") if isinstance(entry, Mapping) else None
        if isinstance(one, str) and one in stored.templates:
            what = f"there is a template {one!r} already, and templates are never edited"
            issues.append(Issue(f"{NEW_TEMPLATES}[{index}].name", what, "Choose another name, or use that one"))
    return issues
