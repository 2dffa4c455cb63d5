"""How long the store takes to return 10,000 definitions, compared with other ways to do it.

``python -m bench.store``. The factory reads all definitions at every parse, so this is a part of every parse.
"""

from __future__ import annotations

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

from sqlalchemy import Engine, text  # noqa: E402

from demo.postgres import Postgres  # noqa: E402
from export_jobs.core.definitions.job import DestinationSpec, JobSpec, Template  # noqa: E402
from export_jobs.store.database.engine import create_store_engine  # noqa: E402
from export_jobs.store.definitions import Definitions  # noqa: E402
from export_jobs.store.schema import upgrade_store  # noqa: E402
from export_jobs.store.snapshot import load, reconcile, save  # noqa: E402

ROUNDS = 3
JOBS = int(os.environ.get("EXPORT_JOBS_BENCH_JOBS") or 10_000)
IN_ONE_TRANSACTION = 500


def spec(number: int) -> JobSpec:
    return JobSpec.model_validate(
        {
            "name": f"job-{number}",
            "description": "Yesterday's purchases for the partner, one file a day",
            "owner": "owner@example.com",
            "destination": "partner",
            "recipients": ["partner@example.com", "sales@example.com"],
            "schedule": {"frequency": "daily", "from": "2026-01-01", "until": "2026-12-31"},
            "templates": [{"template": "rows", "subfolder": "daily"}, {"template": "totals"}],
        }
    )


def fill(engine: Engine) -> float:
    """Seconds to save all jobs with the Python API, each with its first version."""
    definitions = Definitions(engine)
    with definitions.transaction("bench") as within:
        within.save_destination(DestinationSpec(tag="partner", kind="sftp", connection="partner", folder="in"))
        within.create_template(Template(name="rows", kind="standard", fact="purchases", columns=tuple("abcdefgh")))
        within.create_template(Template(name="totals", kind="custom", kpis=("sales",), dimensions=("store", "day")))
    began = time.perf_counter()
    for start in range(0, JOBS, IN_ONE_TRANSACTION):
        with definitions.transaction("bench") as within:
            for number in range(start, min(start + IN_ONE_TRANSACTION, JOBS)):
                within.create(spec(number))
        # As autovacuum does between edits: 500 edits by people take longer than it does.
        with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
            connection.execute(text("VACUUM ANALYZE"))
    return time.perf_counter() - began


def put_together(engine: Engine) -> int:
    """The peer: no stored versions; each read assembles the definition from the rows."""
    query = "SELECT export_jobs.job_definition(id) FROM export_jobs.job WHERE deleted_at IS NULL ORDER BY id"
    with engine.connect() as connection:
        return len(connection.execute(text(query)).all())


def median_ms(run: Callable[[], Any]) -> float:
    seconds = []
    for _ in range(ROUNDS):
        began = time.perf_counter()
        run()
        seconds.append(time.perf_counter() - began)
    return statistics.median(seconds) * 1000


def show(name: str, milliseconds: float, base: float) -> None:
    print(f"  {name:<58} {milliseconds:9.1f} ms  {milliseconds / base:6.2f}", flush=True)


def main() -> None:
    with tempfile.TemporaryDirectory(prefix="export-jobs-bench-") as folder:
        Path(folder).chmod(0o711)  # PostgreSQL of a root user runs as another one and has to pass through
        with Postgres(Path(folder) / "postgres") as server:
            engine = create_store_engine(server.dsn("export_jobs", "export_jobs"))
            upgrade_store(engine)
            saved = fill(engine)
            measure(engine, Path(folder) / "definitions.json")
            print(f"  saving them took {saved:.1f} s, {saved / JOBS * 1000:.1f} ms each")
            engine.dispose()


def measure(engine: Engine, path: Path) -> None:
    definitions = Definitions(engine)
    jobs = definitions.jobs()
    save(path, jobs)
    base = median_ms(definitions.jobs)
    print(f"{JOBS} definitions, median of {ROUNDS}; 1.00 = Definitions.jobs()")
    show("Definitions.jobs()", base, base)
    show("peer: assembled from the rows at every read", median_ms(lambda: put_together(engine)), base)
    few = jobs[: max(1, JOBS // 100)]
    one_by_one = median_ms(lambda: [definitions.job(job.name) for job in few]) * len(jobs) / len(few)
    show("peer: a query per job (one in a hundred, times a hundred)", one_by_one, base)
    show("all of them parsed to ExportJob", median_ms(lambda: [job.parse() for job in jobs]), base)
    show("snapshot loaded", median_ms(lambda: load(path)), base)
    show("snapshot saved, unchanged", median_ms(lambda: save(path, jobs)), base)
    show("snapshot compared with the table", median_ms(lambda: reconcile(jobs, jobs, set())), base)
    show("one job by its Dag's id", median_ms(lambda: definitions.by_dag_id(jobs[-1].dag_id)), base)
    size = len(json.dumps([job.definition for job in jobs])) // 1024
    print(f"  {size} kB of definitions")


if __name__ == "__main__":
    main()
