"""Rule for the files of a job together: whether all of them can show their data at the same instant."""

from __future__ import annotations

from collections.abc import Iterator

from export_jobs.core.base.issue import Issue, Level
from export_jobs.core.catalogue.dialect_names import ONE_INSTANT
from export_jobs.core.catalogue.selection import tables_of
from export_jobs.core.definitions.job import JobSpec
from export_jobs.core.validation.rule import RuleContext, Rules

INSTANT_RULES: Rules[JobSpec] = Rules()
_REMEDY = "Keep it if their totals need not agree; otherwise use one template, or export after the day's load"


@INSTANT_RULES.looks_up("templates")
def files_are_of_one_instant(job: JobSpec, context: RuleContext) -> Iterator[Issue]:
    """Warn that rows may change between two files of a run, so that a receiver's totals disagree."""
    templates = [context.templates[use.template] for use in job.templates if use.template in context.templates]
    if len(templates) < 2:
        return
    tables = [table for template in templates for table in tables_of(template, context.catalogue)]
    databases = sorted({(table.connection, table.dialect) for table in tables})
    if len(databases) > 1:
        names = " and ".join(repr(connection) for connection, _ in databases)
        what = f"the files come from {names}, which are read one after the other, not at the same instant"
        yield Issue("templates", what, _REMEDY, Level.WARNING)
    for connection, dialect in databases:
        if dialect not in ONE_INSTANT:
            what = f"{connection!r} ({dialect}) may not show everything that one transaction reads at the same instant"
            yield Issue("templates", what, _REMEDY, Level.WARNING)
