"""Rules for the filters and the audience of one template use."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from typing import Any

from export_jobs.core.base.issue import Issue
from export_jobs.core.base.text import quote_value, suggest
from export_jobs.core.catalogue.catalogue import Catalogue, ColumnType
from export_jobs.core.catalogue.selection import (
    ResolvedColumn,
    filterable_columns,
    reachable_columns,
    resolve_column,
    tables_of,
)
from export_jobs.core.catalogue.value import parse_value
from export_jobs.core.definitions.filter import Filter, Operator
from export_jobs.core.definitions.job import Template, TemplateUse

MAX_FILTERS = 50
MAX_VALUES = 10_000
MAX_ISSUES_PER_LIST = 5
_COUNTS = {
    "none": (0, "no value", "Remove the values"),
    "one": (1, "one value", "Write one value"),
    "two": (2, "two values, the lower and the upper bound", "Write two values, the lower and the upper bound"),
}


def filter_issues(
    path: str, use: TemplateUse, template: Template, catalogue: Catalogue, time_zone: str, *, is_new: bool
) -> Iterator[Issue]:
    """Yield every fault of every filter, each at its place.

    ``is_new`` also refuses a name that is a column and a KPI of the file; older jobs stay valid.
    """
    if len(use.filters) > MAX_FILTERS:
        what = f"there are {len(use.filters)} filters; at most {MAX_FILTERS} are allowed"
        yield Issue(f"{path}.filters", what, "Put the condition into the fact as a column, and filter by that")
        return
    count = sum(len(job_filter.values) for job_filter in use.filters)
    if count > MAX_VALUES and all(len(job_filter.values) <= MAX_VALUES for job_filter in use.filters):
        what = f"the filters have {count} values together; at most {MAX_VALUES} are allowed"
        yield Issue(f"{path}.filters", what, "Put the longest list into a table of the warehouse, and filter by that")
    if not use.filters:
        return  # most jobs have none, and what could be filtered takes long to list
    allowed = filterable_columns(template, catalogue)
    for index, job_filter in enumerate(use.filters):
        place = f"{path}.filters[{index}]"
        if is_new and job_filter.column.lower() in {key.lower() for key in template.kpis}:
            yield _is_kpi(f"{place}.column", job_filter.column, catalogue)
        elif job_filter.column not in allowed:
            yield _not_filterable(f"{place}.column", job_filter.column, template, catalogue, allowed)
        else:
            kind = allowed[job_filter.column].column.type
            yield from _operator_issues(place, job_filter, kind)
            yield from _value_issues(f"{place}.values", job_filter.values, kind, time_zone)
            yield from _range_issues(place, job_filter, kind, time_zone)


def audience_issues(
    path: str, use: TemplateUse, template: Template, catalogue: Catalogue, time_zone: str
) -> Iterator[Issue]:
    """Yield tables without a customer column, and keys that do not have the type of that column."""
    if not use.audience:
        return
    tables = tables_of(template, catalogue)
    for table in tables:
        if table.customer is None:
            what = f"{table.key!r} has no customer column, so it cannot be limited to an audience"
            yield Issue(f"{path}.audience", what, "Remove the audience, or set customer in its header")
    types = {table.key: table.fields[table.customer].type for table in tables if table.customer in table.fields}
    if len(set(types.values())) > 1:
        what = f"the customer columns of the facts have different types ({_list_types(types)}), so no list fits all"
        yield Issue(f"{path}.audience", what, "Create one template for each fact, or use one type in the catalogue")
    elif types:
        yield from _value_issues(f"{path}.audience", use.audience, next(iter(types.values())), time_zone)


def _not_filterable(
    path: str, reference: str, template: Template, catalogue: Catalogue, allowed: dict[str, ResolvedColumn]
) -> Issue:
    tables = tables_of(template, catalogue)
    found = {table.key: resolve_column(reference, table, catalogue) for table in tables}
    resolved_columns = {key: resolved for key, resolved in found.items() if resolved}
    if any(resolved.is_date_part for resolved in resolved_columns.values()):
        what = f"{quote_value(reference)} is a part of the event date, which can group rows but not filter them"
        return Issue(path, what, "Filter by the date column itself")
    if any(not resolved.column.filterable for resolved in resolved_columns.values()):
        what = f"{quote_value(reference)} cannot be used in a filter: only the owners of the data may see its values"
        return Issue(path, what, suggest("", allowed, none="Remove the filter"))
    if resolved_columns and len(resolved_columns) < len(tables):
        missing = ", ".join(key for key in found if key not in resolved_columns)
        what = f"{quote_value(reference)} is not available in {missing}, which the template also reads"
        return Issue(path, what, suggest(reference, allowed, none="Create one template for each fact"))
    if resolved_columns:
        types = _list_types({key: resolved.column.type for key, resolved in resolved_columns.items()})
        column = quote_value(reference)
        what = f"{column} has different types in the facts ({types}), so it cannot be compared with one value"
        return Issue(path, what, "Create one template for each fact")
    known = sorted({name for table in tables for name in reachable_columns(table, catalogue) if name in allowed})
    what = f"there is no column {quote_value(reference)} to filter {template.name!r} by"
    return Issue(path, what, suggest(reference, known, none="Remove the filter"))


def _is_kpi(path: str, reference: str, catalogue: Catalogue) -> Issue:
    is_column = any(reference in fact.fields for fact in catalogue.facts.values())
    if not is_column:
        what = f"{quote_value(reference)} is a KPI, and a filter selects the rows from which KPIs are computed"
        return Issue(path, what, "Filter by a column of the fact")
    what = f"{quote_value(reference)} is a KPI of this file and a column of its fact, so the filter could mean either"
    return Issue(path, what, "Rename one of the two in the catalogue, then filter by the column")


def _list_types(types: Mapping[str, str]) -> str:
    return ", ".join(f"{key}: {kind}" for key, kind in types.items())


def _operator_issues(place: str, job_filter: Filter, kind: ColumnType) -> Iterator[Issue]:
    """Check that an operator fits the column's type and has the number of values that it needs."""
    op = job_filter.op
    if not op.fits(kind):
        yield _operator_does_not_fit(f"{place}.op", job_filter, kind)
    count = len(job_filter.values)
    if op.value_count == "many":
        if not count:
            what = f"{op} has no value to compare with"
            yield Issue(f"{place}.values", what, "List at least one value, or remove the filter")
        return
    expected, number, remedy = _COUNTS[op.value_count]
    if count != expected:
        what = f"{op} needs {number}, but there {'is' if count < 2 else 'are'} {count or 'none'}"
        yield Issue(f"{place}.values", what, remedy)


