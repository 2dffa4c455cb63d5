"""Templates: find them, look at one."""

from __future__ import annotations

from typing import Annotated

from fastapi import Query

from export_jobs.core.definitions.job import TemplateKind
from export_jobs.store.template_usage import TemplateUsages
from export_jobs.web.catalogue.template_rows import template_choices, template_row
from export_jobs.web.http.access import ReadsDags
from export_jobs.web.http.audit_log import api_router
from export_jobs.web.http.dependencies import CatalogueDep, StoreDep, StoreEngineDep
from export_jobs.web.http.error_responses import RequestRefusal
from export_jobs.web.models.template import JobUsingTemplate, TemplateDetail, TemplateList, TemplateRow

router = api_router("templates")
MAX_LISTED_TEMPLATES = 500


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
    """Templates by name: those whose name, description or columns hold every word of ``search``."""
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
    """One template, what a job may choose of it, and the jobs that use it."""
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


def _search_text(row: TemplateRow) -> str:
    columns = (f"{column.column} {column.title}" for column in row.file_columns)
    return " ".join([row.name, row.description, *columns]).casefold()
