"""The demo's sample jobs: apply them as a person would, watch them arrive, compare the files with the warehouse."""

from __future__ import annotations

import csv
import gzip
import hashlib
import io
import json
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import openpyxl
import psycopg
import pyarrow.parquet as pq
import yaml

from demo.processes import StartError
from demo.receiver import TAG, Receiver
from demo.stack import Stack
from export_jobs.core.windows.window import scheduled_windows
from export_jobs.store.database.engine import create_store_engine
from export_jobs.store.definitions import Definitions
from export_jobs.store.executions.records import DeliveryEntry
from export_jobs.store.ledger import ExecutionRecord, Ledger
from export_jobs.store.stored_job import StoredJob
from export_jobs.streaming.openpgp.gpg import find_gpg

JOBS = Path(__file__).parent / "jobs"
BROKEN = "broken-margin"
ENCRYPTED = "quarter-1997-encrypted"
EVERYWHERE = "january-everywhere"
PATIENCE_S = 900

# The warehouse's answers, with SQL written by hand: the expected values must not come from the code under test.
EXPECTED_ROWS = {
    "daily-purchases": """SELECT count(*) FROM sales.purchases
        WHERE purchased_at >= '1997-01-01 00:00 Europe/Berlin' AND purchased_at < '1997-01-15 00:00 Europe/Berlin'""",
    "monthly-1997": "SELECT count(*) FROM sales.purchases WHERE purchase_date BETWEEN '1997-01-01' AND '1997-12-31'",
    "quarter-1997-parts": """SELECT count(*) FROM sales.purchases
        WHERE purchased_at >= '1997-01-01 00:00 Europe/Berlin' AND purchased_at < '1997-04-01 00:00 Europe/Berlin'""",
    "stores-monthly": "SELECT 2 * count(*) FROM sales.stores",
    "loyalty-1997": """SELECT count(DISTINCT (region, to_char(at AT TIME ZONE 'Europe/Berlin', 'YYYY-MM'))) FROM (
        SELECT customer_id, purchased_at AS at FROM sales.purchases
        UNION ALL SELECT customer_id, earned_at FROM sales.points) AS happened
        JOIN sales.customers USING (customer_id) JOIN sales.stores ON store_id = home_store_id
        WHERE at >= '1997-01-01 00:00 Europe/Berlin' AND at < '1998-01-01 00:00 Europe/Berlin'""",
}
EXPECTED_FILES = {
    "daily-purchases": 14,
    "weekly-sales": 5,
    "monthly-1997": 12,
    "year-1997": 3,
    "quarters-1997": 2,
    "quarter-1997-parquet": 1,
    "quarter-1997-excel": 1,
    "quarter-1997-parts": 3,
    ENCRYPTED: 1,
    "stores-monthly": 2,
    "loyalty-1997": 1,
    EVERYWHERE: 5,
}
JANUARY_1997 = 8928
# The values that other programs must read in the files of other formats.
QUARTER = """SELECT sum(amount_usd), sum(CASE WHEN is_refund THEN -1 ELSE 1 END * amount_usd) FROM sales.purchases
    WHERE purchased_at >= '1997-01-01 00:00 Europe/Berlin' AND purchased_at < '1997-04-01 00:00 Europe/Berlin'"""


@dataclass(frozen=True)
class Arrived:
    """One delivered file, and the execution that delivered it."""

    job: str
    record: ExecutionRecord
    file: DeliveryEntry


def run_sample_jobs(stack: Stack) -> int:
    """Apply the samples, wait for their deliveries, print the table; return 1 and print each fault, otherwise 0."""
    (stack.sftp.root / "exports").mkdir(parents=True, exist_ok=True)
    _apply(stack)
    engine = create_store_engine(stack.postgres.dsn("export_jobs", "export_jobs"))
    try:
        definitions, ledger = Definitions(engine), Ledger(engine)
        expected = _expected_files()
        jobs = [job for job in definitions.jobs() if job.name in expected]
        _wait(jobs, ledger)
        arrived = [arrival for job in jobs for arrival in _arrived(job, ledger)]
    finally:
        engine.dispose()
    _print_table(arrived)
    amiss = list(_amiss(stack, arrived))
    for sentence in amiss:
        print(f"AMISS: {sentence}", file=sys.stderr)
    if not amiss:
        print("Checked: files, checksums, windows and totals match the warehouse.", flush=True)
    return 1 if amiss else 0


def _apply(stack: Stack) -> None:
    """Run ``export-jobs apply``, then insert one invalid row with SQL, to show that it affects no other job."""
    command = [sys.executable, "-m", "export_jobs", "apply", "-f", str(_definitions_file(stack)), "--yes"]
    done = subprocess.run(
        command, env=stack.airflow.environment(), cwd=stack.folder, capture_output=True, text=True, check=False
    )
    if done.returncode:
        raise StartError(
            f"The sample jobs could not be applied:\n{done.stdout}{done.stderr}\n"
            f"When {stack.folder} is of an earlier release, whose samples were others: remove that folder, or keep the "
            "new demo elsewhere with DEMO_STATE=folder."
        )
    with psycopg.connect(**stack.postgres.dsn("export_jobs", "export_jobs")) as connection:
        connection.execute((JOBS / "broken.sql").read_text(encoding="utf-8"))


