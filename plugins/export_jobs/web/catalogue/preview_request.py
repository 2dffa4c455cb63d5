"""Turn the body of a preview into a valid job with one template and a window, or report every issue."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from export_jobs.core.base.issue import Issue, errors
from export_jobs.core.catalogue.catalogue import Catalogue
from export_jobs.core.definitions.job import ExportJob, Schedule
from export_jobs.core.definitions.trial_job import NAME, placeholder_schedule, trial_job
from export_jobs.core.validation.definitions import check_raw_job, check_raw_template
from export_jobs.core.windows.window import ONE_DAY, Window, day_start, last_complete_window
from export_jobs.store.stored_job import StoredJob
from export_jobs.web.http.error_responses import RequestRefusal
from export_jobs.web.models.preview import PreviewRequest
from export_jobs.web.models.rerun import WindowRequest

DEFAULT_DAYS = 7
MAX_DAYS = 366


def read_preview_request(body: PreviewRequest, catalogue: Catalogue, now: datetime) -> tuple[ExportJob, Window]:
    """Read a preview. Raises ``RequestRefusal`` with every issue of template, use, file and schedule."""
    template, issues = check_raw_template({**body.template, "name": NAME}, catalogue=catalogue)
    found = [_with_prefix("template", issue) for issue in issues]
    if template is None or errors(issues):
        raise RequestRefusal(422, found)
    raw = {
        "name": NAME,
        "owner": "preview@example.org",
        "destination": NAME,
        "schedule": body.schedule or placeholder_schedule().model_dump(mode="json", by_alias=True),
        "templates": [{**(body.use or {}), "template": NAME}],
        **({"file": body.file} if body.file else {}),
    }
    job, issues = check_raw_job(raw, catalogue=catalogue, templates={NAME: template})
    found = [_with_body_path(issue) for issue in issues]
    if job is None or errors(issues):
        raise RequestRefusal(422, found)
    schedule = job.schedule if body.schedule else None
    return trial_job(template, job.templates[0], job.schedule, job.file), _window(body.window, schedule, now)


def one_template(row: StoredJob, name: str, catalogue: Catalogue) -> ExportJob:
    """Return a stored job with only one of its templates. Raises ``RequestRefusal`` if the job is invalid."""
    job, issues = row.check(catalogue=catalogue)
    if job is None or errors(issues):
        raise RequestRefusal(422, issues)
    return with_one_template(job, name)


def with_one_template(job: ExportJob, name: str) -> ExportJob:
    """Return a job with only one of its templates. Raises ``RequestRefusal`` if it has no such template."""
    if name not in {use.template for use in job.templates}:
        what = f"{job.name} has no template {name[:100]!r}"
        raise RequestRefusal.because(422, what, "Choose a template from the page of the job", "template")
    templates = tuple(template for template in job.template_definitions if template.name == name)
    return job.model_copy(update={"templates": (job.use(name),), "template_definitions": templates})


def usual_window(schedule: Schedule | None, now: datetime) -> Window:
    """Return the default window of a preview: the schedule's last complete window, or the last week."""
    found = last_complete_window(schedule, now) if schedule else None
    today = day_start(now.astimezone(UTC).date(), "UTC")
    return found or Window(today - DEFAULT_DAYS * ONE_DAY, today)


def _window(wanted: WindowRequest | None, schedule: Schedule | None, now: datetime) -> Window:
    if wanted is None:
        return usual_window(schedule, now)
    if not timedelta(0) < wanted.end - wanted.start <= MAX_DAYS * ONE_DAY:
        what = "the window must end after it starts and must not be longer than a year"
        raise RequestRefusal.because(422, what, "Choose other days", "window")
    return Window(wanted.start.astimezone(UTC), wanted.end.astimezone(UTC))


def _with_prefix(path: str, issue: Issue) -> Issue:
    return Issue(f"{path}.{issue.path}" if issue.path else path, issue.what, issue.remedy, issue.level)


def _with_body_path(issue: Issue) -> Issue:
    path = issue.path
    if path.startswith("templates[0]"):
        path = "use" + path.removeprefix("templates[0]")
    return Issue(path, issue.what, issue.remedy, issue.level)
