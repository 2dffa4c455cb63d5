"""The first rows of a file and its SQL before the job exists, and a small test file of a job for the caller."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from functools import partial
from typing import Any
from urllib.parse import quote

from fastapi.responses import Response

from export_jobs.core.catalogue.catalogue import Catalogue
from export_jobs.core.definitions.job import ExportJob
from export_jobs.core.sql.compiler import compile_export
from export_jobs.core.sql.literal import runnable_sql
from export_jobs.core.windows.schedule_text import window_in_words
from export_jobs.streaming.preview import first_rows
from export_jobs.web.catalogue.newest_rows import newest_window
from export_jobs.web.catalogue.preview_request import (
    one_template,
    read_preview_request,
    usual_window,
)
from export_jobs.web.catalogue.preview_rules import (
    PREVIEW_SLOTS,
    PREVIEWS_BUSY,
    audit_details,
    hidden_columns,
    personal_places,
    span_text,
)
from export_jobs.web.catalogue.trial_file import TrialFile, trial_file
from export_jobs.web.catalogue.trial_mail import mail_trial_file, refuse_mail
from export_jobs.web.catalogue.warehouse import open_export_source
from export_jobs.web.http.access import Caller, CreatesJobs, EditsJob
from export_jobs.web.http.audit_log import AuditEntry, AuditEntryDep, api_router
from export_jobs.web.http.dependencies import CatalogueDep, StoreDep, StoredJobDep
from export_jobs.web.jobs.draft import one_template_of_draft, read_draft
from export_jobs.web.models.job import WindowSpan
from export_jobs.web.models.preview import (
    DraftTestFileRequest,
    PreviewAnswer,
    PreviewColumn,
    PreviewRequest,
    TestFileNote,
    TestFileRequest,
    TestMailNote,
)

router = api_router("templates")
MASK = "•••"
TEST_FILE_HEADER = "Export-Jobs-Test-File"
_FILE: dict[int | str, dict[str, Any]] = {
    200: {"content": {"application/octet-stream": {"schema": {"type": "string", "format": "binary"}}}},
    202: {"model": TestMailNote, "description": "The file was sent by mail"},
}


@router.post("/preview")
def preview(user: CreatesJobs, body: PreviewRequest, catalogue: CatalogueDep, entry: AuditEntryDep) -> PreviewAnswer:
    """Return the first rows as a run would write them, and the SQL, ready for a database client.

    The query is read-only and may take ten seconds. Cells with personal data are masked for callers who may not use
    the warehouse's connection.
    """
    job, window = read_preview_request(body, catalogue, datetime.now(UTC))
    export = compile_export(job, job.templates[0].template, catalogue, window)
    hidden = hidden_columns(job, export.connection, user, catalogue)
    entry.note(
        template=str(body.template.get("name", "")),
        masked=sorted(hidden),
        window=span_text(window),
        rows=body.rows,
        **audit_details(job, catalogue),
    )
    with (
        PREVIEW_SLOTS.hold(PREVIEWS_BUSY),
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
                export = compile_export(job, job.templates[0].template, catalogue, window)
                found = read(export)
                entry.note(window=span_text(window))
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
    """Return a file of the job's newest days with rows, written as in a run, marked TEST and never encrypted.

    Nothing is delivered, recorded in the ledger or counted as a window. Cells with personal data are empty for callers
    who may not use the warehouse's connection. By mail, the file goes only to the caller's own address, and these cells
    are always empty.
    """
    return _answer(one_template(row, body.template, catalogue), body, user, catalogue, entry)


@router.post("/test-file", response_class=Response, responses=_FILE)
def test_file_of_draft(
    *, user: CreatesJobs, body: DraftTestFileRequest, store: StoreDep, catalogue: CatalogueDep, entry: AuditEntryDep
) -> Response:
    """Return a test file of a job that does not exist yet. Nothing is saved."""
    draft = read_draft(body.job, store, catalogue, datetime.now(UTC))
    return _answer(one_template_of_draft(draft, body.template, store), body, user, catalogue, entry)


def _answer(job: ExportJob, body: TestFileRequest, user: Caller, catalogue: Catalogue, entry: AuditEntry) -> Response:
    if body.by_mail:
        refuse_mail(job, user)
    file, note = _newest_file(job, body, user, catalogue, entry)
    if body.by_mail:
        mail_trial_file(job, file, note, user)
        entry.note(sent_to=user.mail)
        sent = TestMailNote(**note.model_dump(), sent_to=user.mail, file=file.name)
        return Response(sent.model_dump_json(), status_code=202, media_type="application/json")
    return Response(
        file.content,
        media_type="application/octet-stream",
        headers={
            "Content-Disposition": f"attachment; filename*=UTF-8''{quote(file.name)}",
            "Content-Encoding": "identity",  # unchanged: Airflow would compress it again
            TEST_FILE_HEADER: json.dumps(note.model_dump(mode="json")),
        },
    )


def _newest_file(
    job: ExportJob, body: TestFileRequest, user: Caller, catalogue: Catalogue, entry: AuditEntry
) -> tuple[TrialFile, TestFileNote]:
    template = job.templates[0].template
    window = usual_window(job.schedule, datetime.now(UTC))
    export = compile_export(job, template, catalogue, window)
    # Every mail server on the way can read a mail, so it must not contain personal data.
    hidden = (
        personal_places(job, catalogue) if body.by_mail else hidden_columns(job, export.connection, user, catalogue)
    )
    entry.note(
        template=template,
        masked=sorted(hidden),
        window=span_text(window),
        rows=body.rows,
        by_mail=body.by_mail,
        **audit_details(job, catalogue),
    )
    with PREVIEW_SLOTS.hold(PREVIEWS_BUSY), open_export_source(export) as source:
        write = partial(
            trial_file, job, source=source, catalogue=catalogue, hidden=hidden, rows=body.rows, user=user.name
        )
        file = write(window)
        newest = newest_window(job, window, source, catalogue, job.schedule) if not file.rows else None
        if newest is not None:
            window, file = newest, write(newest)
            entry.note(window=span_text(window))
    days = window_in_words(window, job.schedule.time_zone)
    return file, TestFileNote(days=days, rows=file.rows, truncated=file.truncated, masked=len(hidden))
