"""A Celery worker is killed in each step of a run, and the other one takes over: ``make drill-celery``.

Two workers with a folder each and staging on S3, as in `make demo EXECUTOR=celery`. For each step, a separate job is
held in that step; every process of the worker that runs it is killed with SIGKILL, and started again. At the end there
must be one file, one manifest and one mail, no temporary name, no unfinished upload, and nothing staged.
"""

from __future__ import annotations

import os
import signal
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any

import psycopg

from demo.celery_workers import WORKERS
from demo.processes import StartError
from demo.stack import CELERY, Stack
from export_jobs.core.definitions.job import DestinationSpec, JobSpec, Template
from export_jobs.orchestration.airflow.api import AirflowApi
from export_jobs.store.database.engine import create_store_engine
from export_jobs.store.definitions import Definitions
from export_jobs.store.ledger import ExecutionRecord, Ledger
from export_jobs.store.stored_job import StoredJob

STEPS = ("validate_destination", "extract", "compress", "upload", "publish_manifest", "notify_recipients")
BEFORE = dict(zip(STEPS[1:], STEPS, strict=False))
PATIENCE_S = 300
TABLE = "sales.stores"
"""What the job reads."""
SETTINGS = {
    "EXPORT_JOBS_RETRY_DELAY_S": "2",
    "AIRFLOW__SCHEDULER__TASK_INSTANCE_HEARTBEAT_TIMEOUT": "15",
    "AIRFLOW__SCHEDULER__TASK_INSTANCE_HEARTBEAT_TIMEOUT_DETECTION_INTERVAL": "3",
    "AIRFLOW__SCHEDULER__TASK_INSTANCE_HEARTBEAT_SEC": "3",
}


def main() -> int:
    with tempfile.TemporaryDirectory(prefix="export-jobs-drill-") as folder:
        Path(folder).chmod(0o711)  # under root, PostgreSQL runs as another user, who must traverse the folder
        stack = Stack(Path(folder), executor=CELERY)
        stack.airflow.extra_env |= SETTINGS
        try:
            stack.start()
            drill = Drill(stack)
            faults = [fault for step in STEPS for fault in drill.kill_in(step)]
        finally:
            stack.stop()
    for fault in faults:
        print(f"FAILED: {fault}", file=sys.stderr)
    return 1 if faults else 0


