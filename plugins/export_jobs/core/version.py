"""``ExportJob`` x ``Catalogue`` -> one hash: two runs with the same hash make the same files of the same rows."""

from __future__ import annotations

import hashlib
import json
from typing import Any

from export_jobs.core.catalogue import Catalogue, Dimension, Fact, Kpi
from export_jobs.core.job import ExportJob, Template, TemplateKind


def definition_hash(job: ExportJob, catalogue: Catalogue) -> str:
    """SHA-256 (hex) over everything of a definition that can change a file of a given window.

    Left out is what cannot: recipients, owner, descriptions, titles, enabled, destination, size limit, and the
    schedule except its zone (it decides which windows there are; the zone decides how times are written). A changed
    mail address must not look to a receiver like changed data. Left out too are the statement templates, which come
    with the package: its version stands for them. A name that the catalogue does not hold counts as absent.
    """
    parts = {
        "name": job.name,
        "time_zone": job.schedule.time_zone,
        "file": job.file.model_dump(mode="json", exclude={"max_bytes"}),
        "uses": [use.model_dump(mode="json") for use in job.templates],
        "templates": [_template(template, catalogue) for template in job.template_definitions],
    }
    text = json.dumps(parts, sort_keys=True, ensure_ascii=True, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()


def _template(template: Template, catalogue: Catalogue) -> dict[str, Any]:
    """One template and the catalogue entries that its SQL is made from."""
    kpis = [catalogue.kpis.get(key) for key in template.kpis]
    facts = _facts(template, kpis)
    return {
        "template": template.model_dump(mode="json", exclude={"description"}),
        "facts": [_fact(catalogue.facts.get(key)) for key in facts],
        "kpis": [kpi and {"sql": kpi.sql, "decimals": kpi.decimals, "fact": kpi.fact} for kpi in kpis],
        "dimensions": [_dimension(catalogue.dimensions.get(key), facts) for key in template.dimensions],
    }


def _facts(template: Template, kpis: list[Kpi | None]) -> list[str]:
    if template.kind is TemplateKind.STANDARD:
        return [template.fact] if template.fact else []
    return sorted({kpi.fact for kpi in kpis if kpi})


def _fact(fact: Fact | None) -> Any:
    if fact is None:
        return None
    parts = fact.model_dump(mode="json", exclude={"title", "description", "columns"})
    # The order of the columns is the order of the file's columns, which sorted keys would lose.
    return {**parts, "columns": list(fact.columns.items())}


def _dimension(dimension: Dimension | None, facts: list[str]) -> Any:
    if dimension is None:
        return None
    parts = dimension.model_dump(mode="json", exclude={"title", "description", "columns", "facts", "exportable"})
    reached_by = {fact: dimension.facts.get(fact) for fact in facts}
    return {**parts, "columns": list(dimension.columns.items()), "reached_by": reached_by}
