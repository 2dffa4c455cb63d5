"""Tasks killed, orphaned, frozen and cut off from Airflow: afterwards one correct file, one ledger entry, one mail."""

from __future__ import annotations

import hashlib
import json
import os
import signal
import zipfile
from contextlib import ExitStack
from pathlib import Path

import psutil
import psycopg
import pytest

from demo.store import DATABASE, OWNER
from export_jobs.store.stored_job import StoredJob
from tests.airflow.live import Live, plain_text

pytestmark = [pytest.mark.integration, pytest.mark.live]

DAY = ("2026-01-05", "2026-01-05")
ROWS_OF_A_DAY = 24


def assert_one_of_each(live: Live, job: StoredJob, what: str) -> None:
    """One complete file that its manifest vouches for, one delivery, one publication, one mail, nothing temporary."""
    (record,) = live.records(job)
    live.wait_until("the mail", lambda: live.mails(f"{job.name}@example.com"), patience_s=60)
    files, manifests = live.files(f"{job.name}__*.zip"), live.files(f"{job.name}__*.manifest.json")
    temporary = live.files(f".{job.name}*")
    left = (
        f"{what}: {len(files)} file, {len(record.deliveries)} delivery, {len(record.publications)} publication, "
        f"{len(live.mails(f'{job.name}@example.com'))} mail, {len(temporary)} temporary"
    )
    live.note("drill", left)
    assert left == f"{what}: 1 file, 1 delivery, 1 publication, 1 mail, 0 temporary"
    (entry,) = json.loads(manifests[0].read_text())["files"]
    assert hashlib.sha256(files[0].read_bytes()).hexdigest() == entry["sha256"] == record.deliveries[0].sha256
    with zipfile.ZipFile(files[0]) as archive:
        assert archive.testzip() is None
        (member,) = archive.namelist()
        assert archive.read(member).count(b"\r\n") == entry["rows"] + 1 == record.deliveries[0].rows + 1
    assert live.staged(job) == []


def ended_well(live: Live, job: StoredJob, step: str) -> bool:
    events = [event for record in live.records(job) for event in record.events]
    return any((event.step, event.kind) == (step, "succeeded") for event in events)


def is_held(live: Live) -> bool:
    """Whether a step waits for a table of the store."""
    query = "SELECT 1 FROM pg_locks JOIN pg_database AS d ON d.oid = database WHERE NOT granted AND datname = %s"
    return live.airflow_database.execute(query, [DATABASE]).fetchone() is not None


@pytest.mark.parametrize("step", ["extract", "compress", "upload", "publish_manifest"])
def test_s01_task_killed_in_a_step(live: Live, step: str) -> None:
    """kill -9 of the task's process while it works; Airflow tries again."""
    template = {"extract": "slow", "compress": "many"}.get(step, "many")
    if step in {"upload", "publish_manifest"}:
        live.partner.faults.seconds_per_write = 0.5 if step == "upload" else 3
        template = "many" if step == "upload" else "events"
    job = live.create(f"killed-in-{step.replace('_', '-')}", days=DAY, templates=[{"template": template}])
    with ExitStack() as held:
        if step == "compress":  # which would be over within a tenth of a second: it puts a header before staged rows
            live.wait_until("the rows to be staged", lambda: ended_well(live, job, "extract"))
            session = held.enter_context(psycopg.connect(**live.postgres.dsn(DATABASE, OWNER)))
            session.execute("LOCK TABLE export_jobs.lease IN EXCLUSIVE MODE")
        pid = live.wait_for_step(job, step)
        live.wait_until("it to be at work", lambda: live.half_made(job) or is_held(live))
        os.kill(pid, signal.SIGKILL)
    live.partner.heal()
    live.wait_for_runs(job, 1)
    events = [event for record in live.records(job) for event in record.events if event.step == step]
    tries = [event for event in events if event.kind != "columns read"]
    assert [event.kind for event in tries] == ["started", "started", "succeeded"], "the kill came too late to count"
    assert_one_of_each(live, job, f"killed in {step}")


def test_d02_killed_after_the_rename_and_before_the_record(live: Live) -> None:
    """The file stands under its final name, and nobody has written that down yet."""
    live.partner.faults.seconds_after_rename = 4
    job = live.create("killed-after-rename", days=DAY)
    pid = live.wait_for_step(job, "upload")
    live.wait_until("the rename", lambda: live.files("killed-after-rename__*.zip"))
    os.kill(pid, signal.SIGKILL)
    live.partner.heal()
    live.wait_for_runs(job, 1)
    assert_one_of_each(live, job, "killed after rename, before record")


def test_s02_d12_orphan_goes_on_uploading_beside_the_next_attempt(live: Live) -> None:
    """kill -9 of the supervisor: its task goes on, Airflow misses the heartbeat and starts another attempt."""
    job = live.create("orphaned", days=DAY, templates=[{"template": "many"}])
    live.wait_for_step(job, "extract")  # the check of the destination before it writes, too
    live.partner.faults.holds_writes = True
    orphan = psutil.Process(live.wait_for_step(job, "upload"))
    # Until it writes, it asks its supervisor, for the connection among others.
    live.wait_until("its file at the partner", lambda: live.files(f".{job.name}*"))
    os.kill(orphan.ppid(), signal.SIGKILL)
    live.wait_for_step(job, "upload", nth=2)
    assert orphan.is_running(), "the orphan ended before the next attempt began, so nothing was raced"
    live.partner.faults.holds_writes = False
    live.wait_for_runs(job, 1)
    live.wait_until("the orphan to end", lambda: not orphan.is_running())
    assert_one_of_each(live, job, "supervisor killed, orphan uploads on")


