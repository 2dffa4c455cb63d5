"""Templates: find them, look at one."""

from __future__ import annotations

from typing import Annotated

from fastapi import Query

from export_jobs.core.definitions.job import TemplateKind
from export_jobs.store.template_usage import TemplateUsages
from export_jobs.web.catalogue.template_rows import choices_of, template_row
from export_jobs.web.http.access import ReadsDags
from export_jobs.web.http.audit import api_router
from export_jobs.web.http.errors import Refused
from export_jobs.web.http.state import CatalogueOf, Store, StoreEngine
from export_jobs.web.models.template import TemplateDetail, TemplateList, TemplateRow, UsingJob

router = api_router("templates")
MOST = 500


@router.get("/templates")
def list_templates(
    *,
    user: ReadsDags,  # noqa: ARG001  the permission
    store: Store,
    engine: StoreEngine,
    catalogue: CatalogueOf,
    search: Annotated[str, Query(max_length=200)] = "",
    kind: TemplateKind | None = None,
    offset: Annotated[int, Query(ge=0, le=1_000_000)] = 0,
    limit: Annotated[int, Query(ge=1, le=MOST)] = 50,
) -> TemplateList:
    """Templates by name: those whose name, description or columns hold every word of ``search``."""
    usages = TemplateUsages(engine).usages()
    rows = [
        template_row(template, usages[template.name], catalogue)
        for template in store.templates()
        if template.name in usages and kind in {None, template.kind}
    ]
    words = search.casefold().split()
    found = [row for row in rows if all(word in _text(row) for word in words)]
    return TemplateList(templates=found[offset : offset + limit], total=len(found))


@router.get("/templates/{name}")
def get_template(
    user: ReadsDags, name: str, store: Store, engine: StoreEngine, catalogue: CatalogueOf
) -> TemplateDetail:
    """One template, what a job may choose of it, and the jobs that use it."""
    template = next((one for one in store.templates() if one.name == name), None)
    note = TemplateUsages(engine).usages().get(name)
    if template is None or note is None:
        raise Refused.because(404, f"there is no template {name[:100]!r}", "Load the list of templates again")
    seen = user.readable(note.dag_ids, user.listed())
    jobs = [
        UsingJob(name=job, dag_id=dag_id) for job, dag_id in zip(note.jobs, note.dag_ids, strict=True) if dag_id in seen
    ]
    row = template_row(template, note, catalogue)
    return TemplateDetail(**dict(row), choices=choices_of(template, catalogue), jobs=jobs)


def _text(row: TemplateRow) -> str:
    columns = (f"{column.column} {column.title}" for column in row.file_columns)
    return " ".join([row.name, row.description, *columns]).casefold()
