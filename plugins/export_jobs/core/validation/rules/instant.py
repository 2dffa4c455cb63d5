"""Rule of a job's files together: whether all of them can show their databases at one instant."""

from __future__ import annotations

from collections.abc import Iterator

from export_jobs.core.base.issue import Issue, Level
from export_jobs.core.catalogue.dialect_names import ONE_INSTANT
from export_jobs.core.catalogue.selection import tables_of
from export_jobs.core.definitions.job import JobSpec
from export_jobs.core.validation.rule import RuleContext, Rules

INSTANT_RULES: Rules[JobSpec] = Rules()
_REMEDY = "Keep it if their totals need not agree, else make the job of one template, or export after the day's load"


@INSTANT_RULES.looks_up("templates")
def files_are_of_one_instant(job: JobSpec, context: RuleContext) -> Iterator[Issue]:
    """Rows that change between two files of a run make a receiver's totals disagree: worth a word."""
    templates = [context.templates[use.template] for use in job.templates if use.template in context.templates]
    if len(templates) < 2:
        return
    tables = [table for template in templates for table in tables_of(template, context.catalogue)]
    databases = sorted({(table.connection, table.dialect) for table in tables})
    if len(databases) > 1:
        names = " and ".join(repr(connection) for connection, _ in databases)
        what = f"the files come from {names}, which are read one after the other and not at one instant"
        yield Issue("templates", what, _REMEDY, Level.WARNING)
    for connection, dialect in databases:
        if dialect not in ONE_INSTANT:
            what = f"{connection!r} ({dialect}) is not known to show all that one transaction reads at one instant"
            yield Issue("templates", what, _REMEDY, Level.WARNING)
