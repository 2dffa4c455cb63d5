"""Build the full job, as its page shows it, from its row in the store."""

from __future__ import annotations

from typing import Any
from urllib.parse import quote

from sqlalchemy import Engine

from export_jobs.core.catalogue.catalogue import Catalogue
from export_jobs.core.catalogue.selection import chosen_columns
from export_jobs.core.definitions.column_use import ColumnUse
from export_jobs.core.definitions.job import ExportJob, Frequency, Template, TemplateUse
from export_jobs.core.validation.changes import spec_of
from export_jobs.store.definitions import EDITABLE, Definitions
from export_jobs.store.stored_job import StoredJob
from export_jobs.web.catalogue.template_rows import template_column
from export_jobs.web.http.access import Caller
from export_jobs.web.http.dependencies import StampedCatalogue
from export_jobs.web.http.error_responses import RequestRefusal
from export_jobs.web.jobs.board import JobSummary, board_of
from export_jobs.web.jobs.rows import job_rows
from export_jobs.web.models.detail import FileColumn, JobDetail, JobLinks, TemplateInUse, VersionNote
from export_jobs.web.models.errors import IssueAnswer
from export_jobs.web.models.job import JobRow


def job_row(row: StoredJob, engine: Engine, stamped: StampedCatalogue, caller: Caller) -> JobRow:
    """Return the list row of one job. Raises ``RequestRefusal`` if it has just been deleted."""
    return job_rows([_summary(row, engine, stamped)], engine, caller)[0]


def job_detail(row: StoredJob, engine: Engine, stamped: StampedCatalogue, caller: Caller) -> JobDetail:
    """Return everything about one job; for a row that cannot be read, as much as is known."""
    summary = _summary(row, engine, stamped)
    line = job_rows([summary], engine, caller)[0]
    store = Definitions(engine)
    job = row.read()[0]
    tags = [destination.tag for destination in store.destinations()]
    keys = {key.tag: key for key in store.receiver_keys()}
    issues = row.check(catalogue=stamped.catalogue, destinations=tags, keys=keys)[1]
    versions = store.versions(row.job_id)
    dag = f"/dags/{quote(row.dag_id, safe='')}"
    return JobDetail(
        **dict(line),
        definition=_definition_document(job) if job else row.definition,
        templates=_templates(job, stamped.catalogue) if job else [],
        recipients=list(job.recipients) if job else [],
        issues=IssueAnswer.list_of(issues),
        versions=[
            VersionNote(version=v.version, changed=list(v.changed), created_at=v.created_at, created_by=v.created_by)
            for v in versions
        ],
        editable=_editable(job, line, summary),
        links=JobLinks(dag=dag, runs=f"{dag}/runs"),
        created_at=versions[0].created_at,
        created_by=versions[0].created_by,
    )


def _summary(row: StoredJob, engine: Engine, stamped: StampedCatalogue) -> JobSummary:
    found = board_of(engine).read(stamped, row.job_id)
    if not found:
        raise RequestRefusal.because(404, f"the job {row.name!r} has just been deleted", "Load the list of jobs again")
    return found[0]


def _definition_document(job: ExportJob) -> dict[str, Any]:
    plain = spec_of(job).model_dump(mode="json", by_alias=True)
    plain["schedule"].pop("anchor", None)
    return plain


def _editable(job: ExportJob | None, line: JobRow, summary: JobSummary) -> list[str]:
    """Return the editable fields. A once job that has run keeps all but its description, as in the store's guards."""
    if job is None or not line.may.edit:
        return []
    has_run = summary.progress.execution_id is not None
    return ["description"] if has_run and job.schedule.frequency is Frequency.ONCE else list(EDITABLE)


def _templates(job: ExportJob, catalogue: Catalogue) -> list[TemplateInUse]:
    pairs = [(template, job.use(template.name)) for template in job.template_definitions]
    return [
        TemplateInUse(
            name=template.name,
            kind=template.kind,
            description=template.description,
            columns=file_columns(template, use, catalogue),
            subfolder=use.subfolder,
            date_basis=use.date_basis,
            filters=[job_filter.model_dump(mode="json") for job_filter in use.filters],
            audience=len(use.audience),
            order_by=list(use.order_by),
        )
        for template, use in pairs
    ]


def file_columns(template: Template, use: TemplateUse, catalogue: Catalogue) -> list[FileColumn]:
    """Return the columns of a template's file, as the job chooses and renames them."""
    return [_file_column(chosen, template, catalogue) for chosen in chosen_columns(template, use, catalogue)]


def _file_column(chosen: ColumnUse, template: Template, catalogue: Catalogue) -> FileColumn:
    column = template_column(chosen.column, template, catalogue)
    heading = chosen.heading or chosen.column
    return FileColumn(column=column.column, heading=heading, type=column.type, title=column.title)