def _expected_files() -> dict[str, int]:
    """The number of files that each job delivers; without gpg there is no encrypted one."""
    return {name: count for name, count in EXPECTED_FILES.items() if name != ENCRYPTED or find_gpg()}


def _definitions_file(stack: Stack) -> Path:
    """The samples, and the job that encrypts with the key that the partner of this demo has."""
    samples = JOBS / "samples.yaml"
    if find_gpg() is None:
        print(f"NOT CHECKED: {ENCRYPTED} is left out: gpg is not installed (apt-get install gnupg)", flush=True)
        return samples
    document, encrypted = (yaml.safe_load(file.read_text("utf-8")) for file in (samples, JOBS / "encrypted.yaml"))
    key = {"tag": TAG, "public_key": Receiver(stack.folder).public_key(), "description": "The partner's key"}
    file = stack.folder / "jobs.yaml"
    file.write_text(yaml.safe_dump({**document, "keys": [key], "jobs": document["jobs"] + encrypted["jobs"]}))
    return file


def _wait(jobs: list[StoredJob], ledger: Ledger) -> None:
    """Show progress until every window of every job is delivered and its recipients have a mail."""
    wanted = {job.name: sum(1 for _ in scheduled_windows(job.parse().schedule)) for job in jobs}
    began, shown = time.monotonic(), ""
    while True:
        records = {job.name: ledger.executions(job.job_id) for job in jobs}
        done = {name: len({_window(record) for record in found if _is_told(record)}) for name, found in records.items()}
        line = "  ".join(f"{name} {count}/{wanted[name]}" for name, count in done.items())
        if line != shown:
            print(f"  {time.monotonic() - began:5.0f} s  {line}", flush=True)
            shown = line
        if all(done[name] >= count for name, count in wanted.items()):
            return
        failed = [f"{name}: {_reasons(found)}" for name, found in records.items() if any(r.has_failed for r in found)]
        if failed or time.monotonic() - began > PATIENCE_S:
            late = [
                f"{name} has {done[name]} of {wanted[name]} windows" for name in wanted if done[name] < wanted[name]
            ]
            raise StartError("\n".join(["Not everything was delivered:", *late, *failed]))
        time.sleep(0.5)


def _window(record: ExecutionRecord) -> tuple[datetime, datetime]:
    """A window that was re-exported still counts once."""
    return record.window_start, record.window_end


def _is_told(record: ExecutionRecord) -> bool:
    return any(event.kind == "succeeded" and event.step == "notify_recipients" for event in record.events)


def _reasons(records: list[ExecutionRecord]) -> str:
    return " ".join(event.message for record in records for event in record.events if event.message)


def _arrived(job: StoredJob, ledger: Ledger) -> list[Arrived]:
    newest = {
        (*_window(record), file.template, file.part, file.destination): Arrived(job.name, record, file)
        for record in ledger.executions(job.job_id)
        for file in record.deliveries
    }
    return list(newest.values())


def _print_table(arrived: list[Arrived]) -> None:
    print(f"\n{'JOB':<24}{'WINDOW (UTC)':<36}{'ROWS':>7}{'BYTES':>9}  {'SHA-256':<14}FILE")
    for one in arrived:
        window = f"{one.record.window_start:%Y-%m-%d %H:%M} .. {one.record.window_end:%Y-%m-%d %H:%M}"
        size = f"{one.file.rows:>7}{one.file.bytes:>9}"
        print(f"{one.job:<24}{window:<36}{size}  {one.file.sha256[:12]}  {one.file.url}")
    print(flush=True)


def _amiss(stack: Stack, arrived: list[Arrived]) -> Iterator[str]:
    expected_files = _expected_files()
    by_job = {name: [one for one in arrived if one.job == name] for name in EXPECTED_FILES}
    for name, count in expected_files.items():
        if len(by_job[name]) != count:
            yield f"{name} has delivered {len(by_job[name])} files, not {count}."
    with psycopg.connect(**stack.postgres.dsn("warehouse", "warehouse_reader")) as connection:
        for name, query in EXPECTED_ROWS.items():
            expected: Any = connection.execute(query).fetchone()
            rows = sum(one.file.rows for one in by_job[name])
            if rows != expected[0]:
                yield f"{name} has delivered {rows} rows; the warehouse holds {expected[0]}."
    january = [one.file.rows for one in by_job["monthly-1997"]][:1]
    if january != [JANUARY_1997]:
        yield f"January of monthly-1997 has {january} rows; CDNOW's published total is {JANUARY_1997}."
    first_week = [f"{one.record.window_end:%Y-%m-%d %H:%M}" for one in by_job["weekly-sales"]][:1]
    if first_week != ["1997-01-05 23:00"]:
        yield f"The first window of weekly-sales ends at {first_week} (UTC), not after Sunday, 5 January in Berlin."
    done = sorted(path.name for path in (stack.sftp.root / "exports").glob("SALES_*.done"))
    if done != ["SALES_19970331.done", "SALES_19970630.done"]:
        yield f"quarters-1997 has sent the done files {done}."
    yield from _idle_workers(stack)
    yield from _other_formats(stack, by_job)
    for one in arrived:
        if hashlib.sha256(_content(stack, one.file)).hexdigest() != one.file.sha256:
            yield f"{one.file.url} is not the file that the ledger records."


