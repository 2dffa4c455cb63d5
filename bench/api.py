"""How long the API takes to list 10,000 jobs, each with five runs in the ledger: ``python -m bench.api``.

Server time: permissions, queries and JSON of the route, without the network.
"""

from __future__ import annotations

import logging
import os
import statistics
import sys
import tempfile
import time
from datetime import date, timedelta
from pathlib import Path
from typing import Any
from urllib.parse import quote_plus

REPOSITORY = Path(__file__).resolve().parents[1]
sys.path[:0] = [str(REPOSITORY / "plugins"), str(REPOSITORY)]

import psycopg  # noqa: E402

from demo.postgres import Postgres  # noqa: E402

ROUNDS = 9
JOBS = int(os.environ.get("EXPORT_JOBS_BENCH_JOBS") or 10_000)
RUNS = 5
TODAY = date.today()
ASKED = {
    "first page, by name": "",
    "search": "?search=job-77",
    "only those that failed": "?state=unable_to_execute",
    "sorted by next delivery": "?sort=next",
    "sorted by last delivery, last page": f"?sort=-last&offset={JOBS - 50}",
    "500 a page": "?limit=500",
}

FILL = """
    INSERT INTO export_jobs.destination (tag, kind, connection, folder) VALUES ('partner', 'sftp', 'partner', 'in');
    INSERT INTO export_jobs.template (name, kind, fact) VALUES ('rows', 'standard', 'purchases');
    INSERT INTO export_jobs.job (name, dag_id, description, owner, destination, recipients, frequency, execute_on,
        valid_from, valid_until, time_zone)
    SELECT 'job-' || n, '', 'Purchases of region ' || n % 50, 'owner-' || n % 20 || '@example.com', 'partner',
        '{{partner@example.com}}', CASE n % 4 WHEN 0 THEN 'weekly' ELSE 'daily' END,
        CASE n % 4 WHEN 0 THEN 'sunday' END, DATE '{first}' - n % 3, DATE '{last}' + n % 3, 'Europe/Berlin'
    FROM generate_series(1, {jobs}) AS n;
    INSERT INTO export_jobs.job_template (job_id, position, template) SELECT id, 1, 'rows' FROM export_jobs.job;
"""
LEDGER = """
    INSERT INTO export_jobs.execution (job_id, dag_id, run_id, run_type, window_start, window_end, version)
    SELECT j.id, j.dag_id, 'scheduled__' || n, 'scheduled',
        (j.valid_from + n)::timestamp AT TIME ZONE 'Europe/Berlin',
        (j.valid_from + n + 1)::timestamp AT TIME ZONE 'Europe/Berlin', 1
    FROM generate_series(0, {runs} - 1) AS n, export_jobs.job j;
    INSERT INTO export_jobs.execution_event (execution_id, kind, step, message)
    SELECT e.id, kind, 'extract', CASE kind WHEN 'failed' THEN 'The partner refuses the login. Correct it.' END
    FROM export_jobs.execution e, unnest('{{started,succeeded,started,failed,run failed}}'::text[]) AS kind
    WHERE kind IN ('started', 'succeeded') OR (e.job_id % 10 = 0 AND e.run_id = 'scheduled__{newest}');
    INSERT INTO export_jobs.delivery (execution_id, template, stage, revision, path, url, rows, bytes, sha256, columns,
        version, definition_hash, attempt)
    SELECT e.id, 'rows', 'one', 1, 'p' || e.id, 'sftp://p' || e.id, 1000, 20000, 'aa', '{{a}}', 1, 'h', '1'
    FROM export_jobs.execution e WHERE e.job_id % 10 > 0 OR e.run_id <> 'scheduled__{newest}';
    INSERT INTO export_jobs.publication (execution_id, stage, revision, path, url, bytes, sha256)
    SELECT e.id, 'one', 1, 'm' || e.id, 'sftp://m' || e.id, 100, 'bb'
    FROM export_jobs.execution e WHERE e.job_id % 10 > 0 OR e.run_id <> 'scheduled__{newest}';
"""


def fill(dsn: dict[str, Any]) -> None:
    """Insert jobs and ledger with SQL, since the Python API takes a minute."""
    values = {"jobs": JOBS, "runs": RUNS, "newest": RUNS - 1}
    first, last = TODAY - timedelta(days=RUNS), TODAY + timedelta(days=60)
    with psycopg.connect(**dsn) as session:
        session.execute(FILL.format(**values, first=first, last=last).encode())
        session.commit()
        session.execute(LEDGER.format(**values).encode())
        session.commit()
        session.autocommit = True
        session.execute("VACUUM ANALYZE")
        dag_ids = [row[0] for row in session.execute("SELECT dag_id FROM export_jobs.job")]
    parsed(dag_ids)


