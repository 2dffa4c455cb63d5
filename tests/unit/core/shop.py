"""A small catalogue with every part that a hash can depend on, and jobs that use it. Each test says what it changes."""

from __future__ import annotations

from typing import Any

from export_jobs.core.catalogue.catalogue import Catalogue, Dimension, Fact, Kpi
from export_jobs.core.definitions.job import ExportJob

ORDERS: dict[str, Any] = {
    "key": "orders",
    "title": "Orders",
    "connection": "warehouse",
    "event_date": {"column": "ordered_at"},
    "updated_at": {"column": "changed_at", "type": "timestamp", "time_zone": "Asia/Tokyo"},
    "order_by": ["order_id"],
    "columns": {
        "order_id": "integer",
        "store_id": "integer",
        "amount": "number",
        "ordered_at": "timestamp",
        "changed_at": "timestamp",
    },
    "sql": "SELECT * FROM orders",
}
STORE: dict[str, Any] = {
    "key": "store",
    "title": "Store",
    "connection": "warehouse",
    "id": "store_id",
    "label": "name",
    "columns": {"store_id": "integer", "name": "text"},
    "facts": {"orders": "store_id"},
    "exportable": True,
    "sql": "SELECT * FROM stores",
}
REVENUE: dict[str, Any] = {
    "key": "revenue", "title": "Revenue", "fact": "orders", "decimals": 2, "sql": "sum(amount)"
}  # fmt: skip
TOWN = {**STORE, "key": "town", "id": "town_id", "columns": {"town_id": "integer", "name": "text", "size": "integer"},
        "facts": {"orders": "store.town_id"}, "exportable": False, "sql": "SELECT * FROM towns"}  # fmt: skip
MORE = {
    "measures": {"tax": {"type": "number", "decimals": 2}},
    "custom_fields": {"net": {"type": "number", "sql": "amount - tax"}},
    "customer": "buyer_id",
}
DEFINITIONS = [
    {"name": "rows", "kind": "standard", "fact": "orders", "columns": ["order_id", "amount"]},
    {"name": "totals", "kind": "custom", "kpis": ["revenue"], "dimensions": ["store"]},
    {"name": "stores", "kind": "dimension", "dimensions": ["store"]},
    {"name": "lost", "kind": "custom", "kpis": ["gone"], "dimensions": ["gone"]},
]
USES: dict[str, dict[str, Any]] = {
    "rows": {"template": "rows", "subfolder": "a", "date_basis": "updated"},
    **{name: {"template": name} for name in ("totals", "stores", "lost", "by-town", "whole")},
}


def shop(*, fact: Any = None, kpi: Any = None, store: Any = None, town: Any = None) -> Catalogue:
    """Orders, with one KPI, by store and, two hops away, by town; each test says what it changes."""
    columns = {**STORE["columns"], "town_id": "integer"}
    facts = Fact.model_validate({**ORDERS, **MORE, **(fact or {})})
    stores = Dimension.model_validate({**STORE, "columns": columns, **(store or {})})
    towns = Dimension.model_validate({**TOWN, **(town or {})})
    revenue = Kpi.model_validate({**REVENUE, **(kpi or {})})
    return Catalogue({"orders": facts}, {"revenue": revenue}, {"store": stores, "town": towns})


def job(*names: str, use: dict[str, Any] | None = None, definitions: Any = DEFINITIONS, **changes: Any) -> ExportJob:
    """A daily job of the named templates, all four by default; ``use`` is added to how each is used."""
    chosen = [one for one in definitions if one["name"] in names or not names]
    definition = {
        "name": "released",
        "owner": "owner@example.com",
        "destination": "partner",
        "schedule": {"frequency": "daily", "from": "1997-01-01", "until": "1997-01-14", "time_zone": "Europe/Berlin"},
        "templates": [{**USES[one["name"]], **(use or {})} for one in chosen],
        "template_definitions": chosen,
        "job_id": 7,
        "version": 3,
        "dag_id": "released",
    }
    return ExportJob.model_validate({**definition, **changes})
