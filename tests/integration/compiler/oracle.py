"""What a file must hold, computed from plain rows with loops, ``Decimal`` and ``zoneinfo``: no SQL and nothing of core.

Formulas of KPIs, paths to dimensions and types of columns are written here once more, by hand.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from decimal import ROUND_HALF_UP, Decimal
from typing import Any
from zoneinfo import ZoneInfo

Row = dict[str, Any]
FACTS = {
    "purchases": ("purchased_at", "purchase_id"),
    "points": ("earned_at", "points_id"),
}
KPIS = {
    "net_sales": "purchases",
    "gross_sales": "purchases",
    "cds_sold": "purchases",
    "purchases": "purchases",
    "buyers": "purchases",
    "average_basket": "purchases",
    "points_earned": "points",
}
LABELS = {"store": "store_name", "home_store": "store_name", "customer": "customer_id"}
IDS = {"store": "store_id", "home_store": "store_id", "customer": "customer_id"}


@dataclass(frozen=True)
class Rows:
    """Every row of the warehouse, read once; stores and customers by their id."""

    purchases: list[Row]
    points: list[Row]
    stores: dict[int, Row]
    customers: dict[int, Row]


@dataclass(frozen=True)
class Asked:
    """A job in words of its own: ``filters`` are (reference, operator, values as Python has them)."""

    kind: str
    table: str
    kpis: Sequence[str]
    dimensions: Sequence[str]
    columns: Sequence[str]
    filters: Sequence[tuple[str, str, Sequence[Any]]]
    audience: Sequence[int]
    order_by: Sequence[str]
    basis: str
    zone: str
    first: date
    last: date
    shown: dict[str, Any] = field(default_factory=dict)


def expected(asked: Asked, rows: Rows) -> list[tuple[Any, ...]]:
    """The rows of the file, in their order."""
    if asked.kind == "custom":
        return _custom(asked, rows)
    if asked.kind == "dimension":
        table = rows.stores if asked.table == "store" else rows.customers
        key, own = IDS[asked.table], list(table.values())
    else:
        key, own = FACTS[asked.table][1], _in_window(asked, asked.table, rows)
    kept = [row for row in own if _is_kept(row, asked, rows)]
    ordered = _sorted(kept, [*asked.order_by, key], lambda row, name: value(row, name, rows, asked.zone))
    return [tuple(_cell(value(row, name, rows, asked.zone)) for name in asked.columns) for row in ordered]


def value(row: Row, reference: str, rows: Rows, zone: str) -> Any:
    """What ``reference`` is of one row: its own column, an attribute one or two hops away, a part of its date."""
    if reference in row:
        return row[reference]
    if reference == "net_usd":
        return -row["amount_usd"] if row["is_refund"] else row["amount_usd"]
    if reference in {"day", "week", "month"}:
        happened = row["purchased_at"] if "purchased_at" in row else row["earned_at"]
        return _part(happened.astimezone(ZoneInfo(zone)).date(), reference)
    dimension, _, attribute = reference.partition(".")
    found = _dimension_row(row, dimension, rows)
    return None if found is None else found[attribute or LABELS[dimension]]


def _custom(asked: Asked, rows: Rows) -> list[tuple[Any, ...]]:
    kpis = [name for name in asked.columns if name in KPIS]
    dimensions = [name for name in asked.dimensions if name in asked.columns]
    groups: dict[tuple[Any, ...], dict[str, list[Row]]] = {}
    for fact in dict.fromkeys(KPIS[name] for name in kpis):
        for row in _in_window(asked, fact, rows):
            if _is_kept(row, asked, rows):
                key = tuple(_identity(row, name, rows, asked.zone) for name in dimensions)
                groups.setdefault(key, {}).setdefault(fact, []).append(row)
    if not dimensions:
        groups.setdefault((), {})
    made = []
    for key, by_fact in groups.items():
        cells: dict[str, Any] = {name: FORMULAS[name](by_fact.get(KPIS[name], [])) for name in kpis}
        for name, (identity, shown) in zip(dimensions, key, strict=True):
            cells |= {name: shown, f"{name} id": identity}
        made.append(cells)
    own = [term for name in dimensions for term in (name, f"{name} id")]
    ordered = _sorted(made, [*asked.order_by, *own], lambda cells, name: cells[name])
    return [tuple(cells[name] for name in asked.columns) for cells in ordered]


def _identity(row: Row, reference: str, rows: Rows, zone: str) -> tuple[Any, Any]:
    """What tells two groups apart, and what is shown of one: a dimension's id and its label, else the value twice."""
    if reference in LABELS:
        found = _dimension_row(row, reference, rows)
        return (None, None) if found is None else (found[IDS[reference]], found[LABELS[reference]])
    shown = value(row, reference, rows, zone)
    return shown, shown


