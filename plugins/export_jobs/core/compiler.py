"""``ExportJob`` x ``Catalogue`` x ``Window`` -> ``CompiledExport``: the SQL of one file, its bound values, its columns.

The statement templates beside the catalogue hold the shape of each kind; only reviewed files are rendered. Identifiers
come from the catalogue and are quoted here; values travel as parameters and are never part of the text.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from functools import lru_cache
from pathlib import Path
from zoneinfo import ZoneInfo

import jinja2

from export_jobs.core.catalogue import Catalogue, ColumnType, DateColumn, Fact
from export_jobs.core.job import DateBasis, ExportJob, FileOptions, Template, TemplateKind
from export_jobs.core.window import Window
from export_jobs.errors import UserError

STATEMENTS = Path("statements")


@dataclass(frozen=True)
class Column:
    """One column of the file: the header text and the type its cells have."""

    name: str
    type: ColumnType


@dataclass(frozen=True)
class CompiledExport:
    """A statement ready to run read-only: ``sql`` with ``%(name)s`` placeholders and the values bound to them."""

    template: str
    connection: str
    sql: str
    parameters: dict[str, datetime | date]
    columns: tuple[Column, ...]
    date_basis: DateBasis


def compile_export(
    job: ExportJob, template_name: str, catalogue: Catalogue, window: Window, statements: Path
) -> CompiledExport:
    """Compile one template of a job for one window.

    ``statements`` is the folder of the statement templates. Raises ``UserError`` when the definition names something
    that the catalogue does not hold; validation says so earlier, with every issue at once.
    """
    template = job.template(template_name)
    basis = job.use(template_name).date_basis or default_basis(template.kind)
    try:
        context = _CONTEXT[template.kind](template, catalogue, job.file)
    except KeyError as error:
        raise UserError(
            f"Job {job.name!r}, template {template_name!r}: the catalogue has no {error.args[0]!r}. "
            "Run `export-jobs validate` for the whole list, then restore the catalogue file or make a new template."
        ) from None
    date_column = _date_column(context.fact, basis, template_name)
    sql = (
        _environment(statements)
        .get_template(f"{template.kind}.sql")
        .render(**context.values, date_column=date_column, job=job.name, template=template_name)
    )
    parameters = _bounds(date_column, window, job.schedule.time_zone) if date_column else {}
    return CompiledExport(template_name, context.connection, sql, parameters, context.columns, basis)


def default_basis(kind: TemplateKind) -> DateBasis:
    """The date a window bounds when the job does not say: none for a dimension, else the event date."""
    return DateBasis.NONE if kind is TemplateKind.DIMENSION else DateBasis.EVENT


def quoted(name: str) -> str:
    """An SQL identifier, quoted as the standard says; ``%`` is doubled because the text goes through the driver."""
    return '"' + name.replace('"', '""').replace("%", "%%") + '"'


@dataclass(frozen=True)
class _Context:
    """What a statement template needs, and what the export needs to know of it."""

    connection: str
    fact: Fact | None
    columns: tuple[Column, ...]
    values: Mapping[str, object]


def _standard(template: Template, catalogue: Catalogue, options: FileOptions) -> _Context:
    fact = catalogue.facts[template.fact or ""]
    columns = tuple(Column(name, fact.columns[name]) for name in template.columns or fact.columns)
    values = {"source": _source(fact.sql), "columns": _cells(columns, options), "order_by": fact.order_by}
    return _Context(fact.connection, fact, columns, values)


def _custom(template: Template, catalogue: Catalogue, options: FileOptions) -> _Context:
    kpis = [catalogue.kpis[key] for key in template.kpis]
    fact = catalogue.facts[kpis[0].fact]
    dimensions = [catalogue.dimensions[key] for key in template.dimensions]
    joins = [
        {
            "source": _source(dimension.sql),
            "id": dimension.id,
            "label": dimension.label,
            "by": dimension.facts[fact.key],
            "cell": _cell(quoted(f"label {number}"), dimension.columns[dimension.label], options),
            "name": dimension.key,
        }
        for number, dimension in enumerate(dimensions, start=1)
    ]
    measures = [{"sql": _rounded(kpi.sql, kpi.decimals), "name": kpi.key} for kpi in kpis]
    columns = (
        *(Column(dimension.key, dimension.columns[dimension.label]) for dimension in dimensions),
        *(Column(kpi.key, "number") for kpi in kpis),
    )
    return _Context(fact.connection, fact, columns, {"source": _source(fact.sql), "joins": joins, "measures": measures})


def _dimension(template: Template, catalogue: Catalogue, options: FileOptions) -> _Context:
    dimension = catalogue.dimensions[template.dimensions[0]]
    columns = tuple(Column(name, dimension.columns[name]) for name in template.columns or dimension.columns)
    values = {"source": _source(dimension.sql), "columns": _cells(columns, options), "order_by": (dimension.id,)}
    return _Context(dimension.connection, None, columns, values)


_CONTEXT = {TemplateKind.STANDARD: _standard, TemplateKind.CUSTOM: _custom, TemplateKind.DIMENSION: _dimension}


def _source(sql: str) -> str:
    """A catalogue query as it may stand in a statement: the driver would read a single ``%`` as a placeholder."""
    return sql.replace("%", "%%")


def _cells(columns: tuple[Column, ...], options: FileOptions) -> list[dict[str, str]]:
    return [{"sql": _cell(quoted(c.name), c.type, options), "name": c.name} for c in columns]


def _cell(expression: str, kind: ColumnType, options: FileOptions) -> str:
    """A cell's SQL: text that a spreadsheet would run as a formula gets a leading quote, if the job asks for it."""
    if not options.escape_formulas or kind != "text":
        return expression
    return f"CASE WHEN {expression} ~ '^[=+@\\t\\r-]' THEN '''' || {expression} ELSE {expression} END"


def _rounded(sql: str, decimals: int | None) -> str:
    expression = _source(sql)
    return expression if decimals is None else f"round(({expression})::numeric, {decimals})"


def _date_column(fact: Fact | None, basis: DateBasis, template: str) -> DateColumn | None:
    if fact is None or basis is DateBasis.NONE:
        return None
    column = fact.date_column(basis)
    if column is None:
        raise UserError(
            f"Template {template!r}: the fact {fact.key!r} has no {basis} date. "
            "Choose the event date, or name its column in the fact's header."
        )
    return column


def _bounds(column: DateColumn, window: Window, time_zone: str) -> dict[str, datetime | date]:
    """The window's ends as the column's type compares them, so that the index on the bare column serves."""
    if column.type == "date":
        first_day, day_after_last = window.dates(time_zone)
        return {"window_start": first_day, "window_end": day_after_last}
    if column.type == "timestamp":
        # Never the job's own zone: a job that moves to another zone would then read some hours twice, or not at all.
        zone = ZoneInfo(column.time_zone or "UTC")
        return {
            "window_start": window.start.astimezone(zone).replace(tzinfo=None),
            "window_end": window.end.astimezone(zone).replace(tzinfo=None),
        }
    return {"window_start": window.start, "window_end": window.end}


@lru_cache(maxsize=4)
def _environment(folder: Path) -> jinja2.Environment:
    environment = jinja2.Environment(
        loader=jinja2.FileSystemLoader(folder),
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=False,
        autoescape=False,  # noqa: S701  SQL, not HTML: every identifier goes through the filter below
    )
    environment.filters["quoted"] = quoted
    return environment