def _operator_does_not_fit(path: str, job_filter: Filter, kind: ColumnType) -> Issue:
    if kind == "boolean":
        return Issue(path, f"{job_filter.op} has no meaning for true and false", "Use equals")
    what = f"{job_filter.op} compares text, but {job_filter.column!r} has the type {kind}"
    return Issue(path, what, "Use equals or between")


def _value_issues(path: str, values: Sequence[str], kind: ColumnType, time_zone: str) -> Iterator[Issue]:
    if len(values) > MAX_VALUES:
        what = f"there are {len(values)} values; at most {MAX_VALUES} are allowed"
        yield Issue(path, what, "Put the list into a table of the warehouse, and filter by a column of it")
        return
    found = 0
    for index, value in enumerate(values):
        try:
            parse_value(value, kind, time_zone)
        except ValueError as error:
            found += 1
            if found <= MAX_ISSUES_PER_LIST:
                yield Issue(f"{path}[{index}]", f"the value {error}", "Correct or remove it")
    if found > MAX_ISSUES_PER_LIST:
        yield Issue(
            path,
            f"{found - MAX_ISSUES_PER_LIST} more values of the list are not valid for the type {kind}",
            "Correct them too",
        )


def _range_issues(place: str, job_filter: Filter, kind: ColumnType, time_zone: str) -> Iterator[Issue]:
    """Refuse swapped bounds: they select nothing, which would look like missing data."""
    if job_filter.op is not Operator.BETWEEN or len(job_filter.values) != 2 or kind == "boolean":
        return
    bounds: list[Any] = []
    with suppress(ValueError):
        bounds = [parse_value(value, kind, time_zone) for value in job_filter.values]
    if bounds and bounds[0] > bounds[1]:
        lower, upper = map(quote_value, job_filter.values)
        what = f"the lower bound {lower} is above the upper bound {upper}"
        yield Issue(f"{place}.values", what, "Swap the two")