def _dimension_row(row: Row, dimension: str, rows: Rows) -> Row | None:
    if dimension == "store":
        return rows.stores.get(row["store_id"])
    customer = rows.customers.get(row["customer_id"])
    if dimension == "customer" or customer is None:
        return customer
    return rows.stores.get(customer["home_store_id"])


def _in_window(asked: Asked, fact: str, rows: Rows) -> list[Row]:
    zone = ZoneInfo(asked.zone)
    start = datetime(asked.first.year, asked.first.month, asked.first.day, tzinfo=zone)
    after = asked.last + timedelta(days=1)
    end = datetime(after.year, after.month, after.day, tzinfo=zone)
    column = FACTS[fact][0] if asked.basis == "event" else "updated_at"
    own: list[Row] = getattr(rows, fact)
    return [row for row in own if start.timestamp() <= row[column].timestamp() < end.timestamp()]


def _is_kept(row: Row, asked: Asked, rows: Rows) -> bool:
    if asked.audience and row["customer_id"] not in asked.audience:
        return False
    return all(OPERATORS[op](value(row, name, rows, asked.zone), values) for name, op, values in asked.filters)


def _sorted(items: Iterable[Row], terms: Sequence[str], read: Callable[[Row, str], Any]) -> list[Row]:
    """By the first term, then the second …; what is empty comes last, whatever the direction."""
    ordered = list(items)
    for term in reversed(terms):
        name = term.removeprefix("-")
        held = [item for item in ordered if read(item, name) is not None]
        empty = [item for item in ordered if read(item, name) is None]
        ordered = [*sorted(held, key=lambda item: read(item, name), reverse=term != name), *empty]
    return ordered


def _part(day: date, part: str) -> date:
    if part == "month":
        return day.replace(day=1)
    return day - timedelta(days=day.weekday()) if part == "week" else day


def _cell(found: Any) -> Any:
    return str(found).lower() if isinstance(found, bool) else found


def _cents(total: Decimal | None) -> Decimal | None:
    return None if total is None else total.quantize(Decimal("0.01"), ROUND_HALF_UP)


def _total(numbers: Sequence[Any]) -> Any:
    return sum(numbers) if numbers else None


FORMULAS: dict[str, Callable[[list[Row]], Any]] = {
    "net_sales": lambda own: _cents(_total([-r["amount_usd"] if r["is_refund"] else r["amount_usd"] for r in own])),
    "gross_sales": lambda own: _cents(_total([r["amount_usd"] for r in own if not r["is_refund"]])),
    "cds_sold": lambda own: _total([r["cds"] for r in own]),
    "purchases": len,
    "buyers": lambda own: len({r["customer_id"] for r in own} - {None}),
    "average_basket": lambda own: _cents(_total([r["amount_usd"] for r in own]) / len(own)) if own else None,
    "points_earned": lambda own: _total([r["points"] for r in own]),
}
OPERATORS: dict[str, Callable[[Any, Sequence[Any]], bool]] = {
    "equals": lambda cell, values: cell is not None and cell == values[0],
    "not_equals": lambda cell, values: cell is None or cell != values[0],
    "in": lambda cell, values: cell is not None and cell in values,
    "not_in": lambda cell, values: cell is None or cell not in values,
    "between": lambda cell, values: cell is not None and values[0] <= cell <= values[1],
    "less_than": lambda cell, values: cell is not None and cell < values[0],
    "at_most": lambda cell, values: cell is not None and cell <= values[0],
    "greater_than": lambda cell, values: cell is not None and cell > values[0],
    "at_least": lambda cell, values: cell is not None and cell >= values[0],
    "starts_with": lambda cell, values: cell is not None and cell.startswith(values[0]),
    "contains": lambda cell, values: cell is not None and values[0] in cell,
    "is_null": lambda cell, _: cell is None,
    "is_not_null": lambda cell, _: cell is not None,
}
