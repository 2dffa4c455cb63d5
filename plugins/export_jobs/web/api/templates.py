"""Templates: search them, read, check or create one, delete one that no job uses."""

from __future__ import annotations

from typing import Annotated

from fastapi import Query, Response

from export_jobs.core.base.issue import Issue, errors
from export_jobs.core.base.shape import parse_shape
from export_jobs.core.catalogue.catalogue import Catalogue
from export_jobs.core.definitions.job import Template, TemplateKind
from export_jobs.core.validation.definitions import template_issues
from export_jobs.core.validation.rule import RuleContext
from export_jobs.errors import UserError
from export_jobs.store.tables.template_usage import TemplateUsage, TemplateUsages
from export_jobs.web.catalogue.template_rows import template_choices, template_columns, template_row
from export_jobs.web.http.access import Caller, CreatesJobs, EditsDags, ReadsDags
from export_jobs.web.http.audit_log import AuditEntryDep, api_router
from export_jobs.web.http.dependencies import CatalogueDep, StoreDep, StoreEngineDep
from export_jobs.web.http.error_responses import RequestRefusal, issue_of
from export_jobs.web.http.request_bodies import RawBody, request_body
from export_jobs.web.models.errors import IssueAnswer
from export_jobs.web.models.template import JobUsingTemplate, TemplateCheck, TemplateDetail, TemplateList, TemplateRow

router = api_router("templates")
MAX_LISTED_TEMPLATES = 500
TEMPLATE_NAME_TAKEN = "there is a template of this name already, and templates are never edited"
MAX_NAMES = 10


@router.get("/templates")
def list_templates(
    *,
    user: ReadsDags,  # noqa: ARG001  the permission
    store: StoreDep,
    engine: StoreEngineDep,
    catalogue: CatalogueDep,
    search: Annotated[str, Query(max_length=200)] = "",
    kind: TemplateKind | None = None,
    offset: Annotated[int, Query(ge=0, le=1_000_000)] = 0,
    limit: Annotated[int, Query(ge=1, le=MAX_LISTED_TEMPLATES)] = 50,
) -> TemplateList:
    """List templates by name. ``search``: each word must occur in the name, the description or a column."""
    usages = TemplateUsages(engine).usages()
    rows = [
        template_row(template, usages[template.name], catalogue)
        for template in store.templates()
        if template.name in usages and kind in {None, template.kind}
    ]
    words = search.casefold().split()
    found = [row for row in rows if all(word in _search_text(row) for word in words)]
    return TemplateList(templates=found[offset : offset + limit], total=len(found))


@router.get("/templates/{name}")
def get_template(
    user: ReadsDags, name: str, store: StoreDep, engine: StoreEngineDep, catalogue: CatalogueDep
) -> TemplateDetail:
    """Return one template, what a job can choose from it, and the jobs that use it."""
    template = next((stored for stored in store.templates() if stored.name == name), None)
    note = TemplateUsages(engine).usages().get(name)
    if template is None or note is None:
        raise RequestRefusal.because(404, f"there is no template {name[:100]!r}", "Load the list of templates again")
    seen = user.readable_dags(note.dag_ids, user.visible_dags())
    jobs = [
        JobUsingTemplate(name=job, dag_id=dag_id)
        for job, dag_id in zip(note.jobs, note.dag_ids, strict=True)
        if dag_id in seen
    ]
    row = template_row(template, note, catalogue)
    return TemplateDetail(**dict(row), choices=template_choices(template, catalogue), jobs=jobs)


@router.post("/templates/check", openapi_extra=request_body(Template))
def check_template(
    user: CreatesJobs,  # noqa: ARG001  the permission
    body: RawBody,
    store: StoreDep,
    catalogue: CatalogueDep,
    entry: AuditEntryDep,
) -> TemplateCheck:
    """Check a template, finished or not. Always 200; nothing is saved."""
    entry.skip()
    return _template_check(*_read(body, store, catalogue), catalogue)


@router.post(
    "/templates",
    status_code=201,
    openapi_extra=request_body(Template),
    responses={200: {"model": TemplateCheck}, 201: {"model": TemplateDetail}},
)
def create_template(
    *,
    user: CreatesJobs,
    body: RawBody,
    store: StoreDep,
    engine: StoreEngineDep,
    catalogue: CatalogueDep,
    entry: AuditEntryDep,
    response: Response,
    dry_run: bool = False,
) -> TemplateDetail | TemplateCheck:
    """Create a template. It is never edited, only deleted while no job uses it. ``dry_run`` is ``/templates/check``."""
    template, issues = _read(body, store, catalogue)
    if dry_run:
        entry.skip()
        response.status_code = 200
        return _template_check(template, issues, catalogue)
    found = errors(issues)
    if template is None or found:
        raise RequestRefusal(409 if {issue.what for issue in found} == {TEMPLATE_NAME_TAKEN} else 422, issues)
    entry.note(template=template.name, kind=template.kind)
    store.create_template(template, user.actor)
    row = template_row(template, TemplateUsages(engine).usages()[template.name], catalogue)
    return TemplateDetail(**dict(row), choices=template_choices(template, catalogue), jobs=[])


@router.delete("/templates/{name}", status_code=204, response_class=Response)
def delete_template(user: EditsDags, name: str, store: StoreDep, engine: StoreEngineDep, entry: AuditEntryDep) -> None:
    """Delete a template that no live job uses."""
    note = TemplateUsages(engine).usages().get(name)
    if note is None:
        raise RequestRefusal.because(404, f"there is no template {name[:100]!r}", "Load the list of templates again")
    entry.note(template=name)
    if note.jobs:
        raise _in_use_refusal(note, user)
    try:
        store.delete_template(name, user.actor)
    except UserError as error:  # a job started to use it a moment ago
        raise RequestRefusal(409, [issue_of(error)]) from None


def _search_text(row: TemplateRow) -> str:
    columns = (f"{column.column} {column.title}" for column in row.file_columns)
    return " ".join([row.name, row.description, *columns]).casefold()


def _in_use_refusal(note: TemplateUsage, user: Caller) -> RequestRefusal:
    seen = user.readable_dags(note.dag_ids, user.visible_dags())
    names = [job for job, dag_id in zip(note.jobs, note.dag_ids, strict=True) if dag_id in seen]
    used = f"{len(note.jobs)} jobs use" if len(note.jobs) > 1 else "a job uses"
    listed = ", ".join(names[:MAX_NAMES]) + (", …" if len(names) > MAX_NAMES else "")
    what = f"{used} the template {note.name!r}, so it cannot be deleted" + (f": {listed}" if listed else "")
    return RequestRefusal.because(409, what, "Delete those jobs first, or keep the template")


def _template_check(template: Template | None, issues: list[Issue], catalogue: Catalogue) -> TemplateCheck:
    return TemplateCheck(
        issues=IssueAnswer.list_of(issues),
        file_columns=template_columns(template, catalogue) if template else [],
        choices=template_choices(template, catalogue) if template else None,
    )


def _read(body: RawBody, store: StoreDep, catalogue: CatalogueDep) -> tuple[Template | None, list[Issue]]:
    reading = parse_shape(Template, body)
    issues = [*reading.issues, *template_issues(reading, RuleContext(catalogue))]
    name = body.get("name")
    if isinstance(name, str) and any(stored.name.casefold() == name.casefold() for stored in store.templates()):
        issues.append(Issue("name", TEMPLATE_NAME_TAKEN, "Choose another name"))
    return reading.value, issues
