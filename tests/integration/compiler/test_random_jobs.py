"""Random sound jobs give, row by row and in order, what plain Python computes from the same rows."""

from __future__ import annotations

import os
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import psycopg
import pytest
from hypothesis import HealthCheck, given, settings
from psycopg.rows import dict_row

from demo.postgres import Postgres
from export_jobs.core.base.issue import errors
from export_jobs.core.sql.compiler import compile_export
from export_jobs.core.validation.definitions import validate_job
from export_jobs.core.windows.window import Window, day_start
from tests.integration.compiler.oracle import Asked, Rows, expected
from tests.integration.compiler.random_jobs import definition, jobs
from tests.unit.core.samples import catalogue, job

pytestmark = [pytest.mark.integration, pytest.mark.slow]

WAREHOUSE = Path(__file__).parents[2] / "cases" / "warehouse.sql"
EXAMPLES = int(os.environ.get("EXPORT_JOBS_EXAMPLES", "400"))
CATALOGUE = catalogue()


@pytest.fixture(scope="module")
def session(postgres: Postgres) -> Iterator[psycopg.Connection[Any]]:
    """The small warehouse of the hand-written cases; times come back in UTC."""
    postgres.create_database("random_jobs", "warehouse_owner")
    with psycopg.connect(
        **postgres.dsn("random_jobs", "warehouse_owner"), autocommit=True, cursor_factory=psycopg.ClientCursor
    ) as opened:
        opened.execute(WAREHOUSE.read_bytes())
        yield opened
    postgres.drop_database("random_jobs")


@pytest.fixture(scope="module")
def rows(session: psycopg.Connection[Any]) -> Rows:
    """The rows of its tables, as Python sees them."""

    def table(query: bytes) -> list[dict[str, Any]]:
        with session.cursor(row_factory=dict_row) as cursor:
            return cursor.execute(query).fetchall()

    stores = table(b"SELECT store_id, name AS store_name, city, region, country FROM sales.stores")
    customers = table(b"SELECT * FROM sales.customers")
    return Rows(
        purchases=table(b"SELECT * FROM sales.purchases"),
        points=table(b"SELECT * FROM sales.points"),
        stores={row["store_id"]: row for row in stores},
        customers={row["customer_id"]: row for row in customers},
    )


def test_random_jobs_give_what_python_computes(session: psycopg.Connection[Any], rows: Rows) -> None:
    with_rows = 0

    @settings(max_examples=EXAMPLES, suppress_health_check=list(HealthCheck))
    @given(jobs())
    def agree(asked: Asked) -> None:
        nonlocal with_rows
        found = _run(asked, session)
        assert found == expected(asked, rows)
        with_rows += bool(found)

    agree()
    assert with_rows > EXAMPLES / 4, "most files are empty, which proves little: choose other filters"


def _run(asked: Asked, session: psycopg.Connection[Any]) -> list[tuple[Any, ...]]:
    template, use = definition(asked)
    schedule = {"frequency": "once", "from": asked.first, "until": asked.last, "time_zone": asked.zone}
    using = job("random", template_definitions=[template], templates=[use], schedule=schedule)
    assert errors(validate_job(using, catalogue=CATALOGUE)) == []
    window = Window(day_start(asked.first, asked.zone), day_start(asked.last + timedelta(days=1), asked.zone))
    export = compile_export(using, "random", CATALOGUE, window)
    return session.execute(export.sql.encode(), export.parameters).fetchall()
