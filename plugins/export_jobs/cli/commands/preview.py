"""``sql``, ``preview`` and ``windows``: what a job will export, before it does."""

from __future__ import annotations

import argparse
from datetime import date, datetime, timedelta
from itertools import islice
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from export_jobs.cli import session
from export_jobs.cli.output import Output
from export_jobs.cli.text.plan_text import window_document
from export_jobs.core.base.issue import bullet_list, errors
from export_jobs.core.base.text import suggest
from export_jobs.core.definitions.job import ExportJob
from export_jobs.core.sql.compiled import CompiledExport
from export_jobs.core.sql.compiler import compile_export
from export_jobs.core.sql.literal import runnable_sql
from export_jobs.core.validation.definitions import validate_job
from export_jobs.core.windows.schedule_text import day_range
from export_jobs.core.windows.window import Window, day_start, scheduled_windows
from export_jobs.errors import UserError

if TYPE_CHECKING:
    from export_jobs.streaming.preview import Preview


def sql(options: argparse.Namespace, output: Output) -> int:
    """Show the statement of each template, with its bound values."""
    exports = _compile_exports(_valid_job(options.job), options)
    for export in exports:
        output.text(runnable_sql(export))
    output.json([_document(export) for export in exports])
    return 0


def preview(options: argparse.Namespace, output: Output) -> int:
    """Show the first rows of each template's file, every cell as the file will show it."""
    from export_jobs.orchestration.airflow.connections import open_source  # noqa: PLC0415  loads Airflow
    from export_jobs.streaming.preview import first_rows  # noqa: PLC0415  loads a database driver

    job = _valid_job(options.job)
    documents = []
    for export in _compile_exports(job, options):
        with open_source(export.connection, export.dialect) as source:
            found = first_rows(
                source,
                export,
                job.file,
                time_zone=job.schedule.time_zone,
                application_name=f"export-jobs {job.name}",
                limit=options.rows,
            )
        output.line(f"{export.template}: {_size(found)}")
        output.table([column.name for column in found.columns], found.rows)
        columns = [{"name": column.name, "type": column.type} for column in found.columns]
        rows = {"columns": columns, "rows": found.rows, "truncated": found.truncated}
        documents.append({"template": export.template, **rows})
    output.json(documents)
    return 0


def windows(options: argparse.Namespace, output: Output) -> int:
    """Show the windows that follow the last window with a run."""
    row = session.stored_job(options.job)
    schedule = row.parse_with_windows().schedule
    last_window_end = session.last_window_ends().get(row.job_id)
    found = list(islice(scheduled_windows(schedule, last_window_end), options.count))
    zone = ZoneInfo(schedule.time_zone)
    output.table(
        ("DAYS", "START", "END", "DELIVERED FROM"),
        [
            (day_range(d.window, zone.key), *(at.astimezone(zone) for at in (d.window.start, d.window.end, d.due)))
            for d in found
        ],
    )
    if not found:
        output.line("There are no more windows: every day of the validity has been exported.")
    output.json([window_document(delivery) for delivery in found])
    return 0


def parse_window(text: str, time_zone: str) -> Window:
    """Parse ``1997-01-01..1997-01-31``: days, both inclusive; with a time of day: instants, the end exclusive.

    An instant without an offset is in ``time_zone``. Raise ``UserError`` for anything else.
    """
    first, separator, last = text.partition("..")
    try:
        start = _instant(first, time_zone, is_end=False)
        end = _instant(last if separator else first, time_zone, is_end=True)
        return Window(start, end)
    except (ValueError, OverflowError) as error:
        raise UserError(
            f"{text!r} is not a window ({error})",
            "Write days as 1997-01-01..1997-01-31, both inclusive, or instants as 1997-01-01T00:00Z..1997-02-01T00:00Z",
        ) from error


def _instant(text: str, time_zone: str, *, is_end: bool) -> datetime:
    text = text.strip()
    if len(text) == len("1997-01-01"):
        return day_start(date.fromisoformat(text) + timedelta(days=is_end), time_zone)
    moment = datetime.fromisoformat(text)
    return moment if moment.tzinfo else moment.replace(tzinfo=ZoneInfo(time_zone))


def _valid_job(name: str) -> ExportJob:
    job = session.stored_job(name).parse()
    issues = errors(validate_job(job, catalogue=session.catalogue()))
    if issues:
        raise UserError(f"Job {job.name!r} is invalid", f"Correct it:\n{bullet_list(issues)}")
    return job


def _compile_exports(job: ExportJob, options: argparse.Namespace) -> list[CompiledExport]:
    """Compile each template of a job for a window, or only the template that was named."""
    window = parse_window(options.window, job.schedule.time_zone)
    names = [use.template for use in job.templates]
    if options.template and options.template not in names:
        remedy = suggest(options.template, names, none="The job uses no template")
        raise UserError(f"Job {job.name!r} does not use the template {options.template!r}", remedy)
    return [
        compile_export(job, name, session.catalogue(), window) for name in names if options.template in {None, name}
    ]


def _size(found: Preview) -> str:
    if found.truncated:
        return f"the first {len(found.rows)} rows; there are more"
    return f"{len(found.rows)} {'row' if len(found.rows) == 1 else 'rows'} in total"


def _document(export: CompiledExport) -> dict[str, object]:
    return {
        "template": export.template,
        "connection": export.connection,
        "dialect": export.dialect,
        "date_basis": export.date_basis,
        "sql": export.sql,
        "parameters": export.parameters,
        "columns": [{"name": column.name, "type": column.type} for column in export.columns],
    }
