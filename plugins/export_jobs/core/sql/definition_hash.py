"""Hash a job with its catalogue entries: two runs with the same hash create the same files from the same rows.

A part that is not used has no key in the hashed data, so a new key of the model does not change any older hash.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Collection, Iterable
from typing import Any

from export_jobs.core.catalogue.catalogue import DATE_PARTS, Catalogue, Dimension, Fact, Hop, Kpi, Table, TableColumn
from export_jobs.core.catalogue.selection import chosen_columns, resolve_column
from export_jobs.core.definitions.job import ExportJob, FileOptions, Template, TemplateKind, TemplateUse

_TABLE = {"key", "connection", "sql"}
_FACT = {*_TABLE, "event_date", "updated_at", "order_by"}
_DIMENSION = {*_TABLE, "id", "label"}
_NO_CONTENT = {"max_bytes", "shape_change", "done_file", "manifest", "manifest_folder"}
_NOT_OF_THE_FIRST_RELEASE = {"encoding", "unencodable", "line_breaks"}
_USE = {"template", "subfolder", "date_basis"}
_DIALECT = Table.model_fields["dialect"].default
_KPI_TYPE = Kpi.model_fields["type"].default


def definition_hash(job: ExportJob, catalogue: Catalogue) -> str:
    """Return the SHA-256 (hex) of everything in a definition that can change a file of a given window.

    Everything else is left out: recipients, owner, descriptions, titles, units, enabled, destination, limits, and the
    schedule except its zone (the schedule decides which windows there are; the zone decides how times are written). A
    changed mail address must not look like changed data to a receiver. The statement templates are left out too: they
    belong to the package and its version. A name that is not in the catalogue counts as missing.
    """
    parts = {
        "name": job.name,
        "time_zone": job.schedule.time_zone,
        "file": _file_parts(job.file),
        "uses": [_use_parts(use) for use in job.templates],
        "templates": [
            _template_parts(template, job.use(template.name), catalogue) for template in job.template_definitions
        ],
    }
    text = json.dumps(parts, sort_keys=True, ensure_ascii=True, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()


def _file_parts(file: FileOptions) -> dict[str, Any]:
    unused = {key for key in _NOT_OF_THE_FIRST_RELEASE if getattr(file, key) == FileOptions.model_fields[key].default}
    return file.model_dump(mode="json", exclude=_NO_CONTENT | unused, exclude_none=True)


def _use_parts(use: TemplateUse) -> dict[str, Any]:
    return {key: value for key, value in use.model_dump(mode="json").items() if value or key in _USE}


def _template_parts(template: Template, use: TemplateUse, catalogue: Catalogue) -> dict[str, Any]:
    """Return one template and the catalogue entries that its SQL is built from."""
    chosen = {column.column for column in use.columns}
    kpis = [catalogue.kpis.get(key) for key in template.kpis if not chosen or key in chosen]
    keys = [template.fact] if template.fact else sorted({kpi.fact for kpi in kpis if kpi})
    facts = [catalogue.facts[key] for key in keys if key in catalogue.facts]
    references = [*_references(template, use, catalogue), *_customers(facts, use)]
    own = _own_dimensions(template, chosen)
    hops = list(_hops(own, references, facts, catalogue))
    referenced = {*references, *(hop.by for hop in hops if hop.via is None)}
    dimensions = dict.fromkeys([*own, *sorted({hop.dimension for hop in hops})])
    return {
        "template": template.model_dump(mode="json", exclude={"description"}),
        "facts": [_fact_parts(catalogue.facts.get(key), template, use, referenced) for key in keys],
        "kpis": [_kpi_parts(kpi) for kpi in kpis],
        "dimensions": [_dimension_parts(catalogue.dimensions.get(key), template, use, keys) for key in dimensions],
    }


def _references(template: Template, use: TemplateUse, catalogue: Catalogue) -> list[str]:
    chosen = [column.column for column in chosen_columns(template, use, catalogue)]
    return [
        *chosen,
        *(job_filter.column for job_filter in use.filters),
        *(name.removeprefix("-") for name in use.order_by),
    ]


def _customers(facts: Iterable[Fact], use: TemplateUse) -> list[str]:
    return [fact.customer for fact in facts if use.audience and fact.customer]


def _own_dimensions(template: Template, chosen: Collection[str]) -> list[str]:
    """Return the keys of the template's own dimensions, without those that the job does not choose."""
    is_whole = template.kind is TemplateKind.DIMENSION or not chosen
    named = [name for name in template.dimensions if is_whole or name in chosen]
    return [name.partition(".")[0] for name in named if name not in DATE_PARTS]


def _hops(own: Iterable[str], references: Iterable[str], facts: Iterable[Fact], catalogue: Catalogue) -> Iterable[Hop]:
    """Yield every join that any fact needs, including those through other dimensions."""
    for fact in facts:
        resolved_columns = [resolve_column(reference, fact, catalogue) for reference in references]
        for key in {*own, *(resolved.dimension for resolved in resolved_columns if resolved and resolved.dimension)}:
            yield from catalogue.path(fact.key, key)


def _fact_parts(fact: Fact | None, template: Template, use: TemplateUse, referenced: set[str]) -> Any:
    """Include measures and custom fields only if they are read; the SQL of a KPI may read any custom field."""
    if fact is None:
        return None
    dates = [column.column for column in (fact.event_date, fact.updated_at) if column]
    extra = {*referenced, *fact.order_by, *dates}
    if template.kind is TemplateKind.CUSTOM:
        extra |= set(fact.custom_fields)
    columns = {name: column for name, column in fact.fields.items() if name in fact.columns or name in extra}
    return {**fact.model_dump(mode="json", include=_FACT), **_table_parts(fact, use, columns)}


def _dimension_parts(dimension: Dimension | None, template: Template, use: TemplateUse, facts: Iterable[str]) -> Any:
    if dimension is None:
        return None
    is_whole = template.kind is TemplateKind.DIMENSION
    parts = {
        **dimension.model_dump(mode="json", include=_DIMENSION),
        **_table_parts(dimension, use if is_whole else None),
    }
    return {**parts, "reached_by": {fact: dimension.facts.get(fact) for fact in facts}}


def _table_parts(
    table: Table, use: TemplateUse | None, columns: dict[str, TableColumn] | None = None
) -> dict[str, Any]:
    # A list, since the order of the columns is that of the file, which sorted keys would lose.
    parts: dict[str, Any] = {
        "columns": [(name, _column_parts(column)) for name, column in (columns or table.columns).items()]
    }
    if table.dialect != _DIALECT:
        parts["dialect"] = table.dialect
    if use and use.audience:
        parts["customer"] = table.customer
    return parts


def _column_parts(column: TableColumn) -> Any:
    parts = column.model_dump(mode="json", include={"type", "decimals", "sql"}, exclude_defaults=True)
    return parts if len(parts) > 1 else column.type


def _kpi_parts(kpi: Kpi | None) -> Any:
    if kpi is None:
        return None
    parts = {"sql": kpi.sql, "decimals": kpi.decimals, "fact": kpi.fact}
    return parts if kpi.type == _KPI_TYPE else {**parts, "type": kpi.type}
