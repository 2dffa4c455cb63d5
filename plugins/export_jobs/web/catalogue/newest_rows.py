"""Find the newest days with rows for a preview that would be empty, so that people see what the file looks like."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from export_jobs.core.catalogue.catalogue import Catalogue, Fact
from export_jobs.core.catalogue.selection import facts_of
from export_jobs.core.definitions.job import DateBasis, ExportJob, FileOptions, Schedule, Template, TemplateKind
from export_jobs.core.definitions.trial_job import NAME, trial_job
from export_jobs.core.sql.compiler import compile_export
from export_jobs.core.sql.dialect import quote_identifier
from export_jobs.core.windows.window import ONE_DAY, Window, day_start, scheduled_windows
from export_jobs.errors import ExportError
from export_jobs.streaming.preview import first_rows
from export_jobs.streaming.source import Source
from export_jobs.web.catalogue.preview_request import DEFAULT_DAYS

FIRST_DAY = datetime(1900, 1, 1, tzinfo=UTC)
TIMEOUT_S = 5
_DATE = re.compile(r"(\d{4})-(\d\d)-(\d\d)")


def newest_window(
    job: ExportJob, window: Window, source: Source, catalogue: Catalogue, schedule: Schedule | None
) -> Window | None:
    """Return the window of ``schedule`` (or the week) with the newest row before ``window`` that passes the filters.

    None if there is no such row, no date column, or no answer within seconds. The preview then stays empty.
    """
    facts = facts_of(job.template_definitions[0], catalogue)
    if not facts:
        return None
    try:
        days = [day for fact in facts if (day := _newest_day(job, fact, window, source, catalogue))]
    except ExportError:
        return None
    return _window_of(max(days), schedule) if days else None


def _newest_day(job: ExportJob, fact: Fact, window: Window, source: Source, catalogue: Catalogue) -> datetime | None:
    """Return the midnight, in the job's time zone, before the newest row of one fact."""
    use = job.templates[0]
    basis = use.date_basis or DateBasis.EVENT
    date_column = fact.date_column(basis)
    if date_column is None:
        return None
    template = Template(name=NAME, kind=TemplateKind.STANDARD, fact=fact.key, columns=(date_column.column,))
    rows_of_fact = use.model_copy(update={"columns": (), "order_by": (), "template": NAME})
    trial = trial_job(template, rows_of_fact, job.schedule)
    export = compile_export(trial, NAME, catalogue, Window(FIRST_DAY, window.start))
    column = quote_identifier(date_column.column, export.dialect)
    newest = replace(export, sql=f"SELECT max({column}) FROM (\n{export.sql}\n) AS found", is_ordered=True)  # noqa: S608
    zone = job.schedule.time_zone
    found = first_rows(
        source,
        newest,
        FileOptions(),
        time_zone=zone,
        application_name="export-jobs preview",
        limit=1,
        timeout_s=TIMEOUT_S,
    )
    text = found.rows[0][0] if found.rows else None
    match = _DATE.match(text or "")
    if match is None:
        return None
    year, month, day = map(int, match.groups())
    return day_start(datetime(year, month, day, tzinfo=UTC).date(), zone)


def _window_of(day: datetime, schedule: Schedule | None) -> Window:
    zone = schedule.time_zone if schedule else "UTC"
    noon = day + timedelta(hours=12)
    for scheduled in scheduled_windows(schedule) if schedule else ():
        if scheduled.window.start <= noon < scheduled.window.end:
            return scheduled.window
        if scheduled.window.start > noon:
            break
    end = day_start(noon.astimezone(ZoneInfo(zone)).date() + ONE_DAY, zone)
    return Window(end - DEFAULT_DAYS * ONE_DAY, end)
