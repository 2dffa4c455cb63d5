"""Rules for a job: its name, its owner and recipients, its templates and where each file goes."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping

from export_jobs.core.base.address import address_issues
from export_jobs.core.base.issue import Issue, Level
from export_jobs.core.base.text import MAX_DESCRIPTION, quote_value, suggest, text_issues
from export_jobs.core.catalogue.selection import facts_of
from export_jobs.core.definitions.destination import IN_BUCKETS
from export_jobs.core.definitions.job import (
    DateBasis,
    DestinationSpec,
    Frequency,
    JobSpec,
    Template,
    TemplateKind,
    default_basis,
)
from export_jobs.core.definitions.names import name_issues, subfolder_issues
from export_jobs.core.validation.rule import RuleContext, Rules
from export_jobs.core.validation.rules.template import TEMPLATE_RULES

JOB_RULES: Rules[JobSpec] = Rules()
MAX_RECIPIENTS = 50
MAX_TEMPLATES = 20
MAX_DESTINATIONS = 10


@JOB_RULES.reads("name")
def job_name_fits_files(job: JobSpec) -> Iterator[Issue]:
    """The name is part of every file's name."""
    yield from name_issues("name", job.name)


@JOB_RULES.reads("description")
def job_description_is_readable(job: JobSpec) -> Iterator[Issue]:
    """Shown on pages and in mails."""
    yield from text_issues("description", job.description, limit=MAX_DESCRIPTION, lines=True)


@JOB_RULES.reads("owner")
def owner_has_mail(job: JobSpec) -> Iterator[Issue]:
    """The owner is mailed on failure."""
    yield from address_issues("owner", job.owner)


@JOB_RULES.reads("recipients")
def recipients_have_mail(job: JobSpec) -> Iterator[Issue]:
    """Check each recipient separately: one bad address must not hide another."""
    if len(job.recipients) > MAX_RECIPIENTS:
        what = f"there are {len(job.recipients)} recipients; at most {MAX_RECIPIENTS} are allowed"
        yield Issue("recipients", what, "Use a mailing list's address instead")
        return
    for index, address in enumerate(job.recipients):
        yield from address_issues(f"recipients[{index}]", address)


@JOB_RULES.reads("recipients")
def recipients_are_unique(job: JobSpec) -> Iterator[Issue]:
    """Warn of a repeated address: it gets only one mail."""
    seen: set[str] = set()
    for index, address in enumerate(job.recipients[:MAX_RECIPIENTS]):
        if address.lower() in seen:
            what = f"{quote_value(address)} is listed twice"
            yield Issue(f"recipients[{index}]", what, "Remove one; only one mail is sent", Level.WARNING)
        seen.add(address.lower())


@JOB_RULES.reads("destination", "destinations")
def job_has_one_destination_or_several(job: JobSpec) -> Iterator[Issue]:
    """``destination`` is for one, ``destinations`` for several; with both, the intention is unclear."""
    several = len(job.destinations)
    if job.destination is not None and several:
        what = "the job has both destination and destinations"
        yield Issue("destinations", what, "Name all of them under destinations, and remove destination")
    elif job.destination is None and not several:
        yield Issue("destination", "the key 'destination' is missing", "Add it, or name several under destinations")
    elif several == 1:
        what = "destinations has only one entry"
        yield Issue("destinations", what, f"Write destination: {quote_value(job.destinations[0])} instead")
    elif several > MAX_DESTINATIONS:
        what = f"the job has {several} destinations; at most {MAX_DESTINATIONS} are allowed"
        yield Issue("destinations", what, "Split it into several jobs")


@JOB_RULES.reads("destinations", "file.manifest")
def each_of_several_gets_a_manifest(job: JobSpec) -> Iterator[Issue]:
    """Only the manifest shows which of several destinations has all files."""
    if job.destinations and job.file.manifest == "none":
        what = "no manifest is sent, but only a manifest shows which of several destinations has all files"
        yield Issue("file.manifest", what, "Remove file.manifest; manifest_folder puts manifests in another folder")


@JOB_RULES.reads("destinations")
def destinations_are_unique(job: JobSpec) -> Iterator[Issue]:
    """Naming a destination twice would send each file to it twice."""
    counted: Counter[str] = Counter()
    for index, tag in enumerate(job.destinations):
        counted[tag] += 1
        if counted[tag] == 2:
            yield Issue(f"destinations[{index}]", f"{quote_value(tag)} is named twice", "Remove one of the two")


@JOB_RULES.looks_up("destination", "destinations")
def destination_is_known(job: JobSpec, context: RuleContext) -> Iterator[Issue]:
    """Each tag is that of an existing destination; not checked when the context has no destinations."""
    if context.destinations is None:
        return
    one = [("destination", job.destination)] if job.destination is not None else []
    for path, tag in [*one, *((f"destinations[{index}]", tag) for index, tag in enumerate(job.destinations))]:
        if tag not in context.destinations:
            remedy = suggest(tag, context.destinations, none="Define a destination with this tag first")
            yield Issue(path, f"there is no destination {quote_value(tag)}", remedy)


@JOB_RULES.looks_up("destinations")
def destinations_have_different_folders(job: JobSpec, context: RuleContext) -> Iterator[Issue]:
    """In a shared folder the second destination would find the manifest of the first, which is foreign to it."""
    if not isinstance(context.destinations, Mapping):
        return
    seen: dict[tuple[str, ...], str] = {}
    for index, tag in enumerate(job.destinations):
        spec = context.destinations.get(tag)
        if isinstance(spec, DestinationSpec):
            other = seen.setdefault(_place(spec), tag)
            if other != tag:
                what = f"{quote_value(tag)} has the same folder as {quote_value(other)}"
                yield Issue(f"destinations[{index}]", what, "Remove one of the two, or give it a folder of its own")


