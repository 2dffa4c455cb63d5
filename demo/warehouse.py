"""Load CDNOW's purchases into the demo's warehouse, and check the published totals.

Made-up data come from a generator with a fixed seed, so every machine has the same rows.
"""

from __future__ import annotations

import gzip
import hashlib
import random
from collections.abc import Iterable, Iterator, Mapping
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any, NamedTuple

import psycopg

from demo.processes import StartError

SOURCE = Path(__file__).parent / "data" / "cdnow" / "CDNOW_master.txt.gz"
SCHEMA = Path(__file__).with_name("warehouse.sql")
SEED = 1997
STORES = (
    ("Mitte", "Berlin", "East", "Germany"),
    ("Altona", "Hamburg", "North", "Germany"),
    ("Schwabing", "München", "South", "Germany"),
    ("Ehrenfeld", "Köln", "West", "Germany"),
    ("Centrum", "Amsterdam", "Benelux", "Netherlands"),
    ("Sablon", "Brussels", "Benelux", "Belgium"),
    ("Le Marais", "Paris", "North", "France"),
    ("Croix-Rousse", "Lyon", "South", "France"),
    ("SoHo", "New York", "East", "United States"),
    ("Capitol Hill", "Seattle", "West", "United States"),
    ("O'Hare, Terminal 3", "Chicago", "Midwest", "United States"),  # a comma and a quote, as real names have
    ("Pop-up", "Austin", "South", "United States"),
)
PUBLISHED = {
    "purchases": (69_659, "SELECT count(*) FROM sales.purchases"),
    "customers": (23_570, "SELECT count(*) FROM sales.customers"),
    "CDs": (167_881, "SELECT sum(cds) FROM sales.purchases"),
    "customers who bought": (23_570, "SELECT count(DISTINCT customer_id) FROM sales.purchases"),
    "purchases before 1997-01-01": (0, "SELECT count(*) FROM sales.purchases WHERE purchase_date < '1997-01-01'"),
}
PUBLISHED_MONTHS = {"1997-01": 8_928, "1997-02": 11_272, "1997-03": 11_598, "1997-04": 3_781}
CHECKED_UNTIL = date(1997, 4, 1)
ZONES = ("UTC", "Europe/Berlin", "America/New_York", "America/Los_Angeles")
MONTH = "SELECT count(*) FROM sales.purchases WHERE to_char(purchased_at AT TIME ZONE '{zone}', 'YYYY-MM') = '{month}'"


class Purchase(NamedTuple):
    """One row of ``sales.purchases``, in the order of its columns."""

    purchase_id: int
    customer_id: int
    store_id: int | None
    purchased_at: datetime
    purchase_date: date
    cds: int
    amount_usd: Decimal
    is_refund: bool
    updated_at: datetime


def load(owner: Mapping[str, Any]) -> bool:
    """Load the warehouse of a database whose owner's login is given; return False if it was there already."""
    with psycopg.connect(**owner) as connection:
        if _loaded(connection) == _fingerprint():
            return False
        connection.execute("DROP SCHEMA IF EXISTS sales CASCADE")
        connection.execute(SCHEMA.read_bytes())
        purchases = list(_purchases())
        homes = _homes(purchases)
        opened = datetime(1996, 6, 1, 12, tzinfo=UTC)
        _copy(connection, "stores", ((number, *store, opened) for number, store in enumerate(STORES, 1)))
        _copy(connection, "customers", _customers(purchases, homes))
        _copy(connection, "purchases", purchases)
        _copy(connection, "purchase_checks", _checks(purchases))
        _copy(connection, "points", _points(purchases))
        for column in (
            "purchases (purchased_at)",
            "purchases (updated_at)",
            "purchase_checks (checked_at)",
            "points (earned_at)",
            "points (updated_at)",
        ):
            connection.execute(f"CREATE INDEX ON sales.{column}".encode())
        connection.execute("GRANT USAGE ON SCHEMA sales TO warehouse_reader")
        connection.execute("GRANT SELECT ON ALL TABLES IN SCHEMA sales TO warehouse_reader")
        connection.execute("ANALYZE sales.purchases, sales.points, sales.customers")
        check(connection)
        # Last, in the same transaction as all rows: an interrupted load leaves nothing.
        connection.execute(f"COMMENT ON SCHEMA sales IS 'Demo, load {_fingerprint()}'".encode())
    return True


