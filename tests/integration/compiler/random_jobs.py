"""Jobs at random over the demo's catalogue, each sound: what a person could build in any order of clicks."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

from hypothesis import strategies as st

from tests.integration.compiler.oracle import KPIS, LABELS, Asked

ZONES = ("UTC", "Europe/Berlin", "America/New_York", "Asia/Kolkata", "Pacific/Kiritimati")
STORE = {"store_id": "integer", "store_name": "text", "city": "text", "region": "text", "country": "text"}
CUSTOMER = {"customer_id": "integer", "joined_on": "date", "home_store_id": "integer"}
OWN = {
    "purchases": {
        "purchase_id": "integer",
        "customer_id": "integer",
        "store_id": "integer",
        "purchased_at": "timestamptz",
        "purchase_date": "date",
        "is_refund": "boolean",
        "updated_at": "timestamptz",
        "cds": "integer",
        "amount_usd": "number",
        "net_usd": "number",
    },
    "points": {
        "points_id": "integer",
        "customer_id": "integer",
        "earned_at": "timestamptz",
        "updated_at": "timestamptz",
        "points": "integer",
    },
    "store": STORE,
    "customer": CUSTOMER,
}
REACHED = {"purchases": ("store", "home_store", "customer"), "points": ("home_store", "customer")}
ATTRIBUTES = {"store": STORE, "home_store": STORE, "customer": CUSTOMER}
PARTS = ("day", "week", "month")
TEXTS = ("Mitte", "Altona", "North", "south", "Berlin", "DE", "100%_\\o'k", "%", "_", "\\", "'; --", "é", "", "b")
VALUES: dict[str, st.SearchStrategy[Any]] = {
    "text": st.sampled_from(TEXTS) | st.text(st.characters(codec="utf-8", categories=["L", "N", "P", "S"]), max_size=4),
    "integer": st.integers(-2, 70) | st.sampled_from([5001, 2**62]),
    "number": st.decimals(-20, 100, places=2) | st.sampled_from([Decimal("10.00"), Decimal("1e9")]),
    "date": st.dates(date(1996, 1, 2), date(1997, 4, 10)),
    "boolean": st.booleans(),
    "timestamptz": st.datetimes(datetime(1996, 12, 20), datetime(1997, 4, 8), timezones=st.just(UTC)),
}
COUNTS = {"between": 2, "is_null": 0, "is_not_null": 0}
ORDERS = ("between", "less_than", "at_most", "greater_than", "at_least")


def written(value: Any) -> str:
    """A value as a person writes it into a definition."""
    if isinstance(value, bool):
        return str(value).lower()
    return value.isoformat() if isinstance(value, date) else str(value)


@st.composite
def jobs(draw: st.DrawFn) -> Asked:
    """A job as the oracle reads it; :func:`definition` says it as a definition."""
    kind = draw(st.sampled_from(("standard", "custom", "custom", "dimension")))
    first = draw(st.dates(date(1996, 12, 20), date(1997, 4, 5)))
    common: dict[str, Any] = {
        "zone": draw(st.sampled_from(ZONES)),
        "first": first,
        "last": first + timedelta(days=draw(st.integers(0, 40))),
        "basis": "none" if kind == "dimension" else draw(st.sampled_from(("event", "event", "updated"))),
    }
    build = {"custom": _custom, "standard": _standard, "dimension": _dimension}[kind]
    parts, types = draw(build())
    tables = parts.pop("tables")
    names = st.sampled_from(sorted(types))
    filters = [draw(_filter(name, types[name])) for name in draw(st.lists(names, max_size=3))]
    has_customer = tables != ("store",)
    audience = draw(st.lists(st.integers(-1, 1000), max_size=4, unique=True)) if has_customer else []
    return Asked(kind=kind, filters=filters, audience=audience if draw(st.booleans()) else [], **parts, **common)


@st.composite
def _standard(draw: st.DrawFn) -> tuple[dict[str, Any], dict[str, str]]:
    table = draw(st.sampled_from(("purchases", "points")))
    types = {**OWN[table], **_reached((table,))}
    columns = draw(st.lists(st.sampled_from(sorted(types)), min_size=1, max_size=6, unique=True))
    order_by = draw(_order(sorted(types)))
    return {
        "table": table,
        "kpis": (),
        "dimensions": (),
        "columns": columns,
        "order_by": order_by,
        "tables": (table,),
    }, types


@st.composite
def _dimension(draw: st.DrawFn) -> tuple[dict[str, Any], dict[str, str]]:
    table = draw(st.sampled_from(("store", "customer")))
    types = OWN[table]
    columns = draw(st.lists(st.sampled_from(sorted(types)), min_size=1, unique=True))
    order_by = draw(_order(sorted(types)))
    parts = {"table": table, "kpis": (), "dimensions": (table,), "columns": columns, "order_by": order_by}
    return {**parts, "tables": (table,)}, types


@st.composite
def _custom(draw: st.DrawFn) -> tuple[dict[str, Any], dict[str, str]]:
    kpis = draw(st.lists(st.sampled_from(sorted(KPIS)), min_size=1, max_size=4, unique=True))
    tables = tuple(dict.fromkeys(KPIS[name] for name in kpis))
    reached = _reached(tables)
    groups = sorted([*reached, *PARTS])
    dimensions = draw(st.lists(st.sampled_from(groups), max_size=5, unique=True))
    chosen = draw(st.permutations([*dimensions, *kpis]))
    columns = chosen[: draw(st.integers(1, len(chosen)))]
    columns = columns if any(name in KPIS for name in columns) else chosen
    order_by = draw(_order(columns))
    own = set(OWN[tables[0]].items()).intersection(*(OWN[table].items() for table in tables))
    parts = {"table": "", "kpis": kpis, "dimensions": dimensions, "columns": columns, "order_by": order_by}
    # A KPI left out may leave its fact out, and never a fact in: filters still have to fit every fact of the template.
    return {**parts, "tables": tables}, {**dict(own), **reached}


def _reached(tables: tuple[str, ...]) -> dict[str, str]:
    shared = [key for key in ATTRIBUTES if all(key in REACHED[table] for table in tables)]
    labels = {key: ATTRIBUTES[key][LABELS[key]] for key in shared}
    return {**labels, **{f"{key}.{name}": kind for key in shared for name, kind in ATTRIBUTES[key].items()}}


def _order(names: list[str]) -> st.SearchStrategy[list[str]]:
    chosen = st.lists(st.sampled_from(names), max_size=2, unique=True)
    return chosen.flatmap(lambda some: st.tuples(*(st.sampled_from((name, f"-{name}")) for name in some)).map(list))


@st.composite
def _filter(draw: st.DrawFn, name: str, kind: str) -> tuple[str, str, list[Any]]:
    allowed = ["equals", "not_equals", "in", "not_in", "is_null", "is_not_null"]
    allowed += list(ORDERS) if kind != "boolean" else []
    allowed += ["starts_with", "contains"] if kind == "text" else []
    op = draw(st.sampled_from(allowed))
    count = draw(st.integers(1, 4)) if op in {"in", "not_in"} else COUNTS.get(op, 1)
    values = [draw(VALUES[kind]) for _ in range(count)]
    return name, op, sorted(values) if op == "between" else values


def definition(asked: Asked) -> tuple[dict[str, Any], dict[str, Any]]:
    """The job's template and its use, as definitions hold them."""
    template: dict[str, Any] = {"name": "random", "kind": asked.kind}
    if asked.kind == "standard":
        template |= {"fact": asked.table, "columns": list(asked.columns)}
    else:
        template |= {"kpis": list(asked.kpis), "dimensions": list(asked.dimensions)}
    filters = [{"column": name, "op": op, "values": [written(v) for v in values]} for name, op, values in asked.filters]
    use = {
        "template": "random",
        "columns": list(asked.columns),
        "filters": filters,
        "audience": list(asked.audience),
        "order_by": list(asked.order_by),
        "date_basis": asked.basis,
    }
    return template, use
