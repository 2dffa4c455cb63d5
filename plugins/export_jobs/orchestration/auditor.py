"""The auditor's Dag: every ten minutes, what should have been delivered against what was, and a sweep of left-overs."""

from __future__ import annotations

import logging
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, ClassVar

from airflow.sdk import DAG, BaseOperator, CronTriggerTimetable, ObjectStoragePath
from airflow.sdk.exceptions import AirflowFailException

from export_jobs import settings
from export_jobs.core.windows.discrepancy import Finding, WindowRun, find_discrepancies
from export_jobs.core.windows.rerun import DagRunSummary
from export_jobs.core.windows.window import Window, scheduled_windows
from export_jobs.errors import ExportError, UserError
from export_jobs.orchestration.airflow.api import AUDITOR_DAG_ID, AirflowApi
from export_jobs.orchestration.airflow.connections import task_store_engine
from export_jobs.orchestration.definitions import snapshot_path, vanished_jobs
from export_jobs.orchestration.mail.message import Letter
from export_jobs.orchestration.mail.rules import MailOutcome
from export_jobs.orchestration.mail.server import MailServer
from export_jobs.orchestration.run.staging import sweep
from export_jobs.store.alarms import Alarms
from export_jobs.store.definitions import Definitions
from export_jobs.store.ledger import ExecutionRecord, Ledger
from export_jobs.store.stored_job import StoredJob

if TYPE_CHECKING:
    from airflow.sdk import Context

log = logging.getLogger(__name__)

GRACE = timedelta(minutes=15)


def auditor_dag() -> DAG:
    """The Dag ``export_jobs_auditor``; it exists with no job and with no store, so that somebody always looks."""
    with DAG(
        dag_id=AUDITOR_DAG_ID,
        description="Compares what should have been delivered with what was, and sweeps left-over staged files",
        schedule=CronTriggerTimetable("*/10 * * * *", timezone="UTC"),
        start_date=datetime(2020, 1, 1, tzinfo=UTC),
        catchup=False,
        max_active_runs=1,
        is_paused_upon_creation=False,
        tags=["export"],
        default_args={"retries": 1, "retry_delay": timedelta(minutes=1), "execution_timeout": timedelta(minutes=9)},
    ) as dag:
        CompareWithLedger(task_id="compare_with_ledger")
        SweepStaging(task_id="sweep_staging")
    return dag


class CompareWithLedger(BaseOperator):
    """Raise what no run reports: windows that never ran, green without a delivery, rows lost in bulk."""

    template_fields: ClassVar[tuple[str, ...]] = ()

    def execute(self, context: Context) -> None:
        """Fails while there is any finding; the owners (and the operators) are mailed a finding once."""
        engine = task_store_engine()
        jobs = Definitions(engine).jobs()
        findings = [*_lost_row_findings(), *_window_findings(jobs, Ledger(engine))]
        owners = {job.name: str(job.definition.get("owner", "")) for job in jobs}
        alarms = Alarms(engine)
        for finding in alarms.not_yet_reported(findings):
            _mail_finding(finding, owners)
            alarms.mark_reported(finding)
        alarms.keep_only({finding.key for finding in findings})
        if findings:
            raise AirflowFailException("\n".join(finding.message for finding in findings))


class SweepStaging(BaseOperator):
    """Remove staged files that no run has touched for a day."""

    template_fields: ClassVar[tuple[str, ...]] = ()

    def execute(self, context: Context) -> None:
        """Sweeps the staging root of the machine on which this task runs."""
        sweep(ObjectStoragePath(settings.staging_root()), datetime.now(UTC))


def _lost_row_findings() -> list[Finding]:
    return [
        Finding(
            f"{job.name} vanished",
            job.name,
            f"Job {job.name!r}: its row is gone from the store and was never deleted. Its Dag goes on from the last "
            f"good snapshot. Restore the row from a backup; if it is meant to be gone, remove {snapshot_path()} "
            "on every machine that parses Dags: it is written again from the store.",
        )
        for job in vanished_jobs()
    ]


def _window_findings(jobs: list[StoredJob], ledger: Ledger) -> list[Finding]:
    api = _api()
    findings: list[Finding] = []
    for stored in jobs:
        try:
            findings += _job_findings(stored, ledger, api)
        except (ExportError, ValueError):
            log.exception("Job %r cannot be audited; its own Dag says what is wrong with it", stored.name)
    return findings


def _job_findings(stored: StoredJob, ledger: Ledger, api: AirflowApi | None) -> list[Finding]:
    job, _ = stored.read()
    if job is None:
        log.warning("The row of job %r cannot be read and is not audited; its own Dag says what is wrong", stored.name)
        return []
    if not job.enabled:
        return []
    records = ledger.executions(stored.job_id)
    last_window_end = max((record.window_end for record in records if record.run_type == "scheduled"), default=None)
    return find_discrepancies(
        job.name,
        upcoming=scheduled_windows(job.schedule, last_window_end),
        runs=_window_states(records, api.dag_runs(stored.dag_id) if api else []),
        now=datetime.now(UTC),
        last_activity=max((event.at for record in records for event in record.events), default=None),
        grace=GRACE,
    )


def _window_states(records: list[ExecutionRecord], runs: list[DagRunSummary]) -> dict[Window, WindowRun]:
    """Every window that has had a run, also one that left no trace in the ledger because somebody marked it success.

    A green run is held against every delivery of its window: one that found it delivered has rightly sent nothing. A
    red one only against its own, since a failed attempt to export a delivered window again is no contradiction.
    """
    windows = {record.run_id: Window(record.window_start, record.window_end) for record in records}
    delivering = {record.run_id for record in records if record.publication is not None}
    delivered = {windows[run_id] for run_id in delivering}
    made = {window: WindowRun(run_id, None, window in delivered) for run_id, window in windows.items()}
    for run in runs:
        if run.window is not None:
            is_delivered = run.run_id in delivering if run.state == "failed" else run.window in delivered
            made[run.window] = WindowRun(run.run_id, run.state, is_delivered)
    return made


def _api() -> AirflowApi | None:
    """Airflow's API, if a login for it is configured: without, only windows that never ran can be found."""
    try:
        return AirflowApi.from_connection()
    except UserError as error:
        log.warning("Runs cannot be compared with the ledger: %s", error)
        return None


def _mail_finding(finding: Finding, owners: dict[str, str]) -> None:
    recipients = {*settings.operators_mail(), *filter(None, [owners.get(finding.job)])}
    letter = Letter(
        "alarm",
        f"Export jobs: alarm for {finding.job}",
        {"findings": [finding.message], "link": settings.airflow_url()},
        identity=(finding.key, finding.message, f"{datetime.now(UTC):%Y-%m-%d}"),
        job=finding.job,
    )
    with MailServer() as server:
        for recipient in sorted(recipients):
            answer = server.send(letter, recipient)
            if answer.outcome is not MailOutcome.SENT:
                log.warning("%s is not mailed: %s. %s", recipient, answer.what, answer.remedy)
