"""What the live tests say to a running Airflow, and how they wait for it."""

from __future__ import annotations

import email
import email.policy
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from email.message import EmailMessage
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import psycopg

from export_jobs.core.definitions.job import DestinationSpec, JobSpec, Template
from export_jobs.core.windows.rerun import DagRunSummary
from export_jobs.errors import TransientError
from export_jobs.orchestration.airflow.api import AirflowApi
from export_jobs.store.definitions import Definitions
from export_jobs.store.ledger import ExecutionRecord, Ledger
from export_jobs.store.stored_job import StoredJob

if TYPE_CHECKING:
    from sqlalchemy import Engine

    from demo.airflow_processes import Airflow
    from demo.postgres import Postgres
    from demo.s3_server import S3Server
    from demo.smtp_server import SmtpServer
    from tests.servers.sftp_faults import FaultySftpServer

Value = TypeVar("Value")
PATIENCE_S = 420
ENDED = {"success", "failed"}


@dataclass
class Live:
    """A running stack with its store, ledger and API at hand."""

    airflow: Airflow
    postgres: Postgres
    partner: FaultySftpServer
    s3: S3Server
    smtp: SmtpServer
    engine: Engine
    note: Callable[[str, object], None] = field(init=False)
    """Notes something of the test at hand, for the table at the end of the run: pytest's ``record_property``."""

    def __post_init__(self) -> None:
        self.definitions = Definitions(self.engine)
        self.ledger = Ledger(self.engine)
        self.api = AirflowApi(self.airflow.url, "admin", self.airflow.password())
        self.client = self.airflow.client()
        self.airflow_database = psycopg.connect(**self.postgres.dsn("airflow", "airflow"), autocommit=True)

    def close(self) -> None:
        """Give back the connections."""
        self.client.close()
        self.airflow_database.close()

    def define(self) -> None:
        """Save the destinations and templates that all tests share."""
        for tag, kind, connection, folder in (
            ("partner", "sftp", "partner_sftp", "/in"),
            ("partner-wrong-password", "sftp", "partner_sftp_wrong", "/in"),
            ("bucket", "s3", "export_s3", f"{self.s3.bucket}/live"),
        ):
            spec = DestinationSpec.model_validate(
                {"tag": tag, "kind": kind, "connection": connection, "folder": folder}
            )
            self.definitions.save_destination(spec, "live test")
        for name, fact in (
            ("events", "events"),
            ("slow", "slow_events"),
            ("many", "many_events"),
            ("breakable", "breakable"),
        ):
            template = Template.model_validate({"name": name, "kind": "standard", "fact": fact})
            self.definitions.create_template(template, "live test")

    def create(self, name: str, *, days: tuple[str, str], **parts: Any) -> StoredJob:
        """Save a daily job of template ``events`` through the store, and have Airflow parse it."""
        schedule = {"frequency": "daily", "from": days[0], "until": days[1], **parts.pop("schedule", {})}
        job = {
            "name": name,
            "owner": f"owner-of-{name}@example.com",
            "destination": "partner",
            "recipients": [f"{name}@example.com"],
            "templates": [{"template": "events"}],
            "schedule": schedule,
            **parts,
        }
        stored = self.definitions.create(JobSpec.model_validate(job), "live test")
        self.api.parse_now()
        return stored

    def names(self) -> set[str]:
        return {job.name for job in self.definitions.jobs()}

    def delete(self, names: set[str]) -> None:
        """Delete these jobs, so that no test's leftovers run beside the next one."""
        for name in names:
            self.definitions.delete(name, "live test")
        self.api.parse_now()

    def empty_the_partners_folder(self) -> None:
        """Take away what was delivered, so that a job of the next test may have the name of one before it."""
        for file in self.files():
            file.unlink(missing_ok=True)  # a step of a job just deleted may be at work

    def warehouse(self, statement: str) -> None:
        """Change the warehouse."""
        with psycopg.connect(**self.postgres.dsn("warehouse", "warehouse_owner")) as connection:
            connection.execute(statement)

    def runs(self, job: StoredJob) -> list[DagRunSummary]:
        """The job's runs, as soon as Airflow's API answers: right after a start it has much to do."""

        def answer() -> list[list[DagRunSummary]]:
            try:
                return [self.api.dag_runs(job.dag_id)]
            except TransientError:
                return []

        return self.wait_until("Airflow's API to list the runs", answer)[0]

    def states(self, job: StoredJob) -> list[str]:
        """The states of the job's runs. Asked five times a second, so not of Airflow's API, which has work to do."""
        query = "SELECT state FROM dag_run WHERE dag_id = %s ORDER BY id"
        return [state for (state,) in self.airflow_database.execute(query, [job.dag_id])]

    def records(self, job: StoredJob) -> list[ExecutionRecord]:
        return self.ledger.executions(job.job_id)

    def wait_until(self, what: str, probe: Callable[[], Value], patience_s: float = PATIENCE_S) -> Value:
        """The first true value of ``probe``; fails with ``what`` when there is none in time."""
        deadline = time.monotonic() + patience_s
        while not (value := probe()):
            assert time.monotonic() < deadline, f"waited {patience_s:.0f} s in vain for: {what}"
            time.sleep(0.2)
        return value

    def wait_for_runs(self, job: StoredJob, count: int, state: str = "success", patience_s: float = PATIENCE_S) -> None:
        """Until ``count`` runs of the job have ended as ``state``; fails at once when one ends otherwise."""

        def ended() -> bool:
            states = self.states(job)
            assert not (ENDED - {state}).intersection(states), f"{states}; the ledger says {self.messages(job)}"
            return states.count(state) >= count

        self.wait_until(f"{count} runs of {job.name} to end as {state}; {self.messages(job)}", ended, patience_s)

    def wait_for_step(self, job: StoredJob, step: str, nth: int = 1) -> int:
        """Until the step has started for the ``nth`` time; returns the pid of the task's process."""

        def started() -> int:
            events = [event for record in self.records(job) for event in record.events]
            starts = [event.detail for event in events if event.kind == "started" and event.step == step]
            pids = [int(detail["pid"]) for detail in starts if detail]
            return pids[nth - 1] if len(pids) >= nth else 0

        return self.wait_until(f"{step} of {job.name} to start", started)

    def wait_for_parse(self, job: StoredJob) -> None:
        """Until Airflow has parsed the job as it is now: a parse in progress may have read it as it was before."""
        for _ in range(2):
            before = self._last_parse(job)
            self.api.parse_now()
            self.wait_until(f"{job.name} to be parsed", partial(self._is_parsed_since, job, before))

    def _is_parsed_since(self, job: StoredJob, before: str) -> bool:
        return self._last_parse(job) != before

    def _last_parse(self, job: StoredJob) -> str:
        return str(self.client.get(f"/api/v2/dags/{job.dag_id}").raise_for_status().json()["last_parsed_time"])

    def wait_for_scheduler(self) -> None:
        """Until the scheduler has gone through everything once: a whole round lies between two of its heartbeats."""

        def heartbeat() -> str:
            health = self.client.get("/api/v2/monitor/health").raise_for_status().json()
            return str(health["scheduler"]["latest_scheduler_heartbeat"])

        seen: set[str] = set()

        def has_gone_round() -> bool:
            seen.add(heartbeat())
            return len(seen) == 3

        self.wait_until("two more heartbeats of the scheduler", has_gone_round)

    def messages(self, job: StoredJob) -> list[str]:
        events = [event for record in self.records(job) for event in record.events]
        return [f"{event.step} {event.kind}: {event.message}" for event in events if event.message]

    def files(self, pattern: str = "*") -> list[Path]:
        """Files in the partner's folder, those with hidden names included."""
        return sorted(path for path in (self.partner.root / "in").rglob(pattern) if path.is_file())

    def staged(self, job: StoredJob, pattern: str = "*") -> list[Path]:
        """Files of the job between two steps."""
        folders = self.airflow.folder.rglob(f"staging/job-{job.job_id}")
        return [path for folder in folders for path in folder.rglob(pattern) if path.is_file()]

    def half_made(self, job: StoredJob) -> list[Path]:
        """Files that a step of the job is writing at this moment, staged or at the partner's."""
        return self.staged(job, "*.part") + self.files(f".{job.name}*")

    def mails(self, recipient: str) -> list[EmailMessage]:
        found = [email.message_from_bytes(path.read_bytes(), policy=email.policy.default) for path in self.smtp.mails()]
        return [message for message in found if str(message["To"]) == recipient]


def plain_text(mail: EmailMessage) -> str:
    body = mail.get_body(("plain",))
    assert body is not None
    return str(body.get_content())
