"""Let the database plan, but not run, the KPIs of a catalogue and the statements of exports."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from export_jobs.catalogue_check.probe import Probe, describe_expressions, fact_source, find_refused_keys
from export_jobs.catalogue_check.session import RefusedError
from export_jobs.core.base.issue import Issue
from export_jobs.core.catalogue.catalogue import DATE_PARTS, Dimension, Fact, Kpi
from export_jobs.core.catalogue.database_types import fits, type_remedy
from export_jobs.core.definitions.job import ExportJob
from export_jobs.core.sql.compiler import compile_export
from export_jobs.core.sql.literal import with_literals
from export_jobs.core.validation.catalogue_rules.place import sql_path
from export_jobs.core.windows.window import Window
from export_jobs.errors import UserError

SAMPLE_WINDOW = Window(datetime(2024, 1, 1, tzinfo=UTC), datetime(2024, 1, 2, tzinfo=UTC))
_NAME = "catalogue-check"


def probe_kpis(probe: Probe, fact: Fact, kpis: list[Kpi]) -> None:
    """Check that the database can compute each KPI over the fact, and that its type is that of the header."""
    expressions = {kpi.key: kpi.sql for kpi in kpis}
    types, refused = describe_expressions(probe, expressions, fact_source(fact), fact.dialect)
    for kpi in kpis:
        if error := refused.get(kpi.key):
            what = f"the database refuses the expression: {error}"
            probe.add_issue(kpi, Issue(sql_path(), what, f"Correct it; it is computed over the rows of {fact.file}"))
        elif found := types.get(kpi.key):
            allowed = {"integer": ("integer", "number")}.get(kpi.type, ())
            if found.type_name and found.type not in allowed and not fits(kpi.type, found.type):
                what = f"the KPI is declared {kpi.type}, but the database returns {found.type_name}"
                probe.add_issue(kpi, Issue("type", what, type_remedy(found.type, "type")))


def probe_rows(probe: Probe, fact: Fact) -> None:
    """Plan a standard template with all columns, once for each date that a window can select by."""
    for key, basis in (("event_date", "event"), ("updated_at", "updated")):
        if getattr(fact, key) is None:
            continue
        error = _plan_error(probe, {"kind": "standard", "fact": fact.key}, {"date_basis": basis}, fact)
        if error is not None:
            what = f"the database refuses a query for rows of the fact by this date: {error}"
            probe.add_issue(fact, Issue(key, what, "Correct the fact's query or this date"))


def probe_groups(probe: Probe, fact: Fact, kpis: list[Kpi]) -> None:
    """Plan every KPI of a fact by every dimension that it reaches and every part of its date."""
    for key in [*probe.catalogue.dimensions_of(fact.key), *DATE_PARTS]:
        hops = probe.catalogue.path(fact.key, key)
        if any(probe.catalogue.dimensions[hop.dimension].file in probe.broken for hop in hops):
            continue
        refused = _refused_kpis(probe, fact, kpis, key)
        blamed = {k: error for k, error in refused.items() if k} if len(refused) < max(len(kpis), 1) else {}
        for kpi in kpis:
            if kpi.key in blamed:
                what = f"the database refuses it by {key!r}: {blamed[kpi.key]}"
                probe.add_issue(kpi, Issue(sql_path(), what, f"Correct the expression, or dimensions/{key}.sql"))
        if refused and not blamed:
            error = next(iter(refused.values()))
            dimension = probe.catalogue.dimensions.get(key)
            what = f"the database refuses {fact.key!r} by {key!r}: {error}"
            if dimension is None:
                probe.add_issue(fact, Issue("event_date", what, "Correct the column or its type"))
            else:
                probe.add_issue(dimension, Issue(f"facts.{fact.key}", what, "Correct the path or the query"))


def probe_dimension(probe: Probe, dimension: Dimension) -> None:
    """Plan a dimension template with all columns."""
    error = _plan_error(probe, {"kind": "dimension", "dimensions": [dimension.key]}, {}, dimension)
    if error is not None:
        what = f"the database refuses the dimension as a whole: {error}"
        probe.add_issue(dimension, Issue(sql_path(), what, "Correct the query or its columns"))


def _refused_kpis(probe: Probe, fact: Fact, kpis: list[Kpi], key: str) -> Mapping[str, RefusedError]:
    """Return the KPIs that cannot be computed by ``key``; for a fact without KPIs, its rows are planned instead."""

    def ask(keys: list[str]) -> RefusedError | None:
        definition: dict[str, Any] = {"kind": "custom", "kpis": keys, "dimensions": [key]}
        if not kpis:
            definition = {"kind": "standard", "fact": fact.key, "columns": [key]}
        return _plan_error(probe, definition, {}, fact)

    return find_refused_keys([kpi.key for kpi in kpis] or [""], ask)


def _plan_error(
    probe: Probe, definition: dict[str, Any], use: dict[str, Any], table: Fact | Dimension
) -> RefusedError | None:
    """Return the error with which compiler or database refuse a template; None when it can be planned."""
    job = _job(definition, use, table)
    try:
        export = compile_export(job, _NAME, probe.catalogue, SAMPLE_WINDOW)
    except UserError as error:
        return RefusedError(str(error))
    return probe.refusal_of(lambda: probe.session.explain(with_literals(export)))


def _job(definition: dict[str, Any], use: dict[str, Any], table: Fact | Dimension) -> ExportJob:
    """Return a job that is never saved. Its zone is that of the fact, because SQLite has no other zones."""
    zone = (table.event_date.time_zone if isinstance(table, Fact) else None) or "UTC"
    return ExportJob.model_validate(
        {
            "name": _NAME,
            "owner": _NAME,
            "destination": _NAME,
            "schedule": {"frequency": "daily", "from": "2024-01-01", "until": "2024-01-01", "time_zone": zone},
            "templates": [{"template": _NAME, **use}],
            "template_definitions": [{"name": _NAME, **definition}],
            "job_id": 0,
            "version": 0,
            "dag_id": _NAME,
        }
    )
