"""``python -m demo``: start the stack, run the sample jobs, stay until Ctrl-C; with ``--once``, stop after the jobs."""

from __future__ import annotations

import argparse
import shlex
import signal
import sys
import time
from pathlib import Path
from types import FrameType

from demo.processes import REPOSITORY, StartError
from demo.sample_jobs import run_sample_jobs
from demo.sftp_server import BOX
from demo.stack import EXECUTORS, LOCAL, FolderLock, Stack


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m demo", description=__doc__)
    parser.add_argument("--once", action="store_true", help="stop after the sample jobs and exit with their result")
    parser.add_argument("--state", type=Path, default=REPOSITORY / ".demo", help="folder of all state (default: .demo)")
    parser.add_argument(
        "--executor",
        choices=EXECUTORS,
        default=LOCAL,
        help="who runs the tasks: Airflow itself, or two Celery workers",
    )
    arguments = parser.parse_args()
    signal.signal(signal.SIGTERM, _interrupt)
    stack = Stack(arguments.state, arguments.executor)
    try:
        with FolderLock(stack.folder):
            return _run(stack, stay=not arguments.once)
    except StartError as error:
        print(f"\n{error}", file=sys.stderr)
        return 1


def _run(stack: Stack, *, stay: bool) -> int:
    code = 0
    try:
        print(f"Starting the stack; its state is in {stack.folder}", flush=True)
        stack.start()
        code = _sample_jobs(stack, stay=stay)
        if stay:
            print(_addresses(stack))
            print("\nEverything is running. Ctrl-C stops it; the next `make demo` continues here.", flush=True)
            while True:
                signal.pause()
    except KeyboardInterrupt:
        print("\nStopping …", flush=True)
        code = 0 if stay else 130
    finally:
        # From here on a second Ctrl-C would only leave a half-stopped stack; it takes a few seconds.
        signal.signal(signal.SIGINT, signal.SIG_IGN)
        signal.signal(signal.SIGTERM, signal.SIG_IGN)
        began = time.monotonic()
        stack.stop()
        print(f"Stopped in {time.monotonic() - began:.1f} s.", flush=True)
    return code


def _sample_jobs(stack: Stack, *, stay: bool) -> int:
    """Return their result; with ``stay``, an error is printed and the stack keeps running, for a look at the cause."""
    try:
        return run_sample_jobs(stack)
    except StartError as error:
        if not stay:
            raise
        print(f"\n{error}", file=sys.stderr)
        return 1


def _interrupt(_number: int, _frame: FrameType | None) -> None:
    raise KeyboardInterrupt


def _addresses(stack: Stack) -> str:
    airflow, sftp = stack.airflow, stack.sftp
    lines = [
        ("Airflow", airflow.url, f"user admin, password {airflow.password('admin')}"),
        ("", "", f"user business, password {airflow.password('business')} (may create, edit and rerun exports)"),
        ("", "", f"user viewer, password {airflow.password('viewer')} (may only look)"),
        ("SFTP", f"sftp://{sftp.user}@127.0.0.1:{sftp.port}", f"password {sftp.password}; files in {sftp.root}"),
        ("", f"sftp://{BOX}@127.0.0.1:{sftp.port}", f"the same password; a drop box, files in {sftp.box}"),
        ("FTPS", f"ftp://{stack.ftps.user}@127.0.0.1:{stack.ftps.port}", f"password {stack.ftps.password}; TLS only"),
        ("S3", stack.s3.url, f"bucket {stack.s3.bucket}; in memory, kept in {stack.s3.root} when stopped in order"),
        ("Mail", f"smtp://127.0.0.1:{stack.smtp.port}", f"mails in {stack.smtp.mail_folder}"),
        ("PostgreSQL", str(stack.postgres.socket), "databases airflow, export_jobs, warehouse"),
        ("Shell", f"source {shlex.quote(_short(stack.folder / 'env'))}", "then: export-jobs list"),
    ]
    width = max(len(address) for _, address, _ in lines)
    return "\n" + "\n".join(f"{name:<11}{address:<{width}}  {note}" for name, address, note in lines)


def _short(path: Path) -> str:
    return str(path.relative_to(Path.cwd())) if path.is_relative_to(Path.cwd()) else str(path)


if __name__ == "__main__":
    sys.exit(main())
