"""Whether the machines that run tasks stage rows in one place: a token on each disk, told from task to task."""

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
"""How many other disks one machine may have had in that time: it may have been made anew."""
_LOCAL = {"", "file", "local"}
_REMEDY = (
    "Point EXPORT_JOBS_STAGING at an object store that all of them share, such as s3://connection@bucket/staging, in "
    "the environment of every process that runs tasks; `export-jobs doctor` says whether it can be written"
)


def require_shared_staging(run: JobRun) -> str | None:
    """Report this machine and return its token; None where an object store is shared anyway.

    Raises ``UserError`` when tasks of several machines stage on disks of their own.
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
        raise _apart(host, root, at_work or others)
    return token


def require_same_machine(run: JobRun, context: Context) -> None:
    """Raise ``UserError`` when this task cannot see what an earlier one of its run has staged on another disk."""
    several = run.job.destinations or (None,)
    found = (context["ti"].xcom_pull(task_ids=step_at("validate_destination", tag)) for tag in several)
    proven = next((token for token in found if isinstance(token, str)), None)
    if proven is None:
        return  # staged in an object store, or begun by an earlier release
    root = settings.staging_root()
    token = _own_token(root)
    if token == proven:
        return
    host = socket.gethostname()
    run.processes.report(host, TASK, export_jobs.__version__, root if token else None, token)
    raise _apart(
        host, root, [machine for machine in run.processes.seen(SEEN_WITHIN) if machine.staging_token == proven]
    )


def sweep_own_disk(now: datetime) -> None:
    """At most once an hour, remove what runs have left on this machine's disk: the auditor sweeps that of its own."""
    root = ObjectStoragePath(settings.staging_root())
    if root.protocol not in _LOCAL:
        return
    swept = Path(root.path) / SWEPT_FILE
    with suppress(OSError):
        if swept.exists() and now.timestamp() - swept.stat().st_mtime < SWEPT_EVERY.total_seconds():
            return
        swept.touch(mode=PRIVATE_FILE)
        sweep(root, now)


def _apart(host: str, root: str, others: list[SeenProcess]) -> UserError:
    names = (
        " and ".join(sorted({repr(machine.host) for machine in others if machine.host != host})) or "another machine"
    )
    return UserError(
        f"Tasks run on {host!r} and on {names}, and each stages rows on a disk of its own ({root}), so that what one "
        "task has made the next cannot read",
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
        for _ in range(40):  # whoever made it a moment ago may still be writing
            with opened.read(MACHINE_FILE) as file:
                found = file.read().decode()
            if found:
                return found
            time.sleep(0.05)
        opened.remove(MACHINE_FILE)  # its writer was killed
    return _own_token(root)
