from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

import psycopg
import pytest

from export_jobs.core.catalogue.files import load_catalogue
from tests.injection.notes import CATALOGUE, TABLES, Notes

if TYPE_CHECKING:
    from demo.postgres import Postgres

DATABASE = "injection"


@pytest.fixture(scope="session")
def notes(postgres: Postgres) -> Iterator[Notes]:
    """The table and its canary in a database of their own, dropped at the end."""
    catalogue = load_catalogue(CATALOGUE)
    assert catalogue.issues == ()
    postgres.create_database(DATABASE, "warehouse_owner")
    dsn = postgres.dsn(DATABASE, "warehouse_owner")
    with psycopg.connect(**dsn) as reader, psycopg.connect(**dsn, autocommit=True) as writer:
        writer.execute(TABLES.encode())
        writer.execute("SET statement_timeout = '20s'")
        yield Notes(catalogue, reader, writer)
    postgres.drop_database(DATABASE)
