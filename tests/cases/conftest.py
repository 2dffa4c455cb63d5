from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import psycopg
import pytest

if TYPE_CHECKING:
    from demo.postgres import Postgres

DATABASE = "cases"


@pytest.fixture(scope="session")
def small_warehouse(postgres: Postgres) -> Iterator[dict[str, Any]]:
    """The tables of warehouse.sql; gives the arguments of ``psycopg.connect``, as the next one does."""
    postgres.create_database(DATABASE, "warehouse_owner")
    dsn = postgres.dsn(DATABASE, "warehouse_owner")
    with psycopg.connect(**dsn, autocommit=True) as session:
        session.execute((Path(__file__).parent / "warehouse.sql").read_bytes())
    yield dsn
    postgres.drop_database(DATABASE)


@pytest.fixture(scope="session")
def demo_warehouse(warehouse: Postgres) -> dict[str, Any]:
    return warehouse.dsn("warehouse", "warehouse_reader")


@pytest.fixture
def case_warehouse(request: pytest.FixtureRequest) -> dict[str, Any]:
    """The small warehouse or the demo's, by the name that the case asks for."""
    found: dict[str, Any] = request.getfixturevalue(f"{request.param}_warehouse")
    return found
