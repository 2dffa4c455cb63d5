"""``ExportJob`` x ``Catalogue`` -> every ``Issue`` at once: the one door for save, parse and CI.

``parse_*`` looks at shape, ``validate_*`` at meaning, ``check_*`` at both together: what is broken in shape is set
aside and the rest is still judged, so that a person hears of everything in one go. A value is returned only when no
error was found. Warnings are issues too; ``issue.errors()`` leaves them out.

    parse_job(raw) -> (JobSpec | None, issues)
    parse_stored_job(raw) -> (ExportJob | None, issues)
    validate_job(job, *, catalogue, templates=None, destinations=None, now=None) -> issues
    validate_template(template, *, catalogue) -> issues          validate_destination(destination) -> issues
    check_job(raw, *, catalogue, templates, destinations=None, now=None) -> (JobSpec | None, issues)
    check_stored_job(raw, *, catalogue, destinations=None) -> (ExportJob | None, issues)
    check_template(raw, *, catalogue) -> (Template | None, issues)
    check_destination(raw) -> (DestinationSpec | None, issues)
    a whole file: :func:`export_jobs.core.validation.definition_file.check_file`
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import replace
from datetime import datetime
from typing import TypeVar

from export_jobs.core.base.issue import Issue, errors
from export_jobs.core.base.shape import Reading, read
from export_jobs.core.catalogue.catalogue import Catalogue
from export_jobs.core.definitions.job import DestinationSpec, ExportJob, JobSpec, Template
from export_jobs.core.validation.rule import Known
from export_jobs.core.validation.rules.destination import DESTINATION_RULES
from export_jobs.core.validation.rules.file import FILE_RULES
from export_jobs.core.validation.rules.job import JOB_RULES
from export_jobs.core.validation.rules.schedule import SCHEDULE_RULES
from export_jobs.core.validation.rules.template import TEMPLATE_RULES
from export_jobs.core.validation.rules.template_use import TEMPLATE_USE_RULES

Job = TypeVar("Job", bound=JobSpec)
Value = TypeVar("Value")


def parse_job(raw: object) -> tuple[JobSpec | None, list[Issue]]:
    """Shape of a job as a person writes it."""
    reading = read_job_spec(raw)
    return _if_sound(reading.value, list(reading.issues))


def parse_stored_job(raw: object) -> tuple[ExportJob | None, list[Issue]]:
    """Shape of a job as the store keeps it."""
    reading = read(ExportJob, raw)
    return _if_sound(reading.value, list(reading.issues))


def validate_job(
    job: JobSpec,
    *,
    catalogue: Catalogue,
    templates: Mapping[str, Template] | None = None,
    destinations: Collection[str] | None = None,
    now: datetime | None = None,
) -> list[Issue]:
    """Meaning of a job. ``templates`` by name; an ``ExportJob`` brings its own. ``destinations``: the known tags.

    ``now`` is given for a new job only: then a once job's days must be over.
    """
    known = Known(catalogue, templates or _own_templates(job), destinations, now)
    return job_issues(Reading(job), known)


def validate_template(template: Template, *, catalogue: Catalogue) -> list[Issue]:
    """Meaning of a template."""
    return list(TEMPLATE_RULES.issues(template, Known(catalogue)))


def validate_destination(destination: DestinationSpec) -> list[Issue]:
    """Meaning of a destination; whether it can be reached is for ``check-destination`` to say."""
    return list(DESTINATION_RULES.issues(destination, Known(Catalogue())))


def check_job(
    raw: object,
    *,
    catalogue: Catalogue,
    templates: Mapping[str, Template],
    destinations: Collection[str] | None = None,
    now: datetime | None = None,
) -> tuple[JobSpec | None, list[Issue]]:
    """Shape and meaning of a job as a person writes it."""
    reading = read_job_spec(raw)
    issues = [*reading.issues, *job_issues(reading, Known(catalogue, templates, destinations, now))]
    return _if_sound(reading.value, issues)


def check_stored_job(
    raw: object, *, catalogue: Catalogue, destinations: Collection[str] | None = None
) -> tuple[ExportJob | None, list[Issue]]:
    """Shape and meaning of a job as the store keeps it."""
    reading = read(ExportJob, raw)
    templates = _own_templates(reading.value) if reading.value else {}
    # Of a template whose own row is broken nothing is known; that row's fault has been reported already.
    unreadable = [use.template for use in reading.value.templates] if reading.value and reading.broken else []
    known = Known(catalogue, templates, destinations, unreadable=[name for name in unreadable if name not in templates])
    return _if_sound(reading.value, [*reading.issues, *job_issues(reading, known)])


def check_template(raw: object, *, catalogue: Catalogue) -> tuple[Template | None, list[Issue]]:
    """Shape and meaning of a template."""
    reading = read(Template, raw)
    return _if_sound(reading.value, [*reading.issues, *template_issues(reading, Known(catalogue))])


def check_destination(raw: object) -> tuple[DestinationSpec | None, list[Issue]]:
    """Shape and meaning of a destination."""
    reading = read(DestinationSpec, raw)
    return _if_sound(reading.value, [*reading.issues, *destination_issues(reading)])


def read_job_spec(raw: object) -> Reading[JobSpec]:
    """Shape of a job from a person, who may not set what the store keeps for itself."""
    reading = read(JobSpec, raw)
    if reading.value is None or reading.value.schedule.anchor is None:
        return reading
    what = "the store sets this by itself when a schedule changes"
    issue = Issue("schedule.anchor", what, "Remove it")
    return replace(reading, issues=(*reading.issues, issue), broken=reading.broken | {issue.path})


def job_issues(reading: Reading[Job], known: Known) -> list[Issue]:
    """Findings of every rule on what could be read of a job."""
    job = reading.value
    if job is None:
        return []
    rule_sets = (JOB_RULES, TEMPLATE_USE_RULES, SCHEDULE_RULES, FILE_RULES)
    found = (issue for rules in rule_sets for issue in rules.issues(job, known, reading.broken))
    return list(dict.fromkeys(found))


def template_issues(reading: Reading[Template], known: Known) -> list[Issue]:
    """Findings of every rule on what could be read of a template."""
    return list(TEMPLATE_RULES.issues(reading.value, known, reading.broken)) if reading.value else []


def destination_issues(reading: Reading[DestinationSpec]) -> list[Issue]:
    """Findings of every rule on what could be read of a destination."""
    return list(DESTINATION_RULES.issues(reading.value, Known(Catalogue()), reading.broken)) if reading.value else []


def _own_templates(job: JobSpec) -> dict[str, Template]:
    return {template.name: template for template in job.template_definitions} if isinstance(job, ExportJob) else {}


def _if_sound(value: Value | None, issues: list[Issue]) -> tuple[Value | None, list[Issue]]:
    return (None if errors(issues) else value), issues
