"""Measure one look of the auditor at 10,000 jobs: ``python -m bench.audit``, a part of ``make bench-scale``.

A store with the jobs and three deliveries of each, and Airflow's own API server on its database with as many Dags and
runs, both filled with SQL. One job in a hundred has lost its newest run, so that there are alarms. It prints the time,
the calls to Airflow and the statements to the store. EXPORT_JOBS_BENCH_JOBS sets the number of jobs.
"""

from __future__ import annotations

import json
import os
import sys
import tempfile
import time
from collections import Counter
from pathlib import Path

REPOSITORY = Path(__file__).resolve().parents[1]
sys.path[:0] = [str(REPOSITORY / "plugins"), str(REPOSITORY)]

import psycopg  # noqa: E402

from demo import connections  # noqa: E402
from demo.airflow_processes import Airflow  # noqa: E402
from demo.postgres import Postgres  # noqa: E402
from demo.store import make_store  # noqa: E402

JOBS = int(os.environ.get("EXPORT_JOBS_BENCH_JOBS") or 10_000)
ROUNDS, DAYS, LOST = 3, 3, 100
JOB_ROWS = f"""
    INSERT INTO export_jobs.destination VALUES ('partner', 'sftp', 'partner', 'in');
    INSERT INTO export_jobs.template (name, kind, fact) VALUES ('rows', 'standard', 'purchases');
    INSERT INTO export_jobs.job (name, owner, destination, frequency, valid_from, valid_until)
    SELECT 'job-' || n, 'owner-' || n % 20 || '@example.com', 'partner', 'daily', current_date - 200, current_date + 100
    FROM generate_series(1, {JOBS}) AS n;
    INSERT INTO export_jobs.job_template (job_id, position, template) SELECT id, 1, 'rows' FROM export_jobs.job"""
LEDGER = f"""
    SET session_replication_role = replica;
    UPDATE export_jobs.job_version SET created_at = now() - interval '201 days';
    INSERT INTO export_jobs.execution (job_id, dag_id, run_id, run_type, window_start, window_end, version, opened_at)
    SELECT id, dag_id, 'scheduled__' || ago, 'scheduled', date_trunc('day', now()) - make_interval(days => ago),
        date_trunc('day', now()) - make_interval(days => ago - 1), 1, now() - make_interval(days => ago - 1)
    FROM export_jobs.job CROSS JOIN generate_series(1, {DAYS}) AS ago WHERE ago > 1 OR id % {LOST} > 0;
    INSERT INTO export_jobs.execution_event (execution_id, at, kind, step)
    SELECT id, opened_at, kind, step FROM export_jobs.execution CROSS JOIN (VALUES ('started', 'extract'),
        ('succeeded', 'extract'), ('succeeded', 'upload'), ('succeeded', 'notify_recipients')) AS said (kind, step);
    INSERT INTO export_jobs.publication (execution_id, stage, revision, path, url, bytes, sha256, published_at)
    SELECT id, 's', 1, 'manifest.json', 'sftp://host/manifest.json', 10, 'aa', opened_at FROM export_jobs.execution"""
DAG_ROW = """INSERT INTO dag (dag_id, dag_display_name, is_paused, is_stale, exceeds_max_non_backfill, bundle_name,
    timetable_type, timetable_partitioned, timetable_periodic, partition_mapper_info, max_active_tasks,
    max_consecutive_failed_dag_runs, has_task_concurrency_limits, fail_fast, fileloc, relative_fileloc)
    VALUES (%s, %s, false, false, false, 'exports', 'ExportTimetable', false, true, '{}', 16, 0, false, false, 'f', 'f')
"""
RUN_ROW = """INSERT INTO dag_run (dag_id, run_id, run_type, run_after, logical_date, data_interval_start,
    data_interval_end, queued_at, start_date, end_date, updated_at, state, clear_number, span_status)
    VALUES (%s, %s, 'scheduled', %s, %s, %s, %s, %s, %s, %s, %s, 'success', 0, 'ended')"""


