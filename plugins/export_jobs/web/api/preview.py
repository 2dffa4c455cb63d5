"""The first rows of a file and its SQL, before there is a job; and a small file of a job, for whoever asks."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from functools import partial
from typing import Any
from urllib.parse import quote

from fastapi.responses import Response

from export_jobs.core.catalogue.catalogue import Catalogue
from export_jobs.core.catalogue.personal import personal_columns
from export_jobs.core.catalogue.selection import chosen_columns
from export_jobs.core.definitions.job import ExportJob
from export_jobs.core.sql.compiler import compile_export
from export_jobs.core.sql.literal import runnable_sql
from export_jobs.core.windows.schedule_text import window_in_words
from export_jobs.core.windows.window import Window
from export_jobs.streaming.preview import first_rows
from export_jobs.web.catalogue.newest_rows import newest_window
from export_jobs.web.catalogue.preview_request import one_template, read_preview_request, usual_window
from export_jobs.web.catalogue.trial_file import trial_file
from export_jobs.web.catalogue.warehouse import open_export_source
from export_jobs.web.http.access import CreatesJobs, EditsJob
from export_jobs.web.http.audit_log import AuditEntryDep, api_router
from export_jobs.web.http.dependencies import CatalogueDep, StoredJobDep
from export_jobs.web.http.rate_limit import SharedSlots
from export_jobs.web.models.job import WindowSpan
from export_jobs.web.models.preview import PreviewAnswer, PreviewColumn, PreviewRequest, TestFileNote, TestFileRequest

router = api_router("templates")
MASK = "•••"
MAX_CONCURRENT_PREVIEWS = 5
TEST_FILE_HEADER = "Export-Jobs-Test-File"
_FILE: dict[int | str, dict[str, Any]] = {
    200: {"content": {"application/octet-stream": {"schema": {"type": "string", "format": "binary"}}}}
}
_BUSY = f"{MAX_CONCURRENT_PREVIEWS} previews are being read already"
_SLOTS = SharedSlots("previews", MAX_CONCURRENT_PREVIEWS, seconds=60)
"""Each preview may keep the warehouse busy for ten seconds, and longer where its days turn out to be empty: five
seconds a fact for the newest row, and ten again. Nobody's typing may keep a run waiting."""


@router.post("/preview")
def preview(user: CreatesJobs, body: PreviewRequest, catalogue: CatalogueDep, entry: AuditEntryDep) -> PreviewAnswer:
    """The rows as a run would write them, within ten seconds, read-only; and the SQL, ready for a database client.

    Cells that tell of a person are masked for who may not use the warehouse's connection.
    """
    job, window = read_preview_request(body, catalogue, datetime.now(UTC))
    export = compile_export(job, job.templates[0].template, catalogue, window)
    template, use = job.template_definitions[0], job.templates[0]
    hidden = set() if user.may_use_connection(export.connection) else personal_columns(template, use, catalogue)
    entry.note(
        template=str(body.template.get("name", "")),
        masked=sorted(hidden),
        window=_span_text(window),
        rows=body.rows,
        **_looked_at(job, catalogue),
    )
    with (
        _SLOTS.hold(_BUSY),
        open_export_source(export) as source,
    ):
        read = partial(
            first_rows,
            source,
            options=job.file,
            time_zone=job.schedule.time_zone,
            application_name=f"export-jobs preview by {user.name}",
            limit=body.rows,
        )
        found, empty = read(export), None
        if not found.rows and body.window is None:
            newest = newest_window(job, window, source, catalogue, job.schedule if body.schedule else None)
            if newest is not None:
                empty, window = window, newest
                export = compile_export(job, template.name, catalogue, window)
                found = read(export)
                entry.note(window=_span_text(window))
    return PreviewAnswer(
        columns=[
            PreviewColumn(name=column.name, type=column.type, masked=index in hidden)
            for index, column in enumerate(found.columns)
        ],
        rows=[[MASK if index in hidden and cell else cell for index, cell in enumerate(row)] for row in found.rows],
        truncated=found.truncated,
        sql=runnable_sql(export),
        window=WindowSpan.of(window),
        empty_window=WindowSpan.of(empty) if empty else None,
        connection=export.connection,
    )


@router.post("/jobs/{dag_id}/test-file", response_class=Response, responses=_FILE)
def test_file(
    user: EditsJob, body: TestFileRequest, row: StoredJobDep, catalogue: CatalogueDep, entry: AuditEntryDep
) -> Response:
    """A file of the job's newest days with rows, as a run would make it, marked TEST and never encrypted.

    Nothing is delivered, recorded in the ledger or counted as a window. Cells that tell of a person are left empty for
    who may not use the warehouse's connection.
    """
    job = one_template(row, body.template, catalogue)
    template, use = job.template_definitions[0], job.templates[0]
    window = usual_window(job.schedule, datetime.now(UTC))
    export = compile_export(job, template.name, catalogue, window)
    hidden = set() if user.may_use_connection(export.connection) else personal_columns(template, use, catalogue)
    entry.note(
        template=template.name,
        masked=sorted(hidden),
        window=_span_text(window),
        rows=body.rows,
        **_looked_at(job, catalogue),
    )
    with _SLOTS.hold(_BUSY), open_export_source(export) as source:
        make = partial(
            trial_file, job, source=source, catalogue=catalogue, hidden=hidden, rows=body.rows, user=user.name
        )
        made = make(window)
        newest = newest_window(job, window, source, catalogue, job.schedule) if not made.rows else None
        if newest is not None:
            window, made = newest, make(newest)
            entry.note(window=_span_text(window))
    days = window_in_words(window, job.schedule.time_zone)
    note = TestFileNote(days=days, rows=made.rows, truncated=made.truncated, masked=len(hidden))
    return Response(
        made.content,
        media_type="application/octet-stream",
        headers={
            "Content-Disposition": f"attachment; filename*=UTF-8''{quote(made.name)}",
            "Content-Encoding": "identity",  # as the file is, for Airflow would pack it once more
            TEST_FILE_HEADER: json.dumps(note.model_dump(mode="json")),
        },
    )


def _looked_at(job: ExportJob, catalogue: Catalogue) -> dict[str, Any]:
    """What the audit log says of a look at the job's only template: never a value that is filtered by."""
    template, use = job.template_definitions[0], job.templates[0]
    return {
        "kind": template.kind,
        "fact": template.fact,
        "kpis": list(template.kpis),
        "columns": [column.column for column in chosen_columns(template, use, catalogue)],
        "filters": [job_filter.column for job_filter in use.filters],
        "audience": len(use.audience),
    }


def _span_text(window: Window) -> str:
    return f"{window.start.isoformat()} .. {window.end.isoformat()}"
