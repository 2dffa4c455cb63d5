"""What a reference means, and what can be chosen, shown and filtered by."""

from __future__ import annotations

import pytest

from export_jobs.core.catalogue.catalogue import Catalogue, Kpi, TableColumn
from export_jobs.core.catalogue.selection import (
    ResolvedColumn,
    chosen_columns,
    columns_in_template,
    facts_of,
    filterable_columns,
    reachable_columns,
    resolve_column,
    resolve_group,
    tables_of,
)
from export_jobs.core.definitions.column_use import ColumnUse
from export_jobs.core.definitions.job import Template, TemplateUse
from tests.unit.core.shop import shop

TEXT, INTEGER = TableColumn(type="text"), TableColumn(type="integer")
ROWS = Template(name="t", kind="standard", fact="orders")
TOTALS = Template(name="t", kind="custom", kpis=("revenue",), dimensions=("store",))
STORES = Template(name="t", kind="dimension", dimensions=("store",))


def two_facts(**column: object) -> Catalogue:
    """Orders and returns, each with a KPI; ``column`` is what returns say of ``code``."""
    found = shop(fact={"columns": {"order_id": "integer", "code": "text", "store_id": "integer"}})
    orders = found.facts["orders"]
    code = TableColumn.model_validate({"type": "text", **column})
    returns = orders.model_copy(update={"key": "returns", "columns": {**orders.columns, "code": code}})
    kpis = {**found.kpis, "returned": Kpi(key="returned", title="Returned", fact="returns", sql="count(*)")}
    return Catalogue({"orders": orders, "returns": returns}, kpis, found.dimensions)


@pytest.mark.parametrize(
    ("reference", "place"),
    [
        ("order_id", ResolvedColumn(INTEGER, "order_id")),
        ("net", ResolvedColumn(TableColumn(type="number", sql="amount - tax"), "net")),
        ("store", ResolvedColumn(TEXT, "name", "store")),
        ("store.store_id", ResolvedColumn(INTEGER, "store_id", "store")),
        ("town.size", ResolvedColumn(INTEGER, "size", "town")),
        ("month", ResolvedColumn(TableColumn(type="date", filterable=False), "month", is_date_part=True)),
        *((unknown, None) for unknown in ("", "x", "store.", "store.x", ".name", "store.name.x", "Store", "order_id ")),
    ],
)
def test_a_reference_beside_a_fact(reference: str, place: ResolvedColumn | None) -> None:
    assert resolve_column(reference, shop().facts["orders"], shop()) == place


def test_a_dimension_has_its_own_columns_and_reaches_nothing() -> None:
    store = shop().dimensions["store"]
    assert resolve_column("name", store, shop()) == ResolvedColumn(TEXT, "name")
    assert (
        resolve_column("town", store, shop())
        is resolve_column("day", store, shop())
        is resolve_column("store.name", store, shop())
        is None
    )


def test_the_column_of_a_fact_goes_before_a_dimension_of_its_name_but_not_among_groups() -> None:
    found = shop(fact={"columns": {"store": "integer", "store_id": "integer"}})
    orders = found.facts["orders"]
    assert resolve_column("store", orders, found) == ResolvedColumn(INTEGER, "store")
    assert resolve_group("store", orders, found) == ResolvedColumn(TEXT, "name", "store")
    assert resolve_group("store_id", orders, found) is None


def test_a_dimension_that_is_not_reached_means_nothing() -> None:
    found = shop(store={"facts": {}})
    assert (
        resolve_column("store", found.facts["orders"], found)
        is resolve_column("town", found.facts["orders"], found)
        is None
    )


def test_tables_are_those_that_the_catalogue_knows_each_once() -> None:
    found = two_facts()
    both = Template(name="t", kind="custom", kpis=("returned", "revenue", "returned", "gone"))
    assert [fact.key for fact in facts_of(both, found)] == ["returns", "orders"]
    assert [table.key for table in tables_of(STORES, found)] == ["store"]
    assert tables_of(Template(name="t", kind="standard", fact="gone"), found) == []
    assert tables_of(Template(name="t", kind="dimension"), found) == []


def test_columns_of_a_template_and_of_a_job() -> None:
    assert columns_in_template(TOTALS, shop()) == ["store", "revenue"]
    assert columns_in_template(STORES, shop()) == ["store_id", "name", "town_id"]
    assert columns_in_template(ROWS.model_copy(update={"columns": ("town", "amount")}), shop()) == ["town", "amount"]
    assert columns_in_template(ROWS, shop()) == list(shop().facts["orders"].fields)
    all_of = chosen_columns(STORES, TemplateUse(template="t"), shop())
    assert [column.column for column in all_of] == ["store_id", "name", "town_id"]
    one = ColumnUse.model_validate({"column": "name", "as": "Shop"})
    assert chosen_columns(STORES, TemplateUse(template="t", columns=(one,)), shop()) == (one,)


def test_columns_of_a_table_are_its_own_and_those_it_reaches() -> None:
    names = reachable_columns(shop().facts["orders"], shop())
    assert names[-4:] == ["town", "town.town_id", "town.name", "town.size"]
    assert {"order_id", "net", "store", "store.name"} < set(names)
    assert "day" not in names
    assert reachable_columns(shop().dimensions["store"], shop()) == ["store_id", "name", "town_id"]


def test_everything_may_be_filtered_by_but_what_its_owners_keep() -> None:
    found = shop(store={"columns": {"store_id": "integer", "name": {"type": "text", "filterable": False}}})
    names = filterable_columns(ROWS, found)
    assert "store.store_id" in names and "order_id" in names
    assert not names.keys() & {"store", "store.name", "day"}
    assert filterable_columns(Template(name="t", kind="standard", fact="gone"), found) == {}


@pytest.mark.parametrize(
    ("column", "is_allowed"), [({}, True), ({"filterable": False}, False), ({"type": "date"}, False)]
)
def test_a_filter_of_two_facts_is_allowed_by_both(column: dict[str, object], is_allowed: bool) -> None:
    for kpis in (("revenue", "returned"), ("returned", "revenue")):
        template = Template(name="t", kind="custom", kpis=kpis)
        assert ("code" in filterable_columns(template, two_facts(**column))) is is_allowed
        assert "order_id" in filterable_columns(template, two_facts(**column))
