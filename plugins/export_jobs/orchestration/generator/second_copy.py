"""Keep a copy of the last good definitions that outlives this disk: in the staging root, if that is configured.

A Dag file in a Dags folder cannot know its Dags otherwise on a new disk while the store is away, and Airflow removes
a Dag that a parse does not produce. The copy is written when the definitions have changed, and once a day, because
buckets can expire files. Object stores can hang, and a slow parse removes Dags, too: so both take at most
``COPY_PATIENCE_S`` and never raise.
"""

from __future__ import annotations

import hashlib
import logging
import os
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from export_jobs import settings
from export_jobs.orchestration.airflow.s3_client import s3_client
from export_jobs.orchestration.generator.shard import Shard
from export_jobs.orchestration.unfinished_uploads import S3
from export_jobs.store import snapshot
from export_jobs.store.stored_job import StoredJob

log = logging.getLogger(__name__)

FOLDER = "definitions"
COPY_PATIENCE_S = 5.0
EVERY_S = 24 * 3600


def keep_copy(shard: Shard, name: str, jobs: list[StoredJob]) -> None:
    """Write the copy of a shard's snapshot, called ``name``, unless the same was written within a day."""
    if not _is_elsewhere():
        return
    content = snapshot.content_of(jobs)
    mark = settings.state_folder() / "parsed" / f"{shard.name or 'all'}.copied"
    wanted = f"{settings.staging_root()} {hashlib.sha256(content).hexdigest()}".encode()
    if _is_marked(mark, wanted):
        return
    if _within_patience(lambda: _write(name, content), "written to"):
        try:
            mark.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
            snapshot.replace_own(mark, wanted)
        except OSError as error:
            log.warning("That a copy of the definitions was kept cannot be noted in %s (%s)", mark, error.strerror)


def read_copy(name: str) -> list[StoredJob]:
    """The jobs of the copy ``name``; none where there is no copy, or it cannot be read in time."""
    found: list[bytes] = []
    if _is_elsewhere():
        _within_patience(lambda: found.extend(_read(name)), "read from")
    return snapshot.jobs_of(found[0], f"{settings.staging_root()}/{FOLDER}/{name}") if found else []


def _is_elsewhere() -> bool:
    """By default the staging root lies beside the snapshot and would go with it."""
    return bool(os.environ.get("EXPORT_JOBS_STAGING"))


def _is_marked(mark: Path, wanted: bytes) -> bool:
    try:
        return snapshot.read_own(mark) == wanted and time.time() - mark.stat().st_mtime < EVERY_S
    except OSError:
        return False


def _within_patience(act: Callable[[], Any], verb: str) -> bool:
    """Whether it was done in time. What hangs goes on in its thread, which ends with this parse."""
    outcome: list[str] = []

    def run() -> None:
        try:
            act()
            outcome.append("")
        except Exception as error:  # each kind of store has its own
            outcome.append(f"{type(error).__name__}: {error}")

    thread = threading.Thread(target=run, name="second-copy", daemon=True)
    thread.start()
    thread.join(COPY_PATIENCE_S)
    why = outcome[0] if outcome else f"it takes longer than {COPY_PATIENCE_S:.0f} s"
    if why:
        log.warning("The copy of the definitions cannot be %s %s (%s)", verb, settings.staging_root(), why)
    return not why


def _write(name: str, content: bytes) -> None:
    from airflow.sdk import ObjectStoragePath  # noqa: PLC0415  takes a third of a second, once a day

    folder = ObjectStoragePath(settings.staging_root()) / FOLDER
    if folder.protocol in {"", "file", "local"}:
        Path(folder.path).mkdir(parents=True, exist_ok=True, mode=0o700)
        snapshot.replace_own(Path(folder.path) / name, content)
    elif folder.protocol in S3:  # s3fs, by which tasks stage, is no part of a Dag processor
        s3_client(folder.conn_id).put_object(Bucket=folder.bucket, Key=(folder / name).key, Body=content)
    else:
        (folder / name).write_bytes(content)


def _read(name: str) -> list[bytes]:
    from airflow.sdk import ObjectStoragePath  # noqa: PLC0415  as above

    path = ObjectStoragePath(settings.staging_root()) / FOLDER / name
    if path.protocol in S3:
        client = s3_client(path.conn_id)
        try:
            return [client.get_object(Bucket=path.bucket, Key=path.key)["Body"].read()]
        except client.exceptions.NoSuchKey:
            return []
    try:
        is_local = path.protocol in {"", "file", "local"}
        return [snapshot.read_own(Path(path.path)) if is_local else path.read_bytes()]
    except FileNotFoundError:
        return []
