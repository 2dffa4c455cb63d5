from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import psycopg
import pytest

if TYPE_CHECKING:
    from demo.postgres import Postgres

DATABASE = "cases"


@pytest.fixture(scope="module")
def case_warehouse(request: pytest.FixtureRequest, postgres: Postgres) -> Iterator[dict[str, Any]]:
    """The small warehouse of warehouse.sql, then the demo's; gives the arguments of ``psycopg.connect``."""
    if request.param == "demo":
        yield request.getfixturevalue("warehouse").dsn("warehouse", "warehouse_reader")
        return
    postgres.create_database(DATABASE, "warehouse_owner")
    dsn = postgres.dsn(DATABASE, "warehouse_owner")
    with psycopg.connect(**dsn, autocommit=True) as session:
        session.execute((Path(__file__).parent / "warehouse.sql").read_bytes())
    yield dsn
    postgres.drop_database(DATABASE)