def _idle_workers(stack: Stack) -> Iterator[str]:
    """With Celery: each of the two workers has run some of the tasks, so one has read files that the other staged."""
    ran = stack.workers.tasks_run() if stack.workers else {}
    if ran:
        print("Tasks by worker: " + ", ".join(f"{name} {count}" for name, count in ran.items()), flush=True)
    for name, count in ran.items():
        if not count:
            yield f"The Celery {name} has run no task."


def _other_formats(stack: Stack, by_job: dict[str, list[Arrived]]) -> Iterator[str]:
    """The Parquet file and the Excel file have the warehouse's amounts, as numbers."""
    with psycopg.connect(**stack.postgres.dsn("warehouse", "warehouse_reader")) as connection:
        amount, net = connection.execute(QUARTER).fetchone() or (None, None)
    [parquet], [excel] = by_job["quarter-1997-parquet"], by_job["quarter-1997-excel"]
    amounts = pq.read_table(io.BytesIO(_content(stack, parquet.file))).column("amount_usd").to_pylist()
    total = sum(Decimal(str(cell)) for cell in amounts)  # a column without decimals has the nearest doubles
    if total != amount:
        yield f"{parquet.file.url} has amounts of {total}; the warehouse has {amount}."
    sheet: Any = openpyxl.load_workbook(io.BytesIO(_content(stack, excel.file))).active
    heading, *rows = sheet.iter_rows(values_only=True)
    sales = sum(row[heading.index("net_sales")] for row in rows)
    if round(sales, 2) != float(net or 0):
        yield f"{excel.file.url} has sales of {sales}; the warehouse has {net}."
    yield from _parts_and_encrypted(stack, by_job, amount)
    if len({one.file.sha256 for one in by_job[EVERYWHERE]}) != 1:
        yield f"The destinations of {EVERYWHERE} have different files."
    verified = {one.file.destination: one.file.verification for one in by_job[EVERYWHERE]}
    if verified.get("partner-drop-box") != "not verified" or verified.get("partner-ftps") != "size":
        yield f"The ledger says of the destinations of {EVERYWHERE} that they were verified by {verified}."


def _parts_and_encrypted(stack: Stack, by_job: dict[str, list[Arrived]], amount: Decimal | None) -> Iterator[str]:
    """Parts match the ledger and have each row once; gpg decrypts the encrypted file with the partner's key."""
    ids: set[int] = set()
    for number, part in enumerate(by_job["quarter-1997-parts"], 1):
        if not part.file.path.endswith(f"/PURCHASES_0001_{number:04}.jsonl.gz"):
            yield f"Part {number} of quarter-1997-parts is called {part.file.path}."
        rows = [json.loads(line) for line in gzip.decompress(_content(stack, part.file)).splitlines()]
        if len(rows) != part.file.rows:
            yield f"{part.file.url} has {len(rows)} rows; the ledger says {part.file.rows}."
        ids.update(row["purchase_id"] for row in rows)
    if len(ids) != sum(part.file.rows for part in by_job["quarter-1997-parts"]):
        yield "The parts of quarter-1997-parts contain a purchase twice."
    for one in by_job[ENCRYPTED]:
        opened = Receiver(stack.folder).open(_content(stack, one.file)).decode()
        total = sum(Decimal(row["amount_usd"]) for row in csv.DictReader(io.StringIO(opened, newline="")))
        if total != amount:
            yield f"{one.file.url} has amounts of {total} once gpg has opened it; the warehouse has {amount}."
        if not list((stack.sftp.root / "exports" / "manifests").glob(f"{ENCRYPTED}__*.manifest.json")):
            yield f"The manifest of {ENCRYPTED} is not in its folder."


def _content(stack: Stack, file: DeliveryEntry) -> bytes:
    """A delivered file's bytes, read where a receiver reads them; empty if the file does not exist."""
    if file.url.startswith("s3://"):
        key = file.url.removeprefix(f"s3://{stack.s3.bucket}/")
        found: bytes = stack.s3.client().get_object(Bucket=stack.s3.bucket, Key=key)["Body"].read()
        return found
    if "/export-jobs/api/downloads/" in file.url:
        with stack.airflow.client() as client:
            return client.get(file.url).raise_for_status().content
    roots = {"partner-drop-box": stack.sftp.box, "partner-ftps": stack.ftps.root / "in"}
    path = roots.get(file.destination or "", stack.sftp.root / "exports") / file.path
    return path.read_bytes() if path.exists() else b""
