"""Validate definitions against the catalogue and return every issue: the single entry point for save, parse and CI.

``parse_*`` checks shape, ``validate_*`` meaning, ``check_*`` both: parts with a broken shape are set aside and the rest
is still validated, so that a person sees every issue at the same time. A value is returned only when no error was
found. Warnings are issues too; ``issue.errors()`` leaves them out.

    parse_job(raw) -> (JobSpec | None, issues)
    parse_stored_job(raw) -> (ExportJob | None, issues)
    validate_job(job, *, catalogue, templates=None, destinations=None, now=None) -> issues
    validate_template(template, *, catalogue) -> issues          validate_destination(destination) -> issues
    check_raw_job(raw, *, catalogue, templates, destinations=None, now=None) -> (JobSpec | None, issues)
    check_stored_job(raw, *, catalogue, destinations=None, keys=None) -> (ExportJob | None, issues)
    check_raw_template(raw, *, catalogue) -> (Template | None, issues)
    a whole file: :func:`export_jobs.core.validation.definition_file.check_file`
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import replace
from datetime import datetime
from typing import TypeVar

from export_jobs.core.base.issue import Issue, errors
from export_jobs.core.base.limits import limit_errors
from export_jobs.core.base.shape import ParseResult, parse_shape
from export_jobs.core.catalogue.catalogue import Catalogue
from export_jobs.core.definitions.job import DestinationSpec, ExportJob, JobSpec, Template
from export_jobs.core.definitions.key import KeySpec, ReceiverKey
from export_jobs.core.validation.rule import RuleContext
from export_jobs.core.validation.rules.destination import DESTINATION_RULES
from export_jobs.core.validation.rules.destination_options import DESTINATION_OPTION_RULES
from export_jobs.core.validation.rules.encryption import ENCRYPTION_RULES, RECEIVER_KEY_RULES
from export_jobs.core.validation.rules.file import FILE_RULES
from export_jobs.core.validation.rules.file_name import FILE_NAME_RULES
from export_jobs.core.validation.rules.instant import INSTANT_RULES
from export_jobs.core.validation.rules.job import JOB_RULES
from export_jobs.core.validation.rules.schedule import SCHEDULE_RULES
from export_jobs.core.validation.rules.template import TEMPLATE_RULES
from export_jobs.core.validation.rules.template_use import TEMPLATE_USE_RULES
from export_jobs.core.validation.rules.text_file import TEXT_FILE_RULES
from export_jobs.core.validation.rules.text_fits import TEXT_FITS_RULES

_RULES_OF_JOBS = (
    JOB_RULES,
    TEMPLATE_USE_RULES,
    INSTANT_RULES,
    SCHEDULE_RULES,
    FILE_RULES,
    FILE_NAME_RULES,
    TEXT_FILE_RULES,
    TEXT_FITS_RULES,
    ENCRYPTION_RULES,
)
Job = TypeVar("Job", bound=JobSpec)
Parsed = TypeVar("Parsed")


def parse_job(raw: object) -> tuple[JobSpec | None, list[Issue]]:
    """Check the shape of a job as a person writes it."""
    parsed = read_job_spec(raw)
    return _if_valid(parsed.value, list(parsed.issues))


def parse_stored_job(raw: object) -> tuple[ExportJob | None, list[Issue]]:
    """Check the shape of a job as the store keeps it."""
    parsed = parse_shape(ExportJob, raw)
    return _if_valid(parsed.value, list(parsed.issues))


def validate_job(
    job: JobSpec,
    *,
    catalogue: Catalogue,
    templates: Mapping[str, Template] | None = None,
    destinations: Collection[str] | None = None,
    now: datetime | None = None,
) -> list[Issue]:
    """Check the meaning of a job. ``templates`` by name; an ``ExportJob`` has its own. ``destinations``: known tags.

    ``now`` is given for a new job only: then a once job's days must be over.
    """
    context = RuleContext(catalogue, templates or _own_templates(job), destinations, now)
    return job_issues(ParseResult(job), context)


def validate_template(template: Template, *, catalogue: Catalogue) -> list[Issue]:
    """Check the meaning of a template."""
    return list(TEMPLATE_RULES.issues(template, RuleContext(catalogue)))


def validate_destination(destination: DestinationSpec) -> list[Issue]:
    """Check the meaning of a destination; ``check-destination`` finds out whether it can be reached."""
    return destination_issues(ParseResult(destination))


def validate_key(key: KeySpec) -> list[Issue]:
    """Check the meaning of a key, except for what only gpg can find."""
    return list(RECEIVER_KEY_RULES.issues(key, RuleContext(Catalogue())))


def check_raw_job(
    raw: object,
    *,
    catalogue: Catalogue,
    templates: Mapping[str, Template],
    destinations: Collection[str] | None = None,
    now: datetime | None = None,
) -> tuple[JobSpec | None, list[Issue]]:
    """Check shape and meaning of a job as a person writes it."""
    parsed = read_job_spec(raw)
    issues = [*parsed.issues, *job_issues(parsed, RuleContext(catalogue, templates, destinations, now))]
    return _if_valid(parsed.value, issues)


def check_stored_job(
    raw: object,
    *,
    catalogue: Catalogue,
    destinations: Collection[str] | None = None,
    keys: Mapping[str, ReceiverKey | None] | None = None,
) -> tuple[ExportJob | None, list[Issue]]:
    """Check shape and meaning of a job as the store keeps it."""
    parsed = parse_shape(ExportJob, raw)
    templates = _own_templates(parsed.value) if parsed.value else {}
    # Nothing is known of a template whose own row is broken; the fault of that row has already been reported.
    unreadable = [use.template for use in parsed.value.templates] if parsed.value and parsed.broken else []
    context = RuleContext(
        catalogue,
        templates,
        destinations,
        unreadable=[name for name in unreadable if name not in templates],
        keys=keys,
    )
    return _if_valid(parsed.value, [*parsed.issues, *job_issues(parsed, context)])


def check_raw_template(raw: object, *, catalogue: Catalogue) -> tuple[Template | None, list[Issue]]:
    """Check shape and meaning of a template."""
    parsed = parse_shape(Template, raw)
    return _if_valid(parsed.value, [*parsed.issues, *template_issues(parsed, RuleContext(catalogue))])


def read_job_spec(raw: object) -> ParseResult[JobSpec]:
    """Read the shape of a job from a person, who must not set the fields that the store sets."""
    parsed = parse_shape(JobSpec, raw)
    if parsed.value is None or parsed.value.schedule.anchor is None:
        return parsed
    what = "the store sets this automatically when a schedule changes"
    issue = Issue("schedule.anchor", what, "Remove it")
    return replace(parsed, issues=(*parsed.issues, issue), broken=parsed.broken | {issue.path})


def job_issues(parsed: ParseResult[Job], context: RuleContext) -> list[Issue]:
    """Return the findings of every rule for the readable parts of a job."""
    job = parsed.value
    if job is None:
        return []
    found = (issue for rules in _RULES_OF_JOBS for issue in rules.issues(job, context, parsed.broken))
    return limit_errors(found)


def template_issues(parsed: ParseResult[Template], context: RuleContext) -> list[Issue]:
    """Return the findings of every rule for the readable parts of a template."""
    return limit_errors(TEMPLATE_RULES.issues(parsed.value, context, parsed.broken)) if parsed.value else []


def destination_issues(parsed: ParseResult[DestinationSpec]) -> list[Issue]:
    """Return the findings of every rule for the readable parts of a destination."""
    if parsed.value is None:
        return []
    found = (DESTINATION_RULES, DESTINATION_OPTION_RULES)
    context = RuleContext(Catalogue())
    return [issue for rules in found for issue in rules.issues(parsed.value, context, parsed.broken)]


def key_issues(parsed: ParseResult[KeySpec]) -> list[Issue]:
    """Return the findings of every rule for the readable parts of a key, except for what only gpg can find."""
    return (
        list(RECEIVER_KEY_RULES.issues(parsed.value, RuleContext(Catalogue()), parsed.broken)) if parsed.value else []
    )


def _own_templates(job: JobSpec) -> dict[str, Template]:
    return {template.name: template for template in job.template_definitions} if isinstance(job, ExportJob) else {}


def _if_valid(value: Parsed | None, issues: list[Issue]) -> tuple[Parsed | None, list[Issue]]:
    return (None if errors(issues) else value), issues
