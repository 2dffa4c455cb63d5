"""Fast deliveries beside many slow ones: ``python -m bench.fairness``; it takes some twenty minutes.

On one stack, with a pool for each destination, ten fast jobs: alone; beside 300 to a partner whose server takes eight
seconds for each write, spread over 25 minutes; beside as many that are all due at once. For comparison, Airflow itself:
ten Dags whose tasks do nothing, alone, and beside 300 whose tasks wait for a full pool. It prints the time of the fast
jobs from creation to delivery, their added wait as a multiple of their time alone, and the number of runs in progress.
EXPORT_JOBS_BENCH_SLOW, _FAST and _SLOTS set the sizes.
"""

from __future__ import annotations

import json
import os
import shutil
import statistics
import sys
import tempfile
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path

REPOSITORY = Path(__file__).resolve().parents[1]
sys.path[:0] = [str(REPOSITORY / "plugins"), str(REPOSITORY)]

import httpx  # noqa: E402
import psycopg  # noqa: E402

from bench.bare import bare_dags, pause  # noqa: E402
from demo.stack import Stack  # noqa: E402
from export_jobs.core.definitions.job import DestinationSpec, JobSpec, Template  # noqa: E402
from export_jobs.orchestration.airflow.api import AirflowApi  # noqa: E402
from export_jobs.store.database.engine import create_store_engine  # noqa: E402
from export_jobs.store.definitions import Definitions  # noqa: E402
from tests.servers.sftp_faults import PASSWORD, USER, FaultySftpServer  # noqa: E402

SLOW, FAST, SLOTS = (
    int(os.environ.get(f"EXPORT_JOBS_BENCH_{kind}") or usual)
    for kind, usual in (("SLOW", 300), ("FAST", 10), ("SLOTS", 4))
)
SECONDS_PER_WRITE = 8
SPREAD_MINUTES = 25
UNDER_WAY_S = 180
"""Seconds from the first of the spread jobs to the fast ones: by then, as many runs end as begin."""
PATIENCE_S = 900
CROWD, BARE = "crowd", "bare"
DELIVERED = """SELECT extract(epoch FROM p.published_at) FROM export_jobs.publication p
    JOIN export_jobs.execution e ON e.id = p.execution_id JOIN export_jobs.job j ON j.id = e.job_id WHERE j.name = %s"""
UNDER_WAY = "SELECT count(*) FROM dag_run WHERE state = 'running' AND dag_id LIKE %s"
ENDED = "SELECT extract(epoch FROM end_date) FROM dag_run WHERE state = 'success' AND dag_id = %s"
GONE = "SELECT -count(*) FROM dag WHERE NOT is_stale AND dag_id LIKE %s"
PARSED = "SELECT count(*) FROM dag WHERE dag_id LIKE %s"


def main() -> None:
    with tempfile.TemporaryDirectory(prefix="export-jobs-bench-") as folder:
        Path(folder).chmod(0o711)  # PostgreSQL of a root user runs as another one and has to pass through
        root = Path(folder) / "slow"
        (root / "in").mkdir(parents=True)
        with FaultySftpServer(root) as server:
            drill(Path(folder), server)


def drill(folder: Path, server: FaultySftpServer) -> None:
    stack = Stack(folder / "stack")
    stack.airflow.dags_folder = folder / "dags"
    shutil.copytree(REPOSITORY / "dags", stack.airflow.dags_folder)
    login = {"conn_type": "sftp", "host": "127.0.0.1", "port": server.port, "login": USER, "password": PASSWORD}
    stack.airflow.extra_env |= {
        "AIRFLOW_CONN_SLOW_SFTP": json.dumps({**login, "extra": {"host_key": server.host_key_line}}),
        "EXPORT_JOBS_DESTINATION_SLOTS": str(SLOTS),
        "EXPORT_JOBS_SPREAD_MINUTES": str(SPREAD_MINUTES),  # of recurring jobs; one that runs once starts at its time
    }
    try:
        stack.start()
        (stack.sftp.root / "exports").mkdir(parents=True, exist_ok=True)
        with stack.airflow.client() as client:
            for name in ("export_jobs to fast", "export_jobs to slow", CROWD):
                pool = {"name": name, "slots": SLOTS, "include_deferred": False}
                client.post("/api/v2/pools", json=pool).raise_for_status()
            print(f"{SLOW} slow and {FAST} fast, {SLOTS} slots for each destination", flush=True)
            measure(stack, server)
            floor(stack, client)
    finally:
        stack.stop()