def parsed(dag_ids: list[str]) -> None:
    """Insert these Dags as if Airflow had parsed them."""
    from airflow.models.dag import DagModel  # noqa: PLC0415, TID251  after the environment
    from airflow.models.dagbundle import DagBundleModel  # noqa: PLC0415, TID251
    from airflow.utils.session import create_session  # noqa: PLC0415

    with create_session() as session:
        session.add(DagBundleModel(name="bench"))
        session.flush()
        session.add_all(
            DagModel(dag_id=dag_id, bundle_name="bench", is_paused=False, is_stale=False) for dag_id in dag_ids
        )


def environment(server: Postgres, folder: Path) -> None:
    store, airflow = server.dsn("export_jobs", "export_jobs"), server.dsn("airflow", "airflow")

    def url(dsn: dict[str, Any], scheme: str) -> str:
        login = f"{dsn['user']}:{quote_plus(dsn['password'])}"
        return f"{scheme}://{login}@/{dsn['dbname']}?host={quote_plus(dsn['host'])}"

    os.environ.update(
        AIRFLOW_HOME=str(folder / "airflow"),
        AIRFLOW_CONN_EXPORT_JOBS_STORE=f"postgres://{store['user']}:{quote_plus(store['password'])}"
        f"@{quote_plus(store['host'])}/{store['dbname']}",
        AIRFLOW__DATABASE__SQL_ALCHEMY_CONN=url(airflow, "postgresql+psycopg2"),
        AIRFLOW__CORE__PLUGINS_FOLDER=str(REPOSITORY / "plugins"),
        AIRFLOW__CORE__LOAD_EXAMPLES="False",
        AIRFLOW__CORE__SIMPLE_AUTH_MANAGER_USERS="user:user",
        AIRFLOW__API_AUTH__JWT_SECRET="bench" * 16,
        AIRFLOW__LOGGING__LOGGING_LEVEL="ERROR",
        _AIRFLOW_PROCESS_CONTEXT="server",
    )


def client() -> Any:
    from airflow.api_fastapi.app import create_app, get_auth_manager  # noqa: PLC0415, TID251  after the environment
    from airflow.api_fastapi.auth.managers.simple.user import SimpleAuthManagerUser  # noqa: PLC0415, TID251
    from airflow.utils.db import initdb  # noqa: PLC0415
    from fastapi.testclient import TestClient  # noqa: PLC0415

    initdb()
    made = TestClient(create_app(apps="core"))
    user = SimpleAuthManagerUser(username="user", role="user", teams=None)
    made.headers["Authorization"] = f"Bearer {get_auth_manager().generate_jwt(user)}"
    return made


def measure(asked: Any) -> None:
    began = time.perf_counter()
    asked.get("/export-jobs/api/jobs").raise_for_status()
    print(f"{JOBS} jobs with {RUNS} runs each, milliseconds, median of {ROUNDS}; the aim is 300")
    print(f"  {'the first one, with empty caches':<46} {(time.perf_counter() - began) * 1000:8.0f}")
    for name, query in ASKED.items():
        taken = []
        for _ in range(ROUNDS):
            began = time.perf_counter()
            answer = asked.get(f"/export-jobs/api/jobs{query}")
            taken.append(time.perf_counter() - began)
        body = answer.raise_for_status().json()
        print(f"  {name:<46} {statistics.median(taken) * 1000:8.0f}  {len(body['jobs'])} of {body['total']}")


def main() -> None:
    with tempfile.TemporaryDirectory(prefix="export-jobs-bench-") as name:
        folder = Path(name)
        folder.chmod(0o711)  # PostgreSQL of a root user runs as another one and has to pass through
        with Postgres(folder / "postgres") as server:
            environment(server, folder)
            logging.disable(logging.WARNING)
            asked = client()

            from export_jobs.store.schema import upgrade_store  # noqa: PLC0415  after the environment
            from export_jobs.web.http.dependencies import engine  # noqa: PLC0415

            upgrade_store(engine())
            fill(server.dsn("export_jobs", "export_jobs"))
            measure(asked)
            engine().dispose()


if __name__ == "__main__":
    main()
