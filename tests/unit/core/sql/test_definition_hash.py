"""The hash of a definition: the same as long as its files are, whatever else is edited or the model learns."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from export_jobs.core.catalogue.catalogue import Catalogue, Dimension, Fact, Kpi
from export_jobs.core.sql.definition_hash import definition_hash
from tests.unit.core.shop import DEFINITIONS, ORDERS, REVENUE, STORE, job, shop

AS_RELEASED = "1af5e92be39b79a8c1da7ada4b1fff87a65151be7a42c815199f81613189387d"
"""What version 0.1.0 made of ``job()`` and ``SHOP`` without their custom fields, measures and second hop."""


def test_a_job_that_uses_nothing_new_has_the_hash_that_was_released() -> None:
    facts, kpis = {"orders": Fact.model_validate(ORDERS)}, {"revenue": Kpi.model_validate(REVENUE)}
    assert definition_hash(job(), Catalogue(facts, kpis, {"store": Dimension.model_validate(STORE)})) == AS_RELEASED


@pytest.mark.parametrize(
    "changes",
    [
        {"recipients": ("new@example.com",)},
        {"owner": "other@example.com"},
        {"description": "said otherwise"},
        {"enabled": False},
        {"destination": "elsewhere"},
        {"version": 4},
        {"schedule": {"frequency": "weekly", "from": "1997-01-01", "until": "1997-06-30", "execute_on": "sunday",
                      "time_zone": "Europe/Berlin"}},
        {"file": {"max_bytes": 1000, "shape_change": "warn"}},
        {"use": {"filters": [], "columns": [], "audience": [], "order_by": []}},
    ],
)  # fmt: skip
def test_what_changes_no_file_changes_no_hash(changes: dict[str, Any]) -> None:
    assert definition_hash(job(**changes), shop()) == definition_hash(job(), shop())


USED = {
    "columns": ["amount", {"column": "order_id", "as": "No."}],
    "filters": [{"column": "amount", "op": "at_least", "values": [5]}],
    "audience": ["17"],
    "order_by": ["-amount"],
}


@pytest.mark.parametrize(
    "changes",
    [
        {"name": "released-2"},
        {"file": {"delimiter": ";"}},
        {"file": {"empty_result": "skip"}},
        {"use": {"subfolder": "daily"}},
        {"use": {"date_basis": "none"}},
        {"schedule": {"frequency": "daily", "from": "1997-01-01", "until": "1997-01-14", "time_zone": "UTC"}},
        {"use": {**USED, "columns": ["order_id", "amount"]}},
        {"use": {**USED, "columns": ["amount", {"column": "order_id", "as": "Number"}]}},
        {"use": {**USED, "filters": []}},
        {"use": {**USED, "filters": [{"column": "amount", "op": "greater_than", "values": [5]}]}},
        {"use": {**USED, "filters": [{"column": "amount", "op": "at_least", "values": [6]}]}},
        {"use": {**USED, "audience": ["18"]}},
        {"use": {**USED, "order_by": ["amount"]}},
    ],
)
def test_what_changes_a_file_changes_the_hash(changes: dict[str, Any]) -> None:
    before = job("rows", use=USED) if "use" in changes and "filters" in changes["use"] else job("rows")
    assert definition_hash(job("rows", **changes), shop()) != definition_hash(before, shop())


READ = [
    ("rows", {}, {"fact": {"sql": "SELECT * FROM old_orders"}}),
    ("rows", {}, {"fact": {"connection": "other"}}),
    ("rows", {}, {"fact": {"dialect": "duckdb"}}),
    ("rows", {}, {"fact": {"order_by": ["amount"]}}),
    ("rows", {}, {"fact": {"updated_at": {"column": "ordered_at"}}}),
    ("rows", {}, {"fact": {"columns": dict(reversed(ORDERS["columns"].items()))}}),
    ("rows", {}, {"fact": {"columns": {**ORDERS["columns"], "amount": {"type": "number", "decimals": 1}}}}),
    ("rows", {"audience": ["17"]}, {"fact": {"customer": "store_id"}}),
    ("rows", {"columns": ["net"]}, {"fact": {"custom_fields": {"net": {"type": "number", "sql": "amount"}}}}),
    ("rows", {"filters": [{"column": "net", "op": "is_null"}]}, {"fact": {"custom_fields": {}}}),
    ("rows", {"order_by": ["-tax"]}, {"fact": {"measures": {"tax": "integer"}}}),
    ("rows", {"filters": [{"column": "store.name", "op": "is_null"}]}, {"store": {"sql": "SELECT * FROM old"}}),
    ("rows", {"filters": [{"column": "town", "op": "is_null"}]}, {"town": {"label": "size"}}),
    ("rows", {"filters": [{"column": "town", "op": "is_null"}]}, {"store": {"sql": "SELECT * FROM old"}}),
    ("totals", {}, {"kpi": {"sql": "sum(net)"}}),
    ("totals", {}, {"kpi": {"type": "integer"}}),
    ("totals", {}, {"kpi": {"decimals": 3}}),
    ("totals", {}, {"fact": {"custom_fields": {}}}),
    ("totals", {}, {"store": {"id": "name"}}),
    ("totals", {}, {"store": {"facts": {"orders": "order_id"}}}),
    ("stores", {}, {"store": {"columns": {"name": "text", "store_id": "integer"}}}),
    ("stores", {"audience": ["17"]}, {"store": {"customer": "store_id"}}),
    ("by-town", {}, {"town": {"sql": "SELECT * FROM cities"}}),
    ("by-town", {}, {"store": {"sql": "SELECT * FROM old"}}),
    ("by-town", {}, {"fact": {"event_date": {"column": "changed_at"}}}),
    ("whole", {}, {"fact": {"measures": {}}}),
]
NOT_READ = [
    ("rows", {}, {"fact": {"title": "T", "description": "D", "grain": "one row an order", "file": "f", "line": 3}}),
    ("rows", {}, {"fact": {"customer": "store_id"}}),
    ("rows", {}, {"fact": {"custom_fields": {}, "measures": {}}}),
    ("rows", {}, {"store": {"sql": "SELECT * FROM old"}}),
    ("rows", {}, {"kpi": {"sql": "sum(net)"}}),
    ("rows", {}, {"fact": {"columns": {**ORDERS["columns"], "amount": {
        "type": "number", "title": "T", "description": "D", "unit": "EUR", "filterable": False}}}}),
    ("totals", {}, {"kpi": {"title": "T", "description": "D", "unit": "EUR", "additive": False, "file": "f"}}),
    ("totals", {}, {"fact": {"measures": {}}}),
    ("totals", {}, {"store": {"title": "T", "description": "D", "exportable": False, "customer": "name", "line": 9}}),
    ("totals", {}, {"town": {"sql": "SELECT * FROM cities"}}),
    ("totals", {"columns": ["revenue"]}, {"store": {"sql": "SELECT * FROM old"}}),
    ("totals", {"columns": ["store"]}, {"kpi": {"sql": "sum(net)"}}),
    ("stores", {}, {"fact": {"sql": "SELECT * FROM old_orders"}}),
    ("by-town", {"columns": ["day", "revenue"]}, {"town": {"sql": "SELECT * FROM cities"}}),
]  # fmt: skip
WIDER = [
    *DEFINITIONS,
    {"name": "by-town", "kind": "custom", "kpis": ["revenue"], "dimensions": ["day", "town.size"]},
    {"name": "whole", "kind": "standard", "fact": "orders"},
]


@pytest.mark.parametrize(("template", "use", "edit"), READ)
def test_an_edited_catalogue_file_changes_the_hash_of_what_reads_it(template: str, use: Any, edit: Any) -> None:
    definition = job(template, use=use, definitions=WIDER)
    assert definition_hash(definition, shop(**edit)) != definition_hash(definition, shop())


@pytest.mark.parametrize(("template", "use", "edit"), NOT_READ)
def test_an_edited_catalogue_file_changes_no_hash_of_what_does_not(template: str, use: Any, edit: Any) -> None:
    definition = job(template, use=use, definitions=WIDER)
    assert definition_hash(definition, shop(**edit)) == definition_hash(definition, shop())


def test_a_customer_that_is_computed_or_joined_counts_with_what_it_is_made_from() -> None:
    fields = {"buyer": {"type": "integer", "sql": "order_id"}}
    definition = job("rows", use={"audience": ["17"]})
    for customer, edit in (
        ("buyer", {"fact": {"customer": "buyer", "custom_fields": {"buyer": {"type": "integer", "sql": "store_id"}}}}),
        ("store.name", {"fact": {"customer": "store.name", "custom_fields": fields}, "store": {"sql": "SELECT 1"}}),
    ):
        before = shop(fact={"customer": customer, "custom_fields": fields})
        assert definition_hash(definition, shop(**edit)) != definition_hash(definition, before)


def test_a_catalogue_without_what_the_job_names_still_has_a_hash() -> None:
    everything = job(use=USED, definitions=WIDER)
    assert definition_hash(everything, replace(shop(), kpis={}, facts={}, dimensions={})) != definition_hash(
        everything, shop()
    )
