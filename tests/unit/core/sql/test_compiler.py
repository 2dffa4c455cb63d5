"""What the compiler guarantees; tests/golden has whole statements, tests/cases proves their results."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime
from typing import Any

import pytest
import sqlglot
from sqlglot import expressions as exp

from export_jobs.core.catalogue.catalogue import Catalogue, DateColumn
from export_jobs.core.definitions.job import DateBasis, ExportJob
from export_jobs.core.sql.compiled import Column, CompiledExport
from export_jobs.core.sql.compiler import compile_export
from export_jobs.core.sql.dialect import quote_identifier
from export_jobs.errors import UserError
from tests.unit.core.samples import NEW_YEAR, TEMPLATES, catalogue, job


def compiled(template: str, using: ExportJob | None = None, found: Catalogue | None = None) -> CompiledExport:
    return compile_export(using or job(), template, found or catalogue(), NEW_YEAR)


def parsed(export: CompiledExport) -> exp.Select:
    [statement] = sqlglot.parse(export.sql.replace("%(", "@(").replace(")s", ")"), dialect="postgres")
    assert isinstance(statement, exp.Select)
    return statement


def with_date_column(column: DateColumn) -> Catalogue:
    found = catalogue()
    fact = found.facts["purchases"].model_copy(update={"event_date": column})
    return replace(found, facts={**found.facts, "purchases": fact})


@pytest.mark.parametrize("template", TEMPLATES)
def test_a_template_is_one_select_with_the_columns_it_announces(template: str) -> None:
    export = compiled(template)
    assert [each.alias_or_name for each in parsed(export).selects] == [column.name for column in export.columns]
    assert export.template == template
    assert export.connection == "export_jobs_warehouse"


def test_columns_carry_the_type_of_their_cells() -> None:
    assert compiled("purchases").columns == (
        Column("purchase_id", "integer"),
        Column("purchased_at", "timestamptz"),
        Column("amount_usd", "number"),
    )
    assert compiled("sales-by-store").columns == (
        Column("store", "text"),
        Column("net_sales", "number", decimals=2),
        Column("buyers", "integer"),
    )


def test_no_columns_means_all_in_the_facts_order() -> None:
    using = job("all", template_definitions=[{"name": "all", "kind": "standard", "fact": "points"}])
    assert [column.name for column in compiled("all", using).columns] == list(catalogue().facts["points"].fields)


def test_a_window_bounds_the_event_date_with_bound_values_only() -> None:
    export = compiled("purchases")
    assert export.date_basis is DateBasis.EVENT
    assert export.parameters == {"window_start": NEW_YEAR.start, "window_end": NEW_YEAR.end}
    assert '"purchased_at" >= %(window_start)s' in export.sql
    assert '"purchased_at" < %(window_end)s' in export.sql
    assert "1997" not in export.sql


def test_a_window_bounds_the_updated_date_when_the_job_says_so() -> None:
    export = compiled("purchases", job("purchases", templates=[{"template": "purchases", "date_basis": "updated"}]))
    assert export.date_basis is DateBasis.UPDATED
    assert '"updated_at" >= %(window_start)s' in export.sql


def test_a_dimension_is_whole() -> None:
    export = compiled("stores")
    assert (export.date_basis, export.parameters) == (DateBasis.NONE, {})
    assert "WHERE" not in export.sql


@pytest.mark.parametrize(
    ("column", "start", "end"),
    [
        (DateColumn(column="d", type="date"), date(1997, 1, 1), date(1997, 1, 2)),
        (DateColumn(column="d", type="timestamp"), datetime(1996, 12, 31, 23), datetime(1997, 1, 1, 23)),
        (
            DateColumn(column="d", type="timestamp", time_zone="America/New_York"),
            datetime(1996, 12, 31, 18),
            datetime(1997, 1, 1, 18),
        ),
        (
            DateColumn(column="d", type="timestamptz"),
            datetime(1996, 12, 31, 23, tzinfo=UTC),
            datetime(1997, 1, 1, 23, tzinfo=UTC),
        ),
    ],
)
def test_bounds_are_written_as_the_column_compares_them(column: DateColumn, start: Any, end: Any) -> None:
    export = compiled("purchases", found=with_date_column(column))
    assert export.parameters == {"window_start": start, "window_end": end}


def test_rows_and_groups_come_in_an_order_so_that_a_rerun_gives_the_same_bytes() -> None:
    assert parsed(compiled("purchases")).args["order"]
    assert parsed(compiled("sales-by-store")).args["order"]
    assert parsed(compiled("stores")).args["order"]


def test_a_percent_sign_of_the_catalogue_is_not_a_placeholder() -> None:
    found = catalogue()
    kpi = found.kpis["gross_sales"].model_copy(update={"sql": "count(*) FILTER (WHERE name LIKE 'a%')"})
    export = compiled("totals", found=replace(found, kpis={**found.kpis, "gross_sales": kpi}))
    assert "LIKE 'a%%'" in export.sql


def test_text_cells_alone_are_escaped_against_formulas() -> None:
    using = job(file={"escape_formulas": True})
    assert compiled("stores", using).sql.count("THEN '''' ||") == 1  # the name, not the number beside it
    assert compiled("sales-by-store", using).sql.count('CASE WHEN "label 1"') == 1
    assert "CASE WHEN" not in compiled("stores").sql


@pytest.mark.parametrize(("name", "text"), [("a", '"a"'), ('a"b', '"a""b"'), ("100%", '"100%%"'), ("a b", '"a b"')])
def test_identifiers_are_quoted(name: str, text: str) -> None:
    assert quote_identifier(name, "postgres") == text


@pytest.mark.parametrize(
    ("definition", "missing"),
    [
        ({"name": "t", "kind": "standard", "fact": "returns"}, "returns"),
        ({"name": "t", "kind": "standard", "fact": "purchases", "columns": ["colour"]}, "colour"),
        ({"name": "t", "kind": "custom", "kpis": ["profit"]}, "profit"),
        ({"name": "t", "kind": "custom", "kpis": ["buyers"], "dimensions": ["planet"]}, "planet"),
        ({"name": "t", "kind": "dimension", "dimensions": ["planet"]}, "planet"),
    ],
)
def test_a_name_that_is_not_in_the_catalogue_is_reported(definition: dict[str, Any], missing: str) -> None:
    with pytest.raises(UserError, match=rf"Job 'retail', template 't': the catalogue has no '{missing}'"):
        compiled("t", job("t", template_definitions=[definition]))


def test_a_fact_without_an_updated_date_is_reported() -> None:
    found = catalogue()
    fact = found.facts["purchases"].model_copy(update={"updated_at": None})
    using = job("purchases", templates=[{"template": "purchases", "date_basis": "updated"}])
    with pytest.raises(UserError, match="has no updated date"):
        compiled("purchases", using, replace(found, facts={**found.facts, "purchases": fact}))
