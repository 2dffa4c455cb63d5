"""Rules for what a job chooses from a template: columns and headings, filters, audience, order of rows."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator

from export_jobs.core.base.issue import Issue
from export_jobs.core.base.text import quote_value, suggest, text_issues
from export_jobs.core.catalogue.selection import (
    chosen_columns,
    columns_in_template,
    reachable_columns,
    resolve_column,
    tables_of,
)
from export_jobs.core.definitions.job import JobSpec, Template, TemplateKind, TemplateUse
from export_jobs.core.validation.rule import RuleContext, Rules
from export_jobs.core.validation.rules.filter import audience_issues, filter_issues
from export_jobs.core.validation.rules.schedule import is_time_zone

TEMPLATE_USE_RULES: Rules[JobSpec] = Rules()
MAX_HEADING = 200
MAX_COLUMNS = 500
_INVISIBLE = {"\u00ad", "\u200b", "\u2060", "\ufeff", *map(chr, range(0xE0000, 0xE0080))}
"""Characters without a width that join no letters: a heading with one only looks like another heading."""


@TEMPLATE_USE_RULES.reads("templates")
def lists_are_bounded(job: JobSpec) -> Iterator[Issue]:
    """Limit the lists, because later rules compare every entry with every other one."""
    for index, use in enumerate(job.templates):
        for name, entries in (("columns", use.columns), ("order_by", use.order_by)):
            if len(entries) > MAX_COLUMNS:
                what = f"there are {len(entries)} entries; at most {MAX_COLUMNS} are allowed"
                yield Issue(f"templates[{index}].{name}", what, "Remove some")


@TEMPLATE_USE_RULES.looks_up("templates")
def columns_are_in_template(job: JobSpec, context: RuleContext) -> Iterator[Issue]:
    """A job can choose only columns that the template has."""
    for path, use, template in readable_uses(job, context):
        available = columns_in_template(template, context.catalogue)
        for index, column in enumerate(use.columns):
            if column.column not in available:
                place = f"{path}.columns[{index}]{'.column' if column.heading else ''}"
                what = f"the template {template.name!r} has no column {quote_value(column.column)}"
                yield Issue(place, what, suggest(column.column, available, none="The template has none"))
            elif column.column in [other.column for other in use.columns[:index]]:
                yield Issue(f"{path}.columns[{index}]", f"{quote_value(column.column)} is chosen twice", "Remove one")


@TEMPLATE_USE_RULES.looks_up("templates")
def a_kpi_is_chosen(job: JobSpec, context: RuleContext) -> Iterator[Issue]:
    """A custom template is KPIs by dimensions. Without a KPI it is unknown which facts are meant."""
    for path, use, template in readable_uses(job, context):
        has_kpi = any(column.column in template.kpis for column in use.columns)
        if template.kind is TemplateKind.CUSTOM and use.columns and not has_kpi:
            what = f"none of the KPIs of {template.name!r} is chosen"
            yield Issue(f"{path}.columns", what, f"Choose at least one of {', '.join(template.kpis)}")


@TEMPLATE_USE_RULES.looks_up("templates")
def headings_are_readable(job: JobSpec, context: RuleContext) -> Iterator[Issue]:
    """A heading has visible characters of any script, on one line."""
    for path, use, _ in readable_uses(job, context):
        for index, column in enumerate(use.columns):
            place = f"{path}.columns[{index}].as"
            yield from text_issues(place, column.heading, limit=MAX_HEADING)
            unseen = next((char for char in column.heading if char in _INVISIBLE), None)
            if unseen:
                what = f"the heading {quote_value(column.heading)} contains {unseen!a}, which is invisible"
                yield Issue(place, what, "Remove it")
            if column.heading != column.heading.strip():
                what = f"the heading {quote_value(column.heading)} begins or ends with a space"
                yield Issue(place, what, "Remove the space; a receiver would look for the name without it")


@TEMPLATE_USE_RULES.looks_up("templates")
def headings_are_unique(job: JobSpec, context: RuleContext) -> Iterator[Issue]:
    """Many receivers ignore capitals and compose accents, so headings that differ only in these are equal to them."""
    for path, use, template in readable_uses(job, context):
        seen: dict[str, str] = {}
        for index, column in enumerate(chosen_columns(template, use, context.catalogue)):
            heading = column.heading or column.column
            plain = unicodedata.normalize("NFC", unicodedata.normalize("NFC", heading).casefold())
            if plain in seen and column.column not in [other.column for other in use.columns[:index]]:
                what = f"the heading {quote_value(heading)} appears twice ({quote_value(seen[plain])} is the other)"
                yield Issue(f"{path}.columns[{index}]", what, "Give one of the two another heading with `as`")
            seen.setdefault(plain, heading)


@TEMPLATE_USE_RULES.looks_up("templates")
def filters_are_valid(job: JobSpec, context: RuleContext) -> Iterator[Issue]:
    """A filter names a column that may be filtered, with values of its type."""
    for path, use, template in readable_uses(job, context):
        zone, is_new = _time_zone_or_utc(job), context.now is not None
        yield from filter_issues(path, use, template, context.catalogue, zone, is_new=is_new)


@TEMPLATE_USE_RULES.looks_up("templates")
def audience_is_valid(job: JobSpec, context: RuleContext) -> Iterator[Issue]:
    """An audience is a list of customers, and every table of the template knows its customers."""
    for path, use, template in readable_uses(job, context):
        yield from audience_issues(path, use, template, context.catalogue, _time_zone_or_utc(job))


@TEMPLATE_USE_RULES.looks_up("templates")
def order_by_columns_exist(job: JobSpec, context: RuleContext) -> Iterator[Issue]:
    """Rows can be ordered by any column of the table, groups only by columns of the file."""
    for path, use, template in readable_uses(job, context):
        tables = tables_of(template, context.catalogue)
        shown_columns = [column.column for column in chosen_columns(template, use, context.catalogue)]
        for index, reference in enumerate(use.order_by):
            name = reference.removeprefix("-")
            place = f"{path}.order_by[{index}]"
            if template.kind is TemplateKind.CUSTOM:
                is_known, names = name in shown_columns, shown_columns
            else:
                is_known = not tables or resolve_column(name, tables[0], context.catalogue) is not None
                names = reachable_columns(tables[0], context.catalogue) if tables else []
            if not is_known:
                what = f"there is no column {quote_value(name)} to order by"
                yield Issue(place, what, suggest(name, names, none="Remove it"))
            elif name in [other.removeprefix("-") for other in use.order_by[:index]]:
                yield Issue(place, f"{quote_value(name)} appears twice", "Remove one of the two")


def readable_uses(job: JobSpec, context: RuleContext) -> Iterator[tuple[str, TemplateUse, Template]]:
    """Yield every use whose template is known and readable. Other rules report unknown templates and overlong lists."""
    for index, use in enumerate(job.templates):
        template = context.templates.get(use.template)
        is_short = max(len(use.columns), len(use.order_by)) <= MAX_COLUMNS
        if template is not None and is_short and tables_of(template, context.catalogue):
            yield f"templates[{index}]", use, template


def _time_zone_or_utc(job: JobSpec) -> str:
    """Return the zone in which values are read. Another rule reports an unknown one."""
    return job.schedule.time_zone if is_time_zone(job.schedule.time_zone) else "UTC"
