"""All parts of the demo: started in parallel where possible, stopped in order."""

from __future__ import annotations

import fcntl
import os
import time
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor, wait
from contextlib import suppress
from pathlib import Path
from threading import Event, Lock

from demo import connections, warehouse
from demo.airflow_processes import Airflow
from demo.broker import Broker
from demo.celery_workers import CeleryWorkers
from demo.ftps_server import FtpsServer
from demo.postgres import Postgres
from demo.processes import StartError
from demo.s3_server import S3Server
from demo.sftp_server import SftpServer
from demo.smtp_server import SmtpServer
from demo.store import DATABASE, OWNER, PAGE_LOGIN, TASKS_LOGIN, make_store

POOLS = {"export_jobs": 8}
LOCAL, CELERY = "local", "celery"
EXECUTORS = (LOCAL, CELERY)


class Stack:
    """PostgreSQL with the warehouse, SFTP, FTPS, S3, mail and Airflow, with their state in one folder."""

    def __init__(self, folder: Path, executor: str = LOCAL) -> None:
        self.folder = folder.resolve()
        servers = self.folder / "servers"
        self.postgres = Postgres(servers / "postgres")
        self.sftp = SftpServer(servers / "sftp", self.folder / "sftp")
        self.ftps = FtpsServer(servers / "ftps", self.folder / "ftps")
        self.s3 = S3Server(servers / "s3", self.folder / "s3")
        self.smtp = SmtpServer(servers / "smtp", self.folder / "mail")
        self.airflow = Airflow(self.folder / "airflow", self.postgres, log_folder=self.folder / "logs")
        self.broker = Broker(servers / "broker")
        self.workers = CeleryWorkers(self.folder / "workers", self.airflow, self.broker) if executor == CELERY else None
        self.connections: dict[str, connections.Connection] = {}
        self._stopping, self._printing = Event(), Lock()
        self._began = time.monotonic()

    def start(self) -> None:
        """Start everything; raise ``StartError`` with a sentence if a part does not start."""
        self.folder.mkdir(parents=True, exist_ok=True)
        self._began = time.monotonic()
        with ThreadPoolExecutor(max_workers=8) as threads:
            try:
                mail = threads.submit(self._timed, "SMTP server", self.smtp.start)
                files = threads.submit(self._timed, "SFTP server", self.sftp.start)
                uploads = threads.submit(self._timed, "FTPS server", self.ftps.start)
                objects = threads.submit(self._timed, "S3 server", self.s3.start)
                if self.workers:
                    self._timed("broker", self.broker.start)
                    self.airflow.extra_env |= self.workers.settings()
                self._timed("PostgreSQL", self.postgres.start)
                rows = threads.submit(self._timed, "warehouse", self._load_warehouse)
                store = threads.submit(self._timed, "store of the export jobs", lambda: make_store(self.postgres))
                self._timed("Airflow's database", self.airflow.prepare)
                _all_of(mail, files, uploads, objects, store)
                self._connect()
                self._timed("Airflow", self.airflow.start)
                self._timed("connections", lambda: connections.save(self.airflow, self.connections, POOLS))
                if self.workers:
                    self._timed("Celery workers", self.workers.start)
                _all_of(rows)
            except BaseException:
                self.stop()  # the servers that the other threads wait for end, so the threads end too
                raise

    def stop(self) -> None:
        """Stop everything: first the parts that create work, last the database that all of them write to."""
        self._stopping.set()
        workers = (self.workers, self.broker) if self.workers else ()
        for part in (self.airflow, *workers, self.s3, self.sftp, self.ftps, self.smtp, self.postgres):
            with suppress(ProcessLookupError):
                part.stop()

    def _connect(self) -> None:
        self.connections = {
            "export_jobs_store": connections.database(self.postgres, DATABASE, PAGE_LOGIN),
            "export_jobs_store_tasks": connections.database(self.postgres, DATABASE, TASKS_LOGIN),
            "export_jobs_warehouse": connections.database(self.postgres, "warehouse", "warehouse_reader"),
            "partner_sftp": connections.sftp_by_password(self.sftp),
            "partner_sftp_key": connections.sftp_by_key(self.sftp),
            "partner_drop_box": connections.sftp_drop_box(self.sftp),
            "partner_ftps": connections.ftps(self.ftps),
            "export_s3": connections.s3(self.s3),
            "smtp_default": connections.smtp(self.smtp),
            "export_jobs_airflow_api": connections.airflow_api(self.airflow),
        }
        given = {name: self.connections[name] for name in connections.IN_ENVIRONMENT}
        self.airflow.extra_env |= connections.as_variables(given)
        # Not saved in Airflow, since every task can read its connections: only people at a shell migrate.
        owner = {"export_jobs_store_owner": connections.database(self.postgres, DATABASE, OWNER)}
        connections.write_shell_file(self.folder / "env", self.airflow, self.connections | owner)

    def _load_warehouse(self) -> None:
        warehouse.load(self.postgres.dsn("warehouse", "warehouse_owner"))

    def _timed(self, what: str, step: Callable[[], object]) -> None:
        if self._stopping.is_set():
            raise StartError("The stack is being stopped.")
        began = time.monotonic()
        step()
        now = time.monotonic()
        with self._printing:
            print(f"  {now - self._began:5.1f} s  {what} ({now - began:.1f} s)", flush=True)


def _all_of(*futures: Future[None]) -> None:
    """Return when all are done; raise the first error as soon as there is one."""
    pending = set(futures)
    while pending:
        done, pending = wait(pending, return_when="FIRST_EXCEPTION")
        for future in done:
            future.result()


class FolderLock:
    """Lock of a state folder: two demos would write the same files. The system frees it when the process ends."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def __enter__(self) -> None:
        self._folder.mkdir(parents=True, exist_ok=True)
        self._file = (self._folder / "lock").open("a+")
        try:
            fcntl.flock(self._file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            self._file.seek(0)
            raise StartError(
                f"Another demo (process {self._file.read().strip() or 'unknown'}) is using {self._folder}; "
                "stop it with Ctrl-C, or give this one a folder of its own: make demo DEMO_STATE=/some/folder"
            ) from None
        self._file.truncate(0)
        self._file.write(str(os.getpid()))
        self._file.flush()

    def __exit__(self, *_: object) -> None:
        self._file.close()
