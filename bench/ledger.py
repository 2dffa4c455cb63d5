"""Measure the cost of the chain of hashes: ledger entries per second, with and without it (revision 0002).

``python -m bench.ledger``. One session that commits each entry, as a task does; eight sessions with a job each; eight
sessions on one job, which wait for its head; many entries in one transaction; and how long `ledger verify` takes.
"""

from __future__ import annotations

import statistics
import sys
import tempfile
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

REPOSITORY = Path(__file__).resolve().parents[1]
sys.path[:0] = [str(REPOSITORY / "plugins"), str(REPOSITORY)]

import psycopg  # noqa: E402
from alembic import command  # noqa: E402
from alembic.config import Config  # noqa: E402

from demo.postgres import Postgres  # noqa: E402
from export_jobs.store import schema  # noqa: E402
from export_jobs.store.database.engine import create_store_engine  # noqa: E402
from export_jobs.store.ledger import Ledger  # noqa: E402

ROUNDS, SESSIONS, ENTRIES = 5, 8, 400
INSERT = """INSERT INTO export_jobs.execution_event (execution_id, kind, step, attempt, message)
    VALUES (%s, 'started', 'upload', 'attempt', 'A message as long as most of them are')"""
ROWS = f"""
    INSERT INTO export_jobs.destination VALUES ('partner', 'sftp', 'c', 'in');
    INSERT INTO export_jobs.template (name, kind, fact) VALUES ('rows', 'standard', 'purchases');
    INSERT INTO export_jobs.job (name, owner, destination, frequency, valid_from, valid_until)
    SELECT 'job-' || n, 'owner@example.com', 'partner', 'daily', '2026-01-01', '2026-01-31'
    FROM generate_series(1, {SESSIONS}) AS n"""
EXECUTIONS = """
    INSERT INTO export_jobs.execution (job_id, dag_id, run_id, run_type, window_start, window_end, version)
    SELECT id, dag_id, 'r', 'scheduled', '2026-01-01', '2026-01-02', 1 FROM export_jobs.job ORDER BY id"""


def make_store(postgres: Postgres, name: str, revision: str) -> dict[str, Any]:
    postgres.create_database(name, "export_jobs")
    dsn = postgres.dsn(name, "export_jobs")
    engine = create_store_engine(dsn)
    with engine.begin() as connection:
        connection.exec_driver_sql("CREATE SCHEMA export_jobs")
        config = Config()
        config.set_main_option("script_location", str(Path(schema.__file__).parent / "migrations"))
        config.attributes["connection"] = connection
        command.upgrade(config, revision)
    engine.dispose()
    for statement in (ROWS, EXECUTIONS):
        with psycopg.connect(**dsn) as session:
            session.execute(statement.encode())
    return dsn


def write(dsn: dict[str, Any], execution_id: int, entries: int, *, commit_each: bool) -> None:
    with psycopg.connect(**dsn, autocommit=commit_each) as session:
        for _ in range(entries):
            session.execute(INSERT.encode(), [execution_id])


def at_once(dsn: dict[str, Any], executions: list[int]) -> None:
    with ThreadPoolExecutor(SESSIONS) as pool:
        list(pool.map(lambda execution: write(dsn, execution, ENTRIES // SESSIONS, commit_each=True), executions))


CASES: dict[str, Callable[[dict[str, Any]], None]] = {
    "one session, each entry committed": lambda dsn: write(dsn, 1, ENTRIES, commit_each=True),
    "eight sessions, each with its own job": lambda dsn: at_once(dsn, list(range(1, SESSIONS + 1))),
    "eight sessions on one job": lambda dsn: at_once(dsn, [1] * SESSIONS),
    "one transaction for all": lambda dsn: write(dsn, 1, ENTRIES, commit_each=False),
}


def main() -> None:
    with tempfile.TemporaryDirectory(prefix="export-jobs-bench-") as folder:
        Path(folder).chmod(0o711)
        with Postgres(Path(folder) / "postgres") as postgres:
            stores = {name: make_store(postgres, f"at_{name}", name) for name in ("0002", "heads")}
            for case, run in CASES.items():
                rates: dict[str, list[float]] = {name: [] for name in stores}
                for _ in range(ROUNDS):
                    for name, dsn in stores.items():
                        began = time.perf_counter()
                        run(dsn)
                        rates[name].append(ENTRIES / (time.perf_counter() - began))
                before, after = (statistics.median(rates[name]) for name in stores)
                print(f"{case:40} {before:8.0f}/s without, {after:8.0f}/s with, ratio {after / before:.2f}")
            ledger = Ledger(create_store_engine(stores["heads"]))
            began = time.perf_counter()
            report = ledger.verify("job 1")
            seconds = time.perf_counter() - began
            print(f"verify: {report.head.sequence} entries in {seconds:.2f} s, {len(report.faults)} faults")


if __name__ == "__main__":
    main()
