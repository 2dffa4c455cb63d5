"""Fast deliveries beside many slow ones: ``python -m bench.fairness``; it takes some twenty minutes.

On a whole stack: ten fast jobs by themselves; then 300 jobs to a partner whose server takes eight seconds for each
write, and ten fast ones to another while the slow ones are at it. Once with one pool for all, once with a pool for each
destination. Printed is how long the fast ones took from being made to being delivered, and how often the time of those
that were by themselves. EXPORT_JOBS_BENCH_SLOW, _FAST and _SLOTS (such as ``4``, or ``0,4``) say of what size.
"""

from __future__ import annotations

import json
import os
import statistics
import sys
import tempfile
import time
from pathlib import Path

REPOSITORY = Path(__file__).resolve().parents[1]
sys.path[:0] = [str(REPOSITORY / "plugins"), str(REPOSITORY)]

from demo.stack import Stack  # noqa: E402
from export_jobs.core.definitions.job import DestinationSpec, JobSpec, Template  # noqa: E402
from export_jobs.orchestration.airflow.api import AirflowApi  # noqa: E402
from export_jobs.store.database.engine import create_store_engine  # noqa: E402
from export_jobs.store.definitions import Definitions  # noqa: E402
from tests.servers.sftp_faults import PASSWORD, USER, FaultySftpServer  # noqa: E402

SLOW, FAST = (
    int(os.environ.get(f"EXPORT_JOBS_BENCH_{kind}") or usual) for kind, usual in (("SLOW", 300), ("FAST", 10))
)
DESTINATION_SLOTS = [int(slots) for slots in (os.environ.get("EXPORT_JOBS_BENCH_SLOTS") or "0,4").split(",")]
SECONDS_PER_WRITE = 8
SLOTS = 8
PATIENCE_S = 900
DELIVERED = """SELECT extract(epoch FROM p.published_at) FROM export_jobs.publication p
    JOIN export_jobs.execution e ON e.id = p.execution_id JOIN export_jobs.job j ON j.id = e.job_id WHERE j.name = %s"""
AT_WORK = """SELECT count(DISTINCT v.execution_id) FROM export_jobs.execution_event v
    JOIN export_jobs.execution e ON e.id = v.execution_id JOIN export_jobs.job j ON j.id = e.job_id
    WHERE j.name LIKE 'slow-%%'"""


def main() -> None:
    for slots in DESTINATION_SLOTS:
        with tempfile.TemporaryDirectory(prefix="export-jobs-bench-") as folder:
            Path(folder).chmod(0o711)
            root = Path(folder) / "slow"
            (root / "in").mkdir(parents=True)
            with FaultySftpServer(root) as server:
                drill(Path(folder) / "stack", server, slots)


def drill(folder: Path, server: FaultySftpServer, slots: int) -> None:
    stack = Stack(folder)
    login = {"conn_type": "sftp", "host": "127.0.0.1", "port": server.port, "login": USER, "password": PASSWORD}
    stack.airflow.extra_env |= {
        "AIRFLOW_CONN_SLOW_SFTP": json.dumps({**login, "extra": {"host_key": server.host_key_line}}),
        "EXPORT_JOBS_DESTINATION_SLOTS": str(slots),
    }
    try:
        stack.start()
        (stack.sftp.root / "exports").mkdir(parents=True, exist_ok=True)
        measure(stack, server, slots)
    finally:
        stack.stop()


def measure(stack: Stack, server: FaultySftpServer, slots: int) -> None:
    engine = create_store_engine(stack.postgres.dsn("export_jobs", "export_jobs"))
    store = Definitions(engine)
    store.create_template(Template(name="stores", kind="dimension", dimensions=("store",)))
    store.save_destination(DestinationSpec(tag="fast", kind="sftp", connection="partner_sftp", folder="/exports"))
    store.save_destination(DestinationSpec(tag="slow", kind="sftp", connection="slow_sftp", folder="in"))
    if slots:
        with stack.airflow.client() as client:
            for tag in ("fast", "slow"):
                pool = {"name": f"export_jobs to {tag}", "slots": slots, "include_deferred": False}
                client.post("/api/v2/pools", json=pool).raise_for_status()
    deliver(stack, store, ["warm"])  # the first of all waits for the first parse
    by_themselves = deliver(stack, store, [f"alone-{number}" for number in range(FAST)])
    server.faults.seconds_per_write = SECONDS_PER_WRITE
    make(stack, store, [f"slow-{number}" for number in range(SLOW)], "slow")
    wait_for(stack, AT_WORK, min(SLOTS, SLOW) // 2)
    took = deliver(stack, store, [f"fast-{number}" for number in range(FAST)])
    pools = f"a pool for each destination, {slots} slots" if slots else "one pool for all"
    print(f"{SLOW} slow and {FAST} fast jobs, {pools}:")
    for name, seconds in (("by themselves", by_themselves), ("beside the slow ones", took)):
        print(f"  {name:<20} median {statistics.median(seconds):5.1f} s, the last {max(seconds):5.1f} s")
    waited = statistics.median(took) / statistics.median(by_themselves) - 1
    print(f"  so that a fast one waits {max(waited, 0):.1f} times its own time", flush=True)
    engine.dispose()


def make(stack: Stack, store: Definitions, names: list[str], destination: str) -> None:
    with store.transaction("bench") as within:
        for name in names:
            spec = {
                "name": name,
                "owner": "owner@example.com",
                "destination": destination,
                "schedule": {"frequency": "once", "from": "2026-01-01", "until": "2026-01-01"},
                "templates": [{"template": "stores"}],
            }
            within.create(JobSpec.model_validate(spec))
    AirflowApi(stack.airflow.url, "admin", stack.airflow.password()).parse_now()


def deliver(stack: Stack, store: Definitions, names: list[str]) -> list[float]:
    """Seconds from the saving of these jobs to the delivery of each."""
    began = time.time()
    make(stack, store, names, "fast")
    return [wait_for(stack, DELIVERED, 1, name) - began for name in names]


def wait_for(stack: Stack, query: str, least: float, *values: str) -> float:
    import psycopg  # noqa: PLC0415

    until = time.monotonic() + PATIENCE_S
    with psycopg.connect(**stack.postgres.dsn("export_jobs", "export_jobs"), autocommit=True) as session:
        while time.monotonic() < until:
            row = session.execute(query.encode(), values).fetchone()
            if row and float(row[0]) >= least:
                return float(row[0])
            time.sleep(0.2)
    raise SystemExit(f"{values or 'the slow jobs'} were not there after {PATIENCE_S} s")


if __name__ == "__main__":
    main()