def check(connection: psycopg.Connection[Any]) -> None:
    """Raise with a sentence if the tables do not have a published total."""
    expected = dict(PUBLISHED)
    for zone in ZONES:
        for month, count in PUBLISHED_MONTHS.items():
            expected[f"purchases in {month}, {zone}"] = (count, MONTH.format(zone=zone, month=month))
    for what, (published, query) in expected.items():
        row = connection.execute(query.encode()).fetchone()
        if row is None or row[0] != published:
            raise StartError(
                f"The warehouse holds {row and row[0]} {what} and CDNOW published {published}; "
                f"{SOURCE} or the loader demo/warehouse.py has been changed."
            )


def _loaded(connection: psycopg.Connection[Any]) -> str | None:
    row = connection.execute("SELECT obj_description(to_regnamespace('sales'), 'pg_namespace')").fetchone()
    return str(row[0]).rpartition(" ")[2] if row and row[0] else None


def _fingerprint() -> str:
    content = b"".join(file.read_bytes() for file in (SOURCE, SCHEMA, Path(__file__)))
    return hashlib.sha256(content).hexdigest()[:16]


def _purchases() -> Iterator[Purchase]:
    """Yield CDNOW's purchases in the order of the file, each with its made-up data."""
    chance = random.Random(SEED).random  # the one method whose sequence Python promises to keep
    with gzip.open(SOURCE, "rt", encoding="ascii") as lines:
        next(lines)
        for number, line in enumerate(lines, 1):
            customer, day, cds, dollars = line.split()
            noon = datetime(int(day[:4]), int(day[4:6]), int(day[6:]), 12, tzinfo=UTC)
            purchased_at = noon + timedelta(seconds=int(chance() * 3 * 3600))
            refund, late = chance() < 0.005, chance() < 0.01
            delay = timedelta(seconds=chance() * (45 * 86400 if refund or late else 600))
            yield Purchase(
                purchase_id=number,
                customer_id=int(customer),
                store_id=_store(int(customer), chance(), chance()),
                purchased_at=purchased_at,
                purchase_date=noon.date(),
                cds=int(cds),
                amount_usd=Decimal(dollars),
                is_refund=refund,
                updated_at=purchased_at + delay,
            )


def _store(customer_id: int, online: float, elsewhere: float) -> int | None:
    """Return where a purchase was made: 15 in 100 online, otherwise mostly in the same store, never in the last one."""
    if online < 0.15:
        return None
    home = customer_id * 7919 % (len(STORES) - 1)
    return 1 + (home if elsewhere < 0.8 else int(elsewhere * 1000) % (len(STORES) - 1))


def _homes(purchases: Iterable[Purchase]) -> dict[int, int]:
    homes: dict[int, int] = {}
    for purchase in purchases:
        if purchase.store_id is not None:
            homes.setdefault(purchase.customer_id, purchase.store_id)
    return homes


def _customers(purchases: Iterable[Purchase], homes: Mapping[int, int]) -> Iterator[tuple[object, ...]]:
    first: dict[int, Purchase] = {}
    for purchase in purchases:
        known = first.setdefault(purchase.customer_id, purchase)
        if purchase.purchase_date < known.purchase_date:
            first[purchase.customer_id] = purchase
    for customer_id, purchase in sorted(first.items()):
        yield customer_id, purchase.purchase_date, homes.get(customer_id), purchase.purchased_at


def _points(purchases: Iterable[Purchase]) -> Iterator[tuple[object, ...]]:
    number = 0
    for purchase in purchases:
        if purchase.customer_id * 2654435761 % 100 < 60 and not purchase.is_refund and purchase.amount_usd >= 1:
            number += 1
            yield number, purchase.customer_id, purchase.purchased_at, int(purchase.amount_usd), purchase.updated_at


def _checks(purchases: Iterable[Purchase]) -> Iterator[tuple[object, ...]]:
    for purchase in purchases:
        number = purchase.purchase_id * 2654435761 % 1000
        if purchase.purchase_date >= CHECKED_UNTIL:
            continue
        merged = "merged" if number % 50 == 7 else "to review" if number % 200 == 9 else "single"
        night = datetime.combine(purchase.purchase_date + timedelta(days=1), datetime.min.time(), tzinfo=UTC)
        yield (
            purchase.purchase_id,
            purchase.customer_id,
            night + timedelta(seconds=number * 7),
            purchase.amount_usd > 300,
            number < 4,
            merged,
            number % 250 == 11,
        )


def _copy(connection: psycopg.Connection[Any], table: str, rows: Iterable[tuple[object, ...]]) -> None:
    with connection.cursor().copy(f"COPY sales.{table} FROM STDIN".encode()) as copy:
        for row in rows:
            copy.write_row(row)
