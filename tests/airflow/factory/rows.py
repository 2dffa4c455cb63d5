"""A store of jobs, and what Airflow's Dag processor makes of its rows."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import psycopg

from export_jobs.core.definitions.job import JobSpec, Template
from export_jobs.store.definitions import Definitions
from tests.airflow.parser import Parsed, Parser

AUDITOR = "export_jobs_auditor"
CATALOGUE = Path(__file__).parents[3] / "include" / "sql"


@dataclass
class Rows:
    """A store with templates and no job yet, and what Airflow's Dag processor makes of it."""

    dsn: dict[str, Any]
    superuser: dict[str, Any]
    definitions: Definitions
    processor: Parser
    state: Path
    environment: dict[str, str] = field(default_factory=dict)

    def create(self, *names: str, **changes: Any) -> None:
        for name in names:
            definition = {
                "name": name,
                "owner": "owner@example.com",
                "destination": "partner",
                "recipients": ["partner@example.com"],
                "schedule": {"frequency": "daily", "from": "2026-01-01", "until": "2026-01-31"},
                "templates": [{"template": "all-purchases"}, {"template": "totals"}],
            }
            self.definitions.create(JobSpec.model_validate({**definition, **changes}), "anna")

    def template(self, name: str, **parts: Any) -> None:
        self.definitions.create_template(
            Template(name=name, **{"kind": "custom", "kpis": ("cds_sold",), **parts}), "anna"
        )

    def hand(self, statement: str, *, superuser: bool = False) -> None:
        with psycopg.connect(**(self.superuser if superuser else self.dsn)) as session:
            session.execute(statement.encode())

    def lose(self, condition: str) -> None:
        """Rows go without a trace, as in a restore of an old backup: no trigger, so no tombstone."""
        self.hand(
            "SET session_replication_role = replica;"
            f"DELETE FROM export_jobs.job_template WHERE job_id IN (SELECT id FROM export_jobs.job WHERE {condition});"
            f"DELETE FROM export_jobs.job WHERE {condition}",
            superuser=True,
        )

    def parse(self, dag_id: str | None = None, **environment: str) -> Parsed:
        """``dag_id``: as a worker, which has one Dag's task to run."""
        wanted = {"_AIRFLOW_PARSING_CONTEXT_DAG_ID": dag_id} if dag_id else {}
        return self.processor.parse({**self.environment, **wanted, **environment})


def connection(dsn: dict[str, Any]) -> str:
    login = {"login": dsn["user"], "password": dsn["password"], "schema": dsn["dbname"]}
    return json.dumps({"conn_type": "postgres", "host": dsn["host"], "port": dsn["port"], **login})