class Drill:
    """One stack, and a job for each step in which a worker is killed."""

    def __init__(self, stack: Stack) -> None:
        self.stack = stack
        self.engine = create_store_engine(stack.postgres.dsn("export_jobs", "export_jobs"))
        self.store, self.ledger = Definitions(self.engine), Ledger(self.engine)
        self.folder = stack.sftp.root / "drill"
        self.folder.mkdir(parents=True, exist_ok=True)
        self.store.create_template(Template(name="drill", kind="dimension", dimensions=("store",)))
        spec = {"tag": "drill", "kind": "sftp", "connection": "partner_sftp", "folder": "/drill"}
        self.store.save_destination(DestinationSpec.model_validate(spec))

    def kill_in(self, step: str) -> list[str]:
        """The faults after a worker was killed in this step."""
        began = time.monotonic()
        with ExitStack() as held:
            if step == "validate_destination":
                held.enter_context(self._server_held(step))
            if step == "extract":
                held.enter_context(self._warehouse_held())
            job = self._make(step.replace("_", "-"))
            if before := BEFORE.get(step):
                self._wait(f"{before} of {job.name}", lambda: self._events(job, before, "succeeded"))
                if step != "extract":
                    held.enter_context(self._server_held(step))
            (pid, *_) = self._wait(f"{step} of {job.name} to start", lambda: self._started(job, step))
            name = self._kill_worker_of(pid)
        self._wait(f"{job.name} to be delivered", lambda: self._is_delivered(job))
        self._wait(f"{STEPS[-1]} of {job.name}", lambda: self._events(job, STEPS[-1], "succeeded"))
        self._wait(f"the rows of {job.name} to be removed", lambda: not self._staged(job))
        found = list(self._faults(job, step))
        seconds = time.monotonic() - began
        print(f"  {name} killed in {step}: all done after {seconds:.0f} s, {len(found)} faults", flush=True)
        return found

    def _faults(self, job: StoredJob, step: str) -> Iterator[str]:
        if len(self._started(job, step)) < 2:
            yield f"{step} of {job.name} was not tried again, so the kill came too late"
        files = sorted(path.name for path in self.folder.rglob(f"*{job.name}*"))
        whole = [name for name in files if name.endswith((".zip", ".manifest.json")) and not name.startswith(".")]
        if len(whole) != 2 or files != whole:
            yield f"after a kill in {step} these files are at the partner's: {files}"
        mails = [mail for mail in self.stack.smtp.mails() if _address(step.replace("_", "-")) in mail.name]
        if len(mails) != 1:
            yield f"after a kill in {step} the recipient has {len(mails)} mails"
        uploads = self.stack.s3.client().list_multipart_uploads(Bucket=self.stack.s3.bucket).get("Uploads", [])
        if uploads:
            yield f"after a kill in {step} unfinished uploads are left: {[upload['Key'] for upload in uploads]}"

    def _make(self, name: str) -> StoredJob:
        spec = {
            "name": f"killed-in-{name}",
            "owner": "owner@example.com",
            "recipients": [_address(name)],
            "destination": "drill",
            "schedule": {"frequency": "once", "from": "2026-01-01", "until": "2026-01-01"},
            "templates": [{"template": "drill"}],
        }
        made = self.store.create(JobSpec.model_validate(spec), "drill")
        AirflowApi(self.stack.airflow.url, "admin", self.stack.airflow.password()).parse_now()
        return made

    @contextmanager
    def _warehouse_held(self) -> Iterator[None]:
        with psycopg.connect(**self.stack.postgres.dsn("warehouse", "warehouse_owner")) as session:
            session.execute(f"LOCK TABLE {TABLE} IN ACCESS EXCLUSIVE MODE")
            yield
            session.rollback()

    @contextmanager
    def _server_held(self, step: str) -> Iterator[None]:
        """Make the server of this step silent."""
        servers: dict[str, Any] = {"compress": self.stack.s3, "notify_recipients": self.stack.smtp}
        server = servers.get(step, self.stack.sftp)._process
        assert server
        os.kill(server.pid, signal.SIGSTOP)
        try:
            yield
        finally:
            os.kill(server.pid, signal.SIGCONT)

    def _kill_worker_of(self, pid: int) -> str:
        """Kill every process of the worker whose task this is, as when its machine dies; start it again."""
        assert self.stack.workers
        workers = self.stack.workers
        name = next(name for name in WORKERS if pid in _family(workers.process(name).pid))
        for one in _family(workers.process(name).pid):
            try:
                os.kill(one, signal.SIGKILL)
            except ProcessLookupError:
                continue
        workers.restart(name)
        return name

    def _is_delivered(self, job: StoredJob) -> bool:
        failed = [event for record in self._records(job) for event in record.events if event.kind == "failed"]
        if failed:
            raise StartError(f"{failed[0].step} of {job.name} has failed: {failed[0].message}")
        return any(record.is_delivered for record in self._records(job))

    def _records(self, job: StoredJob) -> list[ExecutionRecord]:
        return self.ledger.executions(job.job_id)

    def _events(self, job: StoredJob, step: str, kind: str) -> list[Any]:
        events = [event for record in self._records(job) for event in record.events]
        return [event for event in events if (event.step, event.kind) == (step, kind)]

    def _started(self, job: StoredJob, step: str) -> list[int]:
        return [int(event.detail["pid"]) for event in self._events(job, step, "started") if event.detail]

    def _staged(self, job: StoredJob) -> list[str]:
        prefix = f"staging/job-{job.job_id}/"
        found = self.stack.s3.client().list_objects_v2(Bucket=self.stack.s3.bucket, Prefix=prefix)
        return [entry["Key"] for entry in found.get("Contents", [])]

    def _wait(self, what: str, probe: Callable[[], Any]) -> Any:
        deadline = time.monotonic() + PATIENCE_S
        while not (found := probe()):
            if time.monotonic() > deadline:
                raise StartError(f"Waited {PATIENCE_S} s in vain for {what}")
            time.sleep(0.05)
        return found


def _address(step: str) -> str:
    return f"{step}@example.com"


def _family(pid: int) -> list[int]:
    """A process and all its descendants, oldest first."""
    found = [pid]
    for one in found:
        for task in Path(f"/proc/{one}/task").glob("*/children"):
            found += [int(child) for child in task.read_text().split()]
    return found


if __name__ == "__main__":
    sys.exit(main())
