"""Measure the Dag file with 1,000 jobs: a parse of all of them, and the one Dag of a worker.

``python -m bench.factory``. Rows come from a store in a separate PostgreSQL; Airflow is imported before.
"""

from __future__ import annotations

import gc
import json
import os
import statistics
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

REPOSITORY = Path(__file__).resolve().parents[1]
sys.path[:0] = [str(REPOSITORY / "plugins"), str(REPOSITORY)]

from demo.postgres import Postgres  # noqa: E402
from export_jobs.core.definitions.job import DestinationSpec, JobSpec, Template  # noqa: E402
from export_jobs.store.database.engine import create_store_engine  # noqa: E402
from export_jobs.store.definitions import Definitions  # noqa: E402
from export_jobs.store.schema import upgrade_store  # noqa: E402

ROUNDS = 3
JOBS = int(os.environ.get("EXPORT_JOBS_BENCH_JOBS") or 1_000)
CONTEXT = "_AIRFLOW_PARSING_CONTEXT_DAG_ID"


def main() -> None:
    with tempfile.TemporaryDirectory(prefix="export-jobs-bench-") as folder:
        Path(folder).chmod(0o711)  # PostgreSQL of a root user runs as another one and has to pass through
        with Postgres(Path(folder) / "postgres") as server:
            dsn = server.dsn("export_jobs", "export_jobs")
            os.environ.update(environment(Path(folder) / "airflow", dsn))
            fill(dsn)
            measure()


def environment(home: Path, dsn: dict[str, Any]) -> dict[str, str]:
    login = {"login": dsn["user"], "password": dsn["password"], "schema": dsn["dbname"]}
    store = {"conn_type": "postgres", "host": dsn["host"], "port": dsn["port"], **login}
    return {
        "AIRFLOW_HOME": str(home),
        "AIRFLOW__CORE__PLUGINS_FOLDER": str(REPOSITORY / "plugins"),
        "AIRFLOW__CORE__LOAD_EXAMPLES": "False",
        "AIRFLOW__LOGGING__LOGGING_LEVEL": "WARNING",
        "AIRFLOW_CONN_EXPORT_JOBS_STORE": json.dumps(store),
        "EXPORT_JOBS_STATE": str(home / "export_jobs"),
        "EXPORT_JOBS_CATALOGUE": str(REPOSITORY / "include" / "sql"),
    }


def fill(dsn: dict[str, Any]) -> None:
    engine = create_store_engine(dsn)
    upgrade_store(engine)
    with Definitions(engine).transaction("bench") as within:
        within.save_destination(DestinationSpec(tag="partner", kind="sftp", connection="partner", folder="in"))
        within.create_template(Template(name="rows", kind="standard", fact="purchases"))
        within.create_template(Template(name="totals", kind="custom", kpis=("cds_sold",), dimensions=("store",)))
        for number in range(JOBS):
            job = {
                "name": f"job-{number}",
                "owner": "owner@example.com",
                "destination": "partner",
                "schedule": {"frequency": "daily", "from": "2026-01-01", "until": "2026-12-31"},
                "templates": [{"template": "rows"}, {"template": "totals"}],
            }
            within.create(JobSpec.model_validate(job))
    engine.dispose()


def measure() -> None:
    # Airflow reads its settings when it is imported.
    from airflow import plugins_manager  # noqa: PLC0415
    from airflow.serialization.serialized_objects import DagSerialization  # noqa: PLC0415

    from export_jobs.orchestration.factory import _catalogue, _export_dag, build_dags  # noqa: PLC0415
    from export_jobs.orchestration.generator.definitions import load_jobs  # noqa: PLC0415

    plugins_manager.get_timetables_plugins()
    dags = build_dags()
    invalid = [dag_id for dag_id, dag in dags.items() if "invalid" in dag.tags]
    if len(dags) != JOBS + 1 or invalid:
        raise SystemExit(f"{len(dags)} Dags of {JOBS} jobs, {len(invalid)} of them invalid; nothing was measured")
    del dags
    os.environ.pop(CONTEXT, None)
    base = median_ms(build_dags)
    found, catalogue = load_jobs(), _catalogue()
    jobs = [row.job for row in found if row.job]
    built = [_export_dag(job) for job in jobs]

    def serialise(built: list[Any]) -> None:
        for dag in built:
            dag.validate()
            DagSerialization.to_dict(dag)

    print(f"{JOBS} jobs of two templates, median of {ROUNDS}; 1.00 = the file parsed")
    show("the file parsed: all Dags built and proven", base, base)
    show("  of it: rows read, snapshot compared, definitions parsed", median_ms(load_jobs), base)
    show("  of it: validated", median_ms(lambda: [row.issues(catalogue) for row in found]), base)
    show("  of it: Dags built", median_ms(lambda: [_export_dag(job) for job in jobs]), base)
    show("  of it: validated and serialised as Airflow does", median_ms(lambda: serialise(built)), base)
    os.environ[CONTEXT] = jobs[-1].dag_id
    show("a worker's one Dag", median_ms(build_dags), base)


def median_ms(run: Callable[[], Any]) -> float:
    seconds = []
    for _ in range(ROUNDS):
        gc.collect()  # Dags are in reference cycles; those of the previous round must not count for this one
        began = time.perf_counter()
        run()
        seconds.append(time.perf_counter() - began)
    return statistics.median(seconds) * 1000


def show(name: str, milliseconds: float, base: float) -> None:
    print(f"  {name:<58} {milliseconds:9.1f} ms  {milliseconds / base:6.3f}", flush=True)


if __name__ == "__main__":
    main()
