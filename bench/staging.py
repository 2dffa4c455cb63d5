"""Measure memory and time for a file staged in S3: ``.venv-celery/bin/python -m bench.staging``; about a minute.

A task writes, renames and reads EXPORT_JOBS_BENCH_MB megabytes that do not compress, as extract and compress do, to a
server on this machine. For comparison, the same with s3fs's own settings. Only the environment of
`make demo EXECUTOR=celery` has s3fs; that command creates it.
"""

from __future__ import annotations

import json
import os
import resource
import sys
import tempfile
import time
from importlib.util import find_spec
from pathlib import Path

REPOSITORY = Path(__file__).resolve().parents[1]
sys.path[:0] = [str(REPOSITORY / "plugins"), str(REPOSITORY)]

from bench.measure import megabytes  # noqa: E402
from demo.s3_server import S3Server  # noqa: E402

MIB = 1024 * 1024


def main() -> None:
    if find_spec("s3fs") is None:
        raise SystemExit("NOT MEASURED: s3fs is not installed; scripts/celery creates .venv-celery, which has it")
    with tempfile.TemporaryDirectory(prefix="export-jobs-bench-") as folder:
        server = S3Server(Path(folder) / "s3", Path(folder) / "objects", usual_port=None)
        server.start()
        try:
            os.environ["AIRFLOW_HOME"] = folder
            os.environ["AIRFLOW_CONN_STAGING_S3"] = json.dumps(
                {
                    "conn_type": "aws",
                    "login": server.keys["access"],
                    "password": server.keys["secret"],
                    "extra": {"endpoint_url": server.url, "region_name": server.region},
                }
            )
            print(f"{megabytes()} MB staged in S3: written, renamed, read")
            for name in ("ours", "s3fs by itself"):
                _in_a_child(name, server.bucket)
        finally:
            server.stop()


def _in_a_child(name: str, bucket: str) -> None:
    child = os.fork()
    if child == 0:
        code = 1
        try:
            _stage(name, bucket)
            code = 0
        finally:
            sys.stdout.flush()
            os._exit(code)
    if os.waitpid(child, 0)[1]:
        raise SystemExit(f"{name} failed; see the message above")


def _stage(name: str, bucket: str) -> None:
    from airflow.sdk import ObjectStoragePath  # noqa: PLC0415  once the connection is in the environment

    from export_jobs.orchestration.run.object_folder import ObjectFolder  # noqa: PLC0415  as above

    path = ObjectStoragePath(f"s3://staging_s3@{bucket}/{name.replace(' ', '-')}")
    folder, block = ObjectFolder.open(path, create=True), os.urandom(MIB)
    (path / "first").write_bytes(b"all is imported and logged in")
    before, began = _peak_mb(), time.perf_counter()
    with folder.create("a.part") if name == "ours" else (path / "a.part").open("wb") as sink:
        for _ in range(megabytes()):
            sink.write(block)
    peaks = [_peak_mb() - before]
    folder.replace("a.part", "a")
    peaks.append(_peak_mb() - before)
    read = 0
    with folder.read("a") as source:
        while found := source.read(MIB):
            read += len(found)
    if read != megabytes() * MIB:
        raise SystemExit(f"{read} bytes came back")
    peaks.append(_peak_mb() - before)
    seconds, said = time.perf_counter() - began, ", ".join(f"{peak:.0f}" for peak in peaks)
    print(f"  {name:<16} {seconds:6.1f} s, peak MB above {before:.0f} of imports, after each: {said}", flush=True)


def _peak_mb() -> float:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


if __name__ == "__main__":
    main()
