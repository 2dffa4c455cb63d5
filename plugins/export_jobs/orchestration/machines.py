"""Check that all machines that run tasks share their staging, with a token on each disk passed between tasks."""

from __future__ import annotations

import socket
import time
from contextlib import suppress
from datetime import datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING
from uuid import uuid4

from airflow.sdk import ObjectStoragePath

import export_jobs
from export_jobs import settings
from export_jobs.core.definitions.names import step_at
from export_jobs.errors import UserError
from export_jobs.orchestration.run.local_folder import PRIVATE_FILE, LocalFolder
from export_jobs.orchestration.run.staging import sweep
from export_jobs.store.findings.processes import SeenProcess

if TYPE_CHECKING:
    from airflow.sdk import Context

    from export_jobs.orchestration.run.job_run import JobRun

TASK = "task"
MACHINE_FILE = ".machine"
SWEPT_FILE = ".swept"
SWEPT_EVERY = timedelta(hours=1)
SEEN_WITHIN = timedelta(hours=1)
ONE_AFTER_ANOTHER = 1
"""How many other disks may appear in that time: a machine may have been replaced."""
_LOCAL = {"", "file", "local"}
_REMEDY = (
    "Set EXPORT_JOBS_STAGING to an object store that all machines share, such as s3://connection@bucket/staging, in "
    "the environment of every process that runs tasks; `export-jobs doctor` checks whether it can be written"
)


def require_shared_staging(run: JobRun) -> str | None:
    """Report this machine and return its token; None if staging is an object store, which is always shared.

    Raise ``UserError`` when tasks of several machines each stage rows on their own disk.
    """
    root = settings.staging_root()
    token = _own_token(root)
    host = socket.gethostname()
    run.processes.report(host, TASK, export_jobs.__version__, root if token else None, token)
    if token is None:
        return None
    seen = [machine for machine in run.processes.seen(SEEN_WITHIN) if machine.kind == TASK and machine.staging_token]
    own = next((machine for machine in seen if machine.host == host), None)
    others = [machine for machine in seen if machine.staging_token != token]
    at_work = [machine for machine in others if own and machine.last_seen > own.first_seen and machine.host != host]
    if at_work or len({machine.staging_token for machine in others}) > ONE_AFTER_ANOTHER:
        raise _not_shared(host, root, at_work or others)
    return token


def require_same_machine(run: JobRun, context: Context) -> None:
    """Raise ``UserError`` when an earlier task of this run has staged its rows on another disk."""
    several = run.job.destinations or (None,)
    found = (context["ti"].xcom_pull(task_ids=step_at("validate_destination", tag)) for tag in several)
    proven = next((token for token in found if isinstance(token, str)), None)
    if proven is None:
        return  # staged in an object store, or started by an earlier release
    root = settings.staging_root()
    token = _own_token(root)
    if token == proven:
        return
    host = socket.gethostname()
    run.processes.report(host, TASK, export_jobs.__version__, root if token else None, token)
    raise _not_shared(
        host, root, [machine for machine in run.processes.seen(SEEN_WITHIN) if machine.staging_token == proven]
    )


def sweep_own_disk(now: datetime) -> None:
    """Remove left-over files from this machine's disk, at most once an hour: the auditor only sweeps its own disk."""
    root = ObjectStoragePath(settings.staging_root())
    if root.protocol not in _LOCAL:
        return
    swept = Path(root.path) / SWEPT_FILE
    with suppress(OSError):
        if swept.exists() and now.timestamp() - swept.stat().st_mtime < SWEPT_EVERY.total_seconds():
            return
        swept.touch(mode=PRIVATE_FILE)
        sweep(root, now)


def _not_shared(host: str, root: str, others: list[SeenProcess]) -> UserError:
    names = (
        " and ".join(sorted({repr(machine.host) for machine in others if machine.host != host})) or "another machine"
    )
    return UserError(
        f"Tasks run on {host!r} and on {names}, and each machine stages rows on its own disk ({root}), so a task "
        "cannot read what an earlier task has staged",
        _REMEDY,
    )


def _own_token(root: str) -> str | None:
    path = ObjectStoragePath(root)
    if path.protocol not in _LOCAL:
        return None
    folder = Path(path.path)
    with LocalFolder.open(folder, folder, create=True) as opened:
        with suppress(FileExistsError), opened.create(MACHINE_FILE) as file:
            file.write(uuid4().hex.encode())
        for _ in range(40):  # the process that has just created it may still be writing
            with opened.read(MACHINE_FILE) as file:
                found = file.read().decode()
            if found:
                return found
            time.sleep(0.05)
        opened.remove(MACHINE_FILE)  # its writer was killed
    return _own_token(root)
