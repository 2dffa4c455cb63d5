"""A real Dag processor, alone: `airflow dag-processor` on an Airflow database and a store of its own."""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import Any
from urllib.parse import quote_plus

import psycopg

from demo.airflow_processes import Airflow
from demo.postgres import Postgres
from demo.processes import REPOSITORY
from export_jobs.core.definitions.job import DestinationSpec, JobSpec, Template
from export_jobs.store.database.engine import create_store_engine
from export_jobs.store.definitions import Definitions
from export_jobs.store.schema import upgrade_store

BUNDLE = "exports"
IN_ONE_TRANSACTION = 500


class DagProcessor:
    """The bundle of this package with ``shards``; ``settings`` are Airflow's, without the prefix ``AIRFLOW__``."""

    def __init__(self, folder: Path, postgres: Postgres, *, shards: int, settings: dict[str, str]) -> None:
        self.folder, self.postgres = folder, postgres
        self.databases = {"airflow": "processor_airflow", "export_jobs": "processor_store"}
        for role, name in self.databases.items():
            postgres.create_database(name, role)
        self.store = postgres.dsn(self.databases["export_jobs"], "export_jobs")
        self.engine = create_store_engine(self.store)
        upgrade_store(self.engine)
        self.definitions = Definitions(self.engine)
        self.airflow = Airflow(folder, postgres, usual_port=None, extra_env=self._environment(shards, settings))
        (folder / "config").mkdir(parents=True, exist_ok=True)
        self.airflow.command("db", "migrate")
        self.session = psycopg.connect(**postgres.dsn(self.databases["airflow"], "airflow"), autocommit=True)

    @property
    def state(self) -> Path:
        """The files that the generator keeps on this disk."""
        return self.folder / "export_jobs"

    def start(self, local_settings: str = "") -> None:
        """Start it; ``local_settings``: Python code that it runs first, to slow down or kill a parse."""
        (self.folder / "config" / "airflow_local_settings.py").write_text(local_settings)
        self.airflow.start_component("dag-processor")

    def stop(self) -> None:
        self.airflow.stop()

    def log(self) -> str:
        return (self.airflow.log_folder / "dag-processor.log").read_text(errors="replace")

    def forget_the_disk(self) -> None:
        """As in a pod that is new."""
        shutil.rmtree(self.state, ignore_errors=True)

    def close(self) -> None:
        self.session.close()
        self.engine.dispose()
        for name in self.databases.values():
            self.postgres.drop_database(name)

    def fill(self, jobs: int) -> None:
        """Save this many jobs of two templates."""
        with self.definitions.transaction("fill") as within:
            within.save_destination(DestinationSpec(tag="partner", kind="sftp", connection="partner", folder="in"))
            within.create_template(Template(name="rows", kind="standard", fact="purchases"))
            within.create_template(Template(name="totals", kind="custom", kpis=("cds_sold",), dimensions=("store",)))
        for start in range(0, jobs, IN_ONE_TRANSACTION):
            with self.definitions.transaction("fill") as within:
                for number in range(start, min(start + IN_ONE_TRANSACTION, jobs)):
                    within.create(job(number))
        with psycopg.connect(**self.store, autocommit=True) as session:
            session.execute("VACUUM ANALYZE")

    def describe(self, number: int, text: str) -> None:
        """Change a row."""
        self.definitions.update(job(number, description=text), "change")

    def live(self) -> int:
        """How many Dags Airflow runs."""
        return int(self._one("SELECT count(*) FROM dag WHERE NOT is_stale"))

    def stale(self) -> int:
        """The number of stale Dags."""
        return int(self._one("SELECT count(*) FROM dag WHERE is_stale"))

    def description(self, number: int) -> str | None:
        found = self.session.execute("SELECT description FROM dag WHERE dag_display_name = %s", [f"job-{number}"])
        return str(row[0]) if (row := found.fetchone()) else None

    def pools(self) -> dict[str, int]:
        """Slots of the pools that export jobs have."""
        rows = self.session.execute("SELECT pool, slots FROM slot_pool WHERE pool <> 'default_pool'").fetchall()
        return {str(pool): int(slots) for pool, slots in rows}

    def oldest_parse(self) -> datetime:
        return self._one("SELECT min(last_parsed_time) FROM dag")  # type: ignore[no-any-return]

    def age(self, hours: int) -> None:
        """Set the times of the last parse back by this many hours."""
        self.session.execute("UPDATE dag SET last_parsed_time = last_parsed_time - %s * interval '1 hour'", [hours])

    def _one(self, query: str) -> Any:
        row = self.session.execute(query.encode()).fetchone()
        assert row
        return row[0]

    def _environment(self, shards: int, settings: dict[str, str]) -> dict[str, str]:
        bundle = {
            "name": BUNDLE,
            "classpath": "export_jobs.orchestration.dag_bundle.ExportJobsDagBundle",
            "kwargs": {"shards": shards},
        }
        own = self.postgres.dsn(self.databases["airflow"], "airflow")
        login = f"{own['user']}:{quote_plus(own['password'])}"
        url = f"postgresql+psycopg2://{login}@/{own['dbname']}?host={quote_plus(own['host'])}"
        store = {
            "conn_type": "postgres",
            "host": self.store["host"],
            "port": self.store["port"],
            "login": self.store["user"],
            "password": self.store["password"],
            "schema": self.store["dbname"],
        }
        named = {f"AIRFLOW__{name}": value for name, value in settings.items()}
        return {
            "AIRFLOW__DATABASE__SQL_ALCHEMY_CONN": url,
            "AIRFLOW__DAG_PROCESSOR__DAG_BUNDLE_CONFIG_LIST": json.dumps([bundle]),
            "AIRFLOW__DAG_PROCESSOR__DAG_BUNDLE_STORAGE_PATH": str(self.folder / "bundles"),
            "AIRFLOW_CONN_EXPORT_JOBS_STORE": json.dumps(store),
            "EXPORT_JOBS_CATALOGUE": str(REPOSITORY / "include" / "sql"),
            **named,
        }


@contextmanager
def dag_processor(folder: Path, postgres: Postgres, *, shards: int, settings: dict[str, str]) -> Iterator[DagProcessor]:
    """Yield the processor, not yet started, with its databases."""
    made = DagProcessor(folder, postgres, shards=shards, settings=settings)
    try:
        yield made
    finally:
        made.stop()
        made.close()


def job(number: int, **parts: Any) -> JobSpec:
    """The job of ``fill`` with this number."""
    return JobSpec.model_validate(
        {
            "name": f"job-{number}",
            "owner": "owner@example.com",
            "destination": "partner",
            "schedule": {"frequency": "daily", "from": "2026-01-01", "until": "2026-12-31"},
            "templates": [{"template": "rows"}, {"template": "totals"}],
            **parts,
        }
    )
