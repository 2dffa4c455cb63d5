"""KPIs by dimensions: what the statement of a custom template is made of. tests/cases proves what comes of it."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from export_jobs.core.catalogue.catalogue import Catalogue, Kpi
from export_jobs.core.definitions.job import DateBasis
from export_jobs.core.sql.compiled import Column
from export_jobs.core.sql.draft import StatementDraft
from export_jobs.core.sql.groups import groups_context
from tests.unit.core.samples import NEW_YEAR
from tests.unit.core.shop import job, shop


def context(
    kpis: tuple[str, ...] = ("revenue",), dimensions: tuple[str, ...] = (), found: Catalogue | None = None, **use: Any
) -> tuple[dict[str, Any], tuple[Column, ...]]:
    template = {"name": "totals", "kind": "custom", "kpis": kpis, "dimensions": dimensions}
    using = job("totals", definitions=[template], use=use)
    return groups_context(StatementDraft.of(using, "totals", found or two_facts(), NEW_YEAR, DateBasis.EVENT))


def two_facts() -> Catalogue:
    """Orders, and returns that reach the same dimensions."""
    found = shop()
    returns = found.facts["orders"].model_copy(update={"key": "returns", "sql": "SELECT * FROM returns"})
    returned = Kpi(key="returned", title="Returned", fact="returns", type="integer", sql="count(*)")
    ways = {
        key: dimension.model_copy(update={"facts": {**dimension.facts, "returns": dimension.facts["orders"]}})
        for key, dimension in found.dimensions.items()
    }
    return replace(
        found, facts={**found.facts, "returns": returns}, kpis={**found.kpis, "returned": returned}, dimensions=ways
    )


def test_a_total_has_no_groups_and_no_order() -> None:
    values, columns = context()
    assert (values["group_names"], values["order_by"]) == ([], [])
    assert values["columns"] == [{"sql": "round((sum(amount))::numeric, 2)", "name": '"revenue"'}]
    assert columns == (Column("revenue", "number", 2),)


def test_a_dimension_is_grouped_by_its_id_and_shown_by_its_label() -> None:
    values, columns = context(dimensions=("store",))
    [fact] = values["facts"]
    assert [(group.sql, group.name) for group in fact.groups] == [
        ('"dim_store"."store_id"', '"group 1"'),
        ('"dim_store"."name"', '"label 1"'),
    ]
    assert values["group_names"] == ['"group 1"', '"label 1"']
    assert values["columns"][0] == {"sql": '"label 1"', "name": '"store"'}
    assert values["order_by"] == ['"label 1" COLLATE "C" ASC', '"group 1" ASC']
    assert columns[0] == Column("store", "text")


def test_an_attribute_and_a_part_of_the_date_are_groups_by_themselves() -> None:
    values, columns = context(dimensions=("town.size", "month"))
    assert values["group_names"] == ['"group 1"', '"group 2"']
    assert [column.type for column in columns] == ["integer", "date", "number"]


def test_a_job_chooses_and_a_dimension_left_out_is_not_grouped_by() -> None:
    values, columns = context(("revenue", "returned"), ("store", "town"), columns=["returned", "town"])
    assert [column.name for column in columns] == ["returned", "town"]
    assert [fact.rows.key for fact in values["facts"]] == ["returns"]
    assert values["group_names"] == ['"group 1"', '"label 1"']
    assert values["facts"][0].groups[1].sql == '"dim_town"."name"'


def test_the_order_of_the_job_precedes_that_of_the_groups() -> None:
    values, _ = context(dimensions=("store", "month"), order_by=["-revenue", "month"])
    assert values["order_by"] == [
        "3 DESC NULLS LAST",  # the third column of the file
        '"group 2" ASC',
        '"label 1" COLLATE "C" ASC',
        '"group 1" ASC',
    ]


def test_each_fact_is_aggregated_by_itself_with_values_of_its_own() -> None:
    values, columns = context(("revenue", "returned"), ("store",), filters=[{"column": "amount", "op": "is_not_null"}])
    orders, returns = values["facts"]
    assert [kpi.inner for kpi in orders.kpis] == ['sum(amount) AS "revenue"']
    assert [kpi.inner for kpi in returns.kpis] == ['count(*) AS "returned"']
    assert orders.rows.conditions[0].endswith("%(window_start)s")
    assert returns.rows.conditions[0].endswith("%(f2_window_start)s")
    assert [facts.rows.conditions[-1] for facts in (orders, returns)] == ['fact."amount" IS NOT NULL'] * 2
    names = [name for fact in (orders, returns) for name in (fact.rows_name, fact.kpis_name, fact.none_name)]
    assert len(set(names)) == 6
    assert [column.name for column in columns] == ["store", "revenue", "returned"]


def test_a_kpi_of_one_of_two_facts_takes_its_value_from_the_row_of_its_fact() -> None:
    values, _ = context(("revenue", "returned"))
    revenue, returned = (column["sql"] for column in values["columns"])
    assert "fact_number = 1" in revenue and "fact_number = 2" not in revenue
    assert "fact_number = 2" in returned and "sum(" not in returned
