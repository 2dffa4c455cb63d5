"""List the values of a dimension's attribute, to fill a filter. Personal data of customers is never shown."""

from __future__ import annotations

from dataclasses import replace

from export_jobs.core.catalogue.catalogue import Catalogue, Dimension, TableColumn
from export_jobs.core.definitions.filter import Filter, Operator
from export_jobs.core.definitions.job import FileOptions, Template, TemplateKind, TemplateUse
from export_jobs.core.definitions.trial_job import NAME, trial_job
from export_jobs.core.sql.compiled import CompiledExport
from export_jobs.core.sql.compiler import compile_export
from export_jobs.core.windows.window import bounds
from export_jobs.streaming.preview import first_rows
from export_jobs.web.catalogue.warehouse import open_export_source
from export_jobs.web.http.error_responses import RequestRefusal
from export_jobs.web.models.catalogue import FilterValues

MAX_VALUES_READ = 5000
"""Up to this number, values are read at once and searched here. If there are more, the database searches."""

VALUES_TIMEOUT_S = 5


def filter_values(column: str, search: str, limit: int, catalogue: Catalogue, user: str) -> FilterValues:
    """Return the first ``limit`` values that contain ``search``, case-insensitively, in the database's order."""
    dimension, name, table_column = _find_attribute(column, catalogue)
    values, is_whole = _read_values(_statement(dimension, name, "", catalogue), user)
    if not is_whole and search and table_column.type == "text":
        values, is_whole = _read_values(_statement(dimension, name, search, catalogue), user)
    wanted = search.casefold()
    found = [value for value in values if wanted in value.casefold()]
    return FilterValues(values=found[:limit], truncated=len(found) > limit or not is_whole)


def can_list_values(dimension: Dimension, table_column: TableColumn) -> bool:
    """Whether the values of an attribute may be listed.

    In a dimension of customers, each value except a boolean is personal data.
    """
    return not table_column.personal and (dimension.customer is None or table_column.type == "boolean")


def _find_attribute(column: str, catalogue: Catalogue) -> tuple[Dimension, str, TableColumn]:
    key, _, attribute = column.partition(".")
    dimension = catalogue.dimensions.get(key)
    name = attribute or (dimension.label if dimension else "")
    table_column = dimension.fields.get(name) if dimension else None
    if dimension is None or table_column is None:
        what = f"{column[:100]!r} is not an attribute of a dimension, and only their values are shown"
        raise RequestRefusal.because(422, what, "Choose an attribute such as store.region", "column")
    if not table_column.filterable:
        what = f"{column[:100]!r} cannot be used in a filter"
        raise RequestRefusal.because(422, what, "Choose another column", "column")
    if not can_list_values(dimension, table_column):
        what = f"{column[:100]!r} is about customers, so its values are not shown"
        raise RequestRefusal.because(422, what, "Type the value to filter by", "column")
    return dimension, name, table_column


def _statement(dimension: Dimension, name: str, search: str, catalogue: Catalogue) -> CompiledExport:
    """Compile the query for the distinct values. ``search`` is a bound parameter, like a filter of a job."""
    template = Template(name=NAME, kind=TemplateKind.DIMENSION, dimensions=(dimension.key,), columns=(name,))
    filters = [Filter(column=name, op=Operator.IS_NOT_NULL)]
    if search:
        filters.append(Filter(column=name, op=Operator.CONTAINS, values=(search,)))
    job = trial_job(template, TemplateUse(template=NAME, filters=tuple(filters)))
    export = compile_export(job, NAME, catalogue, bounds(job.schedule))
    return replace(export, sql=f"SELECT DISTINCT * FROM (\n{export.sql}\n) AS found ORDER BY 1")  # noqa: S608


def _read_values(export: CompiledExport, user: str) -> tuple[list[str], bool]:
    """Return the values, and whether these are all values."""
    with open_export_source(export) as source:
        found = first_rows(
            source,
            export,
            FileOptions(),
            time_zone="UTC",
            application_name=f"export-jobs values for {user}",
            limit=MAX_VALUES_READ,
            timeout_s=VALUES_TIMEOUT_S,
        )
    return [row[0] for row in found.rows if row[0] is not None], not found.truncated
