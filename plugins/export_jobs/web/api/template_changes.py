"""Templates: make one, see what would become of one, delete one that no job uses."""

from __future__ import annotations

from fastapi import Response

from export_jobs.core.base.issue import Issue, errors
from export_jobs.core.base.shape import read
from export_jobs.core.catalogue.catalogue import Catalogue
from export_jobs.core.definitions.job import Template
from export_jobs.core.validation.definitions import template_issues
from export_jobs.core.validation.rule import Known
from export_jobs.errors import UserError
from export_jobs.store.template_usage import TemplateUsage, TemplateUsages
from export_jobs.web.catalogue.template_rows import choices_of, held, template_row
from export_jobs.web.http.access import Caller, CreatesJobs, EditsDags
from export_jobs.web.http.audit import Entry, api_router
from export_jobs.web.http.bodies import Raw, body_of
from export_jobs.web.http.errors import Refused, issue_of
from export_jobs.web.http.state import CatalogueOf, Store, StoreEngine
from export_jobs.web.models.errors import IssueAnswer
from export_jobs.web.models.template import TemplateCheck, TemplateDetail

router = api_router("templates")
NAME_TAKEN = "there is a template of this name already, and templates are never edited"
MOST_NAMES = 10


@router.post("/templates/check", openapi_extra=body_of(Template))
def check_template(user: CreatesJobs, body: Raw, store: Store, catalogue: CatalogueOf, entry: Entry) -> TemplateCheck:  # noqa: ARG001
    """What would become of a template, finished or not; always 200. Nothing is saved."""
    entry.skip()
    return _checked(*_read(body, store, catalogue), catalogue)


@router.post(
    "/templates",
    status_code=201,
    openapi_extra=body_of(Template),
    responses={200: {"model": TemplateCheck}, 201: {"model": TemplateDetail}},
)
def create_template(
    *,
    user: CreatesJobs,
    body: Raw,
    store: Store,
    engine: StoreEngine,
    catalogue: CatalogueOf,
    entry: Entry,
    response: Response,
    dry_run: bool = False,
) -> TemplateDetail | TemplateCheck:
    """Save a template; it is never edited after, only deleted while unused. ``dry_run`` is ``/templates/check``."""
    template, issues = _read(body, store, catalogue)
    if dry_run:
        entry.skip()
        response.status_code = 200
        return _checked(template, issues, catalogue)
    found = errors(issues)
    if template is None or found:
        raise Refused(409 if {issue.what for issue in found} == {NAME_TAKEN} else 422, issues)
    entry.note(template=template.name, kind=template.kind)
    store.create_template(template, user.actor)
    row = template_row(template, TemplateUsages(engine).usages()[template.name], catalogue)
    return TemplateDetail(**dict(row), choices=choices_of(template, catalogue), jobs=[])


@router.delete("/templates/{name}", status_code=204, response_class=Response)
def delete_template(user: EditsDags, name: str, store: Store, engine: StoreEngine, entry: Entry) -> None:
    """Delete a template that no live job uses."""
    note = TemplateUsages(engine).usages().get(name)
    if note is None:
        raise Refused.because(404, f"there is no template {name[:100]!r}", "Load the list of templates again")
    entry.note(template=name)
    if note.jobs:
        raise _in_use(note, user)
    try:
        store.delete_template(name, user.actor)
    except UserError as error:  # somebody began to use it a moment ago
        raise Refused(409, [issue_of(error)]) from None


def _in_use(note: TemplateUsage, user: Caller) -> Refused:
    seen = user.readable(note.dag_ids, user.listed())
    names = [job for job, dag_id in zip(note.jobs, note.dag_ids, strict=True) if dag_id in seen]
    used = f"{len(note.jobs)} jobs use" if len(note.jobs) > 1 else "a job uses"
    told = ", ".join(names[:MOST_NAMES]) + (", …" if len(names) > MOST_NAMES else "")
    what = f"{used} the template {note.name!r}, so it cannot be deleted" + (f": {told}" if told else "")
    return Refused.because(409, what, "Delete those jobs first, or leave the template as it is")


def _checked(template: Template | None, issues: list[Issue], catalogue: Catalogue) -> TemplateCheck:
    return TemplateCheck(
        issues=[IssueAnswer.of(issue) for issue in issues],
        file_columns=held(template, catalogue) if template else [],
        choices=choices_of(template, catalogue) if template else None,
    )


def _read(body: Raw, store: Store, catalogue: CatalogueOf) -> tuple[Template | None, list[Issue]]:
    reading = read(Template, body)
    issues = [*reading.issues, *template_issues(reading, Known(catalogue))]
    name = body.get("name")
    if isinstance(name, str) and any(one.name.casefold() == name.casefold() for one in store.templates()):
        issues.append(Issue("name", NAME_TAKEN, "Choose another name"))
    return reading.value, issues