def _place(spec: DestinationSpec) -> tuple[str, ...]:
    """Return what identifies the place of a destination. Another connection to the same server is not recognised."""
    if spec.kind in IN_BUCKETS:
        return "bucket", spec.connection, spec.folder.strip().strip("/")
    folder = spec.folder.strip().rstrip("/") or "/"
    return "server", spec.connection, "." if folder == "~" else folder.removeprefix("~/")


@JOB_RULES.reads("templates")
def job_has_templates(job: JobSpec) -> Iterator[Issue]:
    """A job without templates would succeed and deliver nothing."""
    if not job.templates:
        yield Issue("templates", "the job has no template, so there is nothing to export", "Name at least one")
    if len(job.templates) > MAX_TEMPLATES:
        what = f"the job has {len(job.templates)} templates; at most {MAX_TEMPLATES} are allowed"
        yield Issue("templates", what, "Split it into several jobs")


@JOB_RULES.reads("templates")
def templates_are_unique(job: JobSpec) -> Iterator[Issue]:
    """Using a template twice would give two files the same name."""
    counted: Counter[str] = Counter()
    for index, use in enumerate(job.templates):
        counted[use.template] += 1
        if counted[use.template] == 2:
            what = f"the template {quote_value(use.template)} is used twice, so two files would have the same name"
            yield Issue(f"templates[{index}].template", what, "Remove one of the two")


@JOB_RULES.looks_up("templates")
def templates_are_known(job: JobSpec, context: RuleContext) -> Iterator[Issue]:
    """Each used template exists and is still valid for the catalogue."""
    for index, use in enumerate(job.templates):
        path = f"templates[{index}].template"
        if use.template in context.unreadable:
            continue
        template = context.templates.get(use.template)
        if template is None:
            remedy = suggest(use.template, context.templates, none="Define a template with this name first")
            yield Issue(path, f"there is no template {quote_value(use.template)}", remedy)
        elif use.template not in context.checked_elsewhere:
            for issue in TEMPLATE_RULES.issues(template, context):
                what = f"in template {use.template!r} {issue.what}"
                yield Issue(f"{path}.{issue.path}", what, issue.remedy, issue.level)


@JOB_RULES.reads("templates")
def subfolders_are_safe(job: JobSpec) -> Iterator[Issue]:
    """A subfolder never leads out of the destination's folder."""
    for index, use in enumerate(job.templates):
        yield from subfolder_issues(f"templates[{index}].subfolder", use.subfolder)


@JOB_RULES.reads("file.manifest", "file.manifest_folder")
def manifest_has_a_place(job: JobSpec) -> Iterator[Issue]:
    """``manifest_folder`` is below the destination's folder, and needs a manifest."""
    yield from subfolder_issues("file.manifest_folder", job.file.manifest_folder)
    if job.file.manifest == "none" and job.file.manifest_folder:
        what = f"{quote_value(job.file.manifest_folder)} is a folder for manifests, but this job sends none"
        yield Issue("file.manifest_folder", what, "Remove manifest_folder, or remove file.manifest")


@JOB_RULES.looks_up("templates")
def date_basis_fits(job: JobSpec, context: RuleContext) -> Iterator[Issue]:
    """A window selects rows of a fact by one of its dates; a dimension table has none."""
    for index, use in enumerate(job.templates):
        template = context.templates.get(use.template)
        if template is not None:
            basis = use.date_basis or default_basis(template.kind)
            yield from _basis_issues(f"templates[{index}].date_basis", basis, template, context)


def _basis_issues(path: str, basis: DateBasis, template: Template, context: RuleContext) -> Iterator[Issue]:
    if template.kind is TemplateKind.DIMENSION:
        if basis is not DateBasis.NONE:
            what = f"the dimension template {template.name!r} has no date, but date_basis is {basis}"
            yield Issue(path, what, "Write none, or remove date_basis")
        return
    if basis is DateBasis.NONE:
        what = f"the {template.kind} template {template.name!r} would export its whole fact in every window"
        yield Issue(path, what, "Write event or updated")
    elif basis is DateBasis.UPDATED:
        for fact in facts_of(template, context.catalogue):
            if fact.updated_at is None:
                what = f"the fact {fact.key!r} does not record when a row last changed"
                yield Issue(path, what, "Write event, or set updated_at in the fact's header")


@JOB_RULES.looks_up("templates", "schedule.frequency")
def recurring_whole_table_is_intended(job: JobSpec, context: RuleContext) -> Iterator[Issue]:
    """Warn that a dimension is exported whole each time, which may be unexpected for large tables."""
    if job.schedule.frequency is Frequency.ONCE:
        return
    for index, use in enumerate(job.templates):
        template = context.templates.get(use.template)
        is_whole = not use.audience and not use.filters
        if template is not None and template.kind is TemplateKind.DIMENSION and is_whole:
            what = f"the dimension template {template.name!r} exports its whole table {job.schedule.frequency}"
            remedy = "Keep it if the receiver wants the whole table each time; otherwise filter it or run it once"
            yield Issue(f"templates[{index}].template", what, remedy, Level.WARNING)