def floor(stack: Stack, client: httpx.Client) -> None:
    """Measure Airflow with Dags that do nothing."""
    names = {kind: [f"{kind}-{number}" for number in range(FAST)] for kind in (f"{BARE}-0", f"{BARE}-1")}
    crowd = bare_dags([f"{CROWD}-{number}" for number in range(SLOW)], pool=CROWD, seconds=SECONDS_PER_WRITE)
    (stack.airflow.dags_folder / "crowd.py").write_text(crowd)
    (stack.airflow.dags_folder / "bare.py").write_text(bare_dags([name for one in names.values() for name in one]))
    for kind, count in ((CROWD, SLOW), (BARE, 2 * FAST)):
        wait_for(stack, PARSED, count, f"{kind}-%")

    def end(kind: str) -> list[float]:
        began = time.time()
        pause(client, kind, is_paused=False)
        return [wait_for(stack, ENDED, 1, name) - began for name in names[kind]]

    by_themselves = end(f"{BARE}-0")
    pause(client, f"{CROWD}-", is_paused=False)
    wait_for(stack, UNDER_WAY, SLOW, f"{CROWD}-%")
    tell("bare Dags", by_themselves, end(f"{BARE}-1"), SLOW)
    pause(client, f"{CROWD}-", is_paused=True)


def measure(stack: Stack, server: FaultySftpServer) -> None:
    engine = create_store_engine(stack.postgres.dsn("export_jobs", "export_jobs"))
    store = Definitions(engine)
    store.create_template(Template(name="stores", kind="dimension", dimensions=("store",)))
    store.save_destination(DestinationSpec(tag="fast", kind="sftp", connection="partner_sftp", folder="/exports"))
    store.save_destination(DestinationSpec(tag="slow", kind="sftp", connection="slow_sftp", folder="in"))
    deliver(stack, store, ["warm"])  # the first of all waits for the first parse
    by_themselves = deliver(stack, store, [f"alone-{number}" for number in range(FAST)])
    server.faults.seconds_per_write = SECONDS_PER_WRITE

    def beside(kind: str, said: str) -> None:
        under_way = wait_for(stack, UNDER_WAY, 0, f"export__{kind}-%")
        tell(said, by_themselves, deliver(stack, store, [f"fast-{kind}-{number}" for number in range(FAST)]), under_way)

    spread, at_once = ([f"{kind}-{number}" for number in range(SLOW)] for kind in ("spread", "slow"))
    make(stack, store, spread, "slow", due=datetime.now(UTC))
    wait_for(stack, UNDER_WAY, 1, "export__spread-%")
    time.sleep(UNDER_WAY_S)
    beside("spread", f"jobs, spread over {SPREAD_MINUTES} minutes")
    delete(stack, spread)
    make(stack, store, at_once, "slow")
    wait_for(stack, UNDER_WAY, SLOW * 0.95, "export__slow-%")
    beside("slow", "jobs, all due at once")
    delete(stack, at_once)
    engine.dispose()


def tell(what: str, by_themselves: list[float], beside: list[float], under_way: float) -> None:
    alone, took = statistics.median(by_themselves), statistics.median(beside)
    print(f"  {what:<34} {alone:6.1f} s, beside {under_way:3.0f} runs {took:6.1f} s: waits", end=" ")
    print(f"{max(took / alone - 1, 0):.1f} times its own time", flush=True)


def make(stack: Stack, store: Definitions, names: list[str], destination: str, due: datetime | None = None) -> None:
    """Create jobs that run once, at once; with ``due``, daily jobs whose last run is due then."""
    schedule = {"frequency": "once", "from": "2026-01-01", "until": "2026-01-01"}
    if due:
        day = f"{due.date() - timedelta(days=1)}"
        schedule = {"frequency": "daily", "from": day, "until": day, "deliver_at": f"{due:%H:%M}"}
    with store.transaction("bench") as within:
        for name in names:
            spec = {
                "name": name,
                "owner": "owner@example.com",
                "destination": destination,
                "schedule": schedule,
                "templates": [{"template": "stores"}],
            }
            within.create(JobSpec.model_validate(spec))
    AirflowApi(stack.airflow.url, "admin", stack.airflow.password()).parse_now()


def delete(stack: Stack, names: list[str]) -> None:
    """Delete the jobs: Airflow's scheduler does not look at runs of a deleted Dag."""
    with psycopg.connect(**stack.postgres.dsn("export_jobs", "export_jobs")) as session:
        session.execute("SET LOCAL export_jobs.allow_bulk_delete = on")
        session.execute("DELETE FROM export_jobs.job WHERE name = ANY(%s)", [names])
    AirflowApi(stack.airflow.url, "admin", stack.airflow.password()).parse_now()
    wait_for(stack, GONE, 0, f"export__{names[0].partition('-')[0]}-%")


def deliver(stack: Stack, store: Definitions, names: list[str]) -> list[float]:
    """Seconds from the saving of these jobs to the delivery of each."""
    began = time.time()
    make(stack, store, names, "fast")
    return [wait_for(stack, DELIVERED, 1, name, database="export_jobs") - began for name in names]


def wait_for(stack: Stack, query: str, least: float, *values: str, database: str = "airflow") -> float:
    """Wait until the query returns a number that is this large, and return it."""
    until = time.monotonic() + PATIENCE_S
    with psycopg.connect(**stack.postgres.dsn(database, database), autocommit=True) as session:
        while time.monotonic() < until:
            row = session.execute(query.encode(), values).fetchone()
            if row and float(row[0]) >= least:
                return float(row[0])
            time.sleep(0.2)
    raise SystemExit(f"{values} were not there after {PATIENCE_S} s")


if __name__ == "__main__":
    main()