def test_s03_frozen_attempt_wakes_up_after_the_next_one_has_delivered(live: Live) -> None:
    """SIGSTOP of supervisor and task for longer than the heartbeat timeout, then SIGCONT."""
    live.partner.faults.seconds_per_write = 0.5
    job = live.create("frozen", days=DAY, templates=[{"template": "many"}])
    task = psutil.Process(live.wait_for_step(job, "upload"))
    supervisor = task.parent()
    assert supervisor is not None
    live.wait_until("a part of the upload", lambda: live.half_made(job))
    supervisor.suspend()
    task.suspend()
    live.wait_for_step(job, "upload", nth=2)
    live.partner.faults.seconds_per_write = 0
    try:
        live.wait_for_runs(job, 1)
    finally:
        task.resume()
        supervisor.resume()
    live.wait_until("the frozen task to end", lambda: not task.is_running() or task.status() == psutil.STATUS_ZOMBIE)
    assert_one_of_each(live, job, "frozen, and woken after the next attempt")


def test_d25_s05_api_server_gone_when_the_upload_ends(live: Live) -> None:
    """The file is delivered, Airflow cannot be told and calls the run failed; healing sends nothing twice."""
    live.partner.faults.seconds_after_rename = 5
    job = live.create("untold", days=DAY, recipients=["untold@example.com"])
    worker = psutil.Process(live.wait_for_step(job, "upload")).parent()
    assert worker is not None
    live.wait_until("the rename", lambda: live.files("untold__*.zip"))
    live.airflow.component("api-server").stop()
    live.wait_until("the ledger to know", lambda: [d for r in live.records(job) for d in r.deliveries])
    live.wait_until("the worker to give up telling Airflow", lambda: "<idle>" in worker.cmdline()[0])
    live.partner.heal()
    live.airflow.start_component("api-server")
    live.airflow.wait_until_healthy()
    live.wait_until("the run to end", lambda: set(live.states(job)) <= {"success", "failed"})
    (run,) = live.runs(job)
    if run.state == "failed":
        live.api.clear_run(job.dag_id, run.run_id, only_failed=True)
        live.wait_until("the healed run to end", lambda: live.states(job) == ["success"])
    assert_one_of_each(live, job, f"API server gone at the end of the upload (run {run.state}, then healed)")


def test_rows_that_come_while_the_first_file_is_read_are_in_none(live: Live) -> None:
    """An event of the day is committed while the first of two files is read; both show the day without it."""
    job = live.create("instant", days=DAY, templates=[{"template": "slow"}, {"template": "events"}])
    reading = (
        "SELECT FROM pg_stat_activity WHERE application_name = 'export-jobs instant' AND query LIKE '%%pg_sleep%%'"
    )

    def is_read() -> bool:
        with psycopg.connect(**live.postgres.dsn("warehouse", "postgres")) as session:
            return session.execute(reading).fetchone() is not None

    live.wait_until("the first file to be read", is_read)
    live.warehouse("INSERT INTO live.events VALUES (999999, timestamptz '2026-01-05 12:00+00', 1, 'late')")
    try:
        live.wait_for_runs(job, 1)
        (manifest,) = live.files("instant__*.manifest.json")
        rows = {entry["template"]: entry["rows"] for entry in json.loads(manifest.read_text())["files"]}
        assert rows == {"slow": ROWS_OF_A_DAY, "events": ROWS_OF_A_DAY}
    finally:
        live.warehouse("DELETE FROM live.events WHERE event_id = 999999")


def test_d24_second_of_three_files_fails_and_the_rerun_ships_all_three(live: Live) -> None:
    """No manifest while a file is missing; the rerun delivers all of them under the same names."""
    live.warehouse("ALTER VIEW live.breakable RENAME COLUMN amount TO amount_gone")
    templates = [{"template": name} for name in ("events", "breakable", "slow")]
    job = live.create("three", days=DAY, templates=templates)
    live.wait_for_runs(job, 1, state="failed")
    assert live.files("three__*") == [], "files of one run are of one instant: all of them, or none"
    assert not live.mails("three@example.com")
    assert "breakable" in plain_text(live.mails("owner-of-three@example.com")[0])
    live.warehouse("ALTER VIEW live.breakable RENAME COLUMN amount_gone TO amount")
    live.api.clear_run(job.dag_id, live.runs(job)[0].run_id)
    live.wait_until("the rerun", lambda: live.states(job) == ["success"])
    names = {path.name for path in live.files("three__*.zip")}
    assert len(names) == 3
    (manifest,) = live.files("three__*.manifest.json")
    assert {Path(entry["path"]).name for entry in json.loads(manifest.read_text())["files"]} == names
