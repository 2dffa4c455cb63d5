"""A store as tests see it, and what they put into it; every test says what it changes."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import cached_property
from typing import Any

import psycopg
import pytest
from hypothesis import HealthCheck, settings
from sqlalchemy import Engine

from demo.postgres import Postgres
from export_jobs.core.definitions.job import JobSpec
from export_jobs.store.definitions import Definitions
from export_jobs.store.executions.records import Execution
from export_jobs.store.ledger import DeliveryRecord, Ledger, PublicationRecord
from export_jobs.store.schema import newest_revision
from export_jobs.store.stored_job import StoredJob

SHARED_STORE = settings(max_examples=150, suppress_health_check=[HealthCheck.function_scoped_fixture])
DAY_ONE = datetime(2026, 1, 1, tzinfo=UTC)
EMPTY_AGAIN = """
SET session_replication_role = replica;
DO $$ DECLARE name text; BEGIN
    FOR name IN SELECT tablename FROM pg_tables WHERE schemaname = 'export_jobs' AND tablename <> 'alembic_version' LOOP
        EXECUTE format('DELETE FROM export_jobs.%I', name);
    END LOOP;
    PERFORM setval(format('%I.%I', schemaname, sequencename)::regclass, 1, false)
        FROM pg_sequences WHERE schemaname = 'export_jobs' AND last_value IS NOT NULL;
END $$
"""
"""Only a superuser can do this: no trigger and no foreign key is asked. TRUNCATE would take forty times as long, since
it makes every table, index and sequence anew."""


def spec(name: str = "sales", **changes: Any) -> JobSpec:
    """A daily job of two templates, January 2026 in UTC; ``schedule`` and ``file`` are merged, not replaced."""
    schedule = {"frequency": "daily", "from": "2026-01-01", "until": "2026-01-31", **changes.pop("schedule", {})}
    definition = {
        "name": name,
        "owner": "owner@example.com",
        "destination": "partner",
        "recipients": ["partner@example.com"],
        "schedule": schedule,
        "templates": [{"template": "rows", "subfolder": "daily"}, {"template": "totals"}],
    }
    return JobSpec.model_validate({**definition, **changes})


@dataclass
class Store:
    """One store: its Python API, and ``hand`` for what a person types into psql."""

    dsn: dict[str, Any]
    engine: Engine
    sessions: list[psycopg.Connection[Any]] = field(default_factory=list)

    @cached_property
    def definitions(self) -> Definitions:
        return Definitions(self.engine)

    @cached_property
    def ledger(self) -> Ledger:
        return Ledger(self.engine)

    def session(self, **options: Any) -> psycopg.Connection[Any]:
        session = psycopg.connect(**{**self.dsn, **options})
        self.sessions.append(session)
        return session

    def hand(self, *statements: str) -> list[tuple[Any, ...]]:
        """Run statements in one transaction; the rows of the last one."""
        with closing(psycopg.connect(**self.dsn)) as connection, connection as session:
            for statement in statements:
                cursor = session.execute(statement.encode())
            return cursor.fetchall() if cursor.description else []

    def refusal(self, *statements: str) -> str:
        """What the store says to a person whose statement it refuses, and its hint."""
        with pytest.raises(psycopg.Error) as raised:
            self.hand(*statements)
        assert raised.value.sqlstate == "EXJ01", raised.value
        diag = raised.value.diag
        assert diag.message_hint, "what to do next"
        return f"{diag.message_primary} {diag.message_hint}"

    def create(self, name: str = "sales", **changes: Any) -> StoredJob:
        return self.definitions.create(spec(name, **changes), "anna")

    def run(self, job: StoredJob, day: int = 0, days: int = 1, **changes: Any) -> Execution:
        """The ledger's entry of a scheduled run of ``days`` days from ``day`` days after the first of January."""
        start = DAY_ONE + timedelta(days=day)
        return self.ledger.open(
            **{
                "job_id": job.job_id,
                "dag_id": job.dag_id,
                "run_id": f"scheduled__{day}",
                "run_type": "scheduled",
                "window_start": start,
                "window_end": start + timedelta(days=days),
                "version": job.version,
                **changes,
            }
        )


def delivery(execution: Execution, **changes: Any) -> DeliveryRecord:
    """A record of the file that template ``rows`` makes."""
    values = {
        "execution_id": execution.id,
        "template": "rows",
        "stage": "stage-1",
        "path": "daily/sales__rows__2026-01-01.zip",
        "url": "sftp://host/daily/sales__rows__2026-01-01.zip",
        "rows": 3,
        "bytes": 100,
        "sha256": "aa",
        "columns": ("id", "amount"),
        "version": execution.version,
        "definition_hash": "hash",
        "attempt": "first",
    }
    return DeliveryRecord(**{**values, **changes})


def publication(execution: Execution, **changes: Any) -> PublicationRecord:
    """A record of the run's manifest."""
    values = {
        "execution_id": execution.id,
        "stage": "stage-1",
        "path": "sales__2026-01-01.manifest.json",
        "url": "sftp://host/sales__2026-01-01.manifest.json",
        "bytes": 10,
        "sha256": "bb",
    }
    return PublicationRecord(**{**values, **changes})


@contextmanager
def administrator(postgres: Postgres, database: str = "postgres") -> Iterator[psycopg.Connection[Any]]:
    with psycopg.connect(**postgres.dsn(database, "postgres"), autocommit=True) as session:
        yield session


def empty_again(postgres: Postgres, database: str) -> None:
    """Empty a store past its own guards, as the next test wants to find it."""
    with administrator(postgres, database) as session:
        session.execute(EMPTY_AGAIN.encode())
        session.execute("UPDATE export_jobs.alembic_version SET version_num = %s", [newest_revision()])