def main() -> None:
    with tempfile.TemporaryDirectory(prefix="export-jobs-bench-") as folder:
        Path(folder).chmod(0o711)  # PostgreSQL of a root user runs as another one and has to pass through
        with Postgres(Path(folder) / "postgres") as postgres:
            airflow = Airflow(Path(folder) / "airflow", postgres, usual_port=None)
            make_store(postgres)
            airflow.prepare()
            fill(postgres)
            airflow.start_component("api-server")
            try:
                airflow.wait_until_healthy()
                measure(airflow, postgres)
            finally:
                airflow.stop()


def fill(postgres: Postgres) -> None:
    began = time.perf_counter()
    with psycopg.connect(**postgres.dsn("export_jobs", "export_jobs")) as session:
        session.execute(JOB_ROWS.encode())
    with psycopg.connect(**postgres.dsn("export_jobs", "postgres"), autocommit=True) as session:
        session.execute(LEDGER.encode())  # without the guards, which would write a chain
        jobs = session.execute("SELECT dag_id, name FROM export_jobs.job").fetchall()
        query = "SELECT dag_id, run_id, window_start, window_end FROM export_jobs.execution"
        runs = session.execute(query).fetchall()
        session.execute("VACUUM ANALYZE")
    with psycopg.connect(**postgres.dsn("airflow", "airflow")) as session, session.cursor() as cursor:
        cursor.execute("INSERT INTO dag_bundle (name, active) VALUES ('exports', true) ON CONFLICT DO NOTHING")
        cursor.executemany(DAG_ROW, jobs)
        cursor.executemany("INSERT INTO dag_tag (dag_id, name) VALUES (%s, 'export')", [job[:1] for job in jobs])
        rows = [(dag, run, end, start, start, end, *[end] * 4) for dag, run, start, end in runs]
        cursor.executemany(RUN_ROW, rows)
    with psycopg.connect(**postgres.dsn("airflow", "postgres"), autocommit=True) as session:
        session.execute("VACUUM ANALYZE")
    print(f"{JOBS} jobs and {len(runs)} runs; filled in {time.perf_counter() - began:.0f} s", flush=True)


def measure(airflow: Airflow, postgres: Postgres) -> None:
    given = {
        "export_jobs_store": connections.database(postgres, "export_jobs", "store_page"),
        "export_jobs_store_tasks": connections.database(postgres, "export_jobs", "store_tasks"),
        "export_jobs_airflow_api": connections.airflow_api(airflow),
        "smtp_default": {"conn_type": "smtp", "host": "127.0.0.1", "port": 9, "extra": json.dumps({"retry_limit": 0})},
    }
    os.environ |= airflow.environment() | connections.as_variables(given)
    for number in range(ROUNDS):
        seconds, asked, said = one_look()
        print(f"  look {number + 1}: {seconds:5.1f} s; {dict(asked)}; {said}", flush=True)


def one_look() -> tuple[float, Counter[str], str]:
    """Seconds, numbers of calls and statements, and the first words of the auditor's result."""
    import httpx  # noqa: PLC0415  Airflow reads its settings when it is imported
    from airflow.sdk.exceptions import AirflowFailException  # noqa: PLC0415
    from sqlalchemy import Engine, event  # noqa: PLC0415

    from export_jobs.orchestration.auditor import CompareWithLedger  # noqa: PLC0415

    asked: Counter[str] = Counter()
    send = httpx.Client.send

    def counted(client: httpx.Client, request: httpx.Request, **options: object) -> httpx.Response:
        began = time.perf_counter()
        try:
            return send(client, request, **options)  # type: ignore[arg-type]
        finally:
            asked["calls to Airflow"] += 1
            asked["of ms"] += int(1000 * (time.perf_counter() - began))

    def statement(*_: object) -> None:
        asked["statements"] += 1

    httpx.Client.send = counted  # type: ignore[method-assign,assignment]
    event.listen(Engine, "before_cursor_execute", statement)
    began, said = time.perf_counter(), "content"
    try:
        CompareWithLedger(task_id="compare").execute({})
    except AirflowFailException as failure:
        said = f"{len(str(failure).splitlines())} lines: {str(failure)[:90]}"
    finally:
        httpx.Client.send = send  # type: ignore[method-assign]
        event.remove(Engine, "before_cursor_execute", statement)
    return time.perf_counter() - began, asked, said


if __name__ == "__main__":
    main()
